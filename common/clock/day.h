#ifndef TREMPLIN_COMMON_CLOCK_DAY_H_
#define TREMPLIN_COMMON_CLOCK_DAY_H_

#include "absl/time/civil_time.h"
#include "absl/time/time.h"

// Due dates are days as people count them: in a time zone, over changes of the clock. Pure.
namespace tremplin::clock {

// The end of the day that lies `days` after the day of `from`: the midnight that closes it. Who is
// given 7 days on a Monday has until the end of the next Monday.
inline absl::Time EndOfDay(absl::Time from, int days, absl::TimeZone zone) {
  return absl::FromCivil(absl::ToCivilDay(from, zone) + days + 1, zone);
}

// The first `hour` o'clock (0–23) after `from`, never `from` itself.
inline absl::Time NextHour(absl::Time from, int hour, absl::TimeZone zone) {
  const absl::CivilDay day = absl::ToCivilDay(from, zone);
  const absl::Time today = absl::FromCivil(absl::CivilHour(day) + hour, zone);
  return today > from ? today : absl::FromCivil(absl::CivilHour(day + 1) + hour, zone);
}

}  // namespace tremplin::clock

#endif  // TREMPLIN_COMMON_CLOCK_DAY_H_
