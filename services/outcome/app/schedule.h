#ifndef TREMPLIN_SERVICES_OUTCOME_APP_SCHEDULE_H_
#define TREMPLIN_SERVICES_OUTCOME_APP_SCHEDULE_H_

#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "common/database/database.h"
#include "common/outbox/outbox.h"
#include "common/program/program_store.h"
#include "common/timers/timers.h"
#include "services/outcome/domain/follow_up.h"
#include "services/outcome/store/measure_store.h"

namespace tremplin::outcome {

// When follow-ups open, remind and close. The baseline opens with the enrolment. The stages after
// it count from the end of the last mentorship: exit opens at the first end; the later ones are
// set from it and, while still SCHEDULED, set anew when a re-match ends later. Windows are calendar
// months and days in the program's time zone. Thread-safe.
class Schedule {
 public:
  Schedule(const outbox::Outbox& outbox, timers::Timers& timers);

  // Registers what the timers do; before the loop starts.
  void HandleTimers();

  // Opens the baseline of a mentee just enrolled, unless it is there.
  absl::Status OpenBaseline(database::Transaction& tx, const EnrolmentRecord& enrolment,
                            const program::Program& program) const;

  // Sets, or sets anew, the stages that follow `enrolment.mentorship_ended`.
  absl::Status ScheduleAfterEnd(database::Transaction& tx, const EnrolmentRecord& enrolment,
                                const program::Program& program) const;

  // Writes a decision with its fact, dated `at`, and cancels the timers that an answer makes idle.
  absl::Status Record(database::Transaction& tx, const Decision& decision, absl::Time at) const;

 private:
  absl::Status Start(database::Transaction& tx, const EnrolmentRecord& enrolment,
                     const program::Program& program, const program::v1::FollowUpStage& stage,
                     absl::Time open, absl::Time now) const;
  absl::Status SetTimersOfWindow(database::Transaction& tx, const FollowUp& follow_up) const;
  absl::Status CancelTimersOfWindow(database::Transaction& tx, const FollowUp& follow_up) const;
  absl::Status Publish(database::Transaction& tx, const Decision& decision, absl::Time at) const;
  // Decides and records unless the follow-up is no longer in `expected`.
  absl::Status Fire(database::Transaction& tx, const std::string& id, FollowUpState expected,
                    const Command& command, absl::Time due) const;

  const outbox::Outbox& outbox_;
  timers::Timers& timers_;
};

}  // namespace tremplin::outcome

#endif  // TREMPLIN_SERVICES_OUTCOME_APP_SCHEDULE_H_
