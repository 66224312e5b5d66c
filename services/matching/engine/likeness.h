#ifndef TREMPLIN_SERVICES_MATCHING_ENGINE_LIKENESS_H_
#define TREMPLIN_SERVICES_MATCHING_ENGINE_LIKENESS_H_

#include <cstdint>
#include <string_view>

#include "services/matching/engine/likeness_table.h"

// How alike two occupations are, for mentoring: looked up in a table of 516 × 516 bytes that is
// made while building. How it is counted is in likeness_build.h. Pure, thread-safe, O(1).
namespace tremplin::matching::engine {

// A NOC 2021 unit group by position in the order of codes, or kNoUnitGroup.
using UnitGroup = uint16_t;
inline constexpr UnitGroup kNoUnitGroup = kUnitGroupCount;

// Likeness when either occupation is unknown, in hundredths.
inline constexpr int kUnknownLikeness = 50;

// kNoUnitGroup for what is not one of the 516 codes. O(log 516).
UnitGroup UnitGroupOf(std::string_view noc);

// The five digits; "" for kNoUnitGroup.
std::string_view UnitGroupCode(UnitGroup unit_group);

// In hundredths, 0–100; 100 only for the same unit group.
inline int Likeness(UnitGroup mentee, UnitGroup mentor) {
  if (mentee >= kNoUnitGroup || mentor >= kNoUnitGroup) return kUnknownLikeness;
  return kLikeness[mentee][mentor];
}

}  // namespace tremplin::matching::engine

#endif  // TREMPLIN_SERVICES_MATCHING_ENGINE_LIKENESS_H_
