// SIGTERM under load: whoever was accepted is answered, the process ends with 0 within its grace,
// and what was acknowledged is there after a new start.

#include <signal.h>

#include <string>
#include <thread>

#include "absl/time/clock.h"
#include "gtest/gtest.h"
#include "tests/faults/workload.h"

namespace tremplin {
namespace {

TEST(Shutdown, UnderLoadLosesNoCall) {
  const auto deployment = testing::MakeStandalone();
  ASSERT_TRUE(deployment->WaitServing(absl::Seconds(60)));
  ASSERT_TRUE(deployment->Load(/*mentors=*/false));
  testing::ReferralWorkload workload(*deployment, "ociso");
  // Retries carry the load over the restart: a call that was accepted and then lost would be
  // counted as a failure by Verify, which compares what was acknowledged with what is there.
  std::jthread pushing([&] { workload.Run(0, 800, 16, /*admit=*/true); });
  for (int restart = 0; restart < 3; ++restart) {
    ASSERT_TRUE(deployment->WaitServing(absl::Seconds(60)));
    absl::SleepFor(absl::Milliseconds(300));  // of load, before it is told to end
    deployment->Get("standalone").Signal(SIGTERM);
    const auto code = deployment->Get("standalone").Wait(absl::Seconds(25));
    ASSERT_TRUE(code.has_value()) << "it did not end within its grace";
    EXPECT_EQ(*code, 0);
    deployment->Start("standalone");
  }
  pushing.join();
  ASSERT_TRUE(deployment->WaitServing(absl::Seconds(60)));
  workload.Verify();
}

}  // namespace
}  // namespace tremplin
