#ifndef TREMPLIN_TOOLS_TREMPLINCTL_SEASON_FOLLOWING_H_
#define TREMPLIN_TOOLS_TREMPLINCTL_SEASON_FOLLOWING_H_

#include <set>
#include <string>

#include "tools/tremplinctl/season/stage.h"
#include "tremplin/outcome/v1/outcome.pb.h"

namespace tremplin::ctl::season {

// People answer their follow-ups, most themselves, some through staff; others let the window pass.
// Who works, and in what, follows from one draw a person, so that a person's answers fit together.
class Following {
 public:
  explicit Following(Stage& stage) : stage_(stage) {}

  absl::Status Discover();  // windows opened since; once a week is enough

 private:
  absl::Status Answer(const outcome::v1::FollowUp& follow_up);

  Stage& stage_;
  absl::CivilDay last_;
  std::set<std::string> seen_;
};

}  // namespace tremplin::ctl::season

#endif  // TREMPLIN_TOOLS_TREMPLINCTL_SEASON_FOLLOWING_H_
