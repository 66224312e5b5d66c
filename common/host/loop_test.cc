#include "common/host/loop.h"

#include <atomic>
#include <stdexcept>

#include "gtest/gtest.h"
#include "tests/support/process.h"

namespace tremplin::host {
namespace {

using tremplin::testing::Eventually;

constexpr LoopBounds kShort{.failing = absl::Milliseconds(1), .step = absl::Milliseconds(50)};

TEST(LoopTest, OneWhoseStepAlwaysThrowsIsStuckUntilOneEndsWell) {
  std::atomic<bool> broken = true;
  std::atomic<int> steps = 0;
  Loop loop(
      "demo",
      [&] {
        ++steps;
        if (broken) throw std::runtime_error("no memory");
        return absl::Milliseconds(1);
      },
      kShort);
  EXPECT_FALSE(loop.Stuck().has_value()) << "not begun";
  loop.Start();
  ASSERT_TRUE(Eventually([&] { return loop.Stuck().has_value(); }, absl::Seconds(10)));
  EXPECT_EQ(loop.Stuck()->cause, "no memory");
  EXPECT_GT(loop.Stuck()->lasting, absl::ZeroDuration());
  broken = false;
  EXPECT_TRUE(Eventually([&] { return steps > 1 && !loop.Stuck().has_value(); }, absl::Seconds(10)))
      << "it goes on all the while";
}

TEST(LoopTest, OneWhoseStepDoesNotEndIsStuck) {
  std::atomic<bool> ends = false;
  Loop loop(
      "demo",
      [&] {
        while (!ends) std::this_thread::yield();
        return absl::Seconds(1);
      },
      kShort);
  loop.Start();
  ASSERT_TRUE(Eventually([&] { return loop.Stuck().has_value(); }, absl::Seconds(10)));
  ends = true;
  EXPECT_TRUE(Eventually([&] { return !loop.Stuck().has_value(); }, absl::Seconds(10)));
}

TEST(LoopTest, OneThatWaitsLongIsNotStuck) {
  std::atomic<int> steps = 0;
  Loop loop(
      "demo",
      [&] {
        ++steps;
        return absl::Hours(1);
      },
      kShort);
  loop.Start();
  ASSERT_TRUE(Eventually([&] { return steps == 1; }, absl::Seconds(10)));
  // Twice what a step may take: no event tells that nothing was said of it.
  std::this_thread::sleep_for(std::chrono::milliseconds(100));
  EXPECT_FALSE(loop.Stuck().has_value());
}

}  // namespace
}  // namespace tremplin::host
