#include "services/session/app/ledger.h"

#include <utility>

#include "common/resources/names.h"
#include "common/status/macros.h"

namespace tremplin::session::app {
namespace {

namespace facts = tremplin::session::events::v1;
using resources::ToTimestamp;

absl::Time SignDue(const domain::Mentorship& mentorship) {
  return mentorship.state == domain::State::kAgreementPending ? mentorship.sign_by
                                                              : absl::InfinitePast();
}

}  // namespace

Ledger::Ledger(const outbox::Outbox& outbox, const timers::Timers& timers)
    : outbox_(outbox), timers_(timers) {}

absl::Status Ledger::Open(database::Transaction& tx, const domain::Mentorship& mentorship,
                          absl::Time now, const Telling& telling) const {
  TREMPLIN_RETURN_IF_ERROR(store::InsertMentorship(tx, mentorship));
  TREMPLIN_RETURN_IF_ERROR(timers_.Set(tx, kSignTimer, mentorship.id, mentorship.sign_by));
  facts::AgreementPending event;
  *event.mutable_sign_by() = ToTimestamp(mentorship.sign_by);
  return Tell(tx, mentorship, now, telling.traceparent, std::move(event));
}

absl::Status Ledger::Apply(database::Transaction& tx, const domain::Command& command,
                           absl::Time now, const Telling& telling,
                           store::MentorshipRow* row) const {
  TREMPLIN_ASSIGN_OR_RETURN(domain::Decision decision,
                            domain::Decide(row->mentorship, command, now));
  const domain::Mentorship before = row->mentorship;
  TREMPLIN_RETURN_IF_ERROR(store::UpdateMentorship(tx, std::move(decision.next), row));
  TREMPLIN_RETURN_IF_ERROR(SetTimers(tx, before, row->mentorship));
  return TellFact(tx, before, row->mentorship, decision.fact, now, telling);
}

absl::Status Ledger::SetTimers(database::Transaction& tx, const domain::Mentorship& before,
                               const domain::Mentorship& after) const {
  const auto move = [&](std::string_view kind, absl::Time from, absl::Time to) -> absl::Status {
    if (from == to) return absl::OkStatus();
    if (to == absl::InfinitePast()) return timers_.Cancel(tx, kind, after.id);
    return timers_.Set(tx, kind, after.id, to);
  };
  TREMPLIN_RETURN_IF_ERROR(move(kSignTimer, SignDue(before), SignDue(after)));
  TREMPLIN_RETURN_IF_ERROR(move(kReviewTimer, before.next_review, after.next_review));
  return move(kCloseTimer, domain::CloseTime(before), domain::CloseTime(after));
}

absl::Status Ledger::TellFact(database::Transaction& tx, const domain::Mentorship& before,
                              const domain::Mentorship& after, domain::Fact fact, absl::Time now,
                              const Telling& telling) const {
  switch (fact) {
    case domain::Fact::kNone:
    case domain::Fact::kSessionLogged:
    case domain::Fact::kCheckedIn:
    case domain::Fact::kReviewRecorded:
      return absl::OkStatus();
    case domain::Fact::kStarted: {
      facts::MentorshipStarted event;
      *event.mutable_term() = ToTimestamp(after.term);
      return Tell(tx, after, now, telling.traceparent, std::move(event));
    }
    case domain::Fact::kLapsed: {
      facts::AgreementLapsed event;
      event.set_reason(after.end_reason);
      event.set_rematch_mentee(telling.rematch_mentee);
      event.set_rematch_mentor(telling.rematch_mentor);
      return Tell(tx, after, now, telling.traceparent, std::move(event));
    }
    case domain::Fact::kReviewDue: {
      facts::ReviewDue event;
      *event.mutable_due() = ToTimestamp(before.next_review);
      return Tell(tx, after, now, telling.traceparent, std::move(event));
    }
    case domain::Fact::kExtended: {
      facts::MentorshipExtended event;
      *event.mutable_term() = ToTimestamp(after.term);
      return Tell(tx, after, now, telling.traceparent, std::move(event));
    }
    case domain::Fact::kCompleted: {
      facts::MentorshipCompleted event;
      *event.mutable_ended_at() = ToTimestamp(after.end);
      event.set_counted_minutes(after.counted_minutes);
      event.set_sessions(after.session_count);
      event.set_reason(after.end_reason);
      return Tell(tx, after, now, telling.traceparent, std::move(event));
    }
    case domain::Fact::kEndedEarly: {
      facts::MentorshipEndedEarly event;
      *event.mutable_ended_at() = ToTimestamp(after.end);
      event.set_reason(after.end_reason);
      event.set_rematch_mentee(telling.rematch_mentee);
      event.set_rematch_mentor(telling.rematch_mentor);
      event.set_counted_minutes(after.counted_minutes);
      event.set_sessions(after.session_count);
      return Tell(tx, after, now, telling.traceparent, std::move(event));
    }
  }
  return absl::OkStatus();
}

void Ledger::FillParties(const domain::Mentorship& mentorship, facts::MentorshipParties* parties) {
  parties->set_mentorship(mentorship.id);
  parties->set_proposal(mentorship.proposal);
  parties->set_program(mentorship.program);
  parties->set_program_version(mentorship.program_version);
  parties->set_mentee_enrolment(mentorship.mentee.enrolment);
  parties->set_mentee_person(mentorship.mentee.person);
  parties->set_mentor_enrolment(mentorship.mentor.enrolment);
  parties->set_mentor_person(mentorship.mentor.person);
}

}  // namespace tremplin::session::app
