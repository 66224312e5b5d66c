#include "common/environment/backoff.h"

#include <set>

#include "gtest/gtest.h"

namespace tremplin::environment {
namespace {

TEST(BackoffTest, DoublesWithEachFailure_UpToTheLongest) {
  constexpr Backoff kBackoff{absl::Milliseconds(50), absl::Seconds(5)};
  EXPECT_EQ(kBackoff.After(0), absl::ZeroDuration());
  EXPECT_EQ(kBackoff.After(1), absl::Milliseconds(50));
  EXPECT_EQ(kBackoff.After(2), absl::Milliseconds(100));
  EXPECT_EQ(kBackoff.After(7), absl::Milliseconds(3200));
  EXPECT_EQ(kBackoff.After(8), absl::Seconds(5));
  EXPECT_EQ(kBackoff.After(1'000'000), absl::Seconds(5));
}

TEST(BackoffTest, JitterStaysWithinHalf_AndDiffers) {
  std::set<absl::Duration> waits;
  for (int i = 0; i < 1000; ++i) {
    const absl::Duration wait = Jittered(absl::Seconds(2));
    EXPECT_GE(wait, absl::Seconds(1));
    EXPECT_LT(wait, absl::Seconds(3));
    waits.insert(wait);
  }
  EXPECT_GT(waits.size(), 900U);
  EXPECT_LT(*waits.begin(), absl::Milliseconds(1200));
  EXPECT_GT(*waits.rbegin(), absl::Milliseconds(2800));
}

}  // namespace
}  // namespace tremplin::environment
