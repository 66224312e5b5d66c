#include "services/referral/domain/verdict.h"

#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace tremplin::referral {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(VerdictTest, AFailureOutweighsMissingEvidence) {
  const std::vector<Finding> findings = {{"a", Result::kPass},
                                         {"b", Result::kMissing},
                                         {"c", Result::kFail},
                                         {"d", Result::kFail},
                                         {"e", Result::kExempted}};
  EXPECT_EQ(VerdictOf(findings), Verdict::kIneligible);
  EXPECT_THAT(ReasonsOf(findings), ElementsAre("c", "d"));
  EXPECT_THAT(UnmetOf(findings), ElementsAre("b", "c", "d"));
}

TEST(VerdictTest, MissingEvidenceIsNamed) {
  const std::vector<Finding> findings = {{"a", Result::kMissing}, {"b", Result::kPass}};
  EXPECT_EQ(VerdictOf(findings), Verdict::kIncomplete);
  EXPECT_THAT(ReasonsOf(findings), ElementsAre("a"));
}

TEST(VerdictTest, ExemptedCountsAsPassed) {
  const std::vector<Finding> findings = {{"a", Result::kExempted}, {"b", Result::kPass}};
  EXPECT_EQ(VerdictOf(findings), Verdict::kEligible);
  EXPECT_THAT(ReasonsOf(findings), IsEmpty());
  EXPECT_THAT(UnmetOf(findings), IsEmpty());
  EXPECT_EQ(VerdictOf({}), Verdict::kEligible);
}

TEST(VerdictTest, WhatIsPackedIsUnpacked) {
  const std::vector<Finding> findings = {{"a", Result::kPass},
                                         {"b_c", Result::kMissing},
                                         {"d", Result::kFail},
                                         {"e", Result::kExempted}};
  EXPECT_EQ(Pack(findings), "a=pass b_c=missing d=fail e=exempted");
  EXPECT_EQ(Unpack(Pack(findings)), findings);
  EXPECT_THAT(Unpack(""), IsEmpty());
  EXPECT_THAT(Unpack("nonsense a=perhaps"), IsEmpty());
}

}  // namespace
}  // namespace tremplin::referral
