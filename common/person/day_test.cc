#include "common/person/day.h"

#include "gtest/gtest.h"

namespace tremplin::person {
namespace {

TEST(DayTest, OnlyRealDaysAreDays) {
  EXPECT_EQ(ParseDay("2024-02-29"), absl::CivilDay(2024, 2, 29));
  EXPECT_EQ(ParseDay("0001-01-01"), absl::CivilDay(1, 1, 1));
  for (const std::string_view bad : {"", "2023-02-29", "2024-13-01", "2024-00-10", "0000-01-01",
                                     "2024-1-01", "2024/01/01", "2024-01-01 ", "-024-01-01"}) {
    EXPECT_FALSE(ParseDay(bad).has_value()) << bad;
  }
}

TEST(DayTest, LaterKeepsTheDayOfTheMonthWhereThereIsOne) {
  EXPECT_EQ(Later(absl::CivilDay(2024, 2, 29), -120, 0, 0), absl::CivilDay(1904, 2, 29));
  EXPECT_EQ(Later(absl::CivilDay(2024, 2, 29), 1, 0, 0), absl::CivilDay(2025, 2, 28));
  EXPECT_EQ(Later(absl::CivilDay(2024, 1, 31), 0, 1, 1), absl::CivilDay(2024, 3, 1));
}

}  // namespace
}  // namespace tremplin::person
