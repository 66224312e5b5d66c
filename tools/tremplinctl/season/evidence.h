#ifndef TREMPLIN_TOOLS_TREMPLINCTL_SEASON_EVIDENCE_H_
#define TREMPLIN_TOOLS_TREMPLINCTL_SEASON_EVIDENCE_H_

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/time/civil_time.h"
#include "common/program/facts.h"
#include "tools/tremplinctl/season/stage.h"
#include "tremplin/program/v1/program.pb.h"
#include "tremplin/referral/v1/referral.pb.h"

namespace tremplin::ctl::season {

// Makes up what is known of somebody so that it meets a definition's criteria, whatever facts these
// ask for. Draws follow from the seed and the key. Where two criteria ask for what no one value
// meets, the last one asked wins.
class Evidence {
 public:
  Evidence(program::Registry registry, const Draws& draws, std::string key, absl::CivilDay day);

  void Meet(const program::v1::Predicate& predicate);
  // The consent without which nobody is admitted; nothing for "".
  void Consent(const std::string& fact);
  // What matching sees of the side and nothing above asked for.
  void Fill(program::v1::Subject side);

  // Adds the facts, and a birth date where one was derived from.
  void AddTo(referral::v1::ReferralFile* file) const;

 private:
  struct Bounds {
    int64_t least;
    int64_t most;
  };

  const program::v1::Fact* Find(const std::string& name) const { return registry_.Find(name); }
  Bounds& BoundsOf(const std::string& name);
  void AtLeast(const std::string& name, int64_t least);
  void AtMost(const std::string& name, int64_t most);
  void OneOf(const std::string& name, const std::vector<std::string>& values);
  void SetAny(const program::v1::Fact& fact, program::v1::Subject side);
  std::string AnyCode(const program::v1::Fact& fact, const std::string& step,
                      const std::vector<std::string>& prefixes) const;
  int Between(const std::string& step, int64_t low, int64_t high) const;

  program::Registry registry_;
  const Draws& draws_;
  std::string key_;
  absl::CivilDay day_;
  std::map<std::string, std::vector<std::string>> values_;
  std::map<std::string, Bounds> numbers_;
  std::map<std::string, Bounds> days_ago_;
};

}  // namespace tremplin::ctl::season

#endif  // TREMPLIN_TOOLS_TREMPLINCTL_SEASON_EVIDENCE_H_
