#ifndef TREMPLIN_SERVICES_MATCHING_APP_POLICY_H_
#define TREMPLIN_SERVICES_MATCHING_APP_POLICY_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/database/database.h"
#include "common/program/format.h"
#include "common/program/program_store.h"
#include "services/matching/engine/matcher.h"
#include "services/matching/store/pool.h"

// A format's rules and a program's rows as the engine takes them.
namespace tremplin::matching::app {

// Most proposals that a run makes.
inline constexpr int kMostProposals = 1000;

engine::Policy PolicyOf(const program::v1::Format& format, const program::Registry& registry,
                        int limit);
engine::Mentee MenteeOf(const store::PoolEntry& entry, const program::Program& program);
engine::Mentor MentorOf(const store::PoolEntry& entry, const program::Program& program);

// Whether the format is for them now: they qualify for it, and have waited as long as it asks.
bool IsFor(const program::v1::Format& format, const store::PoolEntry& entry,
           const program::Program& program, absl::CivilDay today);

// The formats of a program that an initiator may bring people together in, or all (UNSPECIFIED).
std::vector<const program::v1::Format*> FormatsOf(const program::Program& program,
                                                  program::v1::Initiator initiator);
// The format of that code among them; of "" the only one there is. INVALID_ARGUMENT naming the codes otherwise.
absl::StatusOr<const program::v1::Format*> ChooseFormat(
    const std::vector<const program::v1::Format*>& among, std::string_view code);

// One consistent reading of a format's pool, as of `now`; pinned mentees are still in it. The entries are in the order of
// the pool's people.
struct FormatPool {
  engine::Pool pool;
  std::vector<store::PoolEntry> mentees;
  std::vector<store::PoolEntry> mentors;
};
absl::StatusOr<FormatPool> ReadPool(database::Reader& reader, const program::Program& program,
                                    const program::v1::Format& format, absl::Time now);

}  // namespace tremplin::matching::app

#endif  // TREMPLIN_SERVICES_MATCHING_APP_POLICY_H_
