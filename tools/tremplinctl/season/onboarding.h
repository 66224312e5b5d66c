#ifndef TREMPLIN_TOOLS_TREMPLINCTL_SEASON_ONBOARDING_H_
#define TREMPLIN_TOOLS_TREMPLINCTL_SEASON_ONBOARDING_H_

#include <set>
#include <string>

#include "tools/tremplinctl/season/stage.h"
#include "tremplin/registration/v1/registration.pb.h"

namespace tremplin::ctl::season {

// Staff onboard people: mentors are oriented and interviewed before the season; each admitted
// mentee has the needs analysis, whose gate a few do not pass, then the orientation. Both meetings
// find goals. A few withdraw.
class Onboarding {
 public:
  explicit Onboarding(Stage& stage) : stage_(stage) {}

  absl::Status OnboardMentors();
  absl::Status Discover();  // mentees admitted since

 private:
  absl::Status AnalyseNeeds(const registration::v1::Enrolment& enrolment);
  // What they seek or offer, as a meeting would find.
  void AddGoals(const std::string& key, bool mentor,
                registration::v1::CompleteOnboardingStepRequest* request) const;
  // Whether the enrolment goes on.
  absl::StatusOr<bool> Complete(registration::v1::CompleteOnboardingStepRequest request,
                                const std::string& key);

  Stage& stage_;
  std::set<std::string> seen_;
};

}  // namespace tremplin::ctl::season

#endif  // TREMPLIN_TOOLS_TREMPLINCTL_SEASON_ONBOARDING_H_
