// SIGTERM under load: whoever was accepted is answered, the process ends with 0 within its grace,
// and what was acknowledged is there after a new start.

#include <signal.h>

#include <string>
#include <thread>

#include "absl/time/clock.h"
#include "gtest/gtest.h"
#include "tests/faults/workload.h"
#include "tests/support/process.h"
#include "tests/support/temp_dir.h"

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

// The status of GET `path`, "000" when nobody answers.
std::string Probe(const std::string& address, const std::string& path) {
  return testing::Run({"/usr/bin/curl", "--silent", "--output", "/dev/null", "--write-out",
                       "%{http_code}", "http://" + address + path})
      .output;
}

// The exit code of the health check that an image without curl has.
int Ready(const std::string& metrics) {
  return testing::Run({testing::BinDir() + "/tremplinctl", "ready", "--metrics", metrics}).code;
}

// A load balancer stops sending before calls end: what still arrives meanwhile is served.
TEST(Shutdown, IsToldBeforeItBegins) {
  const testing::TempDir dir;
  const std::string address = "127.0.0.1:" + std::to_string(testing::FreePort());
  const std::string metrics = "127.0.0.1:" + std::to_string(testing::FreePort());
  testing::Process process(
      {testing::BinDir() + "/tremplin-standalone", "--data-dir", dir.File("data"), "--listen",
       address, "--metrics-listen", metrics, "--drain-wait", "5s"},
      dir.File("log"));
  ASSERT_TRUE(
      testing::Eventually([&] { return Probe(metrics, "/readyz") == "200"; }, absl::Seconds(60)));
  EXPECT_EQ(Probe(metrics, "/livez"), "200");
  EXPECT_EQ(Ready(metrics), 0);
  ASSERT_TRUE(testing::Eventually(
      [&] {
        const auto page =
            testing::Run({"/usr/bin/curl", "--silent", "http://" + metrics + "/metrics"});
        return page.output.find("tremplin_outbox_backlog_events{") != std::string::npos;
      },
      absl::Seconds(60)));

  process.Signal(SIGTERM);
  EXPECT_TRUE(
      testing::Eventually([&] { return Probe(metrics, "/readyz") == "503"; }, absl::Seconds(4)));
  EXPECT_EQ(Probe(metrics, "/livez"), "200") << "it is to end by itself";
  EXPECT_EQ(Ready(metrics), 1);
  EXPECT_EQ(testing::Run({testing::BinDir() + "/tremplinctl", "--address", address, "--key-file",
                          dir.File("data") + "/operator.key", "status"})
                .code,
            0);
  EXPECT_EQ(process.Wait(absl::Seconds(25)), 0);
  EXPECT_EQ(Ready(metrics), 3);
}

}  // namespace
}  // namespace tremplin
