#ifndef TREMPLIN_TOOLS_TREMPLINCTL_SEASON_PAIRING_H_
#define TREMPLIN_TOOLS_TREMPLINCTL_SEASON_PAIRING_H_

#include <mutex>
#include <set>
#include <string>

#include "tools/tremplinctl/season/stage.h"
#include "tremplin/matching/v1/matching.pb.h"

namespace tremplin::ctl::season {

// Staff run the matching; both sides answer a proposal, meet with staff, and answer again. Some
// decline, some ask for more, some keep silent.
class Pairing {
 public:
  explicit Pairing(Stage& stage) : stage_(stage) {}

  absl::Status RunMatching();
  absl::Status Discover();  // proposals made since

 private:
  // `accept`: the answer after the contact meeting, not the interest before it. `asked`: the side
  // asked for more at this step already.
  void PlanAnswer(const matching::v1::Proposal& proposal, matching::v1::Side side, bool accept,
                  bool asked, int days);
  absl::Status Answer(const matching::v1::Proposal& proposal, matching::v1::Side side, bool accept,
                      bool asked);
  absl::Status Meet(const matching::v1::Proposal& proposal);

  Stage& stage_;
  std::set<std::string> seen_;
  std::mutex mutex_;
  std::set<std::string> declined_;  // nobody answers these any more
};

}  // namespace tremplin::ctl::season

#endif  // TREMPLIN_TOOLS_TREMPLINCTL_SEASON_PAIRING_H_
