#include "services/matching/engine/likeness.h"

#include <algorithm>
#include <iterator>

namespace tremplin::matching::engine {

UnitGroup UnitGroupOf(std::string_view noc) {
  const auto* const found = std::lower_bound(std::begin(kUnitGroups), std::end(kUnitGroups), noc,
                                             [](const char(&code)[6], std::string_view wanted) {
                                               return std::string_view(code, 5) < wanted;
                                             });
  if (found == std::end(kUnitGroups) || std::string_view(*found, 5) != noc) return kNoUnitGroup;
  return static_cast<UnitGroup>(found - std::begin(kUnitGroups));
}

std::string_view UnitGroupCode(UnitGroup unit_group) {
  return unit_group < kNoUnitGroup ? std::string_view(kUnitGroups[unit_group], 5) : "";
}

}  // namespace tremplin::matching::engine
