// Two replicas of matching, of which one works for a program at a time. Goal: when it is frozen
// beyond its lease the other takes over, whoever becomes ready meanwhile gets a proposal, and what
// the frozen one writes when it wakes takes no place and proposes nobody a second time. Method: the
// replicas are frozen in turn (SIGSTOP) while mentees of a continuous program become ready, so that
// they are caught idle, solving and writing.

#include <signal.h>

#include <algorithm>
#include <map>
#include <memory>
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

// What the format is changed to, and the walls that must stand then.
struct Kind {
  const char* name;
  void (*change)(program::v1::Format& format);
  int rounds;          // of freezing
  int most_of_mentee;  // proposals of one mentee at a time
  int places;          // of one mentor
  int least, most;     // mentees in one proposal
};

constexpr Kind kKinds[] = {
    {"Pairs", [](program::v1::Format&) {}, 2, 1, 1, 1, 1},
    {"Groups",
     [](program::v1::Format& format) {
       format.mutable_mentees()->set_least(4);
       format.mutable_mentees()->set_most(6);
       format.mutable_mentors()->set_most(2);
       format.mutable_matching()->set_shared_slot_required(true);
       format.mutable_matching()->set_cohesion(1);
       format.mutable_matching()->set_fit(1);
     },
     1, 1, 1, 4, 6},
    {"Meetings",
     [](program::v1::Format& format) {
       format.mutable_matching()->clear_exclusivity_group();
       format.mutable_matching()->set_open_introductions(2);
       format.mutable_matching()->set_open_for_connector(2);
       format.mutable_engagement()->Clear();
       format.mutable_engagement()->set_single_meeting_minutes(30);
       format.mutable_engagement()->add_counting_contacts("in_person");
       format.mutable_engagement()->set_close_grace_days(14);
       format.mutable_steps()->RemoveLast();  // a meeting needs no agreement
     },
     1, 2, 2, 1, 1},
};

class TakeoverTest : public ::testing::TestWithParam<Kind> {
 protected:
  void SetUp() override {
    deployment_ = testing::MakeDistributed();
    const std::string had = deployment_ == nullptr ? "" : "servers";
    TREMPLIN_REQUIRE_SERVER(had);
    replica_ = deployment_->AddReplica("matching");
    ASSERT_TRUE(deployment_->WaitServing(absl::Seconds(60)));
    ASSERT_TRUE(deployment_->Load(/*mentors=*/false));
    ASSERT_EQ(testing::PublishContinuous(*deployment_, GetParam().change), absl::OkStatus());
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
    const absl::Duration pace = GetParam().rounds * 2 * (kFrozen + kAwake) / kPeople;
    for (const registration::v1::Enrolment& one : mentees) {
      EXPECT_EQ(staff_->CompleteStep(one.name(), "needs_analysis", /*gate=*/true),
                absl::OkStatus());
      EXPECT_EQ(staff_->CompleteStep(one.name(), "orientation", /*gate=*/false), absl::OkStatus());
      absl::SleepFor(pace);
    }
  }

  void FreezeInTurn() {
    for (int round = 0; round < GetParam().rounds; ++round) {
      for (const std::string& process : {std::string("matching"), replica_}) {
        deployment_->Get(process).Signal(SIGSTOP);
        absl::SleepFor(kFrozen);
        deployment_->Get(process).Signal(SIGCONT);
        absl::SleepFor(kAwake);
      }
    }
  }

  // How many mentees are in a proposal.
  int Proposed() {
    std::set<std::string> proposed;
    for (const matching::v1::Proposal& one : AllProposals(*staff_)) {
      for (const matching::v1::ProposalParticipant& who : one.participants()) {
        if (who.side() == program::v1::SUBJECT_MENTEE) proposed.insert(who.enrolment());
      }
    }
    return static_cast<int>(proposed.size());
  }

  std::unique_ptr<Deployment> deployment_;
  std::string replica_;
  std::unique_ptr<testing::Staff> staff_;
};

TEST_P(TakeoverTest, TheOtherReplicaTakesOverAndTheFrozenOneWritesNothingLate) {
  const Kind& kind = GetParam();
  const auto mentees = staff_->MenteesOnboarding(kPeople);
  ASSERT_TRUE(mentees.ok()) << mentees.status();
  ASSERT_EQ(mentees->size(), static_cast<size_t>(kPeople));
  {
    const std::jthread arrivals([&] { MakeReady(*mentees); });
    FreezeInTurn();
  }
  // Whoever is left over is too few for another proposal.
  EXPECT_TRUE(Eventually([&] { return Proposed() > kPeople - kind.least; }, absl::Minutes(1)));
  ASSERT_TRUE(testing::WaitSettled(*deployment_, absl::Minutes(1)));
  std::map<std::string, int> of_mentee;
  std::map<std::string, int> of_mentor;
  std::set<std::vector<std::string>> met;
  for (const matching::v1::Proposal& one : AllProposals(*staff_)) {
    int size = 0;
    std::vector<std::string> everybody;
    for (const matching::v1::ProposalParticipant& who : one.participants()) {
      const bool mentee = who.side() == program::v1::SUBJECT_MENTEE;
      size += mentee ? 1 : 0;
      everybody.push_back(who.enrolment());
      EXPECT_LE(++(mentee ? of_mentee : of_mentor)[who.enrolment()],
                mentee ? kind.most_of_mentee : kind.places)
          << (mentee ? "proposed too often" : "a place given twice");
    }
    EXPECT_GE(size, kind.least);
    EXPECT_LE(size, kind.most);
    std::sort(everybody.begin(), everybody.end());
    EXPECT_TRUE(met.insert(everybody).second) << "the same people proposed twice";
  }
  EXPECT_GT(of_mentee.size(), static_cast<size_t>(kPeople - kind.least));
  EXPECT_EQ(testing::DeadLetters(*deployment_), 0);
  for (const std::string& process : {std::string("matching"), replica_}) {
    EXPECT_TRUE(deployment_->Get(process).Running()) << process;
    const std::string log = testing::ReadFile(deployment_->folder() + "/" + process + ".log");
    EXPECT_NE(log.find("lease taken"), std::string::npos) << process << " never worked";
  }
}

INSTANTIATE_TEST_SUITE_P(Formats, TakeoverTest, ::testing::ValuesIn(kKinds),
                         [](const auto& kind) { return kind.param.name; });

}  // namespace
}  // namespace tremplin
