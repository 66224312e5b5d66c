// kill -9 at random points. Goal: whatever was acknowledged is there once, each event had its
// effect once and in order, whatever was being written when the process died. Method: partners push
// and staff admit from many threads, with the retries a good client makes, while a killer ends a
// random process and starts it again; afterwards what the API shows is held against what was
// acknowledged. The long run (300 kills, 5,000 referrals): ./tools/test faults --long.

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <string>
#include <thread>

#include "absl/time/clock.h"
#include "gtest/gtest.h"
#include "tests/faults/pairing.h"
#include "tests/faults/workload.h"
#include "tests/support/servers.h"

namespace tremplin {
namespace {

using testing::Deployment;
using testing::PairingWorkload;
using testing::ReferralWorkload;

constexpr int kRound = 50;
// Fewer places than there are mentees, so that runs compete for them.
constexpr int kMentors = 12;
constexpr int kCapacity = 4;

bool Long() { return std::getenv("TREMPLIN_LONG") != nullptr; }

int Setting(const char* variable, int otherwise) {
  const char* value = std::getenv(variable);
  return value == nullptr ? otherwise : std::atoi(value);
}

void Storm(Deployment& deployment, int kills, int referrals) {
  ASSERT_TRUE(deployment.WaitServing(absl::Seconds(60)));
  ASSERT_TRUE(deployment.Load(/*mentors=*/false));
  ReferralWorkload workload(deployment, "ociso");
  PairingWorkload pairing(deployment, kMentors, kCapacity);
  // Whoever is to be matched from the first kill on.
  workload.Run(0, kRound, 16, /*admit=*/true);
  ASSERT_TRUE(testing::WaitSettled(deployment, absl::Minutes(1)));
  pairing.OrientAll();
  const auto seed = static_cast<unsigned>(Setting("TREMPLIN_FAULT_SEED", 20251120));
  ::testing::Test::RecordProperty("seed", static_cast<int>(seed));
  std::mt19937 random(seed);
  const std::vector<std::string> processes = deployment.processes();
  std::atomic<bool> killing{true};
  std::jthread pushing([&] {
    // As long as there are kills to come there is work for them to hit: rounds of fresh referrals.
    workload.Run(kRound, referrals, 16, /*admit=*/true);
    for (int next = kRound + referrals; killing; next += kRound) {
      workload.Run(next, kRound, 16, true);
    }
  });
  std::jthread matching([&](const std::stop_token& stop) { pairing.Run(stop); });
  for (int killed = 0; killed < kills; ++killed) {
    // Every third kill hits the process that the pushes go to, the others any.
    const size_t any = std::uniform_int_distribution<size_t>(0, processes.size() - 1)(random);
    const bool pushed = killed % 3 == 0 && processes.size() > 1;
    const std::string victim = pushed ? "referral" : processes[any];
    // At any point of its life: while it starts, while it works, while it catches up.
    absl::SleepFor(absl::Milliseconds(std::uniform_int_distribution<int>(20, 900)(random)));
    deployment.KillAndRestart(victim);
  }
  killing = false;
  pushing.join();
  matching.request_stop();
  matching.join();
  ASSERT_TRUE(deployment.WaitServing(absl::Seconds(60)));
  std::printf(
      "%d kills, %zu referrals acknowledged, %d calls sent again; %zu proposals, %d matches\n",
      kills, workload.acknowledged().size(), workload.retries(), pairing.proposals(),
      pairing.matched());
  EXPECT_GT(workload.retries(), 0) << "the kills were not felt";
  EXPECT_GT(pairing.matched(), 0) << "nobody was matched in the storm";
  workload.Verify(pairing.oriented(), pairing.matched());
  pairing.Verify();
}

// Plays the season of all programs (groups, peers, single meetings, self-matching among them) and
// ends a random process now and then until it is over. What came of it, as JSON.
std::string SeasonOfAll(Deployment& deployment, const std::string& out, int kills) {
  EXPECT_TRUE(deployment.WaitServing(absl::Seconds(60)));
  EXPECT_TRUE(deployment.Load(/*mentors=*/false));
  std::atomic<bool> over{false};
  std::string told;
  std::jthread playing([&] {
    const auto season = deployment.Ctl({"season", "--program", "all", "--seed", "7", "--out", out},
                                       absl::Minutes(40));
    EXPECT_EQ(season.code, 0) << season.output;
    told = testing::ReadFile(out);
    over = true;
  });
  std::mt19937 random(static_cast<unsigned>(Setting("TREMPLIN_FAULT_SEED", 20251120)));
  const std::vector<std::string> processes = deployment.processes();
  for (int killed = 0; killed < kills && !over; ++killed) {
    absl::SleepFor(absl::Milliseconds(std::uniform_int_distribution<int>(500, 3000)(random)));
    if (over) break;
    const size_t any = std::uniform_int_distribution<size_t>(0, processes.size() - 1)(random);
    deployment.KillAndRestart(processes[any]);
    EXPECT_TRUE(deployment.WaitServing(absl::Seconds(60)));
  }
  playing.join();
  EXPECT_TRUE(testing::WaitSettled(deployment, absl::Minutes(1)));
  EXPECT_EQ(testing::DeadLetters(deployment), 0);
  return told;
}

}  // namespace

// Groups, peers, meetings and requests are under the same kills as pairs: the season that they are
// played in comes out as if nothing had happened.
TEST(Kill, ASeasonOfAllProgramsComesOutTheSame) {
  if (!Long()) GTEST_SKIP() << "SKIPPED: runs with --long";
  const testing::TempDir results;
  const auto undisturbed = testing::MakeStandalone();
  const std::string expected = SeasonOfAll(*undisturbed, results.File("calm.json"), 0);
  const auto disturbed = testing::MakeStandalone();
  const std::string got = SeasonOfAll(*disturbed, results.File("storm.json"), Long() ? 60 : 8);
  EXPECT_FALSE(expected.empty());
  EXPECT_EQ(got, expected);
}

TEST(Kill, OneProcessOnSqliteLosesNothing) {
  const auto deployment = testing::MakeStandalone();
  Storm(*deployment, Setting("TREMPLIN_FAULT_KILLS", Long() ? 300 : 10),
        Setting("TREMPLIN_FAULT_REFERRALS", Long() ? 5000 : 600));
}

TEST(Kill, DistributedServicesLoseNothing) {
  const auto deployment = testing::MakeDistributed();
  const std::string had = deployment == nullptr ? "" : "servers";
  TREMPLIN_REQUIRE_SERVER(had);
  Storm(*deployment, Setting("TREMPLIN_FAULT_KILLS", Long() ? 300 : 10),
        Setting("TREMPLIN_FAULT_REFERRALS", Long() ? 5000 : 600));
}

}  // namespace tremplin
