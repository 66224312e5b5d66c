#include "services/referral/domain/verdict.h"

#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace tremplin::referral {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(VerdictTest, AFailureOutweighsMissingEvidence) {
  const Assessment assessment = Assess({{"a", Result::kPass},
                                        {"b", Result::kMissing},
                                        {"c", Result::kFail},
                                        {"d", Result::kFail},
                                        {"e", Result::kExempted}},
                                       {});
  EXPECT_EQ(assessment.verdict, Verdict::kIneligible);
  EXPECT_THAT(assessment.reasons, ElementsAre("c", "d"));
  EXPECT_THAT(assessment.unmet, ElementsAre("b", "c", "d"));
}

TEST(VerdictTest, MissingEvidenceIsNamed) {
  const Assessment assessment = Assess({{"a", Result::kMissing}, {"b", Result::kPass}}, {});
  EXPECT_EQ(assessment.verdict, Verdict::kIncomplete);
  EXPECT_THAT(assessment.reasons, ElementsAre("a"));
}

TEST(VerdictTest, ExemptedCountsAsPassed) {
  const Assessment assessment = Assess({{"a", Result::kExempted}, {"b", Result::kPass}}, {});
  EXPECT_EQ(assessment.verdict, Verdict::kEligible);
  EXPECT_THAT(assessment.reasons, IsEmpty());
  EXPECT_THAT(assessment.unmet, IsEmpty());
  EXPECT_EQ(Assess({}, {}).verdict, Verdict::kEligible);
}

TEST(VerdictTest, TheWholeIsTheBestOfItsFormats) {
  const std::vector<Finding> findings = {{"common", Result::kPass},
                                         {"group_only", Result::kFail},
                                         {"pair_only", Result::kMissing},
                                         {"peer_only", Result::kMissing}};
  const std::vector<Asked> formats = {{"group", {"common", "group_only"}},
                                      {"pair", {"common", "pair_only"}},
                                      {"peer", {"peer_only"}}};
  Assessment assessment = Assess(findings, formats);
  EXPECT_EQ(assessment.verdict, Verdict::kIncomplete);
  EXPECT_THAT(assessment.reasons, ElementsAre("pair_only", "peer_only"));
  EXPECT_THAT(assessment.unmet, ElementsAre("pair_only", "peer_only"));
  EXPECT_THAT(assessment.Met(), IsEmpty());
  ASSERT_EQ(assessment.formats.size(), 3U);
  EXPECT_EQ(assessment.formats[0].verdict, Verdict::kIneligible);
  EXPECT_THAT(assessment.formats[0].reasons, ElementsAre("group_only"));
  std::vector<Finding> met = findings;
  met[3].result = Result::kPass;
  assessment = Assess(met, formats);
  EXPECT_EQ(assessment.verdict, Verdict::kEligible);
  EXPECT_THAT(assessment.Met(), ElementsAre("peer"));
  EXPECT_THAT(assessment.reasons, IsEmpty());
}

TEST(VerdictTest, WhatIsAskedAndWasNotFoundIsNeverMet) {
  const Assessment assessment =
      Assess({{"a", Result::kPass}}, {{"pair", {"a", "lost"}}, {"group", {"lost"}}});
  EXPECT_EQ(assessment.verdict, Verdict::kIncomplete);
  EXPECT_THAT(assessment.reasons, ElementsAre("lost"));
  EXPECT_THAT(assessment.unmet, ElementsAre("lost"));
}

TEST(VerdictTest, AnExpiredExemptionNoLongerCounts) {
  const std::vector<Finding> before = {{"for_good", Result::kExempted, "documents_seen", ""},
                                       {"for_a_while", Result::kExempted, "renewal", "2026-03-31"},
                                       {"met_since", Result::kExempted, "renewal", "2026-03-31"},
                                       {"failed", Result::kFail}};
  const std::vector<Finding> now = {{"for_good", Result::kFail},
                                    {"for_a_while", Result::kMissing},
                                    {"met_since", Result::kPass},
                                    {"failed", Result::kFail}};
  std::vector<Finding> findings = now;
  KeepExemptions(before, "2026-03-31", &findings);
  EXPECT_THAT(findings, ElementsAre(before[0], before[1], now[2], now[3]));
  findings = now;
  KeepExemptions(before, "2026-04-01", &findings);
  EXPECT_THAT(findings, ElementsAre(before[0], now[1], now[2], now[3]));
}

}  // namespace
}  // namespace tremplin::referral
