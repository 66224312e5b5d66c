#include "tools/tremplinctl/pace.h"

#include <vector>

#include "gtest/gtest.h"

namespace tremplin::ctl {
namespace {

runtime::v1::CallWork Calls(int64_t failed, int64_t turned_away,
                            const std::vector<int64_t>& counts) {
  runtime::v1::CallWork calls;
  int64_t all = turned_away;
  for (const int64_t count : counts) {
    calls.add_counts(count);
    all += count;
  }
  for (const double bound : {0.01, 0.1}) calls.add_bounds(bound);
  calls.set_answered(all);
  calls.set_failed(failed);
  calls.set_turned_away(turned_away);
  return calls;
}

TEST(PaceTest, IsOfWhatCameBetweenTwoLooks) {
  const auto before = Calls(5, 0, {1000, 0, 50});
  const auto pace = PaceOf(before, Calls(6, 3, {1099, 1, 50}), absl::Seconds(2));
  ASSERT_TRUE(pace.has_value());
  EXPECT_DOUBLE_EQ(pace->calls, 51.5);
  EXPECT_DOUBLE_EQ(pace->failed, 2);
  EXPECT_EQ(pace->p99, absl::Milliseconds(10)) << "what was slow before is over";
}

TEST(PaceTest, ThePercentileIsTheClassThatHoldsIt) {
  EXPECT_EQ(PaceOf(Calls(0, 0, {0, 0, 0}), Calls(0, 0, {98, 2, 0}), absl::Seconds(1))->p99,
            absl::Milliseconds(100));
  EXPECT_EQ(PaceOf(Calls(0, 0, {0, 0, 0}), Calls(0, 0, {90, 0, 10}), absl::Seconds(1))->p99,
            std::nullopt)
      << "the last class has no bound";
  EXPECT_EQ(PaceOf(Calls(0, 0, {5, 0, 0}), Calls(0, 0, {5, 0, 0}), absl::Seconds(1))->p99,
            std::nullopt);
}

TEST(PaceTest, AProcessThatBeganAnewHasNone) {
  EXPECT_FALSE(PaceOf(Calls(0, 0, {9, 0, 0}), Calls(0, 0, {1, 0, 0}), absl::Seconds(1)));
  EXPECT_FALSE(PaceOf(Calls(0, 0, {1, 0, 0}), Calls(0, 0, {9, 0, 0}), absl::ZeroDuration()));
}

}  // namespace
}  // namespace tremplin::ctl
