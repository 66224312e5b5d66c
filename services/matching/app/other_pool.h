#ifndef TREMPLIN_SERVICES_MATCHING_APP_OTHER_POOL_H_
#define TREMPLIN_SERVICES_MATCHING_APP_OTHER_POOL_H_

#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/database/database.h"
#include "common/program/format.h"
#include "common/program/program_store.h"
#include "services/matching/app/groups.h"
#include "services/matching/app/policy.h"
#include "services/matching/store/proposals.h"

// Pools that are solved otherwise than as an assignment: read afresh each time.
namespace tremplin::matching::app {

inline bool IsAssignment(const program::v1::Format& format) {
  return program::ShapeOf(format) == program::Shape::kPair;
}

struct OtherPool {
  FormatPool read;
  Chains chains;
  std::vector<store::ProposalRow> active;  // of the format
  std::map<std::string, Joining> joining;
  std::map<std::string, engine::Mentee> mentees_in;
  std::map<std::string, engine::Mentor> mentors_in;
  store::AnswerCounts answers;
};

// One consistent reading, without whom staff keep for one mentor. Of meetings the mentees are those who may have another
// one: nothing but meetings of this format is open for them.
absl::StatusOr<OtherPool> ReadOthers(database::Reader& reader, const program::Program& program,
                                     const program::v1::Format& format, absl::Time now);

// By the format's shape. `pool` is that of a reading, or of a run's record.
absl::StatusOr<Solved> SolveOf(const engine::Pool& pool, const Chains& chains,
                               const Scoring& scoring);

}  // namespace tremplin::matching::app

#endif  // TREMPLIN_SERVICES_MATCHING_APP_OTHER_POOL_H_
