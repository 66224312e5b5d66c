#include <atomic>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "services/matching/testing/fixture.h"

namespace tremplin::matching {
namespace {

constexpr int kMentees = 24;
constexpr int kMentors = 6;
constexpr int kThreads = 4;
constexpr int kStepsEach = 60;

// Everything at once, from several threads: runs of pairs, groups and single meetings, overrides in two exclusive
// programs, answers, meetings, cancellations, capacities raised and lowered. Whatever happens in whatever order, after
// each round no mentor holds more places than they ever offered, a place is held exactly by every
// open proposal or match, and nobody is in two that exclude each other.
class CapacityTest : public MatchingTest {
 protected:
  CapacityTest() : MatchingTest(/*threads=*/true) {}

  void SetUp() override {
    program::v1::ProgramDefinition several = Ottawa();
    *several.add_formats() = GroupFormat();
    *several.add_formats() = MeetingFormat();
    module_.Publish(several, 2);
    formats_ = {kOneToOne, "group", "meeting"};
    program::v1::ProgramDefinition other = Ottawa();
    other.set_id("other");
    module_.Publish(other);
    for (int n = 1; n <= kMentees; ++n) {
      AddMentee(n);
      if (n % 2 == 0) {
        EXPECT_EQ(Ready(reg::ENROLMENT_ROLE_MENTEE, n, Engineer(0), "other",
                        "person-mentee-" + std::to_string(n)),
                  absl::OkStatus());
      }
    }
    for (int n = 1; n <= kMentors; ++n) AddMentor(n, 2);
    EXPECT_EQ(Ready(reg::ENROLMENT_ROLE_MENTOR, 1, Engineer(4), "other"), absl::OkStatus());
  }

  void Step(std::mt19937& random) {
    const int mentee = static_cast<int>(random() % kMentees) + 1;
    const int mentor = static_cast<int>(random() % kMentors) + 1;
    switch (random() % 6) {
      case 0:
        Run(3, formats_[random() % formats_.size()]);
        return;
      case 1:
        (void)Override(MenteeName(mentee), MentorName(mentor));
        return;
      case 2:
        (void)Override("enrolments/mentee-other" + std::to_string(mentee),
                       "enrolments/mentor-other1");
        return;
      case 3:
        (void)SetCapacity(mentor, static_cast<int>(random() % 3));  // 0–2, never above 2
        return;
      default:
        AnswerSome(random);
        return;
    }
  }

  void AnswerSome(std::mt19937& random) {
    v1::ListProposalsRequest list;
    list.set_program(kProgram);
    list.set_page_size(500);
    const auto all = Call<v1::ListProposalsResponse>(Staff(), "ListProposals", list);
    ASSERT_TRUE(all.ok()) << all.status();
    if (all->proposals_size() == 0) return;
    const v1::Proposal& one =
        all->proposals(static_cast<int>(random() % static_cast<unsigned>(all->proposals_size())));
    v1::AnswerProposalRequest answer;
    answer.set_name(one.name());
    answer.set_enrolment(one.participants(static_cast<int>(random() % static_cast<unsigned>(one.participants_size()))).enrolment());
    answer.set_answer(random() % 10 == 0 ? v1::ANSWER_NO : v1::ANSWER_YES);
    if (answer.answer() == v1::ANSWER_NO) answer.set_reason("other");
    if (StageOf(one) == "CONTACT_MEETING" && random() % 10 != 0) {
      (void)Meet(one.name());
    } else {
      (void)Call(Staff(), "AnswerProposal", answer);
    }
  }

  void CheckInvariants() {
    // Slots are below the most that was ever offered, and a slot is one row.
    EXPECT_EQ(module_.Count("SELECT COUNT(*) FROM matching_reservation r JOIN matching_pool p "
                            "ON p.enrolment = r.mentor_enrolment "
                            "WHERE r.slot >= CASE p.program_id WHEN 'other' THEN 4 ELSE 2 END"),
              0);
    // A place is held for each mentor who is in something open or matched, and for nobody else.
    const std::string in_something = "SELECT COUNT(*) FROM matching_participant WHERE active = 1 AND side = ";
    EXPECT_EQ(Reservations(), module_.Count(in_something + "'mentor'"));
    EXPECT_EQ(module_.Count("SELECT COUNT(*) FROM matching_reservation r JOIN matching_participant m "
                            "ON m.proposal_id = r.proposal_id AND m.enrolment = r.mentor_enrolment "
                            "WHERE m.active = 1"),
              Reservations());
    EXPECT_EQ(module_.Count("SELECT COUNT(*) FROM (SELECT person FROM matching_participant "
                            "WHERE active = 1 AND exclusive = 1 AND side = 'mentee' "
                            "GROUP BY person HAVING COUNT(*) > 1) twice"),
              0);
    // Who is active is in something that is.
    EXPECT_EQ(module_.Count("SELECT COUNT(*) FROM matching_participant m JOIN matching_proposal x "
                            "ON x.id = m.proposal_id WHERE m.active = 1 AND x.active = 0"),
              0);
    // Every change left its event: a place freed is an end that was told.
    EXPECT_EQ(module_.Count("SELECT COUNT(*) FROM matching_proposal"),
              static_cast<int64_t>(module_.Events<facts::ProposalMade>().size()));
    EXPECT_EQ(module_.Count("SELECT COUNT(*) FROM matching_proposal WHERE active = 0"),
              static_cast<int64_t>(module_.Events<facts::ProposalEnded>().size()));
  }
};

TEST_F(CapacityTest, NoInterleavingExceedsACapacityOrMatchesTwice) {
  for (int round = 0; round < 3; ++round) {
    std::vector<std::jthread> threads;
    for (int t = 0; t < kThreads; ++t) {
      threads.emplace_back([this, seed = static_cast<unsigned>(round * kThreads + t)] {
        std::mt19937 random(seed);
        for (int step = 0; step < kStepsEach; ++step) Step(random);
      });
    }
    threads.clear();  // joins
    CheckInvariants();
  }
  EXPECT_GT(module_.Count("SELECT COUNT(*) FROM matching_proposal"), 12);
  EXPECT_GT(module_.Events<facts::MatchMade>().size(), 0u);
}

// All ask for the last place at once: one gets it.
TEST_F(CapacityTest, TheLastPlaceIsTakenOnce) {
  ASSERT_EQ(SetCapacity(1, 1), absl::OkStatus());
  std::atomic<int> taken = 0;
  std::atomic<int> full = 0;
  {
    std::vector<std::jthread> threads;
    for (int n = 1; n <= 8; ++n) {
      threads.emplace_back([this, n, &taken, &full] {
        const auto made = Override(MenteeName(n), MentorName(1));
        if (made.ok()) ++taken;
        if (status::ReasonOf(made.status()) == "MENTOR_FULL") ++full;
      });
    }
  }
  EXPECT_EQ(taken, 1);
  EXPECT_EQ(full, 7);
}

}  // namespace
}  // namespace tremplin::matching
