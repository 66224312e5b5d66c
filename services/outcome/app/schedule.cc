#include "services/outcome/app/schedule.h"

#include <algorithm>
#include <map>
#include <memory>
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

// The key of a reminder's timer: the follow-up's id, which holds no slash, and the number.
std::string RemindKey(const std::string& id, int number) { return text::Cat(id, "/", number); }

StageStart StartOf(program::v1::FollowUpStage::Start start) {
  if (start == program::v1::FollowUpStage::START_ADMISSION) return StageStart::kAdmission;
  if (start == program::v1::FollowUpStage::START_FIRST_MEETING) return StageStart::kFirstMeeting;
  return StageStart::kEndOfEngagement;
}

StageRule RuleOf(const program::v1::FollowUpStage& stage) {
  return {stage.code(),        StartOf(stage.start()), stage.months_after_start(),
          stage.window_days(), stage.attempts(),       stage.also_without_engagement()};
}

// Everything known has happened by business time, whatever was heard of last.
absl::Time LatestKnown(const Participation& participation, absl::Time now) {
  return std::max({now, participation.admitted, participation.first_meeting,
                   participation.engagement_ended, participation.left});
}

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

Schedule::Schedule(const outbox::Outbox& outbox, timers::Timers& timers,
                   program::ProgramStore& programs)
    : outbox_(outbox), timers_(timers), programs_(programs) {}

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

absl::Status Schedule::Replan(database::Transaction& tx, const EnrolmentRecord& whole,
                              absl::Time now) const {
  if (whole.created == absl::InfinitePast()) return absl::OkStatus();
  TREMPLIN_ASSIGN_OR_RETURN(const std::shared_ptr<const program::Program> program,
                            programs_.Version(tx, whole.program, whole.program_version));
  TREMPLIN_ASSIGN_OR_RETURN(const absl::Time ended, EndOfFirstEngagement(tx, whole.id));
  const Participation participation{whole.created, whole.first_meeting, ended, whole.ended};
  const absl::Time known = LatestKnown(participation, now);
  TREMPLIN_ASSIGN_OR_RETURN(const auto rows, FollowUpsOf(tx, whole.id));
  for (const program::v1::FollowUpStage& stage : program->definition.follow_up().stages()) {
    const StageRule rule = RuleOf(stage);
    const Due due{whole,
                  rule,
                  program->time_zone,
                  WindowOf(rule, participation, program->time_zone),
                  EndsByLeaving(rule, participation) ? participation.left : absl::InfinitePast(),
                  known};
    const auto there = rows.find(rule.code);
    if (there != rows.end()) {
      TREMPLIN_RETURN_IF_ERROR(Adjust(tx, due, there->second));
    } else if (due.window.has_value()) {
      TREMPLIN_RETURN_IF_ERROR(Insert(tx, due));
    }
  }
  return absl::OkStatus();
}

absl::Status Schedule::Insert(database::Transaction& tx, const Due& due) const {
  const EnrolmentRecord& enrolment = due.enrolment;
  FollowUp follow_up;
  follow_up.id = ids::Derive({{"follow_up", enrolment.id, due.rule.code}});
  follow_up.enrolment = enrolment.id;
  follow_up.person = enrolment.person;
  follow_up.program = enrolment.program;
  follow_up.program_version = enrolment.program_version;
  follow_up.organization = enrolment.organization;
  follow_up.business_key = enrolment.business_key;
  follow_up.language = enrolment.language;
  follow_up.stage = due.rule.code;
  follow_up.open_time = due.window->open;
  follow_up.close_time = due.window->close;
  follow_up.planned_reminders = due.rule.reminders;
  TREMPLIN_RETURN_IF_ERROR(InsertFollowUp(tx, follow_up));
  return Settle(tx, follow_up, due);
}

absl::Status Schedule::Adjust(database::Transaction& tx, const Due& due, FollowUp there) const {
  if (there.state == FollowUpState::kAnswered) return absl::OkStatus();
  const bool lost = there.state == FollowUpState::kLost;
  if (!lost && !due.window.has_value()) return Withdraw(tx, there);
  if (lost || *due.window == Window{there.open_time, there.close_time}) {
    return LeftBeforeEnd(due, there) ? End(tx, there, due) : absl::OkStatus();
  }
  TREMPLIN_RETURN_IF_ERROR(CancelTimers(tx, there));
  TREMPLIN_ASSIGN_OR_RETURN(const Decision moved,
                            Decide(there, Move{due.window->open, due.window->close}, due.now));
  TREMPLIN_RETURN_IF_ERROR(UpdateFollowUp(tx, moved.state));
  return Settle(tx, moved.state, due);
}

bool Schedule::LeftBeforeEnd(const Due& due, const FollowUp& follow_up) {
  return due.left != absl::InfinitePast() && due.left < follow_up.close_time &&
         follow_up.state != FollowUpState::kLeft;
}

