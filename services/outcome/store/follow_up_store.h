#ifndef TREMPLIN_SERVICES_OUTCOME_STORE_FOLLOW_UP_STORE_H_
#define TREMPLIN_SERVICES_OUTCOME_STORE_FOLLOW_UP_STORE_H_

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/database/database.h"
#include "services/outcome/domain/follow_up.h"

// Rows of follow-ups and of the jobs told of in them. Free functions over a Reader or Transaction:
// the caller owns the transaction.
namespace tremplin::outcome {

// nullopt when there is no such follow-up.
absl::StatusOr<std::optional<FollowUp>> FindFollowUp(database::Reader& reader,
                                                     const std::string& id);
// Those of one participation, by stage.
absl::StatusOr<std::map<std::string, FollowUp>> FollowUpsOf(database::Reader& reader,
                                                            const std::string& enrolment);

absl::Status InsertFollowUp(database::Transaction& tx, const FollowUp& follow_up);

// Writes the state over the row it was decided from: `follow_up.version` is one more than the
// row's, else VersionConflict.
absl::Status UpdateFollowUp(database::Transaction& tx, const FollowUp& follow_up);

// Removes the row as it was read, else VersionConflict.
absl::Status DeleteFollowUp(database::Transaction& tx, const FollowUp& follow_up);

struct FollowUpFilter {
  std::string program;       // "" for all (with `person` only)
  std::string person;        // "" for all
  std::string organization;  // that brought them, "" for all; without `person` only
  int state = 0;             // 0 for all
  std::string after;         // id of the last row shown
  int limit = 100;
};
// In the order of ids.
absl::StatusOr<std::vector<FollowUp>> ListFollowUps(database::Reader& reader,
                                                    const FollowUpFilter& filter);

// What was amended, when and by whom.
struct Amendment {
  absl::Time at;
  std::string reason;
  std::string by;
};
// Keeps what was answered before an amendment.
absl::Status KeepAnswer(database::Transaction& tx, const FollowUp& before,
                        const Amendment& amendment);

// In the order of their start; those struck too.
absl::StatusOr<std::vector<Job>> ListJobs(database::Reader& reader, const std::string& enrolment);
absl::StatusOr<std::optional<Job>> FindJob(database::Reader& reader, const std::string& enrolment,
                                           int64_t number);
// Adds a job to the history under the next number, and returns that.
absl::StatusOr<int64_t> AddJob(database::Transaction& tx, const std::string& enrolment,
                               const Job& job);
// Writes `next` over the job as it was read, and keeps what it was; else VersionConflict.
absl::Status ChangeJob(database::Transaction& tx, const std::string& enrolment, const Job& before,
                       const Job& next, const Amendment& amendment);

}  // namespace tremplin::outcome

#endif  // TREMPLIN_SERVICES_OUTCOME_STORE_FOLLOW_UP_STORE_H_
