#include "common/clock/day.h"

#include "gtest/gtest.h"

namespace tremplin::clock {
namespace {

absl::TimeZone Ottawa() {
  absl::TimeZone zone;
  EXPECT_TRUE(absl::LoadTimeZone("America/Toronto", &zone));
  return zone;
}

TEST(DayTest, EndOfDayIsTheMidnightThatClosesIt) {
  absl::Time monday = absl::FromCivil(absl::CivilSecond(2026, 1, 5, 23, 59, 59), Ottawa());
  EXPECT_EQ(EndOfDay(monday, 7, Ottawa()), absl::FromCivil(absl::CivilDay(2026, 1, 13), Ottawa()));
  EXPECT_EQ(EndOfDay(monday, 0, Ottawa()), monday + absl::Seconds(1));
  EXPECT_EQ(EndOfDay(monday + absl::Seconds(1), 0, Ottawa()),
            monday + absl::Hours(24) + absl::Seconds(1));
}

TEST(DayTest, DaysAreCountedOverAChangeOfTheClock) {
  // Clocks go forward on 8 March 2026: that day has 23 hours.
  absl::Time noon = absl::FromCivil(absl::CivilSecond(2026, 3, 7, 12, 0, 0), Ottawa());
  EXPECT_EQ(EndOfDay(noon, 1, Ottawa()) - EndOfDay(noon, 0, Ottawa()), absl::Hours(23));
}

TEST(DayTest, NextHourComesAfter) {
  const auto at = [](int day, int hour) {
    return absl::FromCivil(absl::CivilSecond(2026, 1, day, hour, 0, 0), Ottawa());
  };
  EXPECT_EQ(NextHour(at(5, 0), 6, Ottawa()), at(5, 6));
  EXPECT_EQ(NextHour(at(5, 6), 6, Ottawa()), at(6, 6));
  EXPECT_EQ(NextHour(at(5, 23), 6, Ottawa()), at(6, 6));
}

}  // namespace
}  // namespace tremplin::clock
