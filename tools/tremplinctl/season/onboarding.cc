#include "tools/tremplinctl/season/onboarding.h"

#include "common/status/macros.h"
#include "common/text/text.h"
#include "tools/tremplinctl/goals.h"
#include "tools/tremplinctl/population.h"

namespace tremplin::ctl::season {
namespace {

using registration::v1::CompleteOnboardingStepRequest;
using registration::v1::Enrolment;

constexpr const char* kDays[] = {"mon", "tue", "wed", "thu", "fri", "sat", "sun"};
constexpr const char* kHours[] = {"morning", "noon", "evening"};

absl::StatusOr<std::vector<Enrolment>> List(Stage& stage, registration::v1::EnrolmentRole role,
                                            Enrolment::State state) {
  registration::v1::ListEnrolmentsRequest request;
  request.set_role(role);
  request.set_state(state);
  return ListAll(stage, text::Cat(kRegistration, "ListEnrolments"), request,
                 &registration::v1::ListEnrolmentsResponse::enrolments);
}

bool IsMentor(const Enrolment& enrolment) {
  return enrolment.role() == registration::v1::ENROLMENT_ROLE_MENTOR;
}

}  // namespace

absl::Status Onboarding::OnboardMentors() {
  TREMPLIN_ASSIGN_OR_RETURN(
      const std::vector<Enrolment> mentors,
      List(stage_, registration::v1::ENROLMENT_ROLE_MENTOR, Enrolment::STATE_UNSPECIFIED));
  for (const Enrolment& mentor : mentors) {
    seen_.insert(mentor.name());
    stage_.AddParticipant(
        {mentor.name(), mentor.person(), mentor.business_key(), options::v1::ROLE_MENTOR});
  }
  return stage_.workers.ForEach(mentors.size(), [&](size_t i) -> absl::Status {
    if (mentors[i].state() != Enrolment::STATE_ONBOARDING) return absl::OkStatus();
    for (const program::v1::OnboardingStep& step : StepsOf(mentors[i])) {
      CompleteOnboardingStepRequest request;
      request.set_name(mentors[i].name());
      request.set_step(step.code());
      if (step.gate()) request.set_gate_result(CompleteOnboardingStepRequest::GATE_RESULT_INVITED);
      AddFacts(mentors[i], step, &request);
      TREMPLIN_RETURN_IF_ERROR(Complete(std::move(request), mentors[i].business_key()).status());
    }
    return absl::OkStatus();
  });
}

absl::Status Onboarding::Discover() {
  TREMPLIN_ASSIGN_OR_RETURN(
      const std::vector<Enrolment> admitted,
      List(stage_, registration::v1::ENROLMENT_ROLE_UNSPECIFIED, Enrolment::STATE_ONBOARDING));
  for (const Enrolment& enrolment : admitted) {
    if (!seen_.insert(enrolment.name()).second) continue;
    stage_.AddParticipant(
        {enrolment.name(), enrolment.person(), enrolment.business_key(),
         IsMentor(enrolment) ? options::v1::ROLE_MENTOR : options::v1::ROLE_MENTEE});
    Plan(enrolment, 0);
  }
  return absl::OkStatus();
}

Onboarding::Steps Onboarding::StepsOf(const Enrolment& enrolment) const {
  std::set<std::string> done;
  for (const auto& progress : enrolment.onboarding()) {
    if (progress.done()) done.insert(progress.step());
  }
  Steps steps;
  for (const program::v1::OnboardingStep& step : IsMentor(enrolment)
                                                     ? stage_.definition.mentor_onboarding()
                                                     : stage_.definition.mentee_onboarding()) {
    if (step.compulsory() && done.count(step.code()) == 0) steps.push_back(step);
  }
  return steps;
}

void Onboarding::Plan(const Enrolment& enrolment, size_t index) {
  const Steps steps = StepsOf(enrolment);
  if (index == steps.size()) return;
  const std::string& key = enrolment.business_key();
  const std::string& step = steps[index].code();
  const int days = index == 0 ? stage_.draws.Between(key, text::Cat(step, "/days"), 1, 6)
                              : stage_.draws.Between(key, text::Cat(step, "/days"), 2, 8);
  stage_.In(days, {enrolment.name(), key, step,
                   [this, enrolment, index] { return Take(enrolment, index); }});
}

absl::Status Onboarding::Take(const Enrolment& enrolment, size_t index) {
  const std::string& key = enrolment.business_key();
  const bool mentee = !IsMentor(enrolment);
  if (index == 0 && mentee && stage_.draws.Chance(key, "withdraw", 0.03)) {
    return Withdraw(enrolment);
  }
  const program::v1::OnboardingStep step = StepsOf(enrolment)[index];
  CompleteOnboardingStepRequest request;
  request.set_name(enrolment.name());
  request.set_step(step.code());
  const bool invited = !step.gate() || !stage_.draws.Chance(key, "gate", mentee ? 0.06 : 0.02);
  if (step.gate()) {
    request.set_gate_result(invited ? CompleteOnboardingStepRequest::GATE_RESULT_INVITED
                                    : CompleteOnboardingStepRequest::GATE_RESULT_NOT_INVITED);
  }
  AddFacts(enrolment, step, &request);
  TREMPLIN_ASSIGN_OR_RETURN(const bool goes_on, Complete(std::move(request), key));
  if (goes_on && invited) Plan(enrolment, index + 1);
  return absl::OkStatus();
}

absl::Status Onboarding::Withdraw(const Enrolment& enrolment) {
  TREMPLIN_ASSIGN_OR_RETURN(const std::string credential, stage_.CredentialOf(enrolment.name()));
  registration::v1::WithdrawEnrolmentRequest request;
  request.set_name(enrolment.name());
  return stage_
      .Act<Enrolment>(credential, text::Cat(kRegistration, "WithdrawEnrolment"), request,
                      enrolment.business_key(), "withdraw")
      .status();
}

void Onboarding::AddFacts(const Enrolment& enrolment, const program::v1::OnboardingStep& step,
                          CompleteOnboardingStepRequest* request) const {
  const std::string& key = enrolment.business_key();
  for (const std::string& name : step.facts()) {
    const program::v1::Fact* fact = stage_.registry.Find(name);
    if (fact == nullptr || !program::ValuesOf(enrolment.facts(), name).empty()) continue;
    std::vector<std::string> values;
    if (fact->matching() == program::v1::MATCHING_USE_GOALS) {
      values = DrawnGoals(IsMentor(enrolment), [&](std::string_view code) {
        return stage_.draws.Unit(key, text::Cat("goal/", code));
      });
    } else if (fact->matching() == program::v1::MATCHING_USE_AVAILABILITY) {
      std::set<std::string> drawn;
      const int slots = stage_.draws.Between(key, "slots", 2, 5);
      for (int i = 0; i < slots; ++i) {
        const int slot = stage_.draws.Between(key, text::Cat("slot/", i), 0, 20);
        drawn.insert(text::Cat(kDays[slot / 3], "-", kHours[slot % 3]));
      }
      values.assign(drawn.begin(), drawn.end());
    }
    if (values.empty()) continue;
    program::v1::GivenFact& given = *request->add_facts();
    given.set_name(name);
    given.mutable_values()->Assign(values.begin(), values.end());
    given.set_note("Told in the meeting / Dit à la rencontre");
  }
}

absl::StatusOr<bool> Onboarding::Complete(CompleteOnboardingStepRequest request,
                                          const std::string& key) {
  const std::string step = request.step();
  TREMPLIN_ASSIGN_OR_RETURN(
      const std::optional<Enrolment> done,
      stage_.Act<Enrolment>(stage_.coordinator, text::Cat(kRegistration, "CompleteOnboardingStep"),
                            std::move(request), key, step));
  return done.has_value();
}

}  // namespace tremplin::ctl::season
