#ifndef TREMPLIN_TOOLS_TREMPLINCTL_SEASON_REFERRING_H_
#define TREMPLIN_TOOLS_TREMPLINCTL_SEASON_REFERRING_H_

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "tools/tremplinctl/season/stage.h"
#include "tremplin/referral/v1/referral.pb.h"

namespace tremplin::ctl::season {

// Agencies push their referrals day by day, in the order of the file; staff review what came in:
// admit who is eligible, return the rest with the reasons, waitlist a few; agencies withdraw a few,
// and send some of the incomplete again with the evidence.
class Referring {
 public:
  explicit Referring(Stage& stage) : stage_(stage) {}

  // Reads the file; the day of a row is the latest "referred_on" up to it.
  absl::Status Read(const std::string& path);
  std::optional<absl::CivilDay> NextDay() const;
  std::optional<absl::CivilDay> LastDay() const;

  absl::Status Submit();    // the referrals of today
  absl::Status Discover();  // applications to review

 private:
  struct Row {
    absl::CivilDay day;
    std::string agency;
    std::string external_id;
    referral::v1::ReferralFile file;
  };

  absl::Status Review(const referral::v1::Application& application, int round);
  absl::Status Decide(const referral::v1::Application& application, const std::string& key,
                      int round);
  absl::Status Admit(const std::string& name, const std::string& key, int round);
  absl::Status Return(const std::string& name, const referral::v1::Decision& decision,
                      const std::string& key, int round);
  absl::Status Withdraw(const std::string& name, const std::string& key, int round);
  absl::Status Resubmit(const std::string& key, int round);

  Stage& stage_;
  std::vector<Row> rows_;
  size_t next_ = 0;
  std::map<std::string, size_t> latest_;  // key → row; changes in Submit only
  std::map<std::string, int> rounds_;     // key → how often it came to be reviewed
};

}  // namespace tremplin::ctl::season

#endif  // TREMPLIN_TOOLS_TREMPLINCTL_SEASON_REFERRING_H_
