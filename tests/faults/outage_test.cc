// Servers that fail. Goal: with Kafka away the API keeps accepting and the outbox drains in order
// after; with Redis killed, frozen or emptied the answers are right and their delay bounded; with
// PostgreSQL away callers hear UNAVAILABLE within their deadline, the system recovers by itself,
// and nothing is dead-lettered.

#include <string>
#include <thread>

#include "absl/time/clock.h"
#include "gtest/gtest.h"
#include "tests/faults/superuser.h"
#include "tests/faults/workload.h"
#include "tests/support/servers.h"

namespace tremplin {
namespace {

using testing::Deployment;
using testing::ReferralWorkload;

// One deployment for all: starting the servers costs more than the tests.
class OutageTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() { deployment_ = testing::MakeDistributed().release(); }
  static void TearDownTestSuite() {
    delete deployment_;
    deployment_ = nullptr;
  }
  void SetUp() override {
    const std::string had = deployment_ == nullptr ? "" : "servers";
    TREMPLIN_REQUIRE_SERVER(had);
    ASSERT_TRUE(deployment_->WaitServing(absl::Seconds(60)));
    ASSERT_TRUE(deployment_->Load(/*mentors=*/false));
  }
  static Deployment* deployment_;
};
Deployment* OutageTest::deployment_ = nullptr;

TEST_F(OutageTest, WithoutKafkaTheApiAcceptsAndTheOutboxDrainsAfter) {
  ReferralWorkload workload(*deployment_, "cesoc");
  workload.Run(0, 20, 4, /*admit=*/false);
  deployment_->Server("kill", "kafka");
  workload.Run(20, 200, 8, /*admit=*/false);
  EXPECT_EQ(workload.retries(), 0) << "the API felt the broker's absence";
  EXPECT_GE(testing::OutboxBacklog(*deployment_), 200);
  deployment_->Server("restart", "kafka");
  for (const std::string& error : workload.errors()) ADD_FAILURE() << error;
  EXPECT_TRUE(testing::WaitSettled(*deployment_, absl::Minutes(2)));
  EXPECT_EQ(testing::DeadLetters(*deployment_), 0);
  EXPECT_EQ(workload.acknowledged().size(), 220u);
}

TEST_F(OutageTest, RedisKilledFrozenOrEmptiedGivesRightAnswers) {
  ReferralWorkload workload(*deployment_, "la-cite");
  int first = 0;
  for (const std::string command : {"kill", "restart", "freeze", "thaw"}) {
    deployment_->Server(command, "redis");
    const absl::Time start = absl::Now();
    workload.Run(first, 50, 4, /*admit=*/true);
    // The bound is on hanging, not on speed: a cache that answers nobody must not add its time-out
    // to every call.
    EXPECT_LT(absl::Now() - start, absl::Seconds(30)) << command;
    first += 50;
  }
  for (const std::string& error : workload.errors()) ADD_FAILURE() << error;
  EXPECT_EQ(workload.retries(), 0);
  EXPECT_EQ(workload.acknowledged().size(), 200u);
  EXPECT_TRUE(testing::WaitSettled(*deployment_, absl::Minutes(1)));
}

TEST_F(OutageTest, WithoutPostgresCallersHearUnavailableAndAllRecovers) {
  ReferralWorkload workload(*deployment_, "iwso");
  workload.Run(0, 20, 4, /*admit=*/true);
  deployment_->Server("kill", "postgres");
  referral::v1::SubmitReferralRequest request;
  request.set_agency("organizations/iwso");
  request.set_external_id("DURING");
  *request.mutable_file() = testing::EligibleFile(9000);
  request.add_programs("programs/ottawa-career-mentoring");
  request.set_request_id("during-outage");
  for (int i = 0; i < 5; ++i) {
    const absl::Time start = absl::Now();
    const auto answer = workload.agency_client().Once<referral::v1::SubmitReferralResponse>(
        "referral", "tremplin.referral.v1.ReferralService/SubmitReferral", request,
        absl::Seconds(3));
    EXPECT_EQ(answer.status().code(), absl::StatusCode::kUnavailable) << answer.status();
    EXPECT_LT(absl::Now() - start, absl::Seconds(4)) << "the deadline did not hold";
  }
  std::jthread pushing([&] { workload.Run(20, 40, 4, /*admit=*/true); });
  deployment_->Server("restart", "postgres");
  pushing.join();
  for (const std::string& error : workload.errors()) ADD_FAILURE() << error;
  EXPECT_TRUE(testing::WaitSettled(*deployment_, absl::Minutes(1)));
  EXPECT_EQ(testing::DeadLetters(*deployment_), 0);
  EXPECT_EQ(workload.acknowledged().size(), 60u);
}

// It was told as if it were away, by a call that failed: nobody was told what to mend.
TEST_F(OutageTest, APostgresThatRefusesAServiceIsToldWithItsCauseAndItGoesOnByItself) {
  ReferralWorkload workload(*deployment_, "jfs");
  const std::string postgres = deployment_->ServerAddress("postgres");
  const auto status = [](const std::string& language) {
    return deployment_->Ctl({"--language", language, "status"}).output;
  };
  testing::Sql(postgres, "ALTER ROLE tremplin_referral NOLOGIN");
  testing::Sql(
      postgres,
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'tremplin_referral'");
  EXPECT_TRUE(testing::Eventually(
      [&] { return status("en").find("Refused (referral") != std::string::npos; },
      absl::Seconds(30)));
  EXPECT_NE(status("en").find("postgres 28000"), std::string::npos) << "the cause";
  EXPECT_NE(status("fr").find("Refusé (referral"), std::string::npos);
  EXPECT_TRUE(deployment_->Get("referral").Running()) << "a new process would do no better";

  testing::Sql(postgres, "ALTER ROLE tremplin_referral LOGIN");
  workload.Run(0, 20, 4, /*admit=*/true);
  for (const std::string& error : workload.errors()) ADD_FAILURE() << error;
  EXPECT_TRUE(testing::WaitSettled(*deployment_, absl::Minutes(1)));
  EXPECT_EQ(status("en").find("Refused"), std::string::npos);
  EXPECT_EQ(testing::DeadLetters(*deployment_), 0);
}

}  // namespace
}  // namespace tremplin
