#ifndef TREMPLIN_SERVICES_MATCHING_ENGINE_SCORE_PACKED_H_
#define TREMPLIN_SERVICES_MATCHING_ENGINE_SCORE_PACKED_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "services/matching/engine/matcher.h"
#include "services/matching/engine/profile.h"
#include "services/matching/engine/score.h"

// The score of score.h in whole numbers over packed profiles. Points are 0–10,000 = round(score ·
// 10,000); inside, a criterion's part is counted in sixths of a point, so that the parts of all
// criteria together are less than one point away from score.h's.
namespace tremplin::matching::engine {

inline constexpr int kFullPoints = 10'000;
inline constexpr int kUnitsPerPoint = 6;
inline constexpr int kFullUnits = kFullPoints * kUnitsPerPoint;

inline int PointsOf(int units) { return (units + kUnitsPerPoint / 2) / kUnitsPerPoint; }
// The least units that round to `points`.
inline int LeastUnits(int points) {
  return points <= 0 ? 0 : points * kUnitsPerPoint - kUnitsPerPoint / 2;
}

// count · units in a fixed point of 1/256, for a criterion that is a share; `none` when the other
// side gave nothing.
struct Steps {
  uint16_t whole = 0;
  uint16_t fraction = 0;
  uint16_t none = 0;

  uint16_t Of(uint16_t count) const {
    return static_cast<uint16_t>(count * whole + ((count * fraction + 128) >> 8));
  }
};

// A mentee made ready to be compared with many mentors: what is the same with each is in `base`.
struct Seeker {
  uint16_t base = 0;
  uint16_t languages = 0;
  uint16_t language = 0;  // units for a shared one
  uint16_t naics = 0;
  uint16_t sector = 0;
  uint16_t same_industry = 0;  // units beyond same_sector
  uint16_t same_sector = 0;
  uint16_t no_industry = 0;
  uint16_t slots_low = 0;
  uint16_t slots_high = 0;
  Steps slots;
  uint16_t years = 0;
  Steps lead;
  uint16_t goals = 0;
  Steps goals_served;
  uint16_t wishes_low = 0;
  uint16_t wishes_high = 0;
  Steps wishes_met;
  uint16_t required_low = 0;  // bits of which a mentor must have all
  uint16_t required_high = 0;
  uint16_t most_besides = 0;  // of all but base and occupation
  uint16_t area = 0;
  UnitGroup unit_group = kNoUnitGroup;
  uint32_t person = 0;
  // 0 or all bits: what a mentor must share with them
  uint16_t need_language = 0;
  uint16_t need_slot = 0;

  // Most mentees wish nothing in particular: then all mentors are alike in this.
  bool has_wishes() const { return (wishes_low | wishes_high | required_low | required_high) != 0; }
};

// What is compared of a mentor, apart from occupation and distance.
struct Offer {
  uint16_t naics = 0;
  uint16_t sector = 0;
  uint16_t languages = 0;
  uint16_t slots_low = 0;
  uint16_t slots_high = 0;
  uint16_t years = 0;  // kNoYears when not given
  uint16_t goals = 0;
  uint16_t attributes_low = 0;
  uint16_t attributes_high = 0;
};
inline constexpr uint16_t kNoYears = 0xFFFF;

Offer OfferOf(const PackedProfile& mentor);

// The policy's criteria beyond those that the engine has itself, in the order in which they are packed.
std::vector<std::string> FurtherCriteria(const Policy& policy);

// A policy's weights in whole numbers. Immutable, thread-safe; weights must not be negative.
class PackedScore {
 public:
  PackedScore(const Policy& policy, absl::CivilDay today);

  Seeker Prepare(const PackedProfile& mentee) const;

  uint16_t OccupationUnits(UnitGroup mentee, UnitGroup mentor) const {
    return occupation_[static_cast<size_t>(Likeness(mentee, mentor))];
  }
  // `kilometres` as Distance gives them.
  uint16_t ProximityUnits(double kilometres) const;

  // Of what both gave of the further criteria (Codes::further).
  uint16_t FurtherUnits(const Further& mentee, const Further& mentor) const;
  bool compares_further() const { return !further_.empty(); }

  bool compares_level() const { return level_.none > 0; }
  bool compares_goals() const { return goals_[0].none > 0; }

 private:
  std::array<uint16_t, 101> occupation_ = {};  // by likeness
  uint16_t same_industry_ = 0;
  uint16_t same_sector_ = 0;
  uint16_t no_industry_ = 0;
  uint16_t language_ = 0;
  double proximity_ = 0;                                 // share of the whole
  std::array<Steps, Codes::kMostSlots + 1> slots_ = {};  // by how many the mentee gave
  std::array<Steps, Codes::kMostGoals + 1> goals_ = {};
  std::array<Steps, Codes::kMostWishes + 1> wishes_ = {};
  Steps level_;
  std::vector<double> further_;            // shares of the whole, by FurtherCriteria
  std::array<uint16_t, 61> waiting_ = {};  // by days
  int32_t today_ = 0;                      // days since 1970-01-01
  bool language_required_ = false;
  bool slot_required_ = false;
};

// Whether the hard constraints between their codes hold.
bool MayMeet(const Seeker& seeker, const Offer& offer);

// Units of a pair; `besides` are those of proximity and of the further criteria. The scan of candidates_scan.h counts the
// same in many lanes at once.
uint16_t PairUnits(const Seeker& seeker, const Offer& offer, uint16_t occupation,
                   uint16_t besides);

}  // namespace tremplin::matching::engine

#endif  // TREMPLIN_SERVICES_MATCHING_ENGINE_SCORE_PACKED_H_
