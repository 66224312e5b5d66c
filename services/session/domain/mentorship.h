#ifndef TREMPLIN_SERVICES_SESSION_DOMAIN_MENTORSHIP_H_
#define TREMPLIN_SERVICES_SESSION_DOMAIN_MENTORSHIP_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

// A mentorship from its agreement to its end. Pure: no I/O, no clock, no protobuf.
//
//   command      AGREEMENT_PENDING      ACTIVE                     COMPLETED, ENDED_EARLY, LAPSED
//   sign         both → ACTIVE          –                          –
//   lapse time   → LAPSED               –                          –
//   log session  –                      minutes add up             –
//   check in     –                      a fact                     –
//   review time  –                      overdue until recorded     –
//   review       –                      recorded                   –
//   extend       –                      both the same: term moves  –
//   complete     –                      → COMPLETED ¹              –
//   close time   –                      → COMPLETED (term)         –
//   end early    → LAPSED               → ENDED_EARLY              –
//
//   ¹ goals met, or the term reached
//
// "–" is FAILED_PRECONDITION with a reason, never silent. One side's signature leaves the state
// until the other's. Time closes it at the end of the grace after the term: forms do not hold it
// open, and from that moment, as from `sign_by`, people are refused. Within the grace it is ACTIVE:
// what was held can still be logged.
namespace tremplin::session::domain {

enum class State { kAgreementPending, kActive, kCompleted, kEndedEarly, kLapsed };
inline constexpr State kAllStates[] = {State::kAgreementPending, State::kActive, State::kCompleted,
                                       State::kEndedEarly, State::kLapsed};

enum class Side { kMentee, kMentor };
Side Other(Side side);

enum class Contact { kInPerson, kVideo, kCall, kMail };
inline constexpr Contact kAllContacts[] = {Contact::kInPerson, Contact::kVideo, Contact::kCall,
                                           Contact::kMail};

struct Party {
  std::string enrolment;
  std::string person;
  std::string business_key;
  absl::Time signed_at = absl::InfinitePast();
  int extension_days = 0;  // asked for and not yet agreed to
  friend bool operator==(const Party&, const Party&) = default;
};

// The definition it was made under, pinned.
struct Terms {
  int length_days = 0;
  int review_every_days = 0;
  int max_extension_days = 0;  // in all
  int close_grace_days = 0;
  std::vector<Contact> counting;  // kinds of contact that count toward the cadence
  std::string time_zone;          // IANA name; days end by it
  friend bool operator==(const Terms&, const Terms&) = default;
};

enum class Review { kNone, kOnTrack, kAtRisk };

struct Mentorship {
  std::string id;
  std::string proposal;
  std::string program;
  int64_t program_version = 0;
  Party mentee, mentor;
  Terms terms;
  State state = State::kAgreementPending;
  absl::Time sign_by;
  absl::Time start = absl::InfinitePast();
  absl::Time term = absl::InfinitePast();  // the end of its last day
  absl::Time end = absl::InfinitePast();
  std::string end_reason;  // coded
  int counted_minutes = 0;
  int session_count = 0;
  int extended_days = 0;
  absl::Time next_review = absl::InfinitePast();  // InfinitePast: none before the term
  Review review = Review::kNone;
  bool review_overdue = false;
  friend bool operator==(const Mentorship&, const Mentorship&) = default;

  const Party& party(Side side) const { return side == Side::kMentee ? mentee : mentor; }
  Party& party(Side side) { return side == Side::kMentee ? mentee : mentor; }
};

// When time closes it; InfinitePast unless it is active.
absl::Time CloseTime(const Mentorship& mentorship);

// Commands.
struct Sign {
  Side side;
};
struct Lapse {};  // by the timer, at `sign_by` or later
struct LogSession {
  absl::Time held;
  int minutes;  // 5–600, checked before
  Contact contact;
};
struct CheckIn {};
struct ReviewDue {};  // by the timer, at `next_review` or later
struct RecordReview {
  Review review;
};
struct Extend {
  Side side;
  int days;  // at least 1
};
struct Complete {
  bool goals_met;
};
struct CloseByTime {};  // by the timer, at CloseTime or later
struct EndEarly {
  std::string reason;
};
using Command = std::variant<Sign, Lapse, LogSession, CheckIn, ReviewDue, RecordReview, Extend,
                             Complete, CloseByTime, EndEarly>;

// The fact to be told, if the change is one for others.
enum class Fact {
  kNone,
  kStarted,
  kLapsed,
  kSessionLogged,
  kCheckedIn,
  kReviewDue,
  kReviewRecorded,
  kExtended,
  kCompleted,
  kEndedEarly,
};

struct Decision {
  Mentorship next;
  Fact fact = Fact::kNone;
};

// FAILED_PRECONDITION with a reason in both languages for every pair the table does not allow.
absl::StatusOr<Decision> Decide(const Mentorship& mentorship, const Command& command,
                                absl::Time now);

// Whether a session of this kind counts toward the cadence.
bool Counts(const Terms& terms, Contact contact);

// Codes as stored and sent.
std::string_view NameOf(State state);      // "agreement_pending", …
std::string_view NameOf(Contact contact);  // "in_person", …
std::string_view NameOf(Review review);    // "", "on_track", "at_risk"
std::string_view NameOf(Side side);        // "mentee", "mentor"
absl::StatusOr<State> StateOf(std::string_view name);
absl::StatusOr<Contact> ContactOf(std::string_view name);
absl::StatusOr<Review> ReviewOf(std::string_view name);

}  // namespace tremplin::session::domain

#endif  // TREMPLIN_SERVICES_SESSION_DOMAIN_MENTORSHIP_H_
