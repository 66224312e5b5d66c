#include "services/outcome/domain/disclosure.h"

#include <cstdlib>
#include <random>
#include <vector>

#include "gtest/gtest.h"

namespace tremplin::outcome {
namespace {

constexpr size_t kKinds = 4;
constexpr int64_t kLeast = 5;

absl::Time Day(int day) { return absl::UnixEpoch() + absl::Hours(24 * day); }

// One change a day: the kinds in the order in which people came.
std::vector<KindChange> Coming(const std::vector<size_t>& kinds) {
  std::vector<KindChange> changes;
  for (const size_t kind : kinds) {
    changes.push_back({Day(static_cast<int>(changes.size())), kind, 1});
  }
  return changes;
}

// The case "five answers": nothing on the day before the fifth, nor on the day after it.
TEST(Disclosure, OfFiveAnswersInThreeKinds_TellsNoKind) {
  for (const auto& answers : std::vector<std::vector<size_t>>{{0, 0, 1, 3, 0}, {3, 3, 3, 1, 3}}) {
    std::vector<KindChange> changes = Coming(answers);
    const Disclosure after = Disclose(changes, kKinds, kLeast);
    changes.pop_back();
    const Disclosure before = Disclose(changes, kKinds, kLeast);
    for (const Disclosure& one : {before, after}) {
      EXPECT_EQ(one.shown, 0u);
      EXPECT_EQ(one.counts, KindCounts());
    }
  }
}

TEST(Disclosure, ShowsAKindFromTheLeastOn_AndStaysUntilAsManyMoreCame) {
  std::vector<size_t> answers(5, 3);
  EXPECT_EQ(Disclose(Coming(answers), kKinds, kLeast).counts, (KindCounts{0, 0, 0, 5}));
  for (int i = 0; i < 4; ++i) {
    answers.push_back(0);
    const Disclosure still = Disclose(Coming(answers), kKinds, kLeast);
    EXPECT_EQ(still.counts, (KindCounts{0, 0, 0, 5}));
    EXPECT_EQ(still.total, 5);
    EXPECT_EQ(still.at, Day(4));
  }
  answers.push_back(0);
  const Disclosure more = Disclose(Coming(answers), kKinds, kLeast);
  EXPECT_EQ(more.counts, (KindCounts{5, 0, 0, 5}));
  EXPECT_EQ(more.total, 10);
}

TEST(Disclosure, HidesTwoSmallKindsTogether) {
  // Three and four of the middle kinds are seven together.
  std::vector<size_t> answers = {1, 2, 1, 2, 1, 2, 2};
  answers.insert(answers.end(), 6, 0);
  answers.insert(answers.end(), 8, 3);
  const Disclosure shown = Disclose(Coming(answers), kKinds, kLeast);
  EXPECT_TRUE(shown.Shows(3));
  EXPECT_FALSE(shown.Shows(1));
  EXPECT_FALSE(shown.Shows(2));
}

TEST(Disclosure, IsExact_WhereTheLeastIsOne) {
  const Disclosure shown = Disclose(Coming({0, 1, 1, 3}), kKinds, 1);
  EXPECT_EQ(shown.counts, (KindCounts{1, 2, 0, 1}));
  EXPECT_EQ(shown.shown, 15u);
  EXPECT_EQ(Disclose({}, kKinds, kLeast).shown, 15u);  // nobody is no secret
}

// Whatever people answer and correct: of any two days no difference that they tell is small.
TEST(Disclosure, OfAnyTwoDays_TellsNoSmallGroup) {
  for (unsigned seed = 0; seed < 200; ++seed) {
    std::mt19937 random(seed);
    std::discrete_distribution<size_t> kind({4.0, 1.0, 0.5, 3.0});
    std::vector<KindChange> changes;
    std::vector<size_t> there;
    std::vector<Disclosure> days = {Disclosure{.shown = 15}};
    for (int day = 0; day < 80; ++day) {
      if (!there.empty() && random() % 10 == 0) {  // a correction
        const size_t who = random() % there.size();
        changes.push_back({Day(day), there[who], -1});
        there[who] = kind(random);
        changes.push_back({Day(day), there[who], 1});
      } else {
        there.push_back(kind(random));
        changes.push_back({Day(day), there.back(), 1});
      }
      days.push_back(Disclose(changes, kKinds, kLeast));
    }
    for (size_t i = 0; i < days.size(); ++i) {
      for (size_t j = i + 1; j < days.size(); ++j) {
        if (days[j].shown == 0) continue;
        const unsigned both = days[i].shown & days[j].shown;
        int64_t rest = days[j].total - days[i].total;
        for (size_t k = 0; k < kKinds; ++k) {
          if ((both >> k & 1U) == 0) continue;
          const int64_t change = days[j].counts[k] - days[i].counts[k];
          EXPECT_TRUE(change == 0 || std::abs(change) >= kLeast) << seed << ": " << i << " " << j;
          rest -= change;
        }
        if (days[i].shown == 0) continue;
        EXPECT_TRUE(rest == 0 || std::abs(rest) >= kLeast) << seed << ": " << i << " " << j;
      }
    }
    EXPECT_NE(days.back().shown, 0u) << "it shows something in the end, seed " << seed;
  }
}

}  // namespace
}  // namespace tremplin::outcome
