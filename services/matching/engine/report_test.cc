#include "services/matching/engine/report.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include "gtest/gtest.h"
#include "rapidcheck/gtest.h"

namespace tremplin::matching::engine {
namespace {

Outcome Matched(const char* language, int points, int days) {
  return {{{"language", language}}, true, points, days};
}
Outcome Waiting(const char* language, int days) {
  return {{{"language", language}}, false, 0, days};
}

TEST(ReportTest, PercentilesAreByNearestRank) {
  std::vector<int> values(100);
  std::iota(values.begin(), values.end(), 1);
  std::reverse(values.begin(), values.end());
  EXPECT_EQ(Percentile(values, 50), 50);
  EXPECT_EQ(Percentile(values, 90), 90);
  EXPECT_EQ(Percentile(values, 99), 99);
  EXPECT_EQ(Percentile({3, 1, 2}, 50), 2);
  EXPECT_EQ(Percentile({3, 1, 2}, 99), 3);
  EXPECT_EQ(Percentile({7}, 1), 7);
  EXPECT_EQ(Percentile({}, 50), 0);
}

TEST(ReportTest, GiniIsNoughtWhenEvenAndNearsOneWhenOneHasAll) {
  EXPECT_DOUBLE_EQ(Gini({2, 2, 2}), 0);
  EXPECT_DOUBLE_EQ(Gini({4, 0, 0, 0}), 0.75);
  EXPECT_DOUBLE_EQ(Gini({3, 1}), 0.25);
  EXPECT_DOUBLE_EQ(Gini({0, 0}), 0);
  EXPECT_DOUBLE_EQ(Gini({}), 0);
}

RC_GTEST_PROP(ReportTest, GiniIsTheMeanDifferenceOverTwiceTheMean, ()) {
  const auto values =
      *rc::gen::nonEmpty(rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 9)));
  double differences = 0;
  double sum = 0;
  for (const int a : values) {
    sum += a;
    for (const int b : values) differences += std::abs(a - b);
  }
  const auto n = static_cast<double>(values.size());
  const double expected = sum > 0 ? differences / (2 * n * sum) : 0;
  RC_ASSERT(std::abs(Gini(values) - expected) < 1e-9);
}

TEST(ReportTest, GroupsAreComparedAndSmallOnesLeftOutOfRatios) {
  std::vector<Outcome> outcomes;
  for (int i = 0; i < 8; ++i) outcomes.push_back(Matched("en", 8000, 10 + i));
  for (int i = 0; i < 2; ++i) outcomes.push_back(Waiting("en", 40 + i));
  for (int i = 0; i < 2; ++i) outcomes.push_back(Matched("fr", 6000, 30));
  for (int i = 0; i < 3; ++i) outcomes.push_back(Waiting("fr", 50));
  outcomes.push_back(Waiting("es", 5));
  outcomes.push_back({{}, true, 5000, 1});  // did not say
  RunFacts facts;
  facts.mentees_of = {4, 0, 0, 0};
  facts.blocking_pairs = 7;
  facts.value = 990;
  facts.bound = 1000;
  facts.declined = 1;
  facts.answered = 4;
  facts.overridden = 1;
  facts.proposed = 10;
  const RunReport report = Report(outcomes, facts);
  EXPECT_EQ(report.all.mentees, 17);
  EXPECT_EQ(report.all.matched, 11);
  EXPECT_DOUBLE_EQ(report.all.mean_points, (8 * 8000 + 2 * 6000 + 5000) / 11.0);
  ASSERT_EQ(report.attributes.size(), 1u);
  const AttributeReport& language = report.attributes[0];
  EXPECT_EQ(language.attribute, "language");
  ASSERT_EQ(language.groups.size(), 3u);
  EXPECT_EQ(language.groups[0].group, "en");
  EXPECT_DOUBLE_EQ(language.groups[0].match_rate, 0.8);
  EXPECT_EQ(language.groups[0].matched_waits.p50, 13);
  EXPECT_EQ(language.groups[0].matched_waits.p90, 17);
  EXPECT_EQ(language.groups[0].unmatched_waits.p99, 41);
  EXPECT_EQ(language.groups[1].group, "es");
  EXPECT_EQ(language.groups[1].matched, 0);
  EXPECT_DOUBLE_EQ(language.groups[2].match_rate, 0.4);
  EXPECT_EQ(language.groups[2].unmatched_waits.p50, 50);
  EXPECT_DOUBLE_EQ(language.rate_ratio, 0.5);
  EXPECT_DOUBLE_EQ(language.points_ratio, 0.75);
  EXPECT_DOUBLE_EQ(report.exposure_gini, 0.75);
  EXPECT_EQ(report.blocking_pairs, 7);
  EXPECT_DOUBLE_EQ(report.optimality_gap, 0.01);
  EXPECT_DOUBLE_EQ(report.decline_rate, 0.25);
  EXPECT_DOUBLE_EQ(report.override_share, 0.1);
  EXPECT_DOUBLE_EQ(Report(outcomes, facts, 1).attributes[0].rate_ratio, 0);
}

TEST(ReportTest, NobodyIsNoDivisionByNought) {
  const RunReport report = Report({}, {});
  EXPECT_EQ(report.all.mentees, 0);
  EXPECT_DOUBLE_EQ(report.all.match_rate, 0);
  EXPECT_DOUBLE_EQ(report.optimality_gap, 0);
  EXPECT_DOUBLE_EQ(report.decline_rate, 0);
  EXPECT_TRUE(report.attributes.empty());
}

}  // namespace
}  // namespace tremplin::matching::engine
