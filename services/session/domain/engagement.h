#ifndef TREMPLIN_SERVICES_SESSION_DOMAIN_ENGAGEMENT_H_
#define TREMPLIN_SERVICES_SESSION_DOMAIN_ENGAGEMENT_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "services/session/domain/terms.h"

// An engagement from its documents to its end; a mentorship is the engagement of one and one. Pure:
// no I/O, no clock, no protobuf.
//
//   command         AGREEMENT_PENDING  ACTIVE                    COMPLETED   ENDED_EARLY  LAPSED
//   sign            last: ACTIVE       documents of any time     –           –            –
//   lapse time      LAPSED             –                         –           –            –
//   join            one more to sign   one more                  –           –            –
//   leave           (1) or LAPSED      (1) or ENDED_EARLY        –           –            –
//   log session     –                  counts; (2): COMPLETED    –           –            –
//   correct, strike –                  counts follow             follow      follow       –
//   check in        –                  misses in a row           –           –            –
//   review time     –                  overdue until recorded    –           –            –
//   review          –                  recorded                  –           –            –
//   extend          –                  all the same: term moves  –           –            –
//   goal, phase     –                  the plan                  –           –            –
//   introduction    –                  one fewer missing         one fewer   –            –
//   reminder time   –                  –                         asked for   –            –
//   wish            –                  all the same: agreed      30 days     30 days      –
//   cannot go on    all may wish anew, whatever the state
//   complete        –                  COMPLETED (3)             –           –            –
//   close time      –                  COMPLETED (term)          –           –            –
//   end early       LAPSED             ENDED_EARLY (4)           –           –            –
//   rematch         who left           who left                  all         all          all
//
// (1) The others go on while the format's least on each side is met, and begin when all have
// signed.
//
// (2) A single meeting (held), or the hours are reached (hours_reached).
//
// (3) Goals met, or the term reached.
//
// (4) By a participant only where the others could not go on without them: else they leave.
//
// At the end who has not said what they wish next is asked; but a mentor who saw it to its end
// gives their place again until they say otherwise, a lapse by time matches all again, and so does
// the end of another's enrolment those who were left.
//
// "–" is FAILED_PRECONDITION with a reason, never silent. Time closes it at the end of the grace
// after the term: forms do not hold it open, and from that moment, as from `sign_by`, people are
// refused. Within the grace it is ACTIVE: what was held can still be logged. A single meeting has
// no term before it was held; its grace, if any, runs from the start. Days end in the program's
// time zone. Who left acts no more, except to say whether they wish to be matched again.
namespace tremplin::session::domain {

enum class State { kAgreementPending, kActive, kCompleted, kEndedEarly, kLapsed };
inline constexpr State kAllStates[] = {State::kAgreementPending, State::kActive, State::kCompleted,
                                       State::kEndedEarly, State::kLapsed};

enum class Review { kNone, kOnTrack, kAtRisk };
inline constexpr Review kAllReviews[] = {Review::kNone, Review::kOnTrack, Review::kAtRisk};

// Whether somebody wishes to be matched again; kAsk: they have not said.
enum class Rematch { kAsk, kYes, kNo };
inline constexpr Rematch kAllRematches[] = {Rematch::kAsk, Rematch::kYes, Rematch::kNo};

enum class GoalState { kOpen, kMet, kDropped };
inline constexpr GoalState kAllGoalStates[] = {GoalState::kOpen, GoalState::kMet,
                                               GoalState::kDropped};

inline constexpr int kMaxGoals = 20;
inline constexpr int kMaxIntroductions = 30;
inline constexpr int kContinueWithinDays = 30;  // after the end
inline constexpr std::string_view kEnrolmentEnded = "enrolment_ended";

struct Participant {
  std::string enrolment;
  std::string person;
  Side side = Side::kMentee;
  std::string business_key;
  absl::Time joined = absl::InfinitePast();
  absl::Time left = absl::InfinitePast();  // InfinitePast: they are in it, or were when it ended
  std::string leave_reason;                // coded; also of who ended it by leaving
  std::map<std::string, absl::Time> signatures = {};  // by document
  int counted_minutes = 0;
  int session_count = 0;
  int extension_days = 0;  // asked for and not yet agreed to
  Rematch rematch = Rematch::kAsk;
  std::string continue_as;  // the format they wish to go on as
  friend bool operator==(const Participant&, const Participant&) = default;

  bool present() const { return left == absl::InfinitePast(); }
};

struct Goal {
  std::string id;    // "g1", …
  std::string code;  // of the vocabulary
  GoalState state = GoalState::kOpen;
  int progress = 0;  // 0–100
  friend bool operator==(const Goal&, const Goal&) = default;
};

struct Engagement {
  std::string id;
  std::string proposal;
  std::string program;
  int64_t program_version = 0;
  std::string format;
  std::string continues;  // the engagement it goes on from
  Terms terms;
  State state = State::kAgreementPending;
  std::vector<Participant> participants;  // by side, then business key
  absl::Time opened = absl::InfinitePast();
  absl::Time sign_by = absl::InfinitePast();
  absl::Time start = absl::InfinitePast();
  absl::Time term = absl::InfinitePast();  // the end of its last day, or of the single meeting
  absl::Time end = absl::InfinitePast();
  std::string end_reason;  // coded
  int counted_minutes = 0;
  int session_count = 0;
  int extended_days = 0;
  absl::Time next_review = absl::InfinitePast();  // InfinitePast: none before the term
  Review review = Review::kNone;
  bool review_overdue = false;
  int misses = 0;  // in a row
  std::vector<Goal> goals;
  std::map<std::string, absl::Time> phases_done;  // by phase
  absl::Time held = absl::InfinitePast();         // a single meeting's beginning
  int introductions_given = 0;
  int reminders_sent = 0;
  absl::Time next_reminder = absl::InfinitePast();
  std::string continued_as;  // the format all agreed on
  friend bool operator==(const Engagement&, const Engagement&) = default;

