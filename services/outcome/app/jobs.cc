#include "services/outcome/app/jobs.h"

#include <algorithm>
#include <vector>

#include "common/status/error.h"
#include "common/status/macros.h"
#include "common/text/text.h"
#include "services/outcome/messages.h"

namespace tremplin::outcome {
namespace {

constexpr size_t kMostJobs = 100;  // of one participation, so that they fit on one page
constexpr std::string_view kToldAgain = "told_again";

// The one of this start and kind that is not struck; nullptr when there is none.
const Job* SameJob(const std::vector<Job>& jobs, const Job& as) {
  const auto same = std::find_if(jobs.begin(), jobs.end(), [&](const Job& one) {
    return one.state != JobState::kStruck && one.start == as.start && one.kind == as.kind;
  });
  return same == jobs.end() ? nullptr : &*same;
}

bool SaysTheSame(const Job& a, const Job& b) {
  return a.kind == b.kind && a.start == b.start && a.end == b.end &&
         a.hours_per_week == b.hours_per_week && a.earnings == b.earnings;
}

// Whether nothing that was told before is told otherwise.
bool OnlyAdds(const Job& before, const Job& next) {
  return (before.end.empty() || before.end == next.end) &&
         before.hours_per_week == next.hours_per_week &&
         (before.earnings == 0 || before.earnings == next.earnings);
}

}  // namespace

absl::StatusOr<KeptJob> KeepJob(database::Transaction& tx, const std::string& enrolment,
                                const Job& told, const Amendment& telling) {
  TREMPLIN_ASSIGN_OR_RETURN(const std::vector<Job> jobs, ListJobs(tx, enrolment));
  const Job* there = SameJob(jobs, told);
  if (there == nullptr) {
    if (jobs.size() >= kMostJobs) {
      return status::Error(absl::StatusCode::kFailedPrecondition, kTooManyJobs,
                           {text::Cat(kMostJobs)});
    }
    Job added = told;
    added.state = JobState::kTold;
    TREMPLIN_ASSIGN_OR_RETURN(added.number, AddJob(tx, enrolment, added));
    return KeptJob{std::move(added), true};
  }
  Job next = *there;
  next.end = told.end;
  next.hours_per_week = told.hours_per_week;
  if (told.earnings != 0) next.earnings = told.earnings;
  if (SaysTheSame(*there, next)) return KeptJob{next, false};
  Amendment amendment = telling;
  amendment.reason = std::string(kToldAgain);
  if (!OnlyAdds(*there, next)) {
    next.state = JobState::kAmended;
    next.reason = amendment.reason;
  }
  TREMPLIN_RETURN_IF_ERROR(ChangeJob(tx, enrolment, *there, next, amendment));
  ++next.version;
  return KeptJob{std::move(next), false};
}

absl::StatusOr<Job> PutJobRight(database::Transaction& tx, const std::string& enrolment,
                                const Job& before, const Job& right, const Amendment& amendment) {
  TREMPLIN_ASSIGN_OR_RETURN(const std::vector<Job> jobs, ListJobs(tx, enrolment));
  const Job* same = SameJob(jobs, right);
  if (same != nullptr && same->number != before.number) {
    return status::Error(absl::StatusCode::kFailedPrecondition, kJobAlreadyTold);
  }
  Job next = right;
  next.number = before.number;
  next.told_in = before.told_in;
  next.version = before.version;
  next.state = JobState::kAmended;
  next.reason = amendment.reason;
  TREMPLIN_RETURN_IF_ERROR(ChangeJob(tx, enrolment, before, next, amendment));
  ++next.version;
  return next;
}

absl::StatusOr<Job> StrikeJob(database::Transaction& tx, const std::string& enrolment,
                              const Job& before, const Amendment& amendment) {
  Job next = before;
  next.state = JobState::kStruck;
  next.reason = amendment.reason;
  TREMPLIN_RETURN_IF_ERROR(ChangeJob(tx, enrolment, before, next, amendment));
  ++next.version;
  return next;
}

absl::Status FollowAnswer(database::Transaction& tx, const FollowUp& follow_up,
                          const std::optional<Job>& job, const Amendment& amendment) {
  TREMPLIN_ASSIGN_OR_RETURN(const std::vector<Job> jobs, ListJobs(tx, follow_up.enrolment));
  const auto told = std::find_if(jobs.begin(), jobs.end(), [&](const Job& one) {
    return one.state != JobState::kStruck && one.told_in == follow_up.id;
  });
  if (told != jobs.end() && job.has_value() && SaysTheSame(*told, *job)) return absl::OkStatus();
  const Job* same = job.has_value() ? SameJob(jobs, *job) : nullptr;
  const bool another = same != nullptr && (told == jobs.end() || same->number != told->number);
  if (told != jobs.end() && job.has_value() && !another) {
    return PutJobRight(tx, follow_up.enrolment, *told, *job, amendment).status();
  }
  if (told != jobs.end()) {
    TREMPLIN_RETURN_IF_ERROR(StrikeJob(tx, follow_up.enrolment, *told, amendment).status());
  }
  if (!job.has_value()) return absl::OkStatus();
  Job in_answer = *job;
  in_answer.told_in = follow_up.id;
  return KeepJob(tx, follow_up.enrolment, in_answer, amendment).status();
}

}  // namespace tremplin::outcome
