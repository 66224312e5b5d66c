#ifndef TREMPLIN_TOOLS_TREMPLINCTL_SEASON_REFERRING_H_
#define TREMPLIN_TOOLS_TREMPLINCTL_SEASON_REFERRING_H_

#include <map>
#include <string>

#include "tools/tremplinctl/season/arrivals.h"
#include "tools/tremplinctl/season/stage.h"
#include "tremplin/referral/v1/referral.pb.h"

namespace tremplin::ctl::season {

// Staff review what came in: admit who is eligible, return the rest with the reasons, waitlist a
// few; agencies withdraw a few, and some of the incomplete come again with the evidence. What the
// program's rule decides by itself is left alone.
class Referring {
 public:
  Referring(Stage& stage, const Arrivals& arrivals) : stage_(stage), arrivals_(arrivals) {}

  absl::Status Discover();  // applications to review

 private:
  bool IsReviewed(const referral::v1::Application& application) const;
  absl::Status Review(const referral::v1::Application& application, int round);
  absl::Status Decide(const referral::v1::Application& application, const std::string& key,
                      int round);
  absl::Status Admit(const std::string& name, const std::string& key, int round);
  absl::Status Return(const std::string& name, const referral::v1::Decision& decision,
                      const std::string& key, int round);
  absl::Status Withdraw(const std::string& name, const std::string& key, int round);
  absl::Status Resubmit(const std::string& key, int round);

  Stage& stage_;
  const Arrivals& arrivals_;
  std::map<std::string, int> rounds_;  // key → how often it came to be reviewed
};

}  // namespace tremplin::ctl::season

#endif  // TREMPLIN_TOOLS_TREMPLINCTL_SEASON_REFERRING_H_
