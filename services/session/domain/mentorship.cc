#include "services/session/domain/mentorship.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "common/clock/day.h"
#include "common/status/error.h"
#include "common/status/macros.h"
#include "common/text/text.h"
#include "services/session/messages.h"

namespace tremplin::session::domain {
namespace {

absl::Status Refused(const messages::Message& message) {
  return status::Error(absl::StatusCode::kFailedPrecondition, message);
}

absl::TimeZone ZoneOf(const Terms& terms) {
  absl::TimeZone zone = absl::UTCTimeZone();
  absl::LoadTimeZone(terms.time_zone, &zone);
  return zone;
}

// The midnight that lies `days` after the midnight `from`.
absl::Time AddDays(absl::Time from, int days, const Terms& terms) {
  const absl::TimeZone zone = ZoneOf(terms);
  return absl::FromCivil(absl::ToCivilDay(from, zone) + days, zone);
}

absl::Status MustBe(const Mentorship& mentorship, State wanted) {
  if (mentorship.state == wanted) return absl::OkStatus();
  switch (mentorship.state) {
    case State::kAgreementPending:
      return Refused(kAgreementPending);
    case State::kActive:
      return Refused(kAlreadyActive);
    case State::kCompleted:
    case State::kEndedEarly:
    case State::kLapsed:
      return Refused(kMentorshipEnded);
  }
  return Refused(kMentorshipEnded);
}

// Active, and time has not the word yet.
absl::Status MustBeOpen(const Mentorship& mentorship, absl::Time now) {
  TREMPLIN_RETURN_IF_ERROR(MustBe(mentorship, State::kActive));
  if (now >= CloseTime(mentorship)) return Refused(kClosing);
  return absl::OkStatus();
}

Decision End(Mentorship next, State state, absl::Time now, std::string reason, Fact fact) {
  next.state = state;
  next.end = now;
  next.end_reason = std::move(reason);
  next.next_review = absl::InfinitePast();
  next.review_overdue = false;
  next.mentee.extension_days = 0;
  next.mentor.extension_days = 0;
  return {std::move(next), fact};
}

void SetNextReview(Mentorship* next, absl::Time at) {
  next->next_review = at < next->term ? at : absl::InfinitePast();
}

absl::StatusOr<Decision> On(const Mentorship& mentorship, const Sign& command, absl::Time now) {
  TREMPLIN_RETURN_IF_ERROR(MustBe(mentorship, State::kAgreementPending));
  if (now >= mentorship.sign_by) return Refused(kSigningLate);
  if (mentorship.party(command.side).signed_at != absl::InfinitePast()) {
    return Refused(kAlreadySigned);
  }
  Mentorship next = mentorship;
  next.party(command.side).signed_at = now;
  if (next.party(Other(command.side)).signed_at == absl::InfinitePast()) {
    return Decision{std::move(next), Fact::kNone};
  }
  const absl::TimeZone zone = ZoneOf(next.terms);
  next.state = State::kActive;
  next.start = now;
  next.term = clock::EndOfDay(now, next.terms.length_days, zone);
  if (next.terms.review_every_days > 0) {
    SetNextReview(&next, clock::EndOfDay(now, next.terms.review_every_days, zone));
  }
  return Decision{std::move(next), Fact::kStarted};
}

absl::StatusOr<Decision> On(const Mentorship& mentorship, const Lapse&, absl::Time now) {
  TREMPLIN_RETURN_IF_ERROR(MustBe(mentorship, State::kAgreementPending));
  if (now < mentorship.sign_by) return Refused(kNotDueYet);
  return End(mentorship, State::kLapsed, now, "not_signed", Fact::kLapsed);
}

absl::StatusOr<Decision> On(const Mentorship& mentorship, const LogSession& command,
                            absl::Time now) {
  TREMPLIN_RETURN_IF_ERROR(MustBeOpen(mentorship, now));
  if (command.held > now) return Refused(kHeldInFuture);
  if (command.held < mentorship.start) return Refused(kHeldBeforeStart);
  Mentorship next = mentorship;
  ++next.session_count;
  if (Counts(next.terms, command.contact)) next.counted_minutes += command.minutes;
  return Decision{std::move(next), Fact::kSessionLogged};
}

absl::StatusOr<Decision> On(const Mentorship& mentorship, const CheckIn&, absl::Time now) {
  TREMPLIN_RETURN_IF_ERROR(MustBeOpen(mentorship, now));
  return Decision{mentorship, Fact::kCheckedIn};
}

absl::StatusOr<Decision> On(const Mentorship& mentorship, const ReviewDue&, absl::Time now) {
  TREMPLIN_RETURN_IF_ERROR(MustBe(mentorship, State::kActive));
  if (mentorship.next_review == absl::InfinitePast() || now < mentorship.next_review) {
    return Refused(kNotDueYet);
  }
  Mentorship next = mentorship;
  next.review_overdue = true;
  SetNextReview(&next, AddDays(next.next_review, next.terms.review_every_days, next.terms));
  return Decision{std::move(next), Fact::kReviewDue};
}

absl::StatusOr<Decision> On(const Mentorship& mentorship, const RecordReview& command,
                            absl::Time now) {
  TREMPLIN_RETURN_IF_ERROR(MustBeOpen(mentorship, now));
  Mentorship next = mentorship;
  next.review = command.review;
  next.review_overdue = false;
  return Decision{std::move(next), Fact::kReviewRecorded};
}

absl::StatusOr<Decision> On(const Mentorship& mentorship, const Extend& command, absl::Time now) {
  TREMPLIN_RETURN_IF_ERROR(MustBeOpen(mentorship, now));
  const int left = mentorship.terms.max_extension_days - mentorship.extended_days;
  if (command.days > left) {
    return status::Error(absl::StatusCode::kFailedPrecondition, kExtensionTooLong,
                         {absl::StrCat(left)});
  }
  Mentorship next = mentorship;
  next.party(command.side).extension_days = command.days;
  if (next.party(Other(command.side)).extension_days != command.days) {
    return Decision{std::move(next), Fact::kNone};
  }
  next.mentee.extension_days = 0;
  next.mentor.extension_days = 0;
  next.extended_days += command.days;
  next.term = AddDays(next.term, command.days, next.terms);
  if (next.next_review == absl::InfinitePast() && next.terms.review_every_days > 0) {
    // The next of the same series that lies ahead.
    absl::Time review =
        clock::EndOfDay(next.start, next.terms.review_every_days, ZoneOf(next.terms));
    while (review <= now) review = AddDays(review, next.terms.review_every_days, next.terms);
    SetNextReview(&next, review);
  }
  return Decision{std::move(next), Fact::kExtended};
}

absl::StatusOr<Decision> On(const Mentorship& mentorship, const Complete& command, absl::Time now) {
  TREMPLIN_RETURN_IF_ERROR(MustBeOpen(mentorship, now));
  if (!command.goals_met && now < mentorship.term) return Refused(kTermNotReached);
  return End(mentorship, State::kCompleted, now, command.goals_met ? "goals_met" : "term",
             Fact::kCompleted);
}

absl::StatusOr<Decision> On(const Mentorship& mentorship, const CloseByTime&, absl::Time now) {
  TREMPLIN_RETURN_IF_ERROR(MustBe(mentorship, State::kActive));
  if (now < CloseTime(mentorship)) return Refused(kNotDueYet);
  return End(mentorship, State::kCompleted, now, "term", Fact::kCompleted);
}

absl::StatusOr<Decision> On(const Mentorship& mentorship, const EndEarly& command, absl::Time now) {
  if (mentorship.state == State::kAgreementPending) {
    if (now >= mentorship.sign_by) return Refused(kSigningLate);
    return End(mentorship, State::kLapsed, now, command.reason, Fact::kLapsed);
  }
  TREMPLIN_RETURN_IF_ERROR(MustBeOpen(mentorship, now));
  return End(mentorship, State::kEndedEarly, now, command.reason, Fact::kEndedEarly);
}

}  // namespace

Side Other(Side side) { return side == Side::kMentee ? Side::kMentor : Side::kMentee; }

absl::Time CloseTime(const Mentorship& mentorship) {
  if (mentorship.state != State::kActive) return absl::InfinitePast();
  return AddDays(mentorship.term, mentorship.terms.close_grace_days, mentorship.terms);
}

absl::StatusOr<Decision> Decide(const Mentorship& mentorship, const Command& command,
                                absl::Time now) {
  return std::visit([&](const auto& one) { return On(mentorship, one, now); }, command);
}

bool Counts(const Terms& terms, Contact contact) {
  return std::find(terms.counting.begin(), terms.counting.end(), contact) != terms.counting.end();
}

std::string_view NameOf(State state) {
  switch (state) {
    case State::kAgreementPending:
      return "agreement_pending";
    case State::kActive:
      return "active";
    case State::kCompleted:
      return "completed";
    case State::kEndedEarly:
      return "ended_early";
    case State::kLapsed:
      return "lapsed";
  }
  return "";
}

std::string_view NameOf(Contact contact) {
  switch (contact) {
    case Contact::kInPerson:
      return "in_person";
    case Contact::kVideo:
      return "video";
    case Contact::kCall:
      return "call";
    case Contact::kMail:
      return "mail";
  }
  return "";
}

std::string_view NameOf(Review review) {
  switch (review) {
    case Review::kNone:
      return "";
    case Review::kOnTrack:
      return "on_track";
    case Review::kAtRisk:
      return "at_risk";
  }
  return "";
}

std::string_view NameOf(Side side) { return side == Side::kMentee ? "mentee" : "mentor"; }

absl::StatusOr<State> StateOf(std::string_view name) {
  for (State state : kAllStates) {
    if (NameOf(state) == name) return state;
  }
  return absl::DataLossError(text::Cat("unknown state of a mentorship: ", name));
}

absl::StatusOr<Contact> ContactOf(std::string_view name) {
  for (Contact contact : kAllContacts) {
    if (NameOf(contact) == name) return contact;
  }
  return absl::DataLossError(text::Cat("unknown kind of contact: ", name));
}

absl::StatusOr<Review> ReviewOf(std::string_view name) {
  for (Review review : {Review::kNone, Review::kOnTrack, Review::kAtRisk}) {
    if (NameOf(review) == name) return review;
  }
  return absl::DataLossError(text::Cat("unknown status of a review: ", name));
}

}  // namespace tremplin::session::domain
