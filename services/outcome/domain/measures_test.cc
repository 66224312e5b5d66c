#include "services/outcome/domain/measures.h"

#include "gtest/gtest.h"

namespace tremplin::outcome {
namespace {

// As if all had answered at once.
StageMeasures Measured(const StageCounts& counts, int64_t least_cell) {
  std::vector<KindChange> answers;
  const int64_t kinds[] = {counts.in_profession, counts.related, counts.other, counts.none};
  for (size_t kind = 0; kind < kWorkKinds; ++kind) {
    for (int64_t i = 0; i < kinds[kind]; ++i) answers.push_back({absl::UnixEpoch(), kind, 1});
  }
  return Measure(counts, answers, least_cell);
}

TEST(Measures, AgreeWithACaseComputedByHand) {
  // 50 due: 30 answered (11 + 6 + 5 employed, 8 without work), 15 lost, 5 still open.
  const StageMeasures stage = Measured({50, 30, 15, 11, 6, 5, 8}, 5);
  EXPECT_EQ(stage.open, 5);
  EXPECT_DOUBLE_EQ(stage.response.value, 30.0 / 45.0);
  EXPECT_DOUBLE_EQ(stage.response.worst, stage.response.value);
  EXPECT_DOUBLE_EQ(stage.response.best, stage.response.value);
  EXPECT_EQ(stage.in_profession.denominator, 30);
  EXPECT_DOUBLE_EQ(stage.in_profession.value, 11.0 / 30.0);
  EXPECT_DOUBLE_EQ(stage.in_profession.worst, 11.0 / 45.0);
  EXPECT_DOUBLE_EQ(stage.in_profession.best, 26.0 / 45.0);
  EXPECT_DOUBLE_EQ(stage.employed.value, 22.0 / 30.0);
  EXPECT_DOUBLE_EQ(stage.employed.worst, 22.0 / 45.0);
  EXPECT_DOUBLE_EQ(stage.employed.best, 37.0 / 45.0);
}

TEST(Measures, CountThoseWhoLeftApartFromTheLost) {
  // 50 due: 30 answered, 9 lost, 6 left, 5 still open.
  const StageMeasures stage = Measured({50, 30, 9, 11, 6, 5, 8, 6}, 5);
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
  const StageMeasures stage = Measured({10, 4, 6, 1, 1, 1, 1}, 5);
  EXPECT_TRUE(stage.in_profession.suppressed);
  EXPECT_TRUE(stage.employed.suppressed);
  EXPECT_FALSE(stage.response.suppressed);  // 10 people
  EXPECT_EQ(stage.in_profession.numerator, 0);
  EXPECT_EQ(stage.in_profession.best, 0);
  EXPECT_EQ(stage.counts.in_profession, 0);
  EXPECT_EQ(stage.counts.none, 0);
  // Five of them are enough people, but no kind is.
  const StageMeasures five = Measured({10, 5, 5, 1, 1, 1, 2}, 5);
  EXPECT_TRUE(five.in_profession.suppressed);
  EXPECT_TRUE(five.employed.suppressed);
  EXPECT_EQ(five.counts.none, 0);
  // Seven employed and eight not: which kinds of work stays hidden.
  const StageMeasures employed = Measured({20, 15, 5, 3, 2, 2, 8}, 5);
  EXPECT_FALSE(employed.employed.suppressed);
  EXPECT_EQ(employed.employed.numerator, 7);
  EXPECT_TRUE(employed.in_profession.suppressed);
  EXPECT_EQ(employed.counts.related, 0);
}

TEST(Measures, CountAnswersSinceTheRelease_AsMissingInTheBounds) {
  std::vector<KindChange> answers(5, {absl::UnixEpoch(), 3, 1});
  answers.push_back({absl::UnixEpoch() + absl::Hours(1), 0, 1});
  const StageMeasures stage = Measure({8, 6, 2, 1, 0, 0, 5}, answers, 5);
  EXPECT_EQ(stage.counts.answered, 6);
  EXPECT_EQ(stage.employed.denominator, 5);
  EXPECT_EQ(stage.employed.value, 0);
  EXPECT_EQ(stage.employed.worst, 0);
  EXPECT_DOUBLE_EQ(stage.employed.best, 3.0 / 8.0);  // two lost, and one not released yet
}

TEST(Measures, HideACompletionThatTellsOfAFew) {
  std::vector<KindChange> ends(7, {absl::UnixEpoch(), 0, 1});
  EXPECT_EQ(MakeCompletion(ends, 5).numerator, 7);
  for (int i = 0; i < 2; ++i) ends.push_back({absl::UnixEpoch(), 1, 1});
  EXPECT_TRUE(MakeCompletion(ends, 5).suppressed);
  EXPECT_EQ(MakeCompletion(ends, 1).denominator, 9);
}

TEST(Measures, LeaveNothingToSay_OfNobody) {
  const StageMeasures stage = Measured({}, 5);
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
        const StageMeasures stage = Measured(counts, 1);
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
