#include "services/registration/domain/enrolment.h"

#include <algorithm>
#include <utility>

#include "common/status/error.h"
#include "common/status/macros.h"
#include "services/registration/messages.h"

namespace tremplin::registration::domain {
namespace {

bool IsDone(const Enrolment& enrolment, const std::string& step) {
  return std::any_of(enrolment.done.begin(), enrolment.done.end(),
                     [&](const DoneStep& done) { return done.code == step; });
}

absl::Status Refused(const Message& message, std::string_view argument = "") {
  return status::Error(absl::StatusCode::kFailedPrecondition, message, {argument});
}

absl::Status Wrong(std::string_view field, const Message& message, std::string_view argument = "") {
  return status::InvalidFields({status::Violation(field, message, {argument})});
}

// The step if it may be done now.
absl::StatusOr<const Step*> StepToDo(const Enrolment& enrolment, const CompleteStep& command,
                                     absl::Span<const Step> steps) {
  const auto step = std::find_if(steps.begin(), steps.end(), [&](const Step& candidate) {
    return candidate.code == command.step;
  });
  if (step == steps.end()) return Wrong("step", kStepUnknown, command.step);
  if (IsDone(enrolment, step->code)) return Refused(kStepDone, step->code);
  for (auto before = steps.begin(); before != step; ++before) {
    if (before->compulsory && !IsDone(enrolment, before->code)) {
      return Refused(kStepOutOfOrder, before->code);
    }
  }
  if (command.by == Actor::kPerson && (step->gate || !step->by_person)) {
    return status::Error(absl::StatusCode::kPermissionDenied, kStepNotYours, {step->code});
  }
  if (step->gate && command.gate_result == GateResult::kNone) {
    return Wrong("gate_result", kGateResultRequired);
  }
  if (!step->gate && command.gate_result != GateResult::kNone) {
    return Wrong("gate_result", kGateResultRefused);
  }
  return &*step;
}

bool CompulsoryDone(const Enrolment& enrolment, absl::Span<const Step> steps) {
  return std::all_of(steps.begin(), steps.end(), [&](const Step& step) {
    return !step.compulsory || IsDone(enrolment, step.code);
  });
}

void End(Decision& decision, std::string reason) {
  decision.next.state = State::kEnded;
  decision.next.profile.preferences = {};
  decision.next.end_reason = reason;
  decision.events.push_back(Ended{std::move(reason)});
}

// What matching sees is told anew where somebody follows it.
void TellChanges(const Enrolment& before, Decision& decision) {
  if (before.state != State::kReady || decision.next.profile.SeemsAs(before.profile)) return;
  decision.events.push_back(ProfileChanged{});
}

absl::StatusOr<Decision> Apply(const Enrolment& enrolment, const CompleteStep& command,
                               absl::Span<const Step> steps, absl::Time now) {
  TREMPLIN_ASSIGN_OR_RETURN(const Step* step, StepToDo(enrolment, command, steps));
  Decision decision{.next = enrolment, .events = {StepCompleted{step->code}}};
  decision.next.done.push_back({.code = step->code, .at = now});
  Restate(command.stated, decision.next.profile);
  if (command.preferences != Preferences()) {
    decision.next.profile.preferences = command.preferences;
  }
  if (command.gate_result == GateResult::kNotInvited) {
    End(decision, kNotInvited);
  } else if (enrolment.state == State::kOnboarding && CompulsoryDone(decision.next, steps)) {
    decision.next.state = State::kReady;
    decision.events.push_back(BecameReady{});
  } else {
    TellChanges(enrolment, decision);
  }
  return decision;
}

absl::StatusOr<Decision> Apply(const Enrolment& enrolment, const StateFacts& command,
                               absl::Span<const Step>, absl::Time) {
  Decision decision{.next = enrolment, .events = {}};
  Restate(command.stated, decision.next.profile);
  TellChanges(enrolment, decision);
  return decision;
}

absl::StatusOr<Decision> Apply(const Enrolment& enrolment, const SetPreferences& command,
                               absl::Span<const Step>, absl::Time) {
  Decision decision{.next = enrolment, .events = {}};
  decision.next.profile.preferences = command.preferences;
  TellChanges(enrolment, decision);
  return decision;
}

absl::StatusOr<Decision> Apply(const Enrolment& enrolment, const JoinAdmission& command,
                               absl::Span<const Step>, absl::Time) {
  Decision decision{.next = enrolment, .events = {}};
  Join(command.proposed ? NewOnly(command.newer, enrolment.profile) : command.newer,
       decision.next.profile);
  TellChanges(enrolment, decision);
  return decision;
}

absl::StatusOr<Decision> Apply(const Enrolment& enrolment, const Withdraw&, absl::Span<const Step>,
                               absl::Time) {
  Decision decision{.next = enrolment, .events = {}};
  End(decision, kWithdrawn);
  return decision;
}

}  // namespace

Decision Enrol(Role role, Profile profile, absl::Span<const Step> steps) {
  Decision decision;
  decision.next.role = role;
  decision.next.profile = std::move(profile);
  if (CompulsoryDone(decision.next, steps)) {
    decision.next.state = State::kReady;
    decision.events.push_back(BecameReady{});
  }
  return decision;
}

absl::StatusOr<Decision> Decide(const Enrolment& enrolment, const Command& command,
                                absl::Span<const Step> steps, absl::Time now) {
  if (enrolment.state == State::kEnded) return Refused(kEnrolmentEnded);
  return std::visit([&](const auto& what) { return Apply(enrolment, what, steps, now); }, command);
}

}  // namespace tremplin::registration::domain
