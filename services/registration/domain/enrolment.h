#ifndef TREMPLIN_SERVICES_REGISTRATION_DOMAIN_ENROLMENT_H_
#define TREMPLIN_SERVICES_REGISTRATION_DOMAIN_ENROLMENT_H_

#include <string>
#include <variant>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "services/registration/domain/profile.h"

// The life of an enrolment: one person in one program in one role. Pure: no I/O, no clock.
//
//   state      | CompleteStep                          | StateFacts   | Withdraw
//   -----------+---------------------------------------+--------------+-----------------
//   (none)     | Enrol: → ONBOARDING; → READY when the program asks for no compulsory step
//   ONBOARDING | → ONBOARDING   a compulsory step left | → ONBOARDING | → ENDED withdrawn
//              | → READY        the last one done      |              |
//              | → ENDED not_invited   at a gate       |              |
//   READY      | → READY        an optional step       | → READY      | → ENDED withdrawn
//              | → ENDED not_invited   at a gate       |              |
//   ENDED      | ENROLMENT_ENDED                       | the same     | the same
//
// SetPreferences and Join go as StateFacts. What was volunteered for matching goes with the end:
// nothing is left to match.
//
// Steps are done in the order of the definition: a step waits for every compulsory step before it;
// an optional one may be left out, and done later. Staff record any step; the person those that the
// definition lets them, and never a gate.
namespace tremplin::registration::domain {

// The numbers are stored.
enum class Role { kMentee = 1, kMentor = 2 };
enum class State { kOnboarding = 1, kReady = 2, kEnded = 3 };
enum class GateResult { kNone, kInvited, kNotInvited };
enum class Actor { kStaff, kPerson };

inline constexpr char kWithdrawn[] = "withdrawn";
inline constexpr char kNotInvited[] = "not_invited";

// An onboarding step as the program defines it.
struct Step {
  std::string code;
  bool compulsory = true;
  bool gate = false;
  bool by_person = false;  // whether the person may record it
};

struct DoneStep {
  std::string code;
  absl::Time at;
  friend bool operator==(const DoneStep&, const DoneStep&) = default;
};

struct Enrolment {
  Role role = Role::kMentee;
  State state = State::kOnboarding;
  Profile profile = {};
  std::vector<DoneStep> done = {};  // in the order in which they were done
  std::string end_reason = {};      // "" unless ended
  friend bool operator==(const Enrolment&, const Enrolment&) = default;
};

struct CompleteStep {
  std::string step;
  Actor by = Actor::kStaff;
  GateResult gate_result = GateResult::kNone;  // required at a gate, refused elsewhere
  Stated stated = {};
  Preferences preferences = {};  // replaces the profile's unless it is empty
};
struct StateFacts {
  Stated stated = {};
};
// Replaces what was volunteered, also by nothing.
struct SetPreferences {
  Preferences preferences = {};
};
// The person was admitted once more, by another application. What others propose of somebody who is
// here already adds to what was given and replaces none of it.
struct JoinAdmission {
  Profile newer = {};
  bool proposed = false;
};
struct Withdraw {};
using Command = std::variant<CompleteStep, StateFacts, SetPreferences, JoinAdmission, Withdraw>;

struct StepCompleted {
  std::string step;
};
struct BecameReady {};
// What matching sees of a ready enrolment changed; told of no other, since nobody else follows it.
struct ProfileChanged {};
struct Ended {
  std::string reason;
};
using Event = std::variant<StepCompleted, BecameReady, ProfileChanged, Ended>;

struct Decision {
  Enrolment next;
  std::vector<Event> events;  // may be empty though something changed that nobody follows
};

// An admitted person enters.
Decision Enrol(Role role, Profile profile, absl::Span<const Step> steps);

// Errors: FAILED_PRECONDITION with reason ENROLMENT_ENDED, STEP_DONE, STEP_OUT_OF_ORDER;
// PERMISSION_DENIED with reason STEP_NOT_YOURS; INVALID_ARGUMENT naming `step` or `gate_result`.
absl::StatusOr<Decision> Decide(const Enrolment& enrolment, const Command& command,
                                absl::Span<const Step> steps, absl::Time now);

}  // namespace tremplin::registration::domain

#endif  // TREMPLIN_SERVICES_REGISTRATION_DOMAIN_ENROLMENT_H_
