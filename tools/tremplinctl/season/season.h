#ifndef TREMPLIN_TOOLS_TREMPLINCTL_SEASON_SEASON_H_
#define TREMPLIN_TOOLS_TREMPLINCTL_SEASON_SEASON_H_

#include <string>
#include <vector>

#include "tools/tremplinctl/output.h"
#include "tools/tremplinctl/season/following.h"
#include "tools/tremplinctl/season/mentoring.h"
#include "tools/tremplinctl/season/onboarding.h"
#include "tools/tremplinctl/season/pairing.h"
#include "tools/tremplinctl/season/referring.h"
#include "tools/tremplinctl/season/stage.h"
#include "tremplin/outcome/v1/outcome.pb.h"

namespace tremplin::ctl::season {

struct Result {
  outcome::v1::Funnel funnel;
  outcome::v1::OutcomeReport report;
  int64_t dead_letters = 0;
};

// Plays a season through the public API alone. A day: business time comes to 09:00, the system
// comes to rest, agencies and staff and participants act, on Mondays staff run the matching. Then
// business time moves to the next deadline or the next thing somebody does, until the last
// follow-up is closed. Within a day the actions of different people run at once: none feeds
// another before the system is at rest again.
class Season {
 public:
  Season(Stage& stage, Referring& referring, Progress& progress);

  absl::StatusOr<Result> Play();

 private:
  using Modules = std::vector<runtime::v1::ModuleStatus>;

  absl::Status Begin();
  absl::Status Day();
  absl::Status MoveTo(absl::Time time);
  // Moves to 09:00 of `day`, stopping at each deadline on the way whose effects feed one another.
  absl::Status MoveTo(absl::CivilDay day);
  absl::Time Morning(absl::CivilDay day) const;
  // The next day on which something happens; nullopt at the end of the season.
  std::optional<absl::CivilDay> NextDay() const;
  bool OnlyFollowUpsLeft() const;
  void ShowProgress();

  Stage& stage_;
  Referring& referring_;
  Onboarding onboarding_;
  Pairing pairing_;
  Mentoring mentoring_;
  Following following_;
  Progress& progress_;
  Modules modules_;  // as of the last rest
  absl::CivilDay first_, last_referral_;
};

}  // namespace tremplin::ctl::season

#endif  // TREMPLIN_TOOLS_TREMPLINCTL_SEASON_SEASON_H_
