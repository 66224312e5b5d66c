#include <algorithm>
#include <set>
#include <string>

#include "common/classification/vocabulary.h"
#include "common/intake/columns.h"
#include "common/program/criteria.h"
#include "common/status/error.h"
#include "gtest/gtest.h"
#include "tests/support/temp_dir.h"
#include "tools/tremplinctl/files.h"
#include "tools/tremplinctl/matching_population.h"
#include "tools/tremplinctl/matching_report.h"
#include "tools/tremplinctl/population.h"

namespace tremplin::ctl {
namespace {

const SeasonFiles kSample = {"deploy/data/sample/referrals.csv", "deploy/data/sample/mentors.csv"};

const classification::Classification& Tables() {
  static const auto& tables =
      *new classification::Classification(*classification::Classification::Load("deploy/data"));
  return tables;
}

program::v1::ProgramDefinition Ottawa() {
  return program::Bound(
      *program::ParseDefinition(*ReadFile("deploy/programs/ottawa-career-mentoring.textproto")),
      *ReadFacts("deploy/facts"));
}

// The mentees that expected.csv finds eligible, by file number.
std::set<std::string> ExpectedEligible() {
  std::set<std::string> keys;
  const auto sheet = intake::Sheet::Open(
      "deploy/data/sample/expected.csv",
      {"row", "agency", "external_id", "verdict", "reasons", "kind", "possible_duplicate"});
  EXPECT_TRUE(sheet.ok()) << sheet.status();
  while (sheet.ok() && (*sheet)->Next()) {
    const intake::Sheet& row = **sheet;
    if (row["verdict"] == "eligible") keys.insert(row["agency"] + "/" + row["external_id"]);
  }
  return keys;
}

TEST(SeasonPeople, AreThoseWhomTheProgramFindsEligible) {
  const auto people = ReadSeasonPeople(kSample, Ottawa(), Tables(), 100, 1);
  ASSERT_TRUE(people.ok()) << people.status();
  EXPECT_EQ(people->rows, 1990);  // and ten blank ones
  std::set<std::string> keys;
  std::set<std::string> origins;
  for (const auto& mentee : people->population.mentees) {
    EXPECT_TRUE(keys.insert(mentee.business_key).second) << mentee.business_key;
    ASSERT_EQ(mentee.groups.size(), 1u) << mentee.business_key;  // origin, and nothing invented
    origins.insert(mentee.groups.at("origin"));
    EXPECT_EQ(mentee.profile.noc.size(), 5u);
    EXPECT_EQ(mentee.profile.fsa.size(), 3u);
    EXPECT_EQ(mentee.profile.languages.size(), 1u);
  }
  EXPECT_EQ(keys, ExpectedEligible());
  EXPECT_EQ(origins, (std::set<std::string>{"Africa", "Americas", "Asia", "Europe"}));
}

// Counted in the file by another program: two years in the region, three months, contacts.
TEST(SeasonPeople, AreMentorsWhomTheProgramAccepts) {
  const auto people = ReadSeasonPeople(kSample, Ottawa(), Tables(), 100, 1);
  ASSERT_TRUE(people.ok()) << people.status();
  EXPECT_EQ(people->population.mentors.size(), 750u);
  EXPECT_EQ(people->places, 1127);
  const auto third = ReadSeasonPeople(kSample, Ottawa(), Tables(), 33, 1);
  EXPECT_NEAR(static_cast<double>(third->population.mentors.size()), 750 * 0.33, 60);
  const auto other = ReadSeasonPeople(kSample, Ottawa(), Tables(), 33, 2);
  EXPECT_NE(third->population.mentors.front().business_key +
                third->population.mentors.back().business_key,
            other->population.mentors.front().business_key +
                other->population.mentors.back().business_key);
  EXPECT_TRUE(ReadSeasonPeople(kSample, Ottawa(), Tables(), 0, 1)->population.mentors.empty());
}

TEST(SeasonPeople, HaveTheGoalsThatTheFileTellsOrDrawnOnes) {
  const auto people = ReadSeasonPeople(kSample, Ottawa(), Tables(), 100, 1);
  ASSERT_TRUE(people.ok()) << people.status();
  std::set<std::string> goals;
  for (const auto& mentee : people->population.mentees) {
    goals.insert(mentee.profile.goals.begin(), mentee.profile.goals.end());
  }
  for (const auto& mentor : people->population.mentors) {
    goals.insert(mentor.profile.goals.begin(), mentor.profile.goals.end());
    EXPECT_TRUE(std::is_sorted(mentor.profile.goals.begin(), mentor.profile.goals.end()));
  }
  EXPECT_EQ(goals.size(), classification::Goals().size());
  for (const std::string& goal : goals) EXPECT_NE(classification::FindGoal(goal), nullptr) << goal;

  const testing::TempDir dir;
  const std::string sample = *ReadFile(kSample.mentors);
  const size_t first_end = sample.find('\n');
  const std::string header = sample.substr(0, first_end);
  const std::string row =
      sample.substr(first_end + 1, sample.find('\n', first_end + 1) - first_end - 1);
  ASSERT_TRUE(
      WriteFile(dir.File("m.csv"), "goals," + header + "\nnetwork licensing," + row + "\n").ok());
  const auto told =
      ReadSeasonPeople({kSample.referrals, dir.File("m.csv")}, Ottawa(), Tables(), 100, 1);
  ASSERT_TRUE(told.ok()) << told.status();
  ASSERT_EQ(told->population.mentors.size(), 1u);
  EXPECT_EQ(told->population.mentors[0].profile.goals,
            (std::vector<std::string>{"licensing", "network"}));
}

TEST(SeasonPeople, NeedSomebodyEligible) {
  const testing::TempDir dir;
  ASSERT_TRUE(WriteFile(dir.File("r.csv"), "agency,external_id,given_name,family_name\n").ok());
  const auto people =
      ReadSeasonPeople({dir.File("r.csv"), kSample.mentors}, Ottawa(), Tables(), 100, 1);
  EXPECT_EQ(status::ReasonOf(people.status()), "NOBODY_ELIGIBLE");
}

TEST(SeasonPeople, ComeFromOneOfFiveRegions) {
  EXPECT_EQ(RegionOf("HT"), "Americas");
  EXPECT_EQ(RegionOf("MA"), "Africa");
  EXPECT_EQ(RegionOf("TR"), "Asia");
  EXPECT_EQ(RegionOf("UA"), "Europe");
  EXPECT_EQ(RegionOf("FJ"), "Oceania");
  EXPECT_EQ(RegionOf(""), "");
  EXPECT_EQ(RegionOf("XX"), "");
  EXPECT_EQ(RegionOf("T "), "");
  EXPECT_EQ(RegionOf(" T"), "");
  int countries = 0;
  for (char a = 'A'; a <= 'Z'; ++a) {
    for (char b = 'A'; b <= 'Z'; ++b) {
      if (!RegionOf(std::string{a, b}).empty()) ++countries;
    }
  }
  EXPECT_EQ(countries,
            247);  // ISO 3166-1 has 249; M49 gives AQ and TW no region
}

TEST(PolicyOf, IsTheProgramsOwn) {
  const auto policy = PolicyOf(*PairFormatOf(Ottawa()));
  ASSERT_EQ(policy.weights.size(), 9u);
  EXPECT_EQ(policy.weights[0].criterion, "occupation");
  EXPECT_EQ(policy.weights[0].weight, 35);
  EXPECT_EQ(policy.minimum_score, 0.35);
  EXPECT_TRUE(policy.shared_language_required);
}

PlayedPolicy Example() {
  PlayedPolicy played;
  played.rules.regime = matching::engine::Regime::kWeekly;
  played.rules.policy.objective = matching::engine::Objective::kCoverage;
  played.rules.policy.waiting_bonus = 30;
  played.result.report.all = {.group = "",
                              .mentees = 4,
                              .matched = 3,
                              .match_rate = 0.75,
                              .mean_points = 6'500,
                              .matched_waits = {3, 9, 12},
                              .unmatched_waits = {}};
  played.result.left_share = 0.25;
  played.result.proposed = 5;
  played.result.declined = 2;
  played.result.report.attributes = {{"language", {played.result.report.all}, 0.5, 0.9}};
  return played;
}

TEST(PolicyReport, IsATableInBothLanguages) {
  ::testing::internal::CaptureStdout();
  PrintPolicies(Language::kEnglish, {Example()});
  const std::string english = ::testing::internal::GetCapturedStdout();
  EXPECT_NE(english.find("weekly, coverage, bonus 30   75.0 %  25.0 %       0.650            3/9/12"
                         "      0.50           –       –"),
            std::string::npos)
      << english;
  ::testing::internal::CaptureStdout();
  PrintPolicies(Language::kFrench, {Example()});
  const std::string french = ::testing::internal::GetCapturedStdout();
  EXPECT_NE(french.find("chaque semaine, couverture, prime 30"), std::string::npos) << french;
}

TEST(PolicyReport, ShowsTheGreedyEngineBesideTheOptimumOfTheSameRegime) {
  PlayedPolicy greedy = Example();
  greedy.rules.engine = matching::engine::SeasonEngine::kGreedy;
  PlayedPolicy daily = Example();
  daily.rules.regime = matching::engine::Regime::kDaily;
  ::testing::internal::CaptureStdout();
  PrintBothEngines(Language::kEnglish, {daily, greedy, Example()});
  const std::string both = ::testing::internal::GetCapturedStdout();
  EXPECT_NE(both.find("weekly, first come"), std::string::npos) << both;
  EXPECT_NE(both.find("weekly, coverage"), std::string::npos) << both;
  EXPECT_EQ(both.find("daily"), std::string::npos) << both;
  ::testing::internal::CaptureStdout();
  PrintBothEngines(Language::kEnglish, {daily, greedy});
  EXPECT_EQ(::testing::internal::GetCapturedStdout(), "");
}

TEST(PolicyReport, IsJsonWithEveryGroup) {
  PlayedPolicy greedy = Example();
  greedy.rules.engine = matching::engine::SeasonEngine::kGreedy;
  const std::string figures =
      "\"mentees\": 4, \"matched\": 3, \"match_rate\": 0.750000, \"mean_score\": 0.650000, "
      "\"wait_days\": {\"p50\": 3, \"p90\": 9, \"p99\": 12}";
  const std::string rest = ", " + figures +
                           ", \"left_share\": 0.250000, \"proposed\": 5, \"declined\": 2, "
                           "\"exposure_gini\": 0.000000, \"attributes\": [{\"attribute\": "
                           "\"language\", \"rate_ratio\": 0.500000, \"score_ratio\": 0.900000, "
                           "\"groups\": [{\"group\": \"\", " +
                           figures + "}]}]}";
  EXPECT_EQ(ToJson({Example(), greedy}),
            "[\n{\"regime\": \"weekly\", \"engine\": \"optimal\", \"objective\": \"coverage\", "
            "\"waiting_bonus\": 30" +
                rest +
                ",\n{\"regime\": \"weekly\", \"engine\": \"greedy\", \"objective\": null, "
                "\"waiting_bonus\": 0" +
                rest + "\n]");
}

}  // namespace
}  // namespace tremplin::ctl
