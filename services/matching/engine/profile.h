#ifndef TREMPLIN_SERVICES_MATCHING_ENGINE_PROFILE_H_
#define TREMPLIN_SERVICES_MATCHING_ENGINE_PROFILE_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "absl/status/statusor.h"
#include "services/matching/engine/lessons.h"
#include "services/matching/engine/likeness.h"
#include "services/matching/engine/matcher.h"
#include "services/matching/engine/score.h"

// People as 40 bytes of codes, so that a hundred thousand of them stay in the cache while they are
// scored.
namespace tremplin::matching::engine {

inline constexpr uint16_t kNoIndustry = 0;           // naics, sector
inline constexpr uint32_t kNoPerson = ~uint32_t{0};  // a place that nobody has
inline constexpr uint8_t kYearsNotGiven = 255;       // years_experience
inline constexpr uint16_t kNothingFurther = 0;       // gave nothing of the further criteria

// What somebody gave of the further criteria, by their position in the policy: codes as numbers, sorted.
using Further = std::vector<std::vector<uint32_t>>;

// Codes as positions and bits of the Codes they were packed with; meaningless beside another's.
struct PackedProfile {
  uint32_t person = 0;
  uint32_t slots = 0;     // a bit a weekly slot; 0: not given
  int32_t since_day = 0;  // a mentee's: days since 1970-01-01
  int32_t free = 0;       // a mentor's places
  uint32_t wishes = 0;    // a bit a wish of a mentee, an attribute of a mentor; 0: none given
  uint32_t required = 0;  // a mentee's: a bit a wish without which nobody is to be proposed
  UnitGroup unit_group = kNoUnitGroup;
  uint16_t naics = kNoIndustry;
  uint16_t sector = kNoIndustry;
  uint16_t area = 0;
  uint16_t languages = 0;          // a bit a language
  uint16_t goals = 0;              // a bit a goal; 0: not given
  uint8_t years = kYearsNotGiven;  // at most kMostYears
  Lessons lessons = kNoLessons;
  uint16_t further = kNothingFurther;
};
static_assert(sizeof(PackedProfile) == 40);

// Gives codes their positions, in the order in which they are met: the positions mean nothing and
// no answer depends on them. Not thread-safe while packing.
class Codes {
 public:
  static constexpr size_t kMostLanguages = 16;
  static constexpr size_t kMostSlots = 32;
  static constexpr size_t kMostGoals = 16;
  static constexpr size_t kMostWishes = 32;

  // RESOURCE_EXHAUSTED, naming the kind, for more languages, slots, goals or wishes than there are
  // bits, or more than 65,535 areas, industries or answers to the further criteria. O(length of the profile).
  absl::StatusOr<PackedProfile> Pack(const Mentee& mentee);
  absl::StatusOr<PackedProfile> Pack(const Mentor& mentor);

  // Forward sortation areas by position.
  const std::vector<std::string>& areas() const { return area_names_; }

  // Criteria of Profile::further that are packed, in this order; the others are left out. To be said before packing.
  void SetFurther(std::vector<std::string> criteria);
  // By PackedProfile::further; people who gave the same have the same.
  const std::vector<Further>& further() const { return further_; }

  // Memory of the tables, roughly, in bytes.
  size_t Bytes() const;

 private:
  using Table = std::unordered_map<std::string, uint32_t>;

  absl::StatusOr<PackedProfile> PackCodes(const Profile& profile, const std::string& person);
  absl::Status PackWishes(const Profile& profile, PackedProfile* packed);
  absl::Status PackFurther(const Profile& profile, PackedProfile* packed);

  Table persons_;
  Table industries_;
  Table sectors_;
  Table areas_;
  Table languages_;
  Table slots_;
  Table goals_;
  Table wishes_;
  std::vector<std::string> area_names_;
  std::vector<std::string> further_criteria_;
  Table further_codes_;
  std::map<Further, uint16_t> further_at_;
  std::vector<Further> further_ = {{}};  // position kNothingFurther: nothing
};

}  // namespace tremplin::matching::engine

#endif  // TREMPLIN_SERVICES_MATCHING_ENGINE_PROFILE_H_
