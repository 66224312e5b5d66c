#ifndef TREMPLIN_TOOLS_TREMPLINCTL_SEASON_ARRIVALS_H_
#define TREMPLIN_TOOLS_TREMPLINCTL_SEASON_ARRIVALS_H_

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "common/intake/columns.h"
#include "tools/tremplinctl/season/stage.h"
#include "tremplin/program/v1/text.pb.h"
#include "tremplin/referral/v1/referral.pb.h"

namespace tremplin::ctl::season {

// Somebody who comes on a day, by whatever door.
struct Arrival {
  absl::CivilDay day;
  std::string agency;  // "" for who comes by themselves
  std::string external_id;
  referral::v1::ReferralFile file;
  referral::v1::ReferralFile complete;  // with the evidence that `file` may lack
  std::vector<std::string> programs;    // resource names
  program::v1::Subject side = program::v1::SUBJECT_MENTEE;
  program::v1::Door door = program::v1::DOOR_UNSPECIFIED;

  // "<agency>/<external id>", or the external id.
  std::string Key() const;
};

// The rows of a file of referrals in its order; the day of a row is the latest "referred_on" up to
// it.
absl::StatusOr<std::vector<Arrival>> ReadArrivals(const intake::Columns& columns,
                                                  const std::string& path,
                                                  const std::string& program);

// Everybody who comes in a season, and their submission: agencies push their referrals day by day,
// in order, the operator enters who comes by themselves.
class Arrivals {
 public:
  // By day; of one day in the order given.
  explicit Arrivals(std::vector<Arrival> rows);

  std::optional<absl::CivilDay> FirstDay() const;
  std::optional<absl::CivilDay> LastDay() const;
  std::optional<absl::CivilDay> NextDay() const;  // of those not submitted yet

  // Submits everybody up to today. Of the sample a row of an agency that has no key is sent by
  // nobody: it cannot be read.
  absl::Status Submit(Stage& stage);

  // What came last under a key; lives as long as this. nullptr when nothing did.
  const Arrival* Latest(const std::string& key) const;

  // Under whose credential an agency's rows are sent.
  static absl::StatusOr<std::string> CredentialOf(Stage& stage, const std::string& agency);

 private:
  std::vector<Arrival> rows_;
  size_t next_ = 0;
  std::map<std::string, size_t> latest_;  // changes in Submit only
};

}  // namespace tremplin::ctl::season

#endif  // TREMPLIN_TOOLS_TREMPLINCTL_SEASON_ARRIVALS_H_
