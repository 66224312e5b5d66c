#ifndef TREMPLIN_SERVICES_MATCHING_DOMAIN_PROPOSAL_H_
#define TREMPLIN_SERVICES_MATCHING_DOMAIN_PROPOSAL_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

// People proposed to each other, and what each says at the steps of their format. Pure: no I/O, no
// clock, no protobuf.
//
//   state    approve¹  yes       no        ask more²  meeting³  time      leave⁴    take in⁵ cancel
//   close OPEN     → step    → step    drop      deadline   → step    drop⁶     drop      newcomer
//   → CANCELLED  – MATCHED  –         –         –         –          –         –         freed – –
//   → CLOSED DECLINED, EXPIRED, CANCELLED, CLOSED: nothing; they are ends.
//
//   ¹ at the step of staff's approval alone   ² once a step and participant, not after a yes; the
//   deadline starts anew ³ at the step of the contact meeting alone   ⁴ an enrolment ended, or
//   (matched) somebody left what came of it ⁵ at any step, where the terms say that a gap may be
//   filled, up to the most of that side ⁶ of everybody who is asked and has not said yes, from
//   `due` on; without them it goes on within its bounds
//
// "→ step": a step is done when everybody whom it asks and who is still in has said yes (approval
// and contact meeting: when staff say so). The next one then starts, replies and deadline anew;
// after the last one it is MATCHED. A step that asks nobody who is there is passed over. "drop":
// that participant is out, and their place is free. Where a side falls below its least the proposal
// ends by the cause (a no: DECLINED, silence: EXPIRED, an enrolment: CANCELLED), so a pair ends as
// one of the two does. Where the terms say that a gap may be filled (groups) it stays open until
// `due`, no step is done while a side is short, and at `due` a side that is still short ends it:
// EXPIRED, "too_few_left". Nobody at all on a side that is wanted ends it at once.
//
// What is matched ends with the last who was in it; a group does not, since others may have joined
// it: its engagement closes it.
//
// Who is not asked at the present step may still say no. From `due` on sides and staff are refused:
// time has the word. Until staff have approved it its participants do not know of it, nor of its
// end: no fact is told.
//
// "–" is FAILED_PRECONDITION with a reason, never silent.
namespace tremplin::matching::domain {

enum class State { kOpen, kMatched, kDeclined, kExpired, kCancelled, kClosed };
inline constexpr State kAllStates[] = {State::kOpen,    State::kMatched,   State::kDeclined,
                                       State::kExpired, State::kCancelled, State::kClosed};

enum class Side { kMentee, kMentor };

// What somebody has said at the present step.
enum class Reply { kNone, kYes, kAskMore };

// Whether somebody is in it, or how they came to be out.
enum class Standing { kIn, kDeclined, kExpired, kCancelled, kFreed };

struct Participant {
  std::string enrolment;
  std::string person;
  std::string business_key;
  Side side = Side::kMentee;
  Reply reply = Reply::kNone;
  bool asked_more = false;  // at this step
  Standing standing = Standing::kIn;
  std::string reason = {};  // coded, of who is out

  bool in() const { return standing == Standing::kIn; }
  friend bool operator==(const Participant&, const Participant&) = default;
};

enum class StepKind { kApproval, kInterest, kMeeting, kAcceptance };

struct Step {
  StepKind kind = StepKind::kAcceptance;
  int days = 0;
  bool asks_mentees = true;  // of kInterest and kAcceptance
  bool asks_mentors = true;
  friend bool operator==(const Step&, const Step&) = default;
};

struct Bounds {
  int least = 1;
  int most = 1;
  friend bool operator==(const Bounds&, const Bounds&) = default;
};

// What it was made under, pinned: days count to their end in the program's time zone.
struct Terms {
  std::vector<Step> steps;  // those before the agreement
  int agreement_days = 0;   // 0: nothing holds the start open
  Bounds mentees, mentors;
  bool fills = false;     // a gap may be filled
  std::string time_zone;  // IANA name
  friend bool operator==(const Terms&, const Terms&) = default;
};

struct Proposal {
  std::string id;
  std::string program;
  int64_t program_version = 0;
  std::string format;
  std::vector<Participant>
      participants;  // by side and business key; who is out stays, after those who are in
  Terms terms;
  State state = State::kOpen;
  size_t step = 0;  // of terms.steps, while open
  absl::Time due =
      absl::InfinitePast();  // when silence ends the step; InfinitePast where nobody is waited for
  bool shown = true;         // its participants may know of it
  std::string approved_by = {};  // "" until it was approved, and where that was not needed
  absl::Time approved = absl::InfinitePast();
  std::string end_reason = {};  // coded
  std::string ended_by = {};    // "mentee", "mentor", "staff", "time", "enrolment", "engagement"
  // How many there were at the start, or at most since: what is missing of them is a gap.
  int wanted_mentees = 0;
  int wanted_mentors = 0;
  friend bool operator==(const Proposal&, const Proposal&) = default;

