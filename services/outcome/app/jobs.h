#ifndef TREMPLIN_SERVICES_OUTCOME_APP_JOBS_H_
#define TREMPLIN_SERVICES_OUTCOME_APP_JOBS_H_

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "common/database/database.h"
#include "services/outcome/domain/follow_up.h"
#include "services/outcome/store/follow_up_store.h"

// How what people tell of their jobs becomes their history: a job is one by its start and kind,
// told again it is the same, and what was amended is kept.
namespace tremplin::outcome {

struct KeptJob {
  Job job;
  bool is_new = false;
};

// Keeps a job that is told of. Of one that is there, earnings not told leave those told before;
// what is only added to it (its end, its earnings) amends nothing.
absl::StatusOr<KeptJob> KeepJob(database::Transaction& tx, const std::string& enrolment,
                                const Job& told, const Amendment& telling);

// Puts one right: FAILED_PRECONDITION where another of that start and kind is there.
absl::StatusOr<Job> PutJobRight(database::Transaction& tx, const std::string& enrolment,
                                const Job& before, const Job& right, const Amendment& amendment);

absl::StatusOr<Job> StrikeJob(database::Transaction& tx, const std::string& enrolment,
                              const Job& before, const Amendment& amendment);

// Follows the correction of an answer (`job`: the one it holds now, none for who has no work; not
// set for a striking): the job that the answer told of first is put right, or struck.
absl::Status FollowAnswer(database::Transaction& tx, const FollowUp& follow_up,
                          const std::optional<Job>& job, const Amendment& amendment);

}  // namespace tremplin::outcome

#endif  // TREMPLIN_SERVICES_OUTCOME_APP_JOBS_H_
