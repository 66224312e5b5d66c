#ifndef TREMPLIN_COMMON_PERSON_DAY_H_
#define TREMPLIN_COMMON_PERSON_DAY_H_

#include <optional>
#include <string_view>

#include "absl/time/civil_time.h"

// Days as people write them in files. Pure.
namespace tremplin::person {

// "YYYY-MM-DD" of years 1 to 9999; nothing when it is no such day.
std::optional<absl::CivilDay> ParseDay(std::string_view text);

// The same day of the month so much later, or the month's last where it has no such day, and then
// the days.
absl::CivilDay Later(absl::CivilDay day, int years, int months, int days);

}  // namespace tremplin::person

#endif  // TREMPLIN_COMMON_PERSON_DAY_H_