  // nullptr when they never were in it.
  const Participant* Find(std::string_view enrolment) const;
  Participant* Find(std::string_view enrolment);
};

// What was held: a session as the totals see it.
struct Held {
  absl::Time at;
  int minutes = 0;  // 1–1440, checked before
  Contact contact = Contact::kInPerson;
  bool counts = false;
  std::vector<std::string> attended;  // enrolments, each once
  absl::Time over() const { return at + absl::Minutes(minutes); }
};

// Commands. `by` is the enrolment of the participant who acts, "" for staff.
struct Sign {
  std::string by;
  std::string document;  // "": the one that the start waits for
};
struct Lapse {};  // by the timer, at `sign_by` or later
struct Join {
  std::vector<Participant> joining;
  absl::Time sign_by;
};
struct Leave {
  std::string enrolment;
  std::string reason;
  Rematch rematch;
};
struct LogSession {
  std::string by;
  Held held;
  bool confirmed;
};
struct CorrectSession {
  std::string by;
  Held before, after;
  bool confirmed;
};
struct StrikeSession {
  Held before;
};
struct CheckIn {
  std::string by;
  bool met;
};
struct ReviewDue {};  // by the timer, at `next_review` or later
struct RecordReview {
  Review review;
};
struct Extend {
  std::string by;
  int days;  // at least 1
};
struct SetGoal {
  std::string by;
  std::string goal;                // "" for a new one
  std::string code;                // "" leaves it
  std::optional<GoalState> state;  // none leaves it; kOpen for a new one
  int progress;                    // 0–100, checked before
};
struct SetPhase {
  std::string by;
  std::string phase;
  bool done;
};
struct GiveIntroduction {
  std::string by;
  std::string to;  // "" for somebody outside the program
};
struct IntroductionsDue {};  // by the timer, at `next_reminder` or later
struct WishToContinue {
  std::string by;
  std::string format;  // "" takes the wish back
};
struct CannotGoOn {};  // what all had agreed on cannot be
struct Complete {
  bool goals_met;
};
struct CloseByTime {};  // by the timer, at CloseTime or later
struct EndEarly {
  std::string by;
  std::string reason;
  Rematch own;               // of who acts
  Rematch mentees, mentors;  // of each side, from staff
};
struct AnswerRematch {
  std::string enrolment;
  Rematch rematch;  // not kAsk
};
using Command = std::variant<Sign, Lapse, Join, Leave, LogSession, CorrectSession, StrikeSession,
                             CheckIn, ReviewDue, RecordReview, Extend, SetGoal, SetPhase,
                             GiveIntroduction, IntroductionsDue, WishToContinue, CannotGoOn,
                             Complete, CloseByTime, EndEarly, AnswerRematch>;

// What is to be told of a change.
struct Fact {
  enum class Kind {
    kAgreementPending,
    kStarted,
    kLapsed,
    kJoined,  // of `enrolment`, as the next three
    kLeft,
    kExtensionAsked,
    kRematchAnswered,
    kSessionLogged,
    kSessionCorrected,
    kSessionStruck,
    kCheckedIn,
    kMissesFlagged,
    kReviewDue,
    kReviewRecorded,
    kExtended,
    kIntroductionGiven,
    kIntroductionsDue,
    kContinuationAgreed,
    kCompleted,
    kEndedEarly,
  };
  Kind kind;
  std::string enrolment = {};
  friend bool operator==(const Fact&, const Fact&) = default;
};

struct Decision {
  Engagement next;
  std::vector<Fact> facts;  // in the order in which they are told
};

// By side, then business key.
void SortParticipants(Engagement* engagement);

// A new engagement as it begins at `now`: waiting for signatures where it has a `sign_by` and
// documents that the start waits for, else active at once.
Decision Open(Engagement made, absl::Time now);

// FAILED_PRECONDITION with a reason in both languages for whatever the table does not allow;
// INVALID_ARGUMENT with a violation for a document, goal, phase, format or person that the
// engagement does not have.
absl::StatusOr<Decision> Decide(const Engagement& engagement, const Command& command,
                                absl::Time now);

// When time closes it; InfinitePast unless it is active and has such a moment.
absl::Time CloseTime(const Engagement& engagement);

// Introductions still expected; 0 where the format has none, or the engagement never came to it.
int IntroductionsMissing(const Engagement& engagement);

// Who of those in it at `at` by the program's days may have attended: the enrolments, in their
// order.
std::vector<std::string> InItAt(const Engagement& engagement, absl::Time at);

bool Ended(State state);

// Whether everybody who signs it, of those in the engagement, has signed the document.
bool SignedByAll(const Engagement& engagement, const Document& document);

// Codes as stored and sent.
std::string_view NameOf(State state);      // "agreement_pending", …
std::string_view NameOf(Review review);    // "", "on_track", "at_risk"
std::string_view NameOf(Rematch rematch);  // "", "yes", "no"
std::string_view NameOf(GoalState state);  // "open", "met", "dropped"
absl::StatusOr<State> StateOf(std::string_view name);
absl::StatusOr<Review> ReviewOf(std::string_view name);
absl::StatusOr<Rematch> RematchOf(std::string_view name);
absl::StatusOr<GoalState> GoalStateOf(std::string_view name);

}  // namespace tremplin::session::domain

#endif  // TREMPLIN_SERVICES_SESSION_DOMAIN_ENGAGEMENT_H_
