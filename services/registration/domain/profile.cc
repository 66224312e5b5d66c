#include "services/registration/domain/profile.h"

#include <algorithm>
#include <array>

#include "absl/time/civil_time.h"

namespace tremplin::registration::domain {
namespace {

constexpr std::array<std::string_view, 7> kDays = {"mon", "tue", "wed", "thu", "fri", "sat", "sun"};
constexpr std::array<std::string_view, 3> kParts = {"morning", "noon", "evening"};

template <size_t kSize>
bool Holds(const std::array<std::string_view, kSize>& values, std::string_view value) {
  return std::find(values.begin(), values.end(), value) != values.end();
}

// The number written in `digits`, -1 when one is no digit.
int Number(std::string_view digits) {
  int number = 0;
  for (const char c : digits) {
    if (c < '0' || c > '9') return -1;
    number = number * 10 + (c - '0');
  }
  return number;
}

}  // namespace

bool IsSlot(std::string_view text) {
  return text.size() > 4 && text[3] == '-' && Holds(kDays, text.substr(0, 3)) &&
         Holds(kParts, text.substr(4));
}

bool IsDay(std::string_view text) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return false;
  const int year = Number(text.substr(0, 4));
  const int month = Number(text.substr(5, 2));
  const int day = Number(text.substr(8, 2));
  if (year < 1 || month < 1 || day < 1) return false;
  const absl::CivilDay civil(year, month, day);  // normalizes what does not exist
  return civil.year() == year && civil.month() == month && civil.day() == day;
}

}  // namespace tremplin::registration::domain
