#ifndef TREMPLIN_SERVICES_OUTCOME_APP_SCHEDULE_H_
#define TREMPLIN_SERVICES_OUTCOME_APP_SCHEDULE_H_

#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "common/database/database.h"
#include "common/outbox/outbox.h"
#include "common/program/program_store.h"
#include "common/timers/timers.h"
#include "services/outcome/domain/follow_up.h"
#include "services/outcome/domain/plan.h"
#include "services/outcome/store/measure_store.h"

namespace tremplin::outcome {

// When follow-ups open, remind, close and end by leaving. What is due is worked out anew from all
// that is known of the participation (domain/plan.h) whenever more becomes known, so that the rows
// do not depend on the order in which facts come. Thread-safe.
class Schedule {
 public:
  Schedule(const outbox::Outbox& outbox, timers::Timers& timers, program::ProgramStore& programs);

  // Registers what the timers do; before the loop starts.
  void HandleTimers();

  // Brings the follow-ups of a participation in line with what is known of it; `now` is the time of
  // the fact that made it known. `whole` is the row just merged, which keeps other facts of the
  // same participation waiting until this transaction ends. Nothing is due before the enrolment
  // itself was told of.
  absl::Status Replan(database::Transaction& tx, const EnrolmentRecord& whole,
                      absl::Time now) const;

  // Writes a decision with its fact, dated `at`, and cancels the timers that an answer makes idle.
  absl::Status Record(database::Transaction& tx, const Decision& decision, absl::Time at) const;

 private:
  // One stage of one participation, as it is to be by `now`.
  struct Due {
    const EnrolmentRecord& enrolment;
    const StageRule& rule;
    absl::TimeZone zone;
    std::optional<Window> window;
    absl::Time left;  // absl::InfinitePast() unless leaving ends the stage
    absl::Time now;
  };
  absl::Status Insert(database::Transaction& tx, const Due& due) const;
  absl::Status Adjust(database::Transaction& tx, const Due& due, FollowUp there) const;
  static bool LeftBeforeEnd(const Due& due, const FollowUp& follow_up);
  // What follows from a window just written: the end by leaving, or the timers.
  absl::Status Settle(database::Transaction& tx, const FollowUp& follow_up, const Due& due) const;
  // Ends it as LEFT.
  absl::Status End(database::Transaction& tx, const FollowUp& follow_up, const Due& due) const;
  // Sets the timer of the opening, or opens what is due by now.
  absl::Status Await(database::Transaction& tx, const FollowUp& follow_up, const Due& due) const;
  absl::Status Withdraw(database::Transaction& tx, const FollowUp& follow_up) const;

  absl::Status SetTimersOfWindow(database::Transaction& tx, const FollowUp& follow_up,
                                 absl::TimeZone zone) const;
  absl::Status CancelTimers(database::Transaction& tx, const FollowUp& follow_up) const;
  absl::StatusOr<absl::TimeZone> ZoneOf(database::Transaction& tx, const FollowUp& follow_up) const;
  absl::Status Publish(database::Transaction& tx, const Decision& decision, absl::Time at) const;
  // Decides and records unless the follow-up is no longer in `expected`.
  absl::Status Fire(database::Transaction& tx, const std::string& id, FollowUpState expected,
                    const Command& command, absl::Time due) const;

  const outbox::Outbox& outbox_;
  timers::Timers& timers_;
  program::ProgramStore& programs_;
};

}  // namespace tremplin::outcome

#endif  // TREMPLIN_SERVICES_OUTCOME_APP_SCHEDULE_H_
