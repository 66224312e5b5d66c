#ifndef TREMPLIN_TOOLS_TREMPLINCTL_SEASON_ONBOARDING_H_
#define TREMPLIN_TOOLS_TREMPLINCTL_SEASON_ONBOARDING_H_

#include <set>
#include <string>
#include <vector>

#include "tools/tremplinctl/season/stage.h"
#include "tremplin/registration/v1/registration.pb.h"

namespace tremplin::ctl::season {

// Staff take people through the compulsory steps of the definition, in order: mentors who are there
// when the season begins at once, everybody else over days. The meetings find what matching asks
// and nobody gave yet: goals, weekly slots. A gate is not passed by a few, and a few withdraw.
class Onboarding {
 public:
  explicit Onboarding(Stage& stage) : stage_(stage) {}

  absl::Status OnboardMentors();
  absl::Status Discover();  // people admitted since

 private:
  using Steps = std::vector<program::v1::OnboardingStep>;

  Steps StepsOf(const registration::v1::Enrolment& enrolment) const;  // not done yet
  void Plan(const registration::v1::Enrolment& enrolment, size_t index);
  absl::Status Take(const registration::v1::Enrolment& enrolment, size_t index);
  absl::Status Withdraw(const registration::v1::Enrolment& enrolment);
  // What staff learn in the step, as a meeting would find.
  void AddFacts(const registration::v1::Enrolment& enrolment,
                const program::v1::OnboardingStep& step,
                registration::v1::CompleteOnboardingStepRequest* request) const;
  // Whether the enrolment goes on.
  absl::StatusOr<bool> Complete(registration::v1::CompleteOnboardingStepRequest request,
                                const std::string& key);

  Stage& stage_;
  std::set<std::string> seen_;
};

}  // namespace tremplin::ctl::season

#endif  // TREMPLIN_TOOLS_TREMPLINCTL_SEASON_ONBOARDING_H_
