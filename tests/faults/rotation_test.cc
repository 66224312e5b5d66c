// The master key is rotated while people are referred. Goal: no call fails for it, whatever was
// told before, meanwhile and after can be read under the new key alone. The order is that of
// deploy/README.md: first every process can read the new key, then they use it, then what lies
// under the former one is wrapped anew, then that is taken away. On PostgreSQL with two replicas of
// referral, one of which uses the new key before the other.

#include <atomic>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "gtest/gtest.h"
#include "tests/faults/workload.h"
#include "tests/support/servers.h"

namespace tremplin {
namespace {

using testing::Deployment;
using testing::ReferralWorkload;

constexpr char kNewKey[] = "5f1c9a27d3e84b60af92c7d1e6b3084519fa2c8e7d60b41395ac7e8f02d6b14c";

class Rotation {
 public:
  explicit Rotation(Deployment& deployment)
      : deployment_(deployment), processes_(deployment.processes()) {}

  void AddReplica(const std::string& service) {
    processes_.push_back(deployment_.AddReplica(service));
  }
  // What the file holds from the processes' next start on; its first line is what they seal with.
  void SetKeys(const std::vector<std::string>& keys) {
    std::ofstream file(deployment_.folder() + "/master.key", std::ios::trunc);
    for (const std::string& key : keys) file << key << "\n";
  }
  void RestartAll() {
    for (const std::string& process : processes_) {
      deployment_.KillAndRestart(process);
      ASSERT_TRUE(deployment_.WaitServing(absl::Minutes(1))) << process;
    }
  }

 private:
  Deployment& deployment_;
  std::vector<std::string> processes_;
};

void Rotate(Deployment& deployment, bool replicas) {
  ASSERT_TRUE(deployment.WaitServing(absl::Minutes(1)));
  ASSERT_TRUE(deployment.Load(/*mentors=*/false));
  Rotation rotation(deployment);
  if (replicas) rotation.AddReplica("referral");
  const std::string old_key(
      absl::StripAsciiWhitespace(testing::ReadFile(deployment.folder() + "/master.key")));
  ReferralWorkload workload(deployment, "ociso");
  std::atomic<int> next = 0;
  std::jthread pushing([&](const std::stop_token& stop) {
    while (!stop.stop_requested()) {
      workload.Run(next, 20, 4, /*admit=*/true);
      next += 20;
    }
  });
  ASSERT_TRUE(testing::Eventually([&] { return next >= 20; }, absl::Minutes(1)));
  rotation.SetKeys({old_key, kNewKey});
  rotation.RestartAll();
  rotation.SetKeys({kNewKey, old_key});
  rotation.RestartAll();
  const testing::Finished rewrapped = deployment.Ctl({"keys", "rewrap"});
  EXPECT_EQ(rewrapped.code, 0) << rewrapped.output;
  EXPECT_FALSE(absl::StartsWith(rewrapped.output, "0")) << "nothing lay under the former key";
  const testing::Finished again = deployment.Ctl({"keys", "rewrap"});
  EXPECT_TRUE(absl::StartsWith(again.output, "0")) << again.output;
  rotation.SetKeys({kNewKey});
  rotation.RestartAll();
  const int before = next;
  EXPECT_TRUE(testing::Eventually([&] { return next > before; }, absl::Minutes(1)));
  pushing.request_stop();
  pushing.join();
  // Reads every file, those of the time before among them.
  workload.Verify();
}

TEST(Rotation, OfTheMasterKeyUnderLoadInOneProcess) {
  const auto deployment = testing::MakeStandalone();
  Rotate(*deployment, /*replicas=*/false);
}

TEST(Rotation, OfTheMasterKeyUnderLoadWithReplicas) {
  const auto deployment = testing::MakeDistributed();
  const std::string had = deployment == nullptr ? "" : "servers";
  TREMPLIN_REQUIRE_SERVER(had);
  Rotate(*deployment, /*replicas=*/true);
}

}  // namespace
}  // namespace tremplin
