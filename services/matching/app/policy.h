#ifndef TREMPLIN_SERVICES_MATCHING_APP_POLICY_H_
#define TREMPLIN_SERVICES_MATCHING_APP_POLICY_H_

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/database/database.h"
#include "common/program/program_store.h"
#include "services/matching/engine/matcher.h"
#include "services/matching/store/pool.h"

// A program's rules and rows as the engine takes them.
namespace tremplin::matching::app {

// Most proposals that a run makes.
inline constexpr int kMostProposals = 1000;

engine::Policy PolicyOf(const program::v1::MatchingPolicy& policy, int limit);
engine::Mentee MenteeOf(const store::PoolEntry& entry, absl::TimeZone zone);
engine::Mentor MentorOf(const store::PoolEntry& entry);

// One consistent reading of a program's pool, as of `now`; pinned mentees are still in it.
absl::StatusOr<engine::Pool> ReadPool(database::Reader& reader, const program::Program& program,
                                      absl::Time now);

}  // namespace tremplin::matching::app

#endif  // TREMPLIN_SERVICES_MATCHING_APP_POLICY_H_
