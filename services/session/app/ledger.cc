#include "services/session/app/ledger.h"

#include <algorithm>
#include <optional>
#include <type_traits>
#include <utility>

#include "common/resources/names.h"
#include "common/status/macros.h"
#include "services/session/store/enrolments.h"
#include "services/session/store/introductions.h"

namespace tremplin::session::app {
namespace {

namespace facts = tremplin::session::events::v1;
using Kind = domain::Fact::Kind;
using resources::ToTimestamp;

absl::Time SignDue(const domain::Engagement& engagement) {
  return engagement.state == domain::State::kAgreementPending ? engagement.sign_by
                                                              : absl::InfinitePast();
}

facts::Participant::Rematch ToEvent(domain::Rematch rematch) {
  switch (rematch) {
    case domain::Rematch::kAsk:
      return facts::Participant::REMATCH_UNSPECIFIED;
    case domain::Rematch::kYes:
      return facts::Participant::REMATCH_YES;
    case domain::Rematch::kNo:
      return facts::Participant::REMATCH_NO;
  }
  return facts::Participant::REMATCH_UNSPECIFIED;
}

void FillParticipant(const domain::Participant& from, bool how_it_ended, facts::Participant* to) {
  to->set_enrolment(from.enrolment);
  to->set_person(from.person);
  to->set_side(from.side == domain::Side::kMentee ? program::v1::SUBJECT_MENTEE
                                                  : program::v1::SUBJECT_MENTOR);
  to->set_business_key(from.business_key);
  if (!how_it_ended) return;
  to->set_counted_minutes(from.counted_minutes);
  to->set_sessions(from.session_count);
  to->set_rematch(ToEvent(from.rematch));
}

// Who is in it now, or was when it ended.
void FillRef(const domain::Engagement& after, facts::EngagementRef* ref) {
  ref->set_engagement(after.id);
  ref->set_proposal(after.proposal);
  ref->set_program(after.program);
  ref->set_program_version(after.program_version);
  ref->set_format(after.format);
  ref->set_continues_engagement(after.continues);
  const bool ended = domain::Ended(after.state);
  for (const domain::Participant& one : after.participants) {
    if (one.present()) FillParticipant(one, ended, ref->add_participants());
  }
}

}  // namespace

Ledger::Ledger(const outbox::Outbox& outbox, const timers::Timers& timers)
    : outbox_(outbox), timers_(timers) {}

template <class Event>
absl::Status Ledger::Tell(database::Transaction& tx, const Change& change, Event event) const {
  FillRef(change.after, event.mutable_engagement());
  return outbox_.Append(tx, change.after.id, change.now, event, change.telling.traceparent);
}

absl::Status Ledger::Open(database::Transaction& tx, domain::Engagement made,
                          const program::v1::Format& pinned, absl::Time now,
                          const Telling& telling) const {
  domain::Decision opened = domain::Open(std::move(made), now);
  TREMPLIN_RETURN_IF_ERROR(store::InsertEngagement(tx, opened.next, pinned));
  store::EngagementRow row{std::move(opened.next)};
  const domain::Engagement none;
  TREMPLIN_RETURN_IF_ERROR(Settle(tx, {none, row.engagement, now, telling}, opened.facts));
  std::vector<std::string> enrolments;
  for (const domain::Participant& one : row.engagement.participants) {
    enrolments.push_back(one.enrolment);
    if (row.engagement.continues.empty() || one.side != domain::Side::kMentor) continue;
    TREMPLIN_RETURN_IF_ERROR(
        store::SetLedTo(tx, row.engagement.continues, one.enrolment, row.engagement.id));
  }
  return LeaveIfEnded(tx, enrolments, now, telling, &row);
}

absl::Status Ledger::Join(database::Transaction& tx, const domain::Join& command, absl::Time now,
                          const Telling& telling, store::EngagementRow* row) const {
  // Matching hears of the end too, and frees whomever it had found meanwhile.
  if (domain::Ended(row->engagement.state)) return absl::OkStatus();
  TREMPLIN_RETURN_IF_ERROR(Apply(tx, command, now, telling, row));
  std::vector<std::string> enrolments;
  for (const domain::Participant& one : command.joining) enrolments.push_back(one.enrolment);
  return LeaveIfEnded(tx, enrolments, now, telling, row);
}

absl::Status Ledger::Apply(database::Transaction& tx, const domain::Command& command,
                           absl::Time now, const Telling& telling,
                           store::EngagementRow* row) const {
  TREMPLIN_ASSIGN_OR_RETURN(domain::Decision decision,
                            domain::Decide(row->engagement, command, now));
  const domain::Engagement before = row->engagement;
  TREMPLIN_RETURN_IF_ERROR(store::UpdateEngagement(tx, std::move(decision.next), row));
  return Settle(tx, {before, row->engagement, now, telling}, decision.facts);
}

absl::Status Ledger::LeaveEnded(database::Transaction& tx, const std::string& enrolment,
                                absl::Time now, const Telling& telling,
                                store::EngagementRow* row) const {
  const domain::Leave leave{enrolment, std::string(domain::kEnrolmentEnded), domain::Rematch::kNo};
  // What is over for them, or what time is closing, stays as it is.
  if (!domain::Decide(row->engagement, leave, now).ok()) return absl::OkStatus();
  return Apply(tx, leave, now, telling, row);
}

absl::Status Ledger::LeaveIfEnded(database::Transaction& tx,
                                  const std::vector<std::string>& enrolments, absl::Time now,
                                  const Telling& telling, store::EngagementRow* row) const {
  // Topics are not ordered among each other: an enrolment may have ended before its match was heard
  // of.
  for (const std::string& id : enrolments) {
    TREMPLIN_ASSIGN_OR_RETURN(const std::optional<store::Enrolment> known,
                              store::FindEnrolment(tx, id));
    if (!known.has_value() || known->ended == absl::InfinitePast()) continue;
    TREMPLIN_RETURN_IF_ERROR(LeaveEnded(tx, id, std::max(now, known->ended), telling, row));
  }
  return absl::OkStatus();
}

absl::Status Ledger::Settle(database::Transaction& tx, const Change& change,
                            const std::vector<domain::Fact>& facts) const {
  TREMPLIN_RETURN_IF_ERROR(SetTimers(tx, change));
  for (const domain::Fact& fact : facts) {
    TREMPLIN_RETURN_IF_ERROR(TellFact(tx, change, fact));
  }
  return absl::OkStatus();
}

absl::Status Ledger::SetTimers(database::Transaction& tx, const Change& change) const {
  const domain::Engagement& before = change.before;
  const domain::Engagement& after = change.after;
  const auto move = [&](std::string_view kind, absl::Time from, absl::Time to) -> absl::Status {
    if (from == to) return absl::OkStatus();
    if (to == absl::InfinitePast()) return timers_.Cancel(tx, kind, after.id);
    return timers_.Set(tx, kind, after.id, to);
  };
  TREMPLIN_RETURN_IF_ERROR(move(kSignTimer, SignDue(before), SignDue(after)));
  TREMPLIN_RETURN_IF_ERROR(move(kReviewTimer, before.next_review, after.next_review));
  TREMPLIN_RETURN_IF_ERROR(move(kIntroductionsTimer, before.next_reminder, after.next_reminder));
  return move(kCloseTimer, domain::CloseTime(before), domain::CloseTime(after));
}

absl::Status Ledger::TellFact(database::Transaction& tx, const Change& change,
                              const domain::Fact& fact) const {
  switch (fact.kind) {
    case Kind::kAgreementPending:
    case Kind::kStarted:
    case Kind::kExtended:
    case Kind::kMissesFlagged:
    case Kind::kReviewDue:
    case Kind::kIntroductionsDue:
    case Kind::kContinuationAgreed:
      return TellUnderWay(tx, change, fact.kind);
    case Kind::kJoined:
    case Kind::kLeft:
    case Kind::kExtensionAsked:
    case Kind::kRematchAnswered:
      return TellOf(tx, change, fact);
    case Kind::kSessionLogged:
    case Kind::kSessionCorrected:
    case Kind::kSessionStruck:
    case Kind::kCheckedIn:
    case Kind::kReviewRecorded:
    case Kind::kIntroductionGiven:
      return TellDetail(tx, change);
    case Kind::kLapsed:
    case Kind::kCompleted:
    case Kind::kEndedEarly:
      return TellEnd(tx, change, fact.kind);
  }
  return absl::OkStatus();
}

absl::Status Ledger::TellUnderWay(database::Transaction& tx, const Change& change,
                                  Kind kind) const {
  const domain::Engagement& after = change.after;
  if (kind == Kind::kAgreementPending) {
    facts::AgreementPending event;
    *event.mutable_sign_by() = ToTimestamp(after.sign_by);
    return Tell(tx, change, std::move(event));
  }
  if (kind == Kind::kStarted) {
    facts::EngagementStarted event;
    if (after.term != absl::InfinitePast()) *event.mutable_term() = ToTimestamp(after.term);
    return Tell(tx, change, std::move(event));
  }
  if (kind == Kind::kExtended) {
    facts::EngagementExtended event;
    *event.mutable_term() = ToTimestamp(after.term);
    return Tell(tx, change, std::move(event));
  }
  if (kind == Kind::kMissesFlagged) {
    facts::MissesFlagged event;
    event.set_misses(after.misses);
    return Tell(tx, change, std::move(event));
  }
  if (kind == Kind::kReviewDue) {
    facts::ReviewDue event;
    *event.mutable_due() = ToTimestamp(change.before.next_review);
    return Tell(tx, change, std::move(event));
  }
  if (kind == Kind::kIntroductionsDue) {
    facts::IntroductionsDue event;
    event.set_missing(domain::IntroductionsMissing(after));
    event.set_attempt(after.reminders_sent);
    return Tell(tx, change, std::move(event));
  }
  facts::ContinuationAgreed event;
  event.set_format(after.continued_as);
  return Tell(tx, change, std::move(event));
}

absl::Status Ledger::TellOf(database::Transaction& tx, const Change& change,
                            const domain::Fact& fact) const {
  const domain::Participant& one = *change.after.Find(fact.enrolment);
  if (fact.kind == Kind::kJoined) {
    facts::ParticipantJoined event;
    FillParticipant(one, false, event.mutable_participant());
    return Tell(tx, change, std::move(event));
  }
  if (fact.kind == Kind::kLeft) {
    facts::ParticipantLeft event;
    FillParticipant(one, true, event.mutable_participant());
    event.set_reason(one.leave_reason);
    return Tell(tx, change, std::move(event));
  }
  if (fact.kind == Kind::kExtensionAsked) {
    facts::ExtensionAsked event;
    event.set_by(one.enrolment);
    event.set_days(one.extension_days);
    return Tell(tx, change, std::move(event));
  }
  facts::RematchAnswered event;
  FillParticipant(one, true, event.mutable_participant());
  return Tell(tx, change, std::move(event));
}

absl::Status Ledger::TellDetail(database::Transaction& tx, const Change& change) const {
  return std::visit(
      [&](const auto& detail) -> absl::Status {
        if constexpr (std::is_same_v<std::decay_t<decltype(detail)>, std::monostate>) {
          return absl::InternalError("a fact is told without its detail");
        } else {
          return Tell(tx, change, detail);
        }
      },
      change.telling.detail);
}

absl::Status Ledger::TellEnd(database::Transaction& tx, const Change& change, Kind kind) const {
  const domain::Engagement& after = change.after;
  if (kind == Kind::kLapsed) {
    facts::AgreementLapsed event;
    event.set_reason(after.end_reason);
    return Tell(tx, change, std::move(event));
  }
  const auto told = [&](auto event) {
    *event.mutable_ended_at() = ToTimestamp(after.end);
    event.set_counted_minutes(after.counted_minutes);
    event.set_sessions(after.session_count);
    event.set_reason(after.end_reason);
    return Tell(tx, change, std::move(event));
  };
  return kind == Kind::kCompleted ? told(facts::EngagementCompleted())
                                  : told(facts::EngagementEndedEarly());
}

}  // namespace tremplin::session::app
