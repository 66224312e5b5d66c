#include "services/matching/domain/proposal.h"

#include <utility>

#include "absl/status/status.h"
#include "common/clock/day.h"
#include "common/status/error.h"
#include "common/text/text.h"
#include "services/matching/messages.h"

namespace tremplin::matching::domain {
namespace {

absl::Status Refused(const messages::Message& message) {
  return status::Error(absl::StatusCode::kFailedPrecondition, message);
}

absl::Time EndOfDay(const Terms& terms, int days, absl::Time now) {
  absl::TimeZone zone = absl::UTCTimeZone();
  absl::LoadTimeZone(terms.time_zone, &zone);
  return clock::EndOfDay(now, days, zone);
}

constexpr std::string_view kNotApproved = "not_approved";

// What stands in the way of any word, staff's or a side's, in this state.
absl::Status Open(const Proposal& proposal, absl::Time now) {
  switch (proposal.state) {
    case State::kSuggested:
    case State::kProposed:
    case State::kInterested:
    case State::kMet:
      if (now >= proposal.due) return Refused(kDeadlinePassed);
      return absl::OkStatus();
    case State::kMatched:
      return Refused(kProposalMatched);
    case State::kDeclined:
    case State::kExpired:
    case State::kCancelled:
    case State::kClosed:
      return Refused(kProposalEnded);
  }
  return Refused(kProposalEnded);
}

// What stands in the way of a word on what both sides were shown.
absl::Status Answerable(const Proposal& proposal, absl::Time now) {
  if (proposal.state == State::kSuggested) return Refused(kApprovalAwaited);
  return Open(proposal, now);
}

void BeginStep(Proposal* next, State state) {
  next->state = state;
  for (Party* party : {&next->mentee, &next->mentor}) {
    party->reply = Reply::kNone;
    party->asked = false;
  }
}

Decision End(Proposal next, State state, std::string by, std::string reason, Fact fact) {
  if (!next.shown) fact = Fact::kNone;
  next.state = state;
  next.due = absl::InfinitePast();
  next.ended_by = std::move(by);
  next.end_reason = std::move(reason);
  return Decision{std::move(next), fact, true};
}

absl::StatusOr<Decision> On(const Proposal& proposal, const Approve& command, absl::Time now) {
  if (absl::Status status = Open(proposal, now); !status.ok()) return status;
  if (proposal.state != State::kSuggested) return Refused(kApprovalNotAwaited);
  Proposal next = proposal;
  BeginStep(&next, State::kProposed);
  next.due = EndOfDay(next.terms, next.terms.answer_days, now);
  next.shown = true;
  next.approved_by = command.by;
  next.approved = now;
  return Decision{std::move(next), Fact::kProposed, false};
}

absl::StatusOr<Decision> On(const Proposal& proposal, const SayYes& command, absl::Time now) {
  if (absl::Status status = Answerable(proposal, now); !status.ok()) return status;
  if (proposal.state == State::kInterested) return Refused(kMeetingAwaited);
  if (proposal.party(command.side).reply == Reply::kYes) return Refused(kAlreadyAnswered);
  Proposal next = proposal;
  next.party(command.side).reply = Reply::kYes;
  if (next.party(Other(command.side)).reply != Reply::kYes) {
    return Decision{std::move(next), Fact::kNone, false};
  }
  if (proposal.state == State::kProposed) {
    next.state = State::kInterested;
    next.due = EndOfDay(next.terms, next.terms.contact_meeting_days, now);
    return Decision{std::move(next), Fact::kInterested, false};
  }
  next.state = State::kMatched;
  next.due = absl::InfinitePast();
  return Decision{std::move(next), Fact::kMatched, false};
}

absl::StatusOr<Decision> On(const Proposal& proposal, const SayNo& command, absl::Time now) {
  if (absl::Status status = Answerable(proposal, now); !status.ok()) return status;
  return End(proposal, State::kDeclined, command.side == Side::kMentee ? "mentee" : "mentor",
             command.reason, Fact::kEnded);
}

absl::StatusOr<Decision> On(const Proposal& proposal, const AskMore& command, absl::Time now) {
  if (absl::Status status = Answerable(proposal, now); !status.ok()) return status;
  if (proposal.state == State::kInterested) return Refused(kMeetingAwaited);
  const Party& party = proposal.party(command.side);
  if (party.reply == Reply::kYes) return Refused(kAlreadyAnswered);
  if (party.asked) return Refused(kAlreadyAsked);
  Proposal next = proposal;
  next.party(command.side).reply = Reply::kAskMore;
  next.party(command.side).asked = true;
  next.due = EndOfDay(next.terms, next.terms.answer_days, now);
  return Decision{std::move(next), Fact::kNone, false};
}

absl::StatusOr<Decision> On(const Proposal& proposal, const RecordMeeting&, absl::Time now) {
  if (absl::Status status = Answerable(proposal, now); !status.ok()) return status;
  if (proposal.state == State::kProposed) return Refused(kMeetingTooEarly);
  if (proposal.state == State::kMet) return Refused(kMeetingAlreadyHeld);
  Proposal next = proposal;
  BeginStep(&next, State::kMet);
  next.due = EndOfDay(next.terms, next.terms.answer_days, now);
  return Decision{std::move(next), Fact::kMeetingHeld, false};
}

// What did not come in time.
std::string MissedIn(State state) {
  if (state == State::kSuggested) return std::string(kNotApproved);
  return state == State::kInterested ? "meeting_not_held" : "no_answer";
}

absl::StatusOr<Decision> On(const Proposal& proposal, const Expire&, absl::Time now) {
  absl::Status status = Open(proposal, absl::InfinitePast());  // the state alone
  if (!status.ok()) return status;
  if (now < proposal.due) return Refused(kNotDueYet);
  return End(proposal, State::kExpired, "time", MissedIn(proposal.state), Fact::kEnded);
}

absl::StatusOr<Decision> On(const Proposal& proposal, const Cancel& command, absl::Time) {
  // Not held up by the deadline: an enrolment that ended ends its proposals whatever the hour.
  absl::Status status = Open(proposal, absl::InfinitePast());
  if (!status.ok()) return status;
  return End(proposal, State::kCancelled, command.by, command.reason, Fact::kEnded);
}

absl::StatusOr<Decision> On(const Proposal& proposal, const Close& command, absl::Time) {
  if (proposal.state != State::kMatched) return Refused(kNotMatched);
  return End(proposal, State::kClosed, "mentorship", command.reason, Fact::kMatchEnded);
}

}  // namespace

Side Other(Side side) { return side == Side::kMentee ? Side::kMentor : Side::kMentee; }

bool IsActive(State state) {
  switch (state) {
    case State::kSuggested:
    case State::kProposed:
    case State::kInterested:
    case State::kMet:
    case State::kMatched:
      return true;
    case State::kDeclined:
    case State::kExpired:
    case State::kCancelled:
    case State::kClosed:
      return false;
  }
  return false;
}

bool BarsPair(const Proposal& proposal) {
  switch (proposal.state) {
    case State::kSuggested:
    case State::kProposed:
    case State::kInterested:
    case State::kMet:
    case State::kMatched:
      return false;
    case State::kDeclined:
    case State::kClosed:
      return true;
    case State::kExpired:
      return proposal.end_reason != kNotApproved;
    case State::kCancelled:
      return proposal.end_reason == "staff_decision";
  }
  return false;
}

Proposal Propose(Proposal made, absl::Time now) {
  const bool approval = made.terms.approval_days > 0;
  BeginStep(&made, approval ? State::kSuggested : State::kProposed);
  made.due =
      EndOfDay(made.terms, approval ? made.terms.approval_days : made.terms.answer_days, now);
  made.shown = !approval;
  made.approved_by.clear();
  made.approved = absl::InfinitePast();
  made.end_reason.clear();
  made.ended_by.clear();
  return made;
}

absl::StatusOr<Decision> Decide(const Proposal& proposal, const Command& command, absl::Time now) {
  return std::visit([&](const auto& one) { return On(proposal, one, now); }, command);
}

absl::Time SignBy(const Proposal& proposal, absl::Time now) {
  return EndOfDay(proposal.terms, proposal.terms.agreement_days, now);
}

std::string_view NameOf(State state) {
  switch (state) {
    case State::kSuggested:
      return "suggested";
    case State::kProposed:
      return "proposed";
    case State::kInterested:
      return "interested";
    case State::kMet:
      return "met";
    case State::kMatched:
      return "matched";
    case State::kDeclined:
      return "declined";
    case State::kExpired:
      return "expired";
    case State::kCancelled:
      return "cancelled";
    case State::kClosed:
      return "closed";
  }
  return "";
}

absl::StatusOr<State> StateOf(std::string_view name) {
  for (State state : kAllStates) {
    if (NameOf(state) == name) return state;
  }
  return absl::DataLossError(text::Cat("unknown state of a proposal: ", name));
}

}  // namespace tremplin::matching::domain
