#include "common/person/day.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace tremplin::person {

std::optional<absl::CivilDay> ParseDay(std::string_view text) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
  int parts[3] = {};
  const size_t at[3] = {0, 5, 8};
  for (int part = 0; part < 3; ++part) {
    for (size_t i = at[part]; i < at[part] + (part == 0 ? 4 : 2); ++i) {
      if (text[i] < '0' || text[i] > '9') return std::nullopt;
      parts[part] = parts[part] * 10 + (text[i] - '0');
    }
  }
  if (parts[0] < 1) return std::nullopt;
  const absl::CivilDay day(parts[0], parts[1], parts[2]);  // normalizes what does not exist
  if (day.month() != parts[1] || day.day() != parts[2]) return std::nullopt;
  return day;
}

absl::CivilDay Later(absl::CivilDay day, int years, int months, int days) {
  const absl::CivilMonth month = absl::CivilMonth(day) + (int64_t{years} * 12 + months);
  const int last = (absl::CivilDay(month + 1) - 1).day();
  return absl::CivilDay(month.year(), month.month(), std::min(day.day(), last)) + days;
}

}  // namespace tremplin::person