  // Null for who is not and was not in it.
  const Participant* Find(std::string_view enrolment) const;
  int In(Side side) const;
  // How many could be taken in where others are out; 0 unless a gap may be filled.
  int Gap(Side side) const;
  // Null unless open.
  const Step* present() const;
  bool Asks(const Participant& participant) const;  // at the present step
};

// Whether it holds places and the mentees' exclusivity.
bool IsActive(State state);

// Commands.
struct Approve {
  std::string by;
};
struct SayYes {
  std::string enrolment;
};
struct SayNo {
  std::string enrolment;
  std::string reason;
};
struct AskMore {
  std::string enrolment;
};
struct RecordMeeting {};
struct Expire {};  // by the timer, at `due` or later
struct Leave {     // whatever the hour
  std::string enrolment;
  std::string reason;
};
struct TakeIn {
  Participant newcomer;
};
struct Cancel {
  std::string by;  // "staff", "participant"
  std::string reason;
};
struct Close {
  std::string reason;
};
using Command = std::variant<Approve, SayYes, SayNo, AskMore, RecordMeeting, Expire, Leave, TakeIn,
                             Cancel, Close>;

// What others are to be told of a change, in the order in which it happened.
enum class FactKind {
  kProposed,
  kStepReached,
  kMoreAsked,
  kTakenIn,
  kDropped,
  kMatched,
  kEnded,
  kFreed
};
struct Fact {
  FactKind kind;
  std::string enrolment = {};  // of kMoreAsked, kTakenIn and kDropped
  friend bool operator==(const Fact&, const Fact&) = default;
};

struct Decision {
  Proposal next;
  std::vector<Fact> facts;
  // Enrolments that are out by this: their places are free, and mentees wait again.
  std::vector<std::string> freed;
  // Pairs (mentee or peer, the other) that the engine must not propose again: one said no or kept
  // silent, it did not last or is done, or staff took it back. By enrolment.
  std::vector<std::pair<std::string, std::string>> barred;
};

// A new proposal as of `now`, whose participants, terms and names are set. `by` initiated it, ""
// when it is staff's or the engine's: they have said yes to its first step.
Decision Propose(Proposal made, absl::Time now, std::string_view by = {});

// FAILED_PRECONDITION with a reason in both languages for every pair the table does not allow.
absl::StatusOr<Decision> Decide(const Proposal& proposal, const Command& command, absl::Time now);

// When what was matched at `now` must have been signed; InfinitePast where nothing holds the start
// open.
absl::Time SignBy(const Proposal& proposal, absl::Time now);

// Codes as stored, sent and shown.
std::string_view NameOf(State state);  // "open", …
absl::StatusOr<State> StateOf(std::string_view name);
std::string_view NameOf(Side side);  // "mentee", "mentor"
std::string_view NameOf(
    StepKind kind);  // "staff_approval", "interest", "contact_meeting", "acceptance"
std::string_view NameOf(
    Standing standing);  // "" for who is in, "declined", "expired", "cancelled", "freed"
absl::StatusOr<Standing> StandingOf(std::string_view name);

}  // namespace tremplin::matching::domain

#endif  // TREMPLIN_SERVICES_MATCHING_DOMAIN_PROPOSAL_H_
