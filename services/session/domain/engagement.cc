#include "services/session/domain/engagement.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "absl/status/status.h"
#include "absl/time/civil_time.h"
#include "common/clock/day.h"
#include "common/status/error.h"
#include "common/status/macros.h"
#include "common/text/text.h"
#include "services/session/messages.h"

namespace tremplin::session::domain {
namespace {

using Kind = Fact::Kind;

absl::Status Refused(const messages::Message& message,
                     std::initializer_list<std::string_view> args = {}) {
  return status::Error(absl::StatusCode::kFailedPrecondition, message, args);
}

absl::Status Faulty(std::string_view field, const messages::Message& message,
                    std::initializer_list<std::string_view> args = {}) {
  return status::InvalidFields({status::Violation(field, message, args)});
}

absl::Status MustBe(const Engagement& engagement, State wanted) {
  if (engagement.state == wanted) return absl::OkStatus();
  switch (engagement.state) {
    case State::kAgreementPending:
      return Refused(kAgreementPending);
    case State::kActive:
      return Refused(kAlreadyActive);
    case State::kCompleted:
    case State::kEndedEarly:
    case State::kLapsed:
      return Refused(kEngagementEnded);
  }
  return Refused(kEngagementEnded);
}

// Active, and time has not the word yet.
absl::Status MustBeOpen(const Engagement& engagement, absl::Time now) {
  TREMPLIN_RETURN_IF_ERROR(MustBe(engagement, State::kActive));
  const absl::Time close = CloseTime(engagement);
  if (close != absl::InfinitePast() && now >= close) return Refused(kClosing);
  return absl::OkStatus();
}

// Staff, or a participant who is in it.
absl::Status MustBeIn(const Engagement& engagement, const std::string& enrolment) {
  if (enrolment.empty()) return absl::OkStatus();
  const Participant* participant = engagement.Find(enrolment);
  if (participant == nullptr || !participant->present()) return Refused(kNotInIt);
  return absl::OkStatus();
}

absl::Status MayAct(const Engagement& engagement, const std::string& by, absl::Time now) {
  TREMPLIN_RETURN_IF_ERROR(MustBeOpen(engagement, now));
  return MustBeIn(engagement, by);
}

bool IsPair(const Terms& terms) { return terms.mentees.most == 1 && terms.mentors.most == 1; }

// Whether those in it, without `without`, are as many as the format needs.
bool CanGoOn(const Engagement& engagement, std::string_view without) {
  for (Side side : kAllSides) {
    int there = 0;
    for (const Participant& one : engagement.participants) {
      if (one.present() && one.side == side && one.enrolment != without) ++there;
    }
    if (there < engagement.terms.bounds(side).least) return false;
  }
  return true;
}

// --- The start and the end ---

void SetNextReview(Engagement* next, absl::Time at) {
  next->next_review =
      next->term != absl::InfinitePast() && at < next->term ? at : absl::InfinitePast();
}

void Start(Engagement* next, absl::Time now, std::vector<Fact>* facts) {
  next->state = State::kActive;
  next->start = now;
  next->term = TermOf(next->terms, now);
  if (next->terms.review_every_days > 0) {
    SetNextReview(next, clock::EndOfDay(now, next->terms.review_every_days, ZoneOf(next->terms)));
  }
  facts->push_back({Kind::kStarted});
}

bool MaySigningEnd(const Engagement& engagement) {
  return std::all_of(engagement.terms.documents.begin(), engagement.terms.documents.end(),
                     [&](const Document& document) {
                       return !document.before_start || SignedByAll(engagement, document);
                     });
}

void StartIfSigned(Engagement* next, absl::Time now, std::vector<Fact>* facts) {
  if (next->state == State::kAgreementPending && MaySigningEnd(*next)) Start(next, now, facts);
}

void End(Engagement* next, State state, absl::Time now, std::string reason,
         std::vector<Fact>* facts) {
  next->state = state;
  next->end = now;
  next->end_reason = std::move(reason);
  next->next_review = absl::InfinitePast();
  next->review_overdue = false;
  for (Participant& one : next->participants) {
    one.extension_days = 0;
    // A mentor who saw it to its end gives their place again until they say otherwise; a mentee is
    // asked.
    const bool presumed = state == State::kCompleted && one.side == Side::kMentor;
    if (presumed && one.rematch == Rematch::kAsk) one.rematch = Rematch::kYes;
  }
  facts->push_back({state == State::kCompleted    ? Kind::kCompleted
                    : state == State::kEndedEarly ? Kind::kEndedEarly
                                                  : Kind::kLapsed});
}

// Before the start it lapses.
void Break(Engagement* next, absl::Time now, std::string reason, std::vector<Fact>* facts) {
  const State state = next->state == State::kAgreementPending ? State::kLapsed : State::kEndedEarly;
  End(next, state, now, std::move(reason), facts);
}

// What may break it off: before the start until the deadline, after it until time closes it.
absl::Status MayBreak(const Engagement& engagement, absl::Time now) {
  if (engagement.state != State::kAgreementPending) return MustBeOpen(engagement, now);
  if (now >= engagement.sign_by) return Refused(kSigningLate);
  return absl::OkStatus();
}

// --- Documents ---

// The document meant: the one named, or the one that the start waits for and this side signs.
absl::StatusOr<const Document*> DocumentMeant(const Terms& terms, const Sign& command, Side side) {
  if (!command.document.empty()) {
    const Document* named = FindDocument(terms, command.document);
    if (named == nullptr || !SignedBy(*named, side)) return Faulty("document", kDocumentUnknown);
    return named;
  }
  const Document* only = nullptr;
  for (const Document& one : terms.documents) {
    if (!one.before_start || !SignedBy(one, side)) continue;
    if (only != nullptr) return Faulty("document", kDocumentRequired);
    only = &one;
  }
  if (only == nullptr) return Faulty("document", kDocumentRequired);
  return only;
}

absl::StatusOr<Decision> On(const Engagement& engagement, const Sign& command, absl::Time now) {
  if (engagement.state == State::kAgreementPending) {
    if (now >= engagement.sign_by) return Refused(kSigningLate);
  } else {
    TREMPLIN_RETURN_IF_ERROR(MustBeOpen(engagement, now));
  }
  TREMPLIN_RETURN_IF_ERROR(MustBeIn(engagement, command.by));
  Decision decision{engagement, {}};
  Participant* signer = decision.next.Find(command.by);
  if (signer == nullptr) return Refused(kNotInIt);
  TREMPLIN_ASSIGN_OR_RETURN(const Document* document,
                            DocumentMeant(engagement.terms, command, signer->side));
  if (!signer->signatures.emplace(document->code, now).second) return Refused(kAlreadySigned);
  StartIfSigned(&decision.next, now, &decision.facts);
  return decision;
}

absl::StatusOr<Decision> On(const Engagement& engagement, const Lapse&, absl::Time now) {
  TREMPLIN_RETURN_IF_ERROR(MustBe(engagement, State::kAgreementPending));
  if (now < engagement.sign_by) return Refused(kNotDueYet);
  Decision decision{engagement, {}};
  // Time ran out: all are matched again, as they had wished.
  for (Participant& one : decision.next.participants) {
    if (one.present()) one.rematch = Rematch::kYes;
  }
  End(&decision.next, State::kLapsed, now, "not_signed", &decision.facts);
  return decision;
}

// --- Who is in it ---

absl::StatusOr<Decision> On(const Engagement& engagement, const Join& command, absl::Time now) {
  if (engagement.state != State::kAgreementPending) {
    TREMPLIN_RETURN_IF_ERROR(MustBe(engagement, State::kActive));
  }
  Decision decision{engagement, {}};
  Engagement& next = decision.next;
  if (next.state == State::kAgreementPending) {
    next.sign_by = std::max(next.sign_by, command.sign_by);
  }
  for (const Participant& joining : command.joining) {
    Participant* known = next.Find(joining.enrolment);
    if (known != nullptr && known->present()) continue;
    if (known == nullptr) {
      next.participants.push_back(joining);
      known = &next.participants.back();
      known->joined = now;
    } else {  // who comes back keeps what they did before
      known->left = absl::InfinitePast();
      known->leave_reason.clear();
      known->rematch = Rematch::kAsk;
    }
    decision.facts.push_back({Kind::kJoined, joining.enrolment});
  }
  SortParticipants(&next);
  StartIfSigned(&next, now, &decision.facts);
  return decision;
}

// Moves the term when all who are in it have asked for the same days.
bool AgreeExtension(Engagement* next, absl::Time now, std::vector<Fact>* facts) {
  int days = 0;
  for (const Participant& one : next->participants) {
    if (!one.present()) continue;
    if (one.extension_days == 0 || (days != 0 && one.extension_days != days)) return false;
    days = one.extension_days;
  }
  if (days == 0) return false;
  for (Participant& one : next->participants) one.extension_days = 0;
  next->extended_days += days;
  next->term = AddDays(next->term, days, next->terms);
  if (next->next_review == absl::InfinitePast() && next->terms.review_every_days > 0) {
    // The next of the same series that lies ahead.
    absl::Time review =
        clock::EndOfDay(next->start, next->terms.review_every_days, ZoneOf(next->terms));
    while (review <= now) review = AddDays(review, next->terms.review_every_days, next->terms);
    SetNextReview(next, review);
  }
  facts->push_back({Kind::kExtended});
  return true;
}

absl::StatusOr<Decision> On(const Engagement& engagement, const Leave& command, absl::Time now) {
  TREMPLIN_RETURN_IF_ERROR(MayBreak(engagement, now));
  Decision decision{engagement, {}};
  Engagement& next = decision.next;
  Participant* leaver = next.Find(command.enrolment);
  if (leaver == nullptr || !leaver->present()) return Refused(kNotInIt);
  const bool goes_on = CanGoOn(engagement, command.enrolment);
  leaver->rematch = command.rematch;
  leaver->leave_reason = command.reason;
  if (!goes_on) {  // it ends with all who were in it
    if (command.reason == kEnrolmentEnded) {
      // It ended under the others: they wait again, as they had wished.
      for (Participant& one : next.participants) {
        if (one.present() && one.enrolment != command.enrolment) one.rematch = Rematch::kYes;
      }
    }
    Break(&next, now, IsPair(next.terms) ? command.reason : "too_few_left", &decision.facts);
    return decision;
  }
  leaver->left = now;
  leaver->extension_days = 0;
  decision.facts.push_back({Kind::kLeft, command.enrolment});
  StartIfSigned(&next, now, &decision.facts);
  if (next.state == State::kActive) AgreeExtension(&next, now, &decision.facts);
  return decision;
}

// --- Sessions ---

void Count(Engagement* next, const Held& held, int sign) {
  const int minutes = held.counts ? sign * held.minutes : 0;
  next->session_count += sign;
  next->counted_minutes += minutes;
  for (const std::string& enrolment : held.attended) {
    Participant* there = next->Find(enrolment);
    if (there == nullptr) continue;
    there->session_count += sign;
    there->counted_minutes += minutes;
  }
}

// A single meeting as it was held: its end is its term, and introductions are asked for from its
// day on.
void SetMeeting(Engagement* next, const Held& held) {
  next->held = held.at;
  next->term = held.over();
  const Terms& terms = next->terms;
  const bool remind = terms.remind_after_days > 0 && next->reminders_sent < terms.reminders &&
                      next->introductions_given < terms.introductions;
  next->next_reminder =
      remind ? clock::EndOfDay(held.at, terms.remind_after_days * (next->reminders_sent + 1) - 1,
                               ZoneOf(terms))
             : absl::InfinitePast();
}

absl::Status CheckAttendance(const Engagement& engagement, const Held& held) {
  const std::vector<std::string> in_it = InItAt(engagement, held.at);
  for (const std::string& enrolment : held.attended) {
    if (std::find(in_it.begin(), in_it.end(), enrolment) == in_it.end()) {
      return Faulty("attended", kAttendedUnknown);
    }
  }
  if (held.attended.size() < 2) return Faulty("attended", kAttendedTooFew);
  return absl::OkStatus();
}

std::string LocalMinute(absl::Time time, const Terms& terms) {
  return absl::FormatTime("%Y-%m-%d %H:%M", time, ZoneOf(terms));
}

absl::Status CheckHeld(const Engagement& engagement, const Held& held, bool confirmed,
                       absl::Time now) {
  if (held.at < engagement.start) return Refused(kHeldBeforeStart);
  if (held.over() > now) {
    const std::string from = LocalMinute(held.over(), engagement.terms);
    return Refused(kNotOverYet, {from});
  }
  if (engagement.end != absl::InfinitePast() && held.at >= engagement.end) {
    return Refused(kHeldAfterEnd);
  }
  const Terms& terms = engagement.terms;
  if (!confirmed && (held.minutes < terms.least_minutes || held.minutes > terms.most_minutes)) {
    return Refused(kLengthUnusual, {text::Cat(terms.least_minutes), text::Cat(terms.most_minutes)});
  }
  return CheckAttendance(engagement, held);
}

void CompleteIfHeld(Engagement* next, absl::Time now, std::vector<Fact>* facts) {
  if (next->state != State::kActive) return;
  if (next->terms.lifetime == Lifetime::kSingleMeeting) {
    End(next, State::kCompleted, now, "held", facts);
  } else if (next->terms.lifetime == Lifetime::kHours &&
             next->counted_minutes >= next->terms.hours * 60) {
    End(next, State::kCompleted, now, "hours_reached", facts);
  }
}

absl::StatusOr<Decision> On(const Engagement& engagement, const LogSession& command,
                            absl::Time now) {
  TREMPLIN_RETURN_IF_ERROR(MayAct(engagement, command.by, now));
  TREMPLIN_RETURN_IF_ERROR(CheckHeld(engagement, command.held, command.confirmed, now));
  Decision decision{engagement, {{Kind::kSessionLogged}}};
  Count(&decision.next, command.held, 1);
  if (decision.next.terms.lifetime == Lifetime::kSingleMeeting) {
    SetMeeting(&decision.next, command.held);
  }
  CompleteIfHeld(&decision.next, now, &decision.facts);
  return decision;
}

// What was logged can be put right as long as it was an engagement.
absl::Status MayPutRight(const Engagement& engagement) {
  if (engagement.state == State::kAgreementPending) return Refused(kAgreementPending);
  if (engagement.state == State::kLapsed) return Refused(kEngagementEnded);
  return absl::OkStatus();
}

absl::StatusOr<Decision> On(const Engagement& engagement, const CorrectSession& command,
                            absl::Time now) {
  TREMPLIN_RETURN_IF_ERROR(MayPutRight(engagement));
  TREMPLIN_RETURN_IF_ERROR(MustBeIn(engagement, command.by));
  TREMPLIN_RETURN_IF_ERROR(CheckHeld(engagement, command.after, command.confirmed, now));
  Decision decision{engagement, {{Kind::kSessionCorrected}}};
  Count(&decision.next, command.before, -1);
  Count(&decision.next, command.after, 1);
  if (decision.next.terms.lifetime == Lifetime::kSingleMeeting) {
    SetMeeting(&decision.next, command.after);
  }
  CompleteIfHeld(&decision.next, now, &decision.facts);
  return decision;
}

absl::StatusOr<Decision> On(const Engagement& engagement, const StrikeSession& command,
                            absl::Time) {
  TREMPLIN_RETURN_IF_ERROR(MayPutRight(engagement));
  Decision decision{engagement, {{Kind::kSessionStruck}}};
  Count(&decision.next, command.before, -1);
  if (decision.next.terms.lifetime == Lifetime::kSingleMeeting) {
    decision.next.next_reminder = absl::InfinitePast();  // nothing came of what was not held
  }
  return decision;
}

// --- Under way ---

absl::StatusOr<Decision> On(const Engagement& engagement, const CheckIn& command, absl::Time now) {
  TREMPLIN_RETURN_IF_ERROR(MayAct(engagement, command.by, now));
  Decision decision{engagement, {{Kind::kCheckedIn}}};
  decision.next.misses = command.met ? 0 : engagement.misses + 1;
  if (!command.met && decision.next.misses == engagement.terms.misses_before_flag) {
    decision.facts.push_back({Kind::kMissesFlagged});
  }
  return decision;
}

absl::StatusOr<Decision> On(const Engagement& engagement, const ReviewDue&, absl::Time now) {
  TREMPLIN_RETURN_IF_ERROR(MustBe(engagement, State::kActive));
  if (engagement.next_review == absl::InfinitePast() || now < engagement.next_review) {
    return Refused(kNotDueYet);
  }
  Decision decision{engagement, {{Kind::kReviewDue}}};
  Engagement& next = decision.next;
  next.review_overdue = true;
  SetNextReview(&next, AddDays(next.next_review, next.terms.review_every_days, next.terms));
  return decision;
}

absl::StatusOr<Decision> On(const Engagement& engagement, const RecordReview& command,
                            absl::Time now) {
  TREMPLIN_RETURN_IF_ERROR(MustBeOpen(engagement, now));
  Decision decision{engagement, {{Kind::kReviewRecorded}}};
  decision.next.review = command.review;
  decision.next.review_overdue = false;
  return decision;
}

absl::StatusOr<Decision> On(const Engagement& engagement, const Extend& command, absl::Time now) {
  TREMPLIN_RETURN_IF_ERROR(MayAct(engagement, command.by, now));
  const bool has_term = engagement.term != absl::InfinitePast();
  const int left = has_term ? engagement.terms.max_extension_days - engagement.extended_days : 0;
  if (command.days > left) return Refused(kExtensionTooLong, {text::Cat(left)});
  Decision decision{engagement, {}};
  Participant* asking = decision.next.Find(command.by);
  if (asking == nullptr) return Refused(kNotInIt);
  asking->extension_days = command.days;
  if (!AgreeExtension(&decision.next, now, &decision.facts)) {
    decision.facts.push_back({Kind::kExtensionAsked, command.by});
  }
  return decision;
}

absl::StatusOr<Decision> On(const Engagement& engagement, const SetGoal& command, absl::Time now) {
  TREMPLIN_RETURN_IF_ERROR(MayAct(engagement, command.by, now));
  Decision decision{engagement, {}};
  std::vector<Goal>& goals = decision.next.goals;
  if (command.goal.empty()) {
    if (goals.size() >= kMaxGoals) return Refused(kGoalsTooMany, {text::Cat(kMaxGoals)});
    goals.push_back({text::Cat("g", goals.size() + 1), command.code,
                     command.state.value_or(GoalState::kOpen), command.progress});
    return decision;
  }
  const auto goal = std::find_if(goals.begin(), goals.end(),
                                 [&](const Goal& one) { return one.id == command.goal; });
  if (goal == goals.end()) return Faulty("goal", kGoalUnknown);
  if (!command.code.empty()) goal->code = command.code;
  goal->state = command.state.value_or(goal->state);
  goal->progress = command.progress;
  return decision;
}

absl::StatusOr<Decision> On(const Engagement& engagement, const SetPhase& command, absl::Time now) {
  TREMPLIN_RETURN_IF_ERROR(MayAct(engagement, command.by, now));
  if (FindPhase(engagement.terms, command.phase) == nullptr) {
    return Faulty("phase", kPhaseUnknown);
  }
  Decision decision{engagement, {}};
  if (command.done) {
    decision.next.phases_done.emplace(command.phase, now);
  } else {
    decision.next.phases_done.erase(command.phase);
  }
  return decision;
}

// --- Introductions and going on ---

absl::StatusOr<Decision> On(const Engagement& engagement, const GiveIntroduction& command,
                            absl::Time now) {
  if (engagement.state == State::kCompleted) {
    TREMPLIN_RETURN_IF_ERROR(MustBeIn(engagement, command.by));
  } else {
    TREMPLIN_RETURN_IF_ERROR(MayAct(engagement, command.by, now));
  }
  if (engagement.terms.introductions == 0) return Refused(kNoIntroductions);
  if (engagement.introductions_given >= kMaxIntroductions) {
    return Refused(kIntroductionsTooMany, {text::Cat(kMaxIntroductions)});
  }
  if (!command.to.empty() && engagement.Find(command.to) != nullptr) {
    return Faulty("to_enrolment", kIntroducedThemselves);
  }
  Decision decision{engagement, {{Kind::kIntroductionGiven}}};
  ++decision.next.introductions_given;
  if (IntroductionsMissing(decision.next) == 0) {
    decision.next.next_reminder = absl::InfinitePast();
  }
  return decision;
}

absl::StatusOr<Decision> On(const Engagement& engagement, const IntroductionsDue&, absl::Time now) {
  TREMPLIN_RETURN_IF_ERROR(MustBe(engagement, State::kCompleted));
  if (engagement.next_reminder == absl::InfinitePast() || now < engagement.next_reminder) {
    return Refused(kNotDueYet);
  }
  Decision decision{engagement, {{Kind::kIntroductionsDue}}};
  Engagement& next = decision.next;
  ++next.reminders_sent;
  next.next_reminder = next.reminders_sent < next.terms.reminders
                           ? AddDays(next.next_reminder, next.terms.remind_after_days, next.terms)
                           : absl::InfinitePast();
  return decision;
}

absl::Status MayWish(const Engagement& engagement, absl::Time now) {
  if (engagement.state == State::kCompleted || engagement.state == State::kEndedEarly) {
    const absl::Time until =
        clock::EndOfDay(engagement.end, kContinueWithinDays, ZoneOf(engagement.terms));
    if (now >= until) return Refused(kContinueTooLate, {text::Cat(kContinueWithinDays)});
    return absl::OkStatus();
  }
  return MustBeOpen(engagement, now);
}

absl::StatusOr<Decision> On(const Engagement& engagement, const WishToContinue& command,
                            absl::Time now) {
  TREMPLIN_RETURN_IF_ERROR(MayWish(engagement, now));
  TREMPLIN_RETURN_IF_ERROR(MustBeIn(engagement, command.by));
  if (!engagement.continued_as.empty()) return Refused(kContinuationAgreed);
  const std::vector<std::string>& becomes = engagement.terms.becomes;
  if (!command.format.empty() &&
      std::find(becomes.begin(), becomes.end(), command.format) == becomes.end()) {
    return Faulty("format", kFormatUnknown);
  }
  Decision decision{engagement, {}};
  Engagement& next = decision.next;
  Participant* wishing = next.Find(command.by);
  if (wishing == nullptr) return Refused(kNotInIt);
  if (wishing->leave_reason == kEnrolmentEnded) return Refused(kEnrolmentIsEnded);
  wishing->continue_as = command.format;
  if (command.format.empty()) return decision;
  const bool all = std::all_of(
      next.participants.begin(), next.participants.end(),
      [&](const Participant& one) { return !one.present() || one.continue_as == command.format; });
  if (all) {
    next.continued_as = command.format;
    decision.facts.push_back({Kind::kContinuationAgreed});
  }
  return decision;
}

absl::StatusOr<Decision> On(const Engagement& engagement, const CannotGoOn&, absl::Time) {
  Decision decision{engagement, {}};
  decision.next.continued_as.clear();
  for (Participant& one : decision.next.participants) one.continue_as.clear();
  return decision;
}

// --- The end ---

absl::StatusOr<Decision> On(const Engagement& engagement, const Complete& command, absl::Time now) {
  TREMPLIN_RETURN_IF_ERROR(MustBeOpen(engagement, now));
  const bool at_term = engagement.term != absl::InfinitePast() && now >= engagement.term;
  if (!command.goals_met && !at_term) return Refused(kTermNotReached);
  Decision decision{engagement, {}};
  End(&decision.next, State::kCompleted, now, command.goals_met ? "goals_met" : "term",
      &decision.facts);
  return decision;
}

absl::StatusOr<Decision> On(const Engagement& engagement, const CloseByTime&, absl::Time now) {
  TREMPLIN_RETURN_IF_ERROR(MustBe(engagement, State::kActive));
  const absl::Time close = CloseTime(engagement);
  if (close == absl::InfinitePast() || now < close) return Refused(kNotDueYet);
  Decision decision{engagement, {}};
  End(&decision.next, State::kCompleted, now, "term", &decision.facts);
  return decision;
}

absl::StatusOr<Decision> On(const Engagement& engagement, const EndEarly& command, absl::Time now) {
  TREMPLIN_RETURN_IF_ERROR(MayBreak(engagement, now));
  TREMPLIN_RETURN_IF_ERROR(MustBeIn(engagement, command.by));
  if (!command.by.empty() && CanGoOn(engagement, command.by)) return Refused(kLeaveInstead);
  Decision decision{engagement, {}};
  for (Participant& one : decision.next.participants) {
    if (!one.present()) continue;
    if (command.by.empty()) {
      one.rematch = one.side == Side::kMentee ? command.mentees : command.mentors;
    } else if (one.enrolment == command.by) {
      one.rematch = command.own;
    }
  }
  Break(&decision.next, now, command.reason, &decision.facts);
  return decision;
}

absl::StatusOr<Decision> On(const Engagement& engagement, const AnswerRematch& command,
                            absl::Time) {
  const Participant* asked = engagement.Find(command.enrolment);
  if (asked == nullptr) return Refused(kNotInIt);
  if (asked->present() && !Ended(engagement.state)) return Refused(kNotEndedYet);
  if (asked->leave_reason == kEnrolmentEnded) return Refused(kEnrolmentIsEnded);
  Decision decision{engagement, {}};
  if (asked->rematch == command.rematch) return decision;  // said so already
  decision.next.Find(command.enrolment)->rematch = command.rematch;
  decision.facts.push_back({Kind::kRematchAnswered, command.enrolment});
  return decision;
}

template <class Code, size_t n>
absl::StatusOr<Code> CodeOf(const Code (&all)[n], std::string_view name, std::string_view what) {
  for (Code one : all) {
    if (NameOf(one) == name) return one;
  }
  return absl::DataLossError(text::Cat("unknown ", what, ": ", name));
}

}  // namespace

const Participant* Engagement::Find(std::string_view enrolment) const {
  const auto found =
      std::find_if(participants.begin(), participants.end(),
                   [&](const Participant& one) { return one.enrolment == enrolment; });
  return found == participants.end() ? nullptr : &*found;
}

Participant* Engagement::Find(std::string_view enrolment) {
  return const_cast<Participant*>(std::as_const(*this).Find(enrolment));
}

void SortParticipants(Engagement* engagement) {
  std::sort(engagement->participants.begin(), engagement->participants.end(),
            [](const Participant& a, const Participant& b) {
              return std::tie(a.side, a.business_key, a.enrolment) <
                     std::tie(b.side, b.business_key, b.enrolment);
            });
}

Decision Open(Engagement made, absl::Time now) {
  Decision decision{std::move(made), {}};
  Engagement& next = decision.next;
  next.state = State::kAgreementPending;
  next.opened = now;
  for (Participant& one : next.participants) one.joined = now;
  SortParticipants(&next);
  const bool waits = std::any_of(next.terms.documents.begin(), next.terms.documents.end(),
                                 [](const Document& one) { return one.before_start; });
  if (next.sign_by == absl::InfinitePast() || !waits) {
    next.sign_by = absl::InfinitePast();
    Start(&next, now, &decision.facts);
  } else {
    decision.facts.push_back({Kind::kAgreementPending});
  }
  return decision;
}

absl::StatusOr<Decision> Decide(const Engagement& engagement, const Command& command,
                                absl::Time now) {
  return std::visit([&](const auto& one) { return On(engagement, one, now); }, command);
}

absl::Time CloseTime(const Engagement& engagement) {
  if (engagement.state != State::kActive) return absl::InfinitePast();
  const Terms& terms = engagement.terms;
  if (engagement.term != absl::InfinitePast()) {
    return AddDays(engagement.term, terms.close_grace_days, terms);
  }
  return terms.close_grace_days > 0
             ? clock::EndOfDay(engagement.start, terms.close_grace_days, ZoneOf(terms))
             : absl::InfinitePast();
}

int IntroductionsMissing(const Engagement& engagement) {
  if (engagement.state != State::kActive && engagement.state != State::kCompleted) return 0;
  return std::max(0, engagement.terms.introductions - engagement.introductions_given);
}

std::vector<std::string> InItAt(const Engagement& engagement, absl::Time at) {
  const absl::TimeZone zone = ZoneOf(engagement.terms);
  const absl::CivilDay day = absl::ToCivilDay(at, zone);
  std::vector<std::string> in_it;
  for (const Participant& one : engagement.participants) {
    if (day < absl::ToCivilDay(one.joined, zone)) continue;
    if (!one.present() && at > one.left) continue;
    in_it.push_back(one.enrolment);
  }
  return in_it;
}

bool Ended(State state) {
  return state == State::kCompleted || state == State::kEndedEarly || state == State::kLapsed;
}

bool SignedByAll(const Engagement& engagement, const Document& document) {
  return std::all_of(engagement.participants.begin(), engagement.participants.end(),
                     [&](const Participant& one) {
                       return !one.present() || !SignedBy(document, one.side) ||
                              one.signatures.contains(document.code);
                     });
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

std::string_view NameOf(Rematch rematch) {
  switch (rematch) {
    case Rematch::kAsk:
      return "";
    case Rematch::kYes:
      return "yes";
    case Rematch::kNo:
      return "no";
  }
  return "";
}

std::string_view NameOf(GoalState state) {
  switch (state) {
    case GoalState::kOpen:
      return "open";
    case GoalState::kMet:
      return "met";
    case GoalState::kDropped:
      return "dropped";
  }
  return "";
}

absl::StatusOr<State> StateOf(std::string_view name) {
  return CodeOf(kAllStates, name, "state of an engagement");
}
absl::StatusOr<Review> ReviewOf(std::string_view name) {
  return CodeOf(kAllReviews, name, "status of a review");
}
absl::StatusOr<Rematch> RematchOf(std::string_view name) {
  return CodeOf(kAllRematches, name, "wish to be matched again");
}
absl::StatusOr<GoalState> GoalStateOf(std::string_view name) {
  return CodeOf(kAllGoalStates, name, "state of a goal");
}

}  // namespace tremplin::session::domain
