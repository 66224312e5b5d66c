#ifndef TREMPLIN_SERVICES_REFERRAL_DOMAIN_APPLICATION_H_
#define TREMPLIN_SERVICES_REFERRAL_DOMAIN_APPLICATION_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "services/referral/domain/verdict.h"

// An application: one referral considered by one program. Pure.
//
//                 | resubmit      start_review  admit     return    waitlist    withdraw   reopen
//   --------------+--------------------------------------------------------------------------------
//   received      | received      under_review  admitted  returned  waitlisted  withdrawn  –
//   under_review  | under_review  –             admitted  returned  waitlisted  withdrawn  –
//   waitlisted    | waitlisted    under_review  admitted  returned  –           withdrawn  –
//   returned      | received      –             –         –         –           withdrawn  received
//   admitted      | –             –             –         –         –           –          –
//   withdrawn     | –             –             –         –         –           –          received
//
// "–" is refused with FAILED_PRECONDITION and the state as its reason (STATE_ADMITTED, …); a
// resubmission with REFERRAL_SETTLED. `admit` is refused besides with NOT_ELIGIBLE while a
// criterion neither passes nor is exempted, and with CONSENT_NEEDED without consent to share the
// file; `return` with REASONS_REQUIRED without a reason.
namespace tremplin::referral {

enum class State { kReceived, kUnderReview, kAdmitted, kReturned, kWaitlisted, kWithdrawn };
inline constexpr State kAllStates[] = {State::kReceived, State::kUnderReview, State::kAdmitted,
                                       State::kReturned, State::kWaitlisted,  State::kWithdrawn};

enum class Action { kResubmit, kStartReview, kAdmit, kReturn, kWaitlist, kWithdraw, kReopen };
inline constexpr Action kAllActions[] = {Action::kResubmit, Action::kStartReview, Action::kAdmit,
                                         Action::kReturn,   Action::kWaitlist,    Action::kWithdraw,
                                         Action::kReopen};

// "under_review", "start_review": as columns and events say them.
std::string_view NameOf(State state);
std::string_view NameOf(Action action);
// kReceived for a name that is none.
State StateOf(std::string_view name);

struct Command {
  Action action;
  // For admit: the criteria as judged, exemptions applied, and the client's consent.
  std::vector<Finding> findings = {};
  bool consent = false;
  // For return.
  std::vector<std::string> reasons = {};
};

// What follows from a command.
struct Transition {
  State state;
  // Entry of the agency's status feed: "received", …, "reopened".
  std::string_view milestone;
};

absl::StatusOr<Transition> Decide(State state, const Command& command);

// Whether the file of an application in this state no longer changes.
bool IsSettled(State state);

}  // namespace tremplin::referral

#endif  // TREMPLIN_SERVICES_REFERRAL_DOMAIN_APPLICATION_H_
