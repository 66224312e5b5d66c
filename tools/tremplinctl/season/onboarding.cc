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

}  // namespace

absl::Status Onboarding::OnboardMentors() {
  TREMPLIN_ASSIGN_OR_RETURN(
      const std::vector<Enrolment> mentors,
      List(stage_, registration::v1::ENROLMENT_ROLE_MENTOR, Enrolment::STATE_UNSPECIFIED));
  for (const Enrolment& mentor : mentors) {
    stage_.AddParticipant(
        {mentor.name(), mentor.person(), mentor.business_key(), options::v1::ROLE_MENTOR});
  }
  return stage_.workers.ForEach(mentors.size(), [&](size_t i) -> absl::Status {
    if (mentors[i].state() != Enrolment::STATE_ONBOARDING) return absl::OkStatus();
    for (const char* step : {"orientation", "interview"}) {
      CompleteOnboardingStepRequest request;
      request.set_name(mentors[i].name());
      request.set_step(step);
      const std::string& key = mentors[i].business_key();
      if (step == std::string_view("interview") && mentors[i].profile().goals().empty()) {
        AddGoals(key, /*mentor=*/true, &request);
      }
      TREMPLIN_RETURN_IF_ERROR(Complete(std::move(request), key).status());
    }
    return absl::OkStatus();
  });
}

absl::Status Onboarding::Discover() {
  TREMPLIN_ASSIGN_OR_RETURN(
      const std::vector<Enrolment> mentees,
      List(stage_, registration::v1::ENROLMENT_ROLE_MENTEE, Enrolment::STATE_ONBOARDING));
  for (const Enrolment& mentee : mentees) {
    if (!seen_.insert(mentee.name()).second) continue;
    const std::string& key = mentee.business_key();
    stage_.AddParticipant({mentee.name(), mentee.person(), key, options::v1::ROLE_MENTEE});
    stage_.In(
        stage_.draws.Between(key, "needs_analysis/days", 1, 6),
        {mentee.name(), key, "needs_analysis", [this, mentee] { return AnalyseNeeds(mentee); }});
  }
  return absl::OkStatus();
}

absl::Status Onboarding::AnalyseNeeds(const Enrolment& enrolment) {
  const std::string& key = enrolment.business_key();
  if (stage_.draws.Chance(key, "withdraw", 0.03)) {
    TREMPLIN_ASSIGN_OR_RETURN(const std::string credential, stage_.CredentialOf(enrolment.name()));
    registration::v1::WithdrawEnrolmentRequest request;
    request.set_name(enrolment.name());
    return stage_
        .Act<Enrolment>(credential, text::Cat(kRegistration, "WithdrawEnrolment"), request, key,
                        "withdraw")
        .status();
  }
  CompleteOnboardingStepRequest request;
  request.set_name(enrolment.name());
  request.set_step("needs_analysis");
  const bool invited = !stage_.draws.Chance(key, "gate", 0.06);
  request.set_gate_result(invited ? CompleteOnboardingStepRequest::GATE_RESULT_INVITED
                                  : CompleteOnboardingStepRequest::GATE_RESULT_NOT_INVITED);
  const int slots = stage_.draws.Between(key, "slots", 2, 5);
  std::set<std::string> drawn;
  for (int i = 0; i < slots; ++i) {
    const int slot = stage_.draws.Between(key, text::Cat("slot/", i), 0, 20);
    drawn.insert(text::Cat(kDays[slot / 3], "-", kHours[slot % 3]));
  }
  for (const std::string& slot : drawn) request.add_availability(slot);
  AddGoals(key, /*mentor=*/false, &request);
  TREMPLIN_ASSIGN_OR_RETURN(const bool goes_on, Complete(std::move(request), key));
  if (!goes_on || !invited) return absl::OkStatus();
  stage_.In(stage_.draws.Between(key, "orientation/days", 2, 8),
            {enrolment.name(), key, "orientation", [this, enrolment, key] {
               CompleteOnboardingStepRequest orientation;
               orientation.set_name(enrolment.name());
               orientation.set_step("orientation");
               return Complete(std::move(orientation), key).status();
             }});
  return absl::OkStatus();
}

void Onboarding::AddGoals(const std::string& key, bool mentor,
                          CompleteOnboardingStepRequest* request) const {
  const auto goals = DrawnGoals(mentor, [&](std::string_view code) {
    return stage_.draws.Unit(key, text::Cat("goal/", code));
  });
  request->mutable_goals()->Assign(goals.begin(), goals.end());
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
