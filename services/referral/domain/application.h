#ifndef TREMPLIN_SERVICES_REFERRAL_DOMAIN_APPLICATION_H_
#define TREMPLIN_SERVICES_REFERRAL_DOMAIN_APPLICATION_H_

#include <optional>
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
// "–" is refused with FAILED_PRECONDITION and the state as its reason (STATE_ADMITTED, …). `admit`
// is refused besides with NOT_ELIGIBLE while there is no format for which every criterion passes or
// is exempted, and with CONSENT_NEEDED without the consent the program asks for; `return` with
// REASONS_REQUIRED without a reason.
//
// Open: received, under_review, returned, waitlisted. Settled: admitted and withdrawn, whose
// decision and file no resubmission changes.
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
// Nothing for a name that is none.
std::optional<State> StateOf(std::string_view name);

struct Command {
  Action action;
  // For admit: the verdict, exemptions applied, what is unmet, and the person's consent.
  Verdict verdict = Verdict::kIneligible;
  std::vector<std::string> unmet = {};
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

// Whether the decision of an application in this state stays as it is, with the file it was made
// on.
bool IsSettled(State state);

}  // namespace tremplin::referral

#endif  // TREMPLIN_SERVICES_REFERRAL_DOMAIN_APPLICATION_H_
