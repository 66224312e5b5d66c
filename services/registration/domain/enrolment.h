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
//   state      | CompleteStep                          | SetCapacity          | Withdraw
//   -----------+---------------------------------------+----------------------+-----------------
//   (none)     | Enrol: → ONBOARDING; → READY when the program asks for no compulsory step;
//              |        → ENDED not_eligible when a criterion is not met
//   ONBOARDING | → ONBOARDING   a compulsory step left | → ONBOARDING         | → ENDED withdrawn
//              | → READY        the last one done      |   (mentors only)     |
//              | → ENDED not_invited   at a gate       |                      |
//   READY      | → READY        an optional step       | → READY              | → ENDED withdrawn
//              | → ENDED not_invited   at a gate       |   (mentors only)     |
//   ENDED      | ENROLMENT_ENDED                       | ENROLMENT_ENDED      | ENROLMENT_ENDED
//
// SetPreferences goes as SetCapacity, for mentees too. What was volunteered for matching goes with
// the end: nothing is left to match.
//
// Steps are done in the order of the definition: a step waits for every compulsory step before it;
// an optional one may be left out, and done later.
namespace tremplin::registration::domain {

// The numbers are stored.
enum class Role { kMentee = 1, kMentor = 2 };
enum class State { kOnboarding = 1, kReady = 2, kEnded = 3 };
enum class GateResult { kNone, kInvited, kNotInvited };

inline constexpr char kWithdrawn[] = "withdrawn";
inline constexpr char kNotInvited[] = "not_invited";
inline constexpr char kNotEligible[] = "not_eligible";

// An onboarding step as the program defines it.
struct Step {
  std::string code;
  bool compulsory = true;
  bool gate = false;
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
  std::vector<DoneStep> done = {};        // in the order in which they were done
  std::vector<std::string> reasons = {};  // codes of criteria not met
  std::string end_reason = {};            // "" unless ended
  friend bool operator==(const Enrolment&, const Enrolment&) = default;
};

struct CompleteStep {
  std::string step;
  GateResult gate_result = GateResult::kNone;  // required at a gate, refused elsewhere
  // Each replaces the profile's unless it is empty.
  std::vector<std::string> availability = {};
  std::vector<std::string> goals = {};
  Preferences preferences = {};
};
struct SetCapacity {
  int64_t capacity = 0;
};
// Replaces what the profile says, also by nothing.
struct SetPreferences {
  std::vector<std::string> goals;
  Preferences preferences;
};
struct Withdraw {};
using Command = std::variant<CompleteStep, SetCapacity, SetPreferences, Withdraw>;

struct StepCompleted {
  std::string step;
};
struct BecameReady {};
// The profile of a ready enrolment changed; told of no other, since nobody else follows it.
struct ProfileChanged {};
struct Ended {
  std::string reason;
};
using Event = std::variant<StepCompleted, BecameReady, ProfileChanged, Ended>;

struct Decision {
  Enrolment next;
  std::vector<Event> events;  // empty: nothing changed
};

// A person enters. `unmet` are the codes of the criteria they do not meet.
Decision Enrol(Role role, Profile profile, absl::Span<const Step> steps,
               std::vector<std::string> unmet);

// Errors: FAILED_PRECONDITION with reason ENROLMENT_ENDED, STEP_DONE, STEP_OUT_OF_ORDER,
// NOT_A_MENTOR; INVALID_ARGUMENT naming `step`, `gate_result` or `capacity`.
absl::StatusOr<Decision> Decide(const Enrolment& enrolment, const Command& command,
                                absl::Span<const Step> steps, absl::Time now);

}  // namespace tremplin::registration::domain

#endif  // TREMPLIN_SERVICES_REGISTRATION_DOMAIN_ENROLMENT_H_
