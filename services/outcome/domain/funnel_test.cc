#include "services/outcome/domain/funnel.h"

#include <cstdlib>
#include <random>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace tremplin::outcome {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

constexpr int64_t kLeast = 5;

// What a reader of every day sees.
class Funnel {
 public:
  std::map<std::string, int64_t> Ask(const std::map<std::string, int64_t>& counters) {
    const auto next = NextReleases(counters, shown_, kLeast);
    for (const auto& [step, count] : next) {
      shown_[step].push_back({count, absl::FromUnixSeconds(++day_)});
    }
    return next;
  }
  const ShownCounts& shown() const { return shown_; }

 private:
  ShownCounts shown_;
  int day_ = 0;
};

TEST(Funnel, IsReleasedFromTheLeastCellOn) {
  Funnel funnel;
  EXPECT_THAT(funnel.Ask({{"matched", 4}}), IsEmpty());
  EXPECT_THAT(funnel.Ask({{"matched", 5}}), ElementsAre(Pair("matched", 5)));
  EXPECT_THAT(funnel.Ask({{"matched", 5}}), IsEmpty());
}

TEST(Funnel, TellsNoSmallNumberByTwoDays) {
  Funnel funnel;
  funnel.Ask({{"matched", 20}});
  EXPECT_THAT(funnel.Ask({{"matched", 21}}), IsEmpty());
  EXPECT_THAT(funnel.Ask({{"matched", 24}}), IsEmpty());
  EXPECT_THAT(funnel.Ask({{"matched", 25}}), ElementsAre(Pair("matched", 25)));
  // Nor by a day long ago, when some are struck.
  EXPECT_THAT(funnel.Ask({{"matched", 19}}), IsEmpty());
  EXPECT_THAT(funnel.Ask({{"matched", 15}}), ElementsAre(Pair("matched", 15)));
  EXPECT_THAT(funnel.Ask({{"matched", 20}}), ElementsAre(Pair("matched", 20)));
}

TEST(Funnel, TellsNoSmallNumberByTwoSteps) {
  Funnel funnel;
  EXPECT_THAT(funnel.Ask({{"mentees_enrolled", 20}, {"mentees_ready", 18}}),
              ElementsAre(Pair("mentees_enrolled", 20)));
  EXPECT_THAT(funnel.Ask({{"mentees_enrolled", 20}, {"mentees_ready", 20}}),
              ElementsAre(Pair("mentees_ready", 20)));
}

TEST(Funnel, TellsNoSmallNumberByThoseThatShareAStep) {
  Funnel funnel;
  EXPECT_THAT(funnel.Ask({{"started", 30}, {"completed", 20}, {"ended_early", 8}}),
              ElementsAre(Pair("completed", 20), Pair("ended_early", 8)))
      << "28 of 30: two go on";
  EXPECT_THAT(funnel.Ask({{"started", 33}, {"completed", 20}, {"ended_early", 8}}),
              ElementsAre(Pair("started", 33)));
}

TEST(Funnel, OfOneCountTheHistoryTellsTheLastRelease) {
  std::vector<KindChange> changes;
  EXPECT_EQ(LastRelease(changes, kLeast)->count, 0);
  const auto come = [&](int day, int64_t by) {
    changes.push_back({absl::FromUnixSeconds(day), 0, by});
    return LastRelease(changes, kLeast);
  };
  for (int day = 1; day <= 4; ++day) EXPECT_FALSE(come(day, 1).has_value());
  EXPECT_EQ(come(5, 1)->count, 5);
  EXPECT_EQ(come(6, 1)->count, 5);
  EXPECT_EQ(come(7, -1)->count, 5);
  EXPECT_EQ(come(8, -4)->count, 5) << "one waits, and one is not told of";
  EXPECT_EQ(come(9, -1)->count, 0);
  EXPECT_EQ(come(9, 12)->count, 12) << "what happens at one time is seen at once";
}

// Whatever comes and is struck, and however often it is asked for.
TEST(Funnel, OfAnyTwoDaysTellsNoSmallNumber) {
  std::mt19937 random(7);  // NOLINT(cert-msc51-cpp): the same walk each time
  Funnel funnel;
  std::map<std::string, int64_t> counters = {{"started", 0}, {"completed", 0}};
  for (int day = 0; day < 2000; ++day) {
    for (auto& [step, count] : counters) {
      count = std::max<int64_t>(0, count + static_cast<int64_t>(random() % 6) - 2);
    }
    funnel.Ask(counters);
  }
  for (const auto& [step, releases] : funnel.shown()) {
    EXPECT_GT(releases.size(), 2U) << step;
    for (const ShownCount& one : releases) {
      for (const ShownCount& other : releases) {
        const int64_t apart = std::abs(one.count - other.count);
        EXPECT_TRUE(apart == 0 || apart >= kLeast) << step;
      }
    }
  }
}

}  // namespace
}  // namespace tremplin::outcome
