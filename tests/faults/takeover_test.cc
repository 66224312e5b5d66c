// Two replicas of matching, of which one works for a program at a time. Goal: when it is frozen
// beyond its lease the other takes over, whoever becomes ready meanwhile gets a proposal, and what
// the frozen one writes when it wakes takes no place and proposes nobody a second time. Method: the
// replicas are frozen in turn (SIGSTOP) while mentees of a continuous program become ready, so that
// they are caught idle, solving and writing.

#include <signal.h>

#include <set>
#include <string>
#include <thread>
#include <vector>

#include "absl/time/clock.h"
#include "gtest/gtest.h"
#include "tests/faults/workload.h"
#include "tests/support/servers.h"
#include "tremplin/matching/v1/matching.pb.h"

namespace tremplin {
namespace {

using testing::Deployment;
using testing::Eventually;

constexpr int kPeople = 48;
constexpr int kRounds = 2;
// Beyond the lease, and beyond the time after which Kafka gives a silent consumer's partitions
// away.
constexpr absl::Duration kFrozen = absl::Seconds(9);
constexpr absl::Duration kAwake = absl::Seconds(2);

std::vector<matching::v1::Proposal> AllProposals(testing::Staff& staff) {
  std::vector<matching::v1::Proposal> all;
  matching::v1::ListProposalsRequest request;
  request.set_program(testing::kOttawa);
  do {
    const auto page = staff.client().Call<matching::v1::ListProposalsResponse>(
        "matching", "tremplin.matching.v1.MatchingService/ListProposals", request);
    EXPECT_TRUE(page.ok()) << page.status();
    if (!page.ok()) break;
    all.insert(all.end(), page->proposals().begin(), page->proposals().end());
    request.set_page_token(page->next_page_token());
  } while (!request.page_token().empty());
  return all;
}

class TakeoverTest : public ::testing::Test {
 protected:
  void SetUp() override {
    deployment_ = testing::MakeDistributed();
    const std::string had = deployment_ == nullptr ? "" : "servers";
    TREMPLIN_REQUIRE_SERVER(had);
    replica_ = deployment_->AddReplica("matching");
    ASSERT_TRUE(deployment_->WaitServing(absl::Seconds(60)));
    ASSERT_TRUE(deployment_->Load(/*mentors=*/false));
    ASSERT_EQ(testing::PublishContinuous(*deployment_), absl::OkStatus());
    staff_ = std::make_unique<testing::Staff>(*deployment_);
    // One place more than there are mentees: nobody has to wait for one.
    for (int i = 0; i <= kPeople; ++i) {
      ASSERT_TRUE(staff_->ReadyMentor("takeover-" + std::to_string(i), 1).ok());
    }
    testing::ReferralWorkload workload(*deployment_, "cesoc");
    workload.Run(0, kPeople, 4, /*admit=*/true);
    ASSERT_TRUE(workload.errors().empty());
    ASSERT_TRUE(testing::WaitSettled(*deployment_, absl::Minutes(2)));
  }

  // Staff's last step with each, evenly over the rounds.
  void MakeReady(const std::vector<registration::v1::Enrolment>& mentees) {
    const absl::Duration pace = kRounds * 2 * (kFrozen + kAwake) / kPeople;
    for (const registration::v1::Enrolment& one : mentees) {
      EXPECT_EQ(staff_->CompleteStep(one.name(), "needs_analysis", /*gate=*/true),
                absl::OkStatus());
      EXPECT_EQ(staff_->CompleteStep(one.name(), "orientation", /*gate=*/false), absl::OkStatus());
      absl::SleepFor(pace);
    }
  }

  void FreezeInTurn() {
    for (int round = 0; round < kRounds; ++round) {
      for (const std::string& process : {std::string("matching"), replica_}) {
        deployment_->Get(process).Signal(SIGSTOP);
        absl::SleepFor(kFrozen);
        deployment_->Get(process).Signal(SIGCONT);
        absl::SleepFor(kAwake);
      }
    }
  }

  std::unique_ptr<Deployment> deployment_;
  std::string replica_;
  std::unique_ptr<testing::Staff> staff_;
};

TEST_F(TakeoverTest, TheOtherReplicaTakesOverAndTheFrozenOneWritesNothingLate) {
  const auto mentees = staff_->MenteesOnboarding(kPeople);
  ASSERT_TRUE(mentees.ok()) << mentees.status();
  ASSERT_EQ(mentees->size(), static_cast<size_t>(kPeople));
  {
    const std::jthread arrivals([&] { MakeReady(*mentees); });
    FreezeInTurn();
  }
  EXPECT_TRUE(Eventually([&] { return AllProposals(*staff_).size() >= size_t{kPeople}; },
                         absl::Minutes(1)));
  ASSERT_TRUE(testing::WaitSettled(*deployment_, absl::Minutes(1)));
  std::set<std::string> proposed;
  std::set<std::string> places;
  for (const matching::v1::Proposal& one : AllProposals(*staff_)) {
    for (const matching::v1::ProposalParticipant& who : one.participants()) {
      const bool mentee = who.side() == program::v1::SUBJECT_MENTEE;
      EXPECT_TRUE((mentee ? proposed : places).insert(who.enrolment()).second)
          << (mentee ? "proposed twice" : "a place given twice");
    }
  }
  EXPECT_EQ(proposed.size(), size_t{kPeople});
  EXPECT_EQ(testing::DeadLetters(*deployment_), 0);
  for (const std::string& process : {std::string("matching"), replica_}) {
    EXPECT_TRUE(deployment_->Get(process).Running()) << process;
    const std::string log = testing::ReadFile(deployment_->folder() + "/" + process + ".log");
    EXPECT_NE(log.find("lease taken"), std::string::npos) << process << " never worked";
  }
}

}  // namespace
}  // namespace tremplin
