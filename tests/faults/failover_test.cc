// Another server takes over. Goal: the processes go on by themselves on whatever took the place of
// what failed, what was acknowledged is there, callers hear UNAVAILABLE meanwhile, and nothing is
// dead-lettered. The servers are real: a PostgreSQL with a synchronous standby, three Kafka brokers
// that hold each topic (two of them suffice), a Redis that becomes a replica.

#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "tests/faults/superuser.h"
#include "tests/faults/workload.h"
#include "tests/support/servers.h"

namespace tremplin {
namespace {

using testing::Deployment;
using testing::ReferralWorkload;
using testing::Sql;

// One deployment and one agency for all: starting the servers costs more than the tests, and each
// holds what those before it had acknowledged, too.
class FailoverTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    deployment_ = testing::MakeDistributed({.spares = true}).release();
    if (deployment_ == nullptr || !deployment_->WaitServing(absl::Minutes(1)) ||
        !deployment_->Load(/*mentors=*/false)) {
      return;
    }
    workload_ = new ReferralWorkload(*deployment_, "cesoc");
  }
  static void TearDownTestSuite() {
    delete workload_;
    delete deployment_;
    workload_ = nullptr;
    deployment_ = nullptr;
  }
  void SetUp() override {
    const std::string had = deployment_ == nullptr ? "" : "servers";
    TREMPLIN_REQUIRE_SERVER(had);
    ASSERT_NE(workload_, nullptr);
  }

  static void Push(int count, int threads) {
    workload_->Run(std::exchange(next_, next_ + count), count, threads, /*admit=*/true);
  }
  static bool AwaitAcknowledged(size_t count) {
    return testing::Eventually([&] { return workload_->acknowledged_count() >= count; },
                               absl::Minutes(1));
  }
  // All has settled, everything acknowledged is there once, and no process was replaced.
  static void ExpectWhole() {
    EXPECT_EQ(workload_->acknowledged().size(), static_cast<size_t>(next_));
    workload_->Verify();
    for (const std::string& process : deployment_->processes()) {
      EXPECT_TRUE(deployment_->Get(process).Running()) << process;
    }
  }
  // What is kept in Redis: figures of matching beside a check of eligibility.
  static void ExpectOutlook() {
    referral::v1::CheckEligibilityRequest request;
    *request.mutable_file() = testing::EligibleFile(1);
    request.add_programs("programs/ottawa-career-mentoring");
    const auto checked = workload_->agency_client().Call<referral::v1::CheckEligibilityResponse>(
        "referral", "tremplin.referral.v1.ReferralService/CheckEligibility", request);
    ASSERT_TRUE(checked.ok()) << checked.status();
    EXPECT_TRUE(checked->programs(0).has_outlook());
  }
  static std::string Redis(const std::vector<std::string>& command) {
    const std::string address = deployment_->ServerAddress("redis");
    std::vector<std::string> argv = {"/usr/bin/env", "redis-cli", "-p",
                                     address.substr(address.rfind(':') + 1)};
    argv.insert(argv.end(), command.begin(), command.end());
    return testing::Run(argv).output;
  }
  // Whether new transactions of the server may write.
  static void SetWritable(const std::string& server, bool writable) {
    Sql(server, writable ? "ALTER SYSTEM RESET default_transaction_read_only"
                         : "ALTER SYSTEM SET default_transaction_read_only = on");
    Sql(server, "SELECT pg_reload_conf()");
    ASSERT_TRUE(testing::Eventually(
        [&] { return Sql(server, "SHOW transaction_read_only") == (writable ? "off" : "on"); },
        absl::Seconds(10)));
  }

  static Deployment* deployment_;
  static ReferralWorkload* workload_;
  static int next_;
};
Deployment* FailoverTest::deployment_ = nullptr;
ReferralWorkload* FailoverTest::workload_ = nullptr;
int FailoverTest::next_ = 0;

