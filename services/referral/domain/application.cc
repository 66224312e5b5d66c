#include "services/referral/domain/application.h"

#include <array>
#include <optional>
#include <utility>

#include "common/status/error.h"
#include "services/referral/messages.h"

namespace tremplin::referral {
namespace {

constexpr std::array<std::string_view, 6> kStateNames = {"received", "under_review", "admitted",
                                                         "returned", "waitlisted",   "withdrawn"};
constexpr std::array<std::string_view, 7> kActionNames = {
    "resubmit", "start_review", "admit", "return", "waitlist", "withdraw", "reopen"};

using Row = std::array<std::optional<State>, 7>;  // by action
constexpr std::optional<State> kNone = std::nullopt;

// By state, in the order of the enum; columns in the order of Action.
constexpr std::array<Row, 6> kTable = {{
    // received
    {State::kReceived, State::kUnderReview, State::kAdmitted, State::kReturned, State::kWaitlisted,
     State::kWithdrawn, kNone},
    // under_review
    {State::kUnderReview, kNone, State::kAdmitted, State::kReturned, State::kWaitlisted,
     State::kWithdrawn, kNone},
    // admitted
    {kNone, kNone, kNone, kNone, kNone, kNone, kNone},
    // returned
    {State::kReceived, kNone, kNone, kNone, kNone, State::kWithdrawn, State::kReceived},
    // waitlisted
    {State::kWaitlisted, State::kUnderReview, State::kAdmitted, State::kReturned, kNone,
     State::kWithdrawn, kNone},
    // withdrawn
    {kNone, kNone, kNone, kNone, kNone, kNone, State::kReceived},
}};

const messages::Message& RefusalOf(State state) {
  switch (state) {
    case State::kReceived:
      return kStateReceived;
    case State::kUnderReview:
      return kStateUnderReview;
    case State::kAdmitted:
      return kStateAdmitted;
    case State::kReturned:
      return kStateReturned;
    case State::kWaitlisted:
      return kStateWaitlisted;
    case State::kWithdrawn:
      return kStateWithdrawn;
  }
  return kStateReceived;
}

absl::Status Refused(const messages::Message& message,
                     std::initializer_list<std::string_view> args = {}) {
  return status::Error(absl::StatusCode::kFailedPrecondition, message, args);
}

absl::Status CheckAdmission(const Command& command) {
  if (!command.consent) return Refused(kConsentNeeded);
  std::string unmet;
  for (const std::string& code : command.unmet) {
    if (!unmet.empty()) unmet += ", ";
    unmet += code;
  }
  return command.verdict == Verdict::kEligible ? absl::OkStatus() : Refused(kNotEligible, {unmet});
}

}  // namespace

std::string_view NameOf(State state) { return kStateNames[static_cast<size_t>(state)]; }
std::string_view NameOf(Action action) { return kActionNames[static_cast<size_t>(action)]; }

std::optional<State> StateOf(std::string_view name) {
  for (const State state : kAllStates) {
    if (NameOf(state) == name) return state;
  }
  return std::nullopt;
}

bool IsSettled(State state) { return state == State::kAdmitted || state == State::kWithdrawn; }

absl::StatusOr<Transition> Decide(State state, const Command& command) {
  const std::optional<State>& next =
      kTable[static_cast<size_t>(state)][static_cast<size_t>(command.action)];
  if (!next.has_value()) return Refused(RefusalOf(state));
  if (command.action == Action::kAdmit) {
    if (absl::Status admission = CheckAdmission(command); !admission.ok()) return admission;
  }
  if (command.action == Action::kReturn && command.reasons.empty()) {
    return Refused(kReasonsRequired);
  }
  const bool resubmitted = command.action == Action::kResubmit;
  const bool reopened = command.action == Action::kReopen;
  return Transition{*next, resubmitted ? NameOf(State::kReceived)
                           : reopened  ? std::string_view("reopened")
                                       : NameOf(*next)};
}

}  // namespace tremplin::referral