absl::Status Schedule::Settle(database::Transaction& tx, const FollowUp& follow_up,
                              const Due& due) const {
  if (LeftBeforeEnd(due, follow_up)) return End(tx, follow_up, due);
  if (follow_up.state == FollowUpState::kOpen) return SetTimersOfWindow(tx, follow_up, due.zone);
  return Await(tx, follow_up, due);
}

absl::Status Schedule::End(database::Transaction& tx, const FollowUp& follow_up,
                           const Due& due) const {
  TREMPLIN_RETURN_IF_ERROR(CancelTimers(tx, follow_up));
  TREMPLIN_ASSIGN_OR_RETURN(const Decision left, Decide(follow_up, Leave{due.left}, due.now));
  return UpdateFollowUp(tx, left.state);
}

absl::Status Schedule::Await(database::Transaction& tx, const FollowUp& follow_up,
                             const Due& due) const {
  if (follow_up.open_time > due.now) {
    return timers_.Set(tx, kOpenTimer, follow_up.id, follow_up.open_time);
  }
  TREMPLIN_ASSIGN_OR_RETURN(const Decision decision, Decide(follow_up, Open{}, due.now));
  return Record(tx, decision, follow_up.open_time);
}

absl::Status Schedule::Withdraw(database::Transaction& tx, const FollowUp& follow_up) const {
  TREMPLIN_RETURN_IF_ERROR(CancelTimers(tx, follow_up));
  return DeleteFollowUp(tx, follow_up);
}

absl::Status Schedule::Record(database::Transaction& tx, const Decision& decision,
                              absl::Time at) const {
  const FollowUp& follow_up = decision.state;
  TREMPLIN_RETURN_IF_ERROR(UpdateFollowUp(tx, follow_up));
  if (!decision.fact.has_value()) return absl::OkStatus();
  if (*decision.fact == FollowUpFact::kOpened) {
    TREMPLIN_ASSIGN_OR_RETURN(const absl::TimeZone zone, ZoneOf(tx, follow_up));
    TREMPLIN_RETURN_IF_ERROR(SetTimersOfWindow(tx, follow_up, zone));
  } else if (*decision.fact == FollowUpFact::kAmended &&
             follow_up.state == FollowUpState::kOpen) {  // struck: it is asked again
    TREMPLIN_ASSIGN_OR_RETURN(const absl::TimeZone zone, ZoneOf(tx, follow_up));
    TREMPLIN_RETURN_IF_ERROR(SetTimersOfWindow(tx, follow_up, zone));
  } else if (*decision.fact == FollowUpFact::kAnswered) {
    TREMPLIN_RETURN_IF_ERROR(CancelTimers(tx, follow_up));
  }
  return Publish(tx, decision, at);
}

absl::StatusOr<absl::TimeZone> Schedule::ZoneOf(database::Transaction& tx,
                                                const FollowUp& follow_up) const {
  TREMPLIN_ASSIGN_OR_RETURN(const std::shared_ptr<const program::Program> program,
                            programs_.Version(tx, follow_up.program, follow_up.program_version));
  return program->time_zone;
}

absl::Status Schedule::SetTimersOfWindow(database::Transaction& tx, const FollowUp& follow_up,
                                         absl::TimeZone zone) const {
  const Window window{follow_up.open_time, follow_up.close_time};
  // Of a window that moved, those already sent are not sent again.
  for (int number = follow_up.reminders + 1; number <= follow_up.planned_reminders; ++number) {
    TREMPLIN_RETURN_IF_ERROR(
        timers_.Set(tx, kRemindTimer, RemindKey(follow_up.id, number),
                    ReminderTime(window, follow_up.planned_reminders, number, zone)));
  }
  return timers_.Set(tx, kCloseTimer, follow_up.id, follow_up.close_time);
}

absl::Status Schedule::CancelTimers(database::Transaction& tx, const FollowUp& follow_up) const {
  if (follow_up.state == FollowUpState::kScheduled) {
    return timers_.Cancel(tx, kOpenTimer, follow_up.id);
  }
  if (follow_up.state == FollowUpState::kLeft || follow_up.state == FollowUpState::kLost) {
    return absl::OkStatus();
  }
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
    case FollowUpFact::kAmended: {
      auto fact = FactOf<events::v1::FollowUpAmended>(follow_up);
      fact.set_employment(std::string(CodeOf(follow_up.employment)));
      fact.set_reason(follow_up.amend_reason);
      return outbox_.Append(tx, follow_up.enrolment, at, fact);
    }
    case FollowUpFact::kLost:
      return outbox_.Append(tx, follow_up.enrolment, at,
                            FactOf<events::v1::FollowUpLost>(follow_up));
  }
  return absl::OkStatus();
}

}  // namespace tremplin::outcome
