#include "services/session/domain/terms.h"

#include <string>
#include <utility>
#include <vector>

#include "common/clock/day.h"
#include "gtest/gtest.h"
#include "services/session/domain/credits.h"

namespace tremplin::session::domain {
namespace {

absl::Time At(int year, int month, int day, int hour = 12) {
  Terms ottawa;
  ottawa.time_zone = "America/Toronto";
  return absl::FromCivil(absl::CivilHour(year, month, day, hour), ZoneOf(ottawa));
}

Terms SeasonTo(int month, int day) {
  Terms terms;
  terms.lifetime = Lifetime::kSeason;
  terms.season_month = month;
  terms.season_day = day;
  terms.time_zone = "America/Toronto";
  return terms;
}

TEST(TermsTest, ASeasonEndsWithItsLastDayInTheProgramsZone) {
  const Terms terms = SeasonTo(6, 30);
  const absl::Time end = At(2026, 7, 1, 0);
  EXPECT_EQ(TermOf(terms, At(2025, 9, 1)), end);
  EXPECT_EQ(TermOf(terms, At(2026, 1, 15)), end);
  EXPECT_EQ(TermOf(terms, At(2026, 6, 30, 23)), end);              // on the last day itself
  EXPECT_EQ(TermOf(terms, At(2026, 7, 1, 0)), At(2027, 7, 1, 0));  // the next season's
  EXPECT_EQ(TermOf(SeasonTo(2, 29), At(2027, 1, 1)), At(2027, 3, 1, 0));
  EXPECT_EQ(TermOf(SeasonTo(2, 29), At(2028, 1, 1)), At(2028, 3, 1, 0));
}

TEST(TermsTest, NamesRoundTrip) {
  for (Contact contact : kAllContacts) EXPECT_EQ(*ContactOf(NameOf(contact)), contact);
  for (Side side : kAllSides) EXPECT_EQ(*SideOf(NameOf(side)), side);
  EXPECT_FALSE(ContactOf("pigeon").ok());
}

Terms OneAnHour() {
  Terms terms = SeasonTo(6, 30);
  terms.credits = {{"category_1", "certified", 1'000'000}};
  return terms;
}

const std::pair<std::string, std::string> kMember = {"member", "category_1"};
const std::pair<std::string, std::string> kGuest = {"guest", "category_1"};

TEST(CreditsTest, SixSessionsOfNinetyMinutesAreNineForAMemberAndNoneForAGuest) {
  std::vector<Attendance> attended;
  for (int month = 1; month <= 6; ++month) {
    attended.push_back({"member", At(2026, month, 5), 90});
    attended.push_back({"guest", At(2026, month, 5), 90});
  }
  const std::vector<FactSince> facts = {{"member", "certified", At(2025, 9, 1), true},
                                        {"guest", "certified", At(2025, 9, 1), false}};
  const auto earned = CreditsOf(OneAnHour(), attended, facts);
  EXPECT_EQ(earned.at(kMember), 900);
  EXPECT_FALSE(earned.contains(kGuest));
}

TEST(CreditsTest, NothingIsLostBetweenSessions) {
  std::vector<Attendance> attended;
  for (int day = 1; day <= 6; ++day) attended.push_back({"member", At(2026, 1, day), 10});
  const std::vector<FactSince> facts = {{"member", "certified", At(2025, 9, 1), true}};
  // Six times 16.67 hundredths, rounded each, would be 96 or 102.
  EXPECT_EQ(CreditsOf(OneAnHour(), attended, facts).at(kMember), 100);
}

TEST(CreditsTest, TheFactAtTheDayOfTheSessionDecides) {
  const std::vector<FactSince> facts = {{"member", "certified", At(2025, 9, 1), false},
                                        {"member", "certified", At(2026, 2, 1, 17), true},
                                        {"member", "certified", At(2026, 4, 1, 9), false}};
  const auto earned = [&](absl::Time held) {
    return CreditsOf(OneAnHour(), {{"member", held, 60}}, facts).contains(kMember);
  };
  EXPECT_FALSE(earned(At(2026, 1, 31)));
  EXPECT_TRUE(earned(At(2026, 2, 1, 9)));  // the day on which it became so
  EXPECT_TRUE(earned(At(2026, 3, 1)));
  EXPECT_TRUE(earned(At(2026, 4, 1, 18)));  // the day on which it ceased
  EXPECT_FALSE(earned(At(2026, 4, 2)));
}

}  // namespace
}  // namespace tremplin::session::domain
