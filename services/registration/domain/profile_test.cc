#include "services/registration/domain/profile.h"

#include "gtest/gtest.h"

namespace tremplin::registration::domain {
namespace {

TEST(SlotTest, IsADayAndAPartOfIt) {
  for (const char* slot : {"mon-morning", "sun-evening", "wed-noon"}) EXPECT_TRUE(IsSlot(slot));
  for (const char* slot : {"", "mon", "mon-", "mon-night", "Mon-noon", "day-noon", "mon-noon ",
                           "mon_noon", "monnoon"}) {
    EXPECT_FALSE(IsSlot(slot)) << slot;
  }
}

TEST(DayTest, IsARealDayOfTheCalendar) {
  for (const char* day : {"1987-03-14", "2024-02-29", "2000-02-29"}) EXPECT_TRUE(IsDay(day));
  for (const char* day : {"", "1987-3-14", "2023-02-29", "1900-02-29", "2024-13-01", "2024-00-10",
                          "2024-04-31", "20240431", "2024-04-3x", "0000-01-01"}) {
    EXPECT_FALSE(IsDay(day)) << day;
  }
}

}  // namespace
}  // namespace tremplin::registration::domain
