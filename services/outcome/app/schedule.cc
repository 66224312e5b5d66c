#include "services/outcome/app/schedule.h"

#include <optional>
#include <utility>

#include "common/ids/ids.h"
#include "common/resources/names.h"
#include "common/status/macros.h"
#include "common/text/text.h"
#include "services/outcome/store/follow_up_store.h"
#include "tremplin/outcome/events/v1/events.pb.h"

namespace tremplin::outcome {
namespace {

constexpr std::string_view kOpenTimer = "follow_up_open";
constexpr std::string_view kRemindTimer = "follow_up_remind";
constexpr std::string_view kCloseTimer = "follow_up_close";
constexpr std::string_view kBaseline = "baseline";

std::string RemindKey(const std::string& id, int number) { return text::Cat(id, "/", number); }

template <class Fact>
Fact FactOf(const FollowUp& follow_up) {
  Fact fact;
  fact.set_follow_up(follow_up.id);
  fact.set_enrolment(follow_up.enrolment);
  fact.set_person(follow_up.person);
  fact.set_program(follow_up.program);
  fact.set_stage(follow_up.stage);
  return fact;
}

}  // namespace

Schedule::Schedule(const outbox::Outbox& outbox, timers::Timers& timers)
    : outbox_(outbox), timers_(timers) {}

void Schedule::HandleTimers() {
  timers_.Handle(std::string(kOpenTimer),
                 [this](database::Transaction& tx, const std::string& key, absl::Time due) {
                   return Fire(tx, key, FollowUpState::kScheduled, Open{}, due);
                 });
  timers_.Handle(std::string(kRemindTimer), [this](database::Transaction& tx,
                                                   const std::string& key, absl::Time due) {
    return Fire(tx, key.substr(0, key.find('/')), FollowUpState::kOpen, Remind{}, due);
  });
  timers_.Handle(std::string(kCloseTimer),
                 [this](database::Transaction& tx, const std::string& key, absl::Time due) {
                   return Fire(tx, key, FollowUpState::kOpen, Close{}, due);
                 });
}

absl::Status Schedule::Fire(database::Transaction& tx, const std::string& id,
                            FollowUpState expected, const Command& command, absl::Time due) const {
  TREMPLIN_ASSIGN_OR_RETURN(const std::optional<FollowUp> follow_up, FindFollowUp(tx, id));
  // An answer may have come between the timer's due time and its turn.
  if (!follow_up.has_value() || follow_up->state != expected) return absl::OkStatus();
  TREMPLIN_ASSIGN_OR_RETURN(const Decision decision, Decide(*follow_up, command, due));
  return Record(tx, decision, due);
}

absl::Status Schedule::OpenBaseline(database::Transaction& tx, const EnrolmentRecord& enrolment,
                                    const program::Program& program) const {
  for (const program::v1::FollowUpStage& stage : program.definition.follow_up().stages()) {
    if (stage.code() != kBaseline) continue;
    TREMPLIN_RETURN_IF_ERROR(
        Start(tx, enrolment, program, stage, enrolment.created, enrolment.created));
  }
  return absl::OkStatus();
}

absl::Status Schedule::ScheduleAfterEnd(database::Transaction& tx, const EnrolmentRecord& enrolment,
                                        const program::Program& program) const {
  const absl::Time end = enrolment.mentorship_ended;
  for (const program::v1::FollowUpStage& stage : program.definition.follow_up().stages()) {
    if (stage.code() == kBaseline) continue;
    const absl::Time open = AddMonths(end, stage.months_after_end(), program.time_zone);
    TREMPLIN_RETURN_IF_ERROR(Start(tx, enrolment, program, stage, open, end));
  }
  return absl::OkStatus();
}

absl::Status Schedule::Start(database::Transaction& tx, const EnrolmentRecord& enrolment,
                             const program::Program& program,
                             const program::v1::FollowUpStage& stage, absl::Time open,
                             absl::Time now) const {
  const absl::Time close = AddDays(open, stage.window_days(), program.time_zone);
  TREMPLIN_ASSIGN_OR_RETURN(const std::optional<FollowUp> there,
                            FindStage(tx, enrolment.id, stage.code()));
  if (there.has_value()) {
    // Earlier ends, and ends heard twice, change nothing. What was to open by then has opened, or
    // is about to: its timer may come after this event, not only before it.
    const bool opened = there->state != FollowUpState::kScheduled || there->open_time <= now;
    if (opened || open <= there->open_time) return absl::OkStatus();
    TREMPLIN_ASSIGN_OR_RETURN(const Decision decision,
                              Decide(*there, Reschedule{open, close}, now));
    TREMPLIN_RETURN_IF_ERROR(UpdateFollowUp(tx, decision.state));
    return timers_.Set(tx, kOpenTimer, decision.state.id, open);
  }
  FollowUp follow_up;
  follow_up.id = ids::Derive({{"follow_up", enrolment.id, stage.code()}});
  follow_up.enrolment = enrolment.id;
  follow_up.person = enrolment.person;
  follow_up.program = enrolment.program;
  follow_up.program_version = program.version;
  follow_up.organization = enrolment.organization;
  follow_up.business_key = enrolment.business_key;
  follow_up.language = enrolment.language;
  follow_up.stage = stage.code();
  follow_up.open_time = open;
  follow_up.close_time = close;
  follow_up.planned_reminders = stage.attempts();
  TREMPLIN_RETURN_IF_ERROR(InsertFollowUp(tx, follow_up));
  if (open > now) return timers_.Set(tx, kOpenTimer, follow_up.id, open);
  TREMPLIN_ASSIGN_OR_RETURN(const Decision decision, Decide(follow_up, Open{}, now));
  return Record(tx, decision, open);
}

absl::Status Schedule::Record(database::Transaction& tx, const Decision& decision,
                              absl::Time at) const {
  const FollowUp& follow_up = decision.state;
  TREMPLIN_RETURN_IF_ERROR(UpdateFollowUp(tx, follow_up));
  if (!decision.fact.has_value()) return absl::OkStatus();
  if (*decision.fact == FollowUpFact::kOpened) {
    TREMPLIN_RETURN_IF_ERROR(SetTimersOfWindow(tx, follow_up));
  } else if (*decision.fact == FollowUpFact::kAnswered) {
    TREMPLIN_RETURN_IF_ERROR(CancelTimersOfWindow(tx, follow_up));
  }
  return Publish(tx, decision, at);
}

absl::Status Schedule::SetTimersOfWindow(database::Transaction& tx,
                                         const FollowUp& follow_up) const {
  for (int number = 1; number <= follow_up.planned_reminders; ++number) {
    TREMPLIN_RETURN_IF_ERROR(timers_.Set(tx, kRemindTimer, RemindKey(follow_up.id, number),
                                         ReminderTime(follow_up.open_time, follow_up.close_time,
                                                      follow_up.planned_reminders, number)));
  }
  return timers_.Set(tx, kCloseTimer, follow_up.id, follow_up.close_time);
}

absl::Status Schedule::CancelTimersOfWindow(database::Transaction& tx,
                                            const FollowUp& follow_up) const {
  for (int number = 1; number <= follow_up.planned_reminders; ++number) {
    TREMPLIN_RETURN_IF_ERROR(timers_.Cancel(tx, kRemindTimer, RemindKey(follow_up.id, number)));
  }
  return timers_.Cancel(tx, kCloseTimer, follow_up.id);
}

absl::Status Schedule::Publish(database::Transaction& tx, const Decision& decision,
                               absl::Time at) const {
  const FollowUp& follow_up = decision.state;
  switch (*decision.fact) {
    case FollowUpFact::kOpened: {
      auto fact = FactOf<events::v1::FollowUpOpened>(follow_up);
      *fact.mutable_closes() = resources::ToTimestamp(follow_up.close_time);
      return outbox_.Append(tx, follow_up.enrolment, at, fact);
    }
    case FollowUpFact::kAttemptDue: {
      auto fact = FactOf<events::v1::FollowUpAttemptDue>(follow_up);
      fact.set_attempt(follow_up.reminders);
      return outbox_.Append(tx, follow_up.enrolment, at, fact);
    }
    case FollowUpFact::kAnswered: {
      auto fact = FactOf<events::v1::FollowUpAnswered>(follow_up);
      fact.set_employment(std::string(CodeOf(follow_up.employment)));
      return outbox_.Append(tx, follow_up.enrolment, at, fact);
    }
    case FollowUpFact::kLost:
      return outbox_.Append(tx, follow_up.enrolment, at,
                            FactOf<events::v1::FollowUpLost>(follow_up));
  }
  return absl::OkStatus();
}

}  // namespace tremplin::outcome