// It leads a third of the partitions.
TEST_F(FailoverTest, OneOfThreeBrokersDiesAndEventsFlow) {
  Push(40, 4);
  std::jthread pushing([] { Push(200, 6); });
  ASSERT_TRUE(AwaitAcknowledged(60));
  deployment_->Server("kill", "kafka_2");
  pushing.join();
  EXPECT_EQ(workload_->retries(), 0) << "the API felt the broker's death";
  ExpectWhole();
  deployment_->Server("restart", "kafka_2");
}

// A client that keeps its connection is answered READONLY for as long as it keeps it.
TEST_F(FailoverTest, ARedisThatBecomesAReplicaIsLeftUntilItTakesWritesAgain) {
  Push(40, 4);
  const int retries = workload_->retries();
  ASSERT_NE(Redis({"FLUSHALL"}).find("OK"), std::string::npos);
  ASSERT_NE(Redis({"REPLICAOF", "127.0.0.1", "1"}).find("OK"), std::string::npos);
  ASSERT_NE(Redis({"SET", "probe", "1"}).find("READONLY"), std::string::npos);
  ExpectOutlook();
  Push(40, 4);
  ASSERT_NE(Redis({"REPLICAOF", "NO", "ONE"}).find("OK"), std::string::npos);
  EXPECT_TRUE(testing::Eventually(
      [&] {
        ExpectOutlook();
        return Redis({"DBSIZE"}).find_first_of("123456789") != std::string::npos;
      },
      absl::Seconds(30)))
      << "it is used again";
  EXPECT_EQ(workload_->retries(), retries) << "the API felt it";
  ExpectWhole();
}

// As a primary that is set back before another is made one: sessions stay, writes are refused
// (25006). Taken for a fault of the request, it would answer INTERNAL and bury events.
TEST_F(FailoverTest, APrimaryThatTakesNoMoreWritesIsAnOutage) {
  Push(20, 4);
  const std::string primary = deployment_->ServerAddress("postgres");
  SetWritable(primary, false);
  referral::v1::SubmitReferralRequest request;
  request.set_agency("organizations/cesoc");
  request.set_external_id("DURING");
  *request.mutable_file() = testing::EligibleFile(9000);
  request.add_programs("programs/ottawa-career-mentoring");
  for (int i = 0; i < 5; ++i) {
    request.set_request_id("during-failover-" + std::to_string(i));
    const auto answer = workload_->agency_client().Once<referral::v1::SubmitReferralResponse>(
        "referral", "tremplin.referral.v1.ReferralService/SubmitReferral", request,
        absl::Seconds(3));
    // Or its own deadline, while the service looks for who takes writes.
    EXPECT_TRUE(absl::IsUnavailable(answer.status()) || absl::IsDeadlineExceeded(answer.status()))
        << answer.status();
  }
  std::jthread pushing([] { Push(40, 4); });
  SetWritable(primary, true);
  pushing.join();
  ExpectWhole();
}

// The last: what was the primary does not come back.
TEST_F(FailoverTest, TheStandbyIsPromotedAndHasWhatWasAcknowledged) {
  const std::string primary = deployment_->ServerAddress("postgres");
  Sql(primary, "ALTER SYSTEM SET synchronous_standby_names = '*'");
  Sql(primary, "SELECT pg_reload_conf()");
  ASSERT_TRUE(testing::Eventually(
      [&] { return Sql(primary, "SELECT sync_state FROM pg_stat_replication") == "sync"; },
      absl::Seconds(30)));
  const size_t before = workload_->acknowledged_count();
  std::jthread pushing([] { Push(200, 6); });
  ASSERT_TRUE(AwaitAcknowledged(before + 80));
  deployment_->Server("kill", "postgres");
  Sql(deployment_->ServerAddress("postgres_standby"), "SELECT pg_promote()");
  pushing.join();
  ExpectWhole();
}

}  // namespace
}  // namespace tremplin
