#include "common/clock/clock.h"

#include "absl/time/clock.h"
#include "gtest/gtest.h"

namespace tremplin::clock {
namespace {

TEST(ClockTest, BusinessTimeRunsUntilItIsSet) {
  SystemClock clock;
  absl::Time before = absl::Now();
  EXPECT_GE(clock.BusinessNow(), before);
  absl::Time future = absl::FromUnixSeconds(4'000'000'000);
  clock.SetBusiness(future);
  EXPECT_EQ(clock.BusinessNow(), future);
  EXPECT_LT(clock.SystemNow(), future);
  clock.SetBusiness(future + absl::Hours(1));
  EXPECT_EQ(clock.BusinessNow(), future + absl::Hours(1));
}

TEST(ClockTest, ManualClockMovesEachTimeAlone) {
  absl::Time start = absl::FromUnixSeconds(1'700'000'000);
  ManualClock clock(start);
  clock.AdvanceSystem(absl::Milliseconds(5));
  EXPECT_EQ(clock.SystemNow(), start + absl::Milliseconds(5));
  EXPECT_EQ(clock.BusinessNow(), start);
  clock.SetBusiness(start + absl::Hours(24));
  EXPECT_EQ(clock.SystemNow(), start + absl::Milliseconds(5));
  EXPECT_EQ(clock.BusinessNow(), start + absl::Hours(24));
}

TEST(ClockTest, SteadyTimeFollowsWhatPassesAndNoJump) {
  ManualClock clock(absl::FromUnixSeconds(1'700'000'000));
  const absl::Duration before = clock.SteadyNow();
  clock.JumpSystem(absl::Hours(-9));
  EXPECT_EQ(clock.SteadyNow(), before);
  clock.AdvanceSystem(absl::Seconds(3));
  EXPECT_EQ(clock.SteadyNow(), before + absl::Seconds(3));
  const SystemClock real;
  const absl::Duration first = real.SteadyNow();
  EXPECT_LE(first, real.SteadyNow());
}

TEST(ClockTest, MicrosRoundTrip) {
  absl::Time time = absl::FromUnixMicros(1'700'000'000'123'456);
  EXPECT_EQ(ToMicros(time), 1'700'000'000'123'456);
  EXPECT_EQ(FromMicros(ToMicros(time)), time);
  EXPECT_EQ(FromMicros(ToMicros(absl::InfinitePast())), absl::InfinitePast());
  EXPECT_EQ(FromMicros(ToMicros(absl::InfiniteFuture())), absl::InfiniteFuture());
}

}  // namespace
}  // namespace tremplin::clock
