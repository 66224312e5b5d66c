#include "services/outcome/domain/measures.h"

#include "gtest/gtest.h"

namespace tremplin::outcome {
namespace {

TEST(Measures, AgreeWithACaseComputedByHand) {
  // 50 due: 30 answered (12 + 6 + 4 employed, 8 without work), 15 lost, 5 still open.
  const StageMeasures stage = Measure({50, 30, 15, 12, 6, 4, 8}, 5);
  EXPECT_EQ(stage.open, 5);
  EXPECT_DOUBLE_EQ(stage.response.value, 30.0 / 45.0);
  EXPECT_DOUBLE_EQ(stage.response.worst, stage.response.value);
  EXPECT_DOUBLE_EQ(stage.response.best, stage.response.value);
  EXPECT_EQ(stage.in_profession.denominator, 30);
  EXPECT_DOUBLE_EQ(stage.in_profession.value, 0.4);
  EXPECT_DOUBLE_EQ(stage.in_profession.worst, 12.0 / 45.0);
  EXPECT_DOUBLE_EQ(stage.in_profession.best, 27.0 / 45.0);
  EXPECT_DOUBLE_EQ(stage.employed.value, 22.0 / 30.0);
  EXPECT_DOUBLE_EQ(stage.employed.worst, 22.0 / 45.0);
  EXPECT_DOUBLE_EQ(stage.employed.best, 37.0 / 45.0);
}

TEST(Measures, CountThoseWhoLeftApartFromTheLost) {
  // 50 due: 30 answered, 9 lost, 6 left, 5 still open.
  const StageMeasures stage = Measure({50, 30, 9, 12, 6, 4, 8, 6}, 5);
  EXPECT_EQ(stage.open, 5);
  EXPECT_DOUBLE_EQ(stage.response.value, 30.0 / 39.0);  // who left was not asked any more
  EXPECT_DOUBLE_EQ(stage.employed.value, 22.0 / 30.0);
  EXPECT_DOUBLE_EQ(stage.employed.worst, 22.0 / 45.0);  // but nobody knows how they fared
  EXPECT_DOUBLE_EQ(stage.employed.best, 37.0 / 45.0);
}

TEST(Measures, CallACountSmall_AboveNobodyAndBelowTheLeastCell) {
  EXPECT_FALSE(TooSmall(0, 5));
  EXPECT_TRUE(TooSmall(1, 5));
  EXPECT_TRUE(TooSmall(4, 5));
  EXPECT_FALSE(TooSmall(5, 5));
  EXPECT_FALSE(TooSmall(1, 0));
}

TEST(Measures, HideACellBelowTheLeast_AndItsKinds) {
  const StageMeasures stage = Measure({10, 4, 6, 1, 1, 1, 1}, 5);
  EXPECT_TRUE(stage.in_profession.suppressed);
  EXPECT_TRUE(stage.employed.suppressed);
  EXPECT_FALSE(stage.response.suppressed);  // 10 people
  EXPECT_EQ(stage.in_profession.numerator, 0);
  EXPECT_EQ(stage.in_profession.best, 0);
  EXPECT_EQ(stage.counts.in_profession, 0);
  EXPECT_EQ(stage.counts.none, 0);
  EXPECT_FALSE(Measure({10, 5, 5, 1, 1, 1, 2}, 5).in_profession.suppressed);
}

TEST(Measures, LeaveNothingToSay_OfNobody) {
  const StageMeasures stage = Measure({}, 5);
  EXPECT_FALSE(stage.response.suppressed);
  EXPECT_EQ(stage.in_profession.best, 0);
}

TEST(Measures, BoundEveryRate_WhateverTheCounts) {
  for (int64_t in_profession = 0; in_profession <= 6; ++in_profession) {
    for (int64_t none = 0; none <= 6; ++none) {
      for (int64_t lost = 0; lost <= 6; ++lost) {
        const int64_t answered = in_profession + none + 3;
        const int64_t left = lost % 3;
        const StageCounts counts{
            answered + lost + left + 2, answered, lost, in_profession, 1, 2, none, left};
        const StageMeasures stage = Measure(counts, 1);
        EXPECT_EQ(counts.due, stage.counts.answered + stage.counts.lost + stage.counts.left + 2);
        EXPECT_EQ(stage.open, 2);
        EXPECT_EQ(stage.counts.answered, stage.counts.in_profession + stage.counts.related +
                                             stage.counts.other + stage.counts.none);
        for (const Rate& rate : {stage.response, stage.in_profession, stage.employed}) {
          EXPECT_LE(0, rate.worst);
          EXPECT_LE(rate.worst, rate.value);
          EXPECT_LE(rate.value, rate.best);
          EXPECT_LE(rate.best, 1);
        }
        if (lost == 0) {
          EXPECT_DOUBLE_EQ(stage.employed.worst, stage.employed.best);
        }
      }
    }
  }
}

}  // namespace
}  // namespace tremplin::outcome
