#include "services/outcome/domain/plan.h"

#include <string>

#include "gtest/gtest.h"

namespace tremplin::outcome {
namespace {

absl::TimeZone Toronto() {
  absl::TimeZone zone;
  if (!absl::LoadTimeZone("America/Toronto", &zone)) ADD_FAILURE() << "no time zone data";
  return zone;
}

absl::Time At(int year, int month, int day, int hour = 0, int minute = 0) {
  return absl::FromCivil(absl::CivilMinute(year, month, day, hour, minute), Toronto());
}

StageRule Rule(StageStart start, int months, int window_days, bool after_leaving = false) {
  return {"stage", start, months, window_days, 2, after_leaving};
}

Participation Whole() {
  return {At(2026, 1, 5, 10), At(2026, 2, 3, 18, 30), At(2026, 4, 30, 14), absl::InfinitePast()};
}

TEST(Plan, StartsFromWhatTheStageNames) {
  const auto open = [](StageStart start) {
    return WindowOf(Rule(start, 0, 30), Whole(), Toronto())->open;
  };
  EXPECT_EQ(open(StageStart::kAdmission), At(2026, 1, 5, 10));
  EXPECT_EQ(open(StageStart::kFirstMeeting), At(2026, 2, 3, 18, 30));
  EXPECT_EQ(open(StageStart::kEndOfEngagement), At(2026, 4, 30, 14));
}

TEST(Plan, IsSilent_UntilTheStartAndTheAdmissionAreKnown) {
  Participation participation;
  participation.engagement_ended = At(2026, 4, 30, 14);
  const StageRule exit = Rule(StageStart::kEndOfEngagement, 0, 30);
  EXPECT_FALSE(WindowOf(exit, participation, Toronto()).has_value());
  participation.admitted = At(2026, 1, 5, 10);
  EXPECT_TRUE(WindowOf(exit, participation, Toronto()).has_value());
  EXPECT_FALSE(
      WindowOf(Rule(StageStart::kFirstMeeting, 0, 30), participation, Toronto()).has_value());
}

TEST(Plan, CountsMonthsByTheCalendarOfTheZone) {
  // 30 April 22:00 in Toronto is 1 May in UTC: the person's own day counts.
  Participation participation = Whole();
  participation.engagement_ended = At(2026, 4, 30, 22);
  const auto window = WindowOf(Rule(StageStart::kEndOfEngagement, 3, 30), participation, Toronto());
  EXPECT_EQ(window->open, At(2026, 7, 30));
  EXPECT_EQ(window->close, At(2026, 8, 29));  // 30 July to 28 August: thirty whole days
  EXPECT_EQ(AddMonths(absl::CivilDay(2025, 11, 30), 3), absl::CivilDay(2026, 2, 28));
  EXPECT_EQ(AddMonths(absl::CivilDay(2027, 11, 30), 3), absl::CivilDay(2028, 2, 29));
  EXPECT_EQ(AddMonths(absl::CivilDay(2026, 8, 31), 12), absl::CivilDay(2027, 8, 31));
  EXPECT_EQ(AddMonths(absl::CivilDay(2026, 8, 31), 0), absl::CivilDay(2026, 8, 31));
}

TEST(Plan, GivesAnOpeningWithinADayItsWholeDaysBesides) {
  const auto window = WindowOf(Rule(StageStart::kAdmission, 0, 30), Whole(), Toronto());
  EXPECT_EQ(window->open, At(2026, 1, 5, 10));
  EXPECT_EQ(window->close, At(2026, 2, 5));
  EXPECT_LT(At(2026, 2, 4, 21), window->close);  // the evening of the last day counts
}

TEST(Plan, HasWholeLocalDays_AlsoWhereTheClocksChange) {
  // 8 March 2026 has 23 hours in Toronto, 1 November 25.
  Participation participation = Whole();
  participation.engagement_ended = At(2026, 2, 6, 9);
  const StageRule month = Rule(StageStart::kEndOfEngagement, 1, 3);
  EXPECT_EQ(WindowOf(month, participation, Toronto())->open, At(2026, 3, 6));
  EXPECT_EQ(WindowOf(month, participation, Toronto())->close, At(2026, 3, 9));
  EXPECT_EQ(At(2026, 3, 9) - At(2026, 3, 6), absl::Hours(71));
  participation.engagement_ended = At(2026, 9, 30, 9);
  const auto autumn = WindowOf(month, participation, Toronto());
  EXPECT_EQ(autumn->open, At(2026, 10, 30));
  EXPECT_EQ(autumn->close, At(2026, 11, 2));
  EXPECT_EQ(autumn->close - autumn->open, absl::Hours(73));
}

TEST(Plan, EndsByLeaving_UnlessTheStageIsFollowedAfterIt) {
  Participation participation = Whole();
  const StageRule ends = Rule(StageStart::kEndOfEngagement, 3, 30);
  const StageRule goes_on = Rule(StageStart::kEndOfEngagement, 3, 30, true);
  EXPECT_FALSE(EndsByLeaving(ends, participation));
  participation.left = At(2026, 5, 20);
  EXPECT_TRUE(EndsByLeaving(ends, participation));
  EXPECT_FALSE(EndsByLeaving(goes_on, participation));
  // What it started from came first, so the leaving moves nothing.
  EXPECT_EQ(WindowOf(goes_on, participation, Toronto())->open, At(2026, 7, 30));
  EXPECT_EQ(WindowOf(ends, participation, Toronto())->open, At(2026, 7, 30));
}

TEST(Plan, FollowsFromTheDayOfLeaving_WhoLeftWithoutAnEngagement) {
  Participation participation = Whole();
  participation.engagement_ended = absl::InfinitePast();
  participation.left = At(2026, 3, 15, 16);
  const StageRule goes_on = Rule(StageStart::kEndOfEngagement, 3, 30, true);
  EXPECT_EQ(WindowOf(goes_on, participation, Toronto())->open, At(2026, 6, 15));
  EXPECT_FALSE(
      WindowOf(Rule(StageStart::kEndOfEngagement, 3, 30), participation, Toronto()).has_value());
  // The engagement that ends because they left ends after it; whichever is heard of first.
  participation.engagement_ended = At(2026, 3, 16, 1);
  EXPECT_EQ(WindowOf(goes_on, participation, Toronto())->open, At(2026, 6, 15));
}

TEST(Plan, SpreadsRemindersEvenly_AtTheHourOfTheOpening) {
  const Window window{At(2026, 4, 1, 9), At(2026, 5, 2)};
  EXPECT_EQ(ReminderTime(window, 2, 1, Toronto()), At(2026, 4, 11, 9));
  EXPECT_EQ(ReminderTime(window, 2, 2, Toronto()), At(2026, 4, 21, 9));
  EXPECT_EQ(ReminderTime(window, 3, 3, Toronto()), At(2026, 4, 24, 9));
  const Window over_the_change{At(2026, 3, 1, 9), At(2026, 4, 1)};
  EXPECT_EQ(ReminderTime(over_the_change, 1, 1, Toronto()), At(2026, 3, 16, 9));
  for (int planned = 1; planned <= 10; ++planned) {
    for (int number = 1; number <= planned; ++number) {
      EXPECT_LT(ReminderTime(window, planned, number, Toronto()), window.close);
      EXPECT_GT(ReminderTime(window, planned, number, Toronto()), window.open);
    }
  }
}

}  // namespace
}  // namespace tremplin::outcome
