#ifndef TREMPLIN_SERVICES_MATCHING_DOMAIN_PROPOSAL_H_
#define TREMPLIN_SERVICES_MATCHING_DOMAIN_PROPOSAL_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

// A proposed pair and what each side says to it. Pure: no I/O, no clock, no protobuf.
//
//   state       approve     yes (both)    no          ask more¹  meeting  time        cancel
//   SUGGESTED   → PROPOSED  –             –           –          –        → EXPIRED³  → CANCELLED
//   PROPOSED    –           → INTERESTED  → DECLINED  deadline²  –        → EXPIRED   → CANCELLED
//   INTERESTED  –           –             → DECLINED  –          → MET    → EXPIRED   → CANCELLED
//   MET         –           → MATCHED     → DECLINED  deadline²  –        → EXPIRED   → CANCELLED
//   MATCHED     – but for close, which is refused in every other state: → CLOSED
//   DECLINED, EXPIRED, CANCELLED, CLOSED: nothing; they are ends.
//
//   ¹ once a step and side, and not after a yes   ² starts anew, the state stays
//   ³ staff did not get to it: the pair may be suggested again
//
// A proposal begins as SUGGESTED where its terms give staff days to approve it, else as PROPOSED.
// Until it is approved its two sides do not know of it, nor of its end: no fact is told.
//
// "–" is FAILED_PRECONDITION with a reason, never silent. One side's yes leaves the state until the
// other's; a side may still say no after its yes. From `due` on, sides and staff are refused: time
// has the word. The mentor's place is held in every state that is not an end.
namespace tremplin::matching::domain {

enum class State {
  kSuggested,
  kProposed,
  kInterested,
  kMet,
  kMatched,
  kDeclined,
  kExpired,
  kCancelled,
  kClosed,
};
inline constexpr State kAllStates[] = {State::kSuggested, State::kProposed,  State::kInterested,
                                       State::kMet,       State::kMatched,   State::kDeclined,
                                       State::kExpired,   State::kCancelled, State::kClosed};

enum class Side { kMentee, kMentor };
Side Other(Side side);

// What a side has said at the present step.
enum class Reply { kNone, kYes, kAskMore };

struct Party {
  std::string enrolment;
  std::string person;
  std::string business_key;
  Reply reply = Reply::kNone;
  bool asked = false;  // asked for more at this step
  friend bool operator==(const Party&, const Party&) = default;
};

// The policy it was made under, pinned: days count to their end in the program's time zone.
struct Terms {
  int answer_days = 0;
  int contact_meeting_days = 0;
  int agreement_days = 0;
  std::string time_zone;  // IANA name
  int approval_days = 0;  // 0: needs no approval
  friend bool operator==(const Terms&, const Terms&) = default;
};

struct Proposal {
  std::string id;
  std::string program;
  int64_t program_version = 0;
  Party mentee, mentor;
  Terms terms;
  State state = State::kProposed;
  absl::Time due;     // when silence ends the step; InfinitePast in states that wait for nobody
  bool shown = true;  // its two sides may know of it
  std::string approved_by;  // "" until it was approved, and where that was not needed
  absl::Time approved = absl::InfinitePast();
  std::string end_reason;  // coded
  std::string ended_by;    // "mentee", "mentor", "staff", "time", "enrolment", "mentorship"
  friend bool operator==(const Proposal&, const Proposal&) = default;

  const Party& party(Side side) const { return side == Side::kMentee ? mentee : mentor; }
  Party& party(Side side) { return side == Side::kMentee ? mentee : mentor; }
};

// Whether it holds the mentor's place and the mentee's exclusivity.
bool IsActive(State state);
// Whether the engine must not propose the pair again: declined, expired by a side's silence, closed
// (it did not last, or it is done), or turned down or taken back by staff.
bool BarsPair(const Proposal& proposal);

// Commands.
struct Approve {
  std::string by;
};
struct SayYes {
  Side side;
};
struct SayNo {
  Side side;
  std::string reason;
};
struct AskMore {
  Side side;
};
struct RecordMeeting {};
struct Expire {};  // by the timer, at `due` or later
struct Cancel {
  std::string by;  // "staff", "enrolment"
  std::string reason;
};
struct Close {
  std::string reason;
};
using Command = std::variant<Approve, SayYes, SayNo, AskMore, RecordMeeting, Expire, Cancel, Close>;

// The fact to be told, if the change is one for others.
enum class Fact { kNone, kProposed, kInterested, kMeetingHeld, kMatched, kEnded, kMatchEnded };

struct Decision {
  Proposal next;
  Fact fact = Fact::kNone;
  bool frees_place = false;  // the reservation goes, and the mentee waits again
};

// A new proposal as of `now`: proposed, or suggested where its terms ask for an approval.
Proposal Propose(Proposal made, absl::Time now);

// FAILED_PRECONDITION with a reason in both languages for every pair the table does not allow.
absl::StatusOr<Decision> Decide(const Proposal& proposal, const Command& command, absl::Time now);

// When both must have signed what was matched at `now`.
absl::Time SignBy(const Proposal& proposal, absl::Time now);

// Codes as stored, sent and shown.
std::string_view NameOf(State state);  // "suggested", …
absl::StatusOr<State> StateOf(std::string_view name);

}  // namespace tremplin::matching::domain

#endif  // TREMPLIN_SERVICES_MATCHING_DOMAIN_PROPOSAL_H_
