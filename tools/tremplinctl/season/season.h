#ifndef TREMPLIN_TOOLS_TREMPLINCTL_SEASON_SEASON_H_
#define TREMPLIN_TOOLS_TREMPLINCTL_SEASON_SEASON_H_

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "tools/tremplinctl/output.h"
#include "tools/tremplinctl/season/arrivals.h"
#include "tools/tremplinctl/season/following.h"
#include "tools/tremplinctl/season/mentoring.h"
#include "tools/tremplinctl/season/onboarding.h"
#include "tools/tremplinctl/season/pairing.h"
#include "tools/tremplinctl/season/referring.h"
#include "tools/tremplinctl/season/stage.h"
#include "tremplin/outcome/v1/outcome.pb.h"

namespace tremplin::ctl::season {

struct Result {
  struct Program {
    std::string id;
    outcome::v1::Funnel funnel;
    outcome::v1::OutcomeReport report;
  };
  std::vector<Program> programs;
  int64_t dead_letters = 0;
};

// Plays a season of one program or several through the public API alone. A day: business time comes
// to 09:00, the system comes to rest, agencies and staff and participants act, on Mondays staff run
// the matching. Then business time moves to the next deadline or the next thing somebody does,
// until the last follow-up is closed. Within a day the actions of different people run at once:
// none feeds another before the system is at rest again; what may compete for a place runs in turn.
class Season {
 public:
  // `stages`, one a program, outlive the season; the first one's time zone says when it is 09:00.
  Season(const std::vector<Stage*>& stages, Arrivals& arrivals, Progress& progress);

  absl::StatusOr<Result> Play();

 private:
  using Modules = std::vector<runtime::v1::ModuleStatus>;

  // Who plays in one program.
  struct Players {
    Players(Stage& its_stage, const Arrivals& arrivals)
        : stage(its_stage),
          referring(stage, arrivals),
          onboarding(stage),
          pairing(stage),
          mentoring(stage),
          following(stage) {}
    absl::Status Discover();

    Stage& stage;
    Referring referring;
    Onboarding onboarding;
    Pairing pairing;
    Mentoring mentoring;
    Following following;
  };

  absl::Status Begin();
  absl::Status Day();
  // Each in turn, at rest before the next; whether there were any.
  absl::StatusOr<bool> TakeTurns();
  absl::Status RunMatching();
  absl::Status MoveTo(absl::Time time);
  // Moves to 09:00 of `day`, stopping at each deadline on the way whose effects feed one another.
  absl::Status MoveTo(absl::CivilDay day);
  absl::Time Morning(absl::CivilDay day) const;
  // The next day on which something happens; nullopt at the end of the season.
  std::optional<absl::CivilDay> NextDay() const;
  bool OnlyFollowUpsLeft() const;
  void SetToday(absl::CivilDay day);
  void ShowProgress();

  Stage& stage_;  // the first; what concerns all is done on it
  Arrivals& arrivals_;
  std::vector<std::unique_ptr<Players>> programs_;
  Progress& progress_;
  Modules modules_;  // as of the last rest
  absl::CivilDay first_, last_referral_;
};

}  // namespace tremplin::ctl::season

#endif  // TREMPLIN_TOOLS_TREMPLINCTL_SEASON_SEASON_H_
