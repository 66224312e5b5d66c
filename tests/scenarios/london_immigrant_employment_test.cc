// London: one-to-one with mentors whom a partner organization stands for, groups of eight to ten
// with two or three mentors for those who wait, and peers who came as newcomers, found work and
// kept it.

#include <algorithm>
#include <string>
#include <vector>

#include "common/status/error.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/scenarios/steps.h"

namespace tremplin {
namespace {

using program::v1::ProposalStep;
using program::v1::SUBJECT_MENTEE;
using program::v1::SUBJECT_MENTOR;
using ::testing::ElementsAre;
using testing::Give;
using testing::Of;
using testing::Somebody;
using testing::Verdict;
using testing::World;

constexpr int kWaitForGroup = 28;

referral::v1::ReferralFile Mentee(int number) {
  return Somebody(number, {{"service_language", {"en"}},
                           {"postal_code", {"N6A 3K7"}},
                           {"immigration_status", {"permanent_resident"}},
                           {"education", {"bachelor"}},
                           {"noc", {"21231"}},
                           {"naics", {"541"}},
                           {"career_goal", {"Goalplanted: software in London"}},
                           {"resume", {"yes"}},
                           {"availability", {"mon-evening"}},
                           {"consent_to_share", {"yes"}}});
}

// Proposed by a partner organization, which stands for them.
referral::v1::ReferralFile Affiliated(int number) {
  return Somebody(number, {{"service_language", {"en"}},
                           {"fsa", {"N6A"}},
                           {"noc", {"21231"}},
                           {"naics", {"541"}},
                           {"years_experience", {"14"}},
                           {"availability", {"mon-evening"}},
                           {"capacity", {"1"}},
                           {"affiliated_with_partner", {"yes"}},
                           {"consent_to_share", {"yes"}}});
}

referral::v1::ReferralFile Peer(int number) {
  return Somebody(number, {{"service_language", {"en"}},
                           {"fsa", {"N6A"}},
                           {"noc", {"21231"}},
                           {"capacity", {"1"}},
                           {"newcomer", {"yes"}},
                           {"found_job_on", {"2025-01-15"}},
                           {"consent_to_share", {"yes"}}});
}

std::string ReadyMentee(World& world, int number) {
  return world.Ready({.external_id = "L-" + std::to_string(100 + number),
                      .file = Mentee(number),
                      .agency = "alpha"});
}
std::string ReadyAffiliated(World& world, int number) {
  return world.Ready({.external_id = "A-" + std::to_string(number),
                      .file = Affiliated(200 + number),
                      .side = SUBJECT_MENTOR,
                      .proposer = "london-chamber"});
}

TEST(London, AsksForAffiliationOneToOne_AndForKeptWorkOfPeers) {
  World world({"london-immigrant-employment"});
  EXPECT_THAT(testing::FormatsOf(world, Affiliated(1), SUBJECT_MENTOR),
              ElementsAre("one_to_one", "group"));
  EXPECT_THAT(testing::FormatsOf(world, Peer(2), SUBJECT_MENTOR), ElementsAre("peer"));
  referral::v1::ReferralFile alone = Peer(3);
  Give(alone, {{"affiliated_with_partner", {"no"}}});
  EXPECT_EQ(Verdict(world, alone, SUBJECT_MENTOR, "one_to_one"), "ineligible(affiliation)");
  EXPECT_EQ(Verdict(world, alone, SUBJECT_MENTOR, "group"), "ineligible(affiliation)");
  EXPECT_EQ(Verdict(world, alone, SUBJECT_MENTOR, "peer"), "eligible()");
  // Found three months ago to the day is kept; found a day later is not yet.
  Give(alone, {{"found_job_on", {"2025-06-02"}}});
  EXPECT_EQ(Verdict(world, alone, SUBJECT_MENTOR, "peer"), "eligible()");
  Give(alone, {{"found_job_on", {"2025-06-03"}}});
  EXPECT_EQ(Verdict(world, alone, SUBJECT_MENTOR, "peer"), "ineligible(kept_work)");
}

TEST(London, AMentorWithoutAffiliation_IsRefusedOneToOneAndTakenAsPeer) {
  World world({"london-immigrant-employment"});
  const std::string mentee = ReadyMentee(world, 1);
  const std::string peer =
      world.Ready({.external_id = "P-1", .file = Peer(301), .side = SUBJECT_MENTOR});
  EXPECT_THAT(world.Enrolment("P-1").formats(), ElementsAre("peer"));
  EXPECT_TRUE(world.Match("one_to_one").empty());
  EXPECT_FALSE(testing::Propose(world, {mentee, peer}, "one_to_one").ok());
  const std::vector<matching::v1::Proposal> proposed = world.Match("peer");
  ASSERT_EQ(proposed.size(), 1u);
  const session::v1::Engagement engagement = world.Agree(proposed[0]);
  EXPECT_EQ(engagement.state(), session::v1::Engagement::STATE_ACTIVE);
  EXPECT_EQ(engagement.format(), "peer");
}

TEST(London, ElevenWaitForAGroup_TenAreInIt_AndWhenOneLeavesTheEleventhComes) {
  World world({"london-immigrant-employment"});
  std::vector<std::string> mentees;
  for (int number = 1; number <= 11; ++number) mentees.push_back(ReadyMentee(world, number));
  world.MoveByDays(kWaitForGroup - 1);
  for (int number = 1; number <= 3; ++number) ReadyAffiliated(world, number);
  EXPECT_TRUE(world.Match("group").empty());  // it is for those who have waited
  world.MoveByDays(1);
  const matching::v1::RunMatchingResponse run = world.Run("group");
  ASSERT_EQ(run.proposals_size(), 1);
  const matching::v1::Proposal group = run.proposals(0);
  const std::vector<std::string> in_it = Of(group, SUBJECT_MENTEE);
  EXPECT_EQ(in_it.size(), 10u);
  EXPECT_GE(Of(group, SUBJECT_MENTOR).size(), 2u);
  EXPECT_LE(Of(group, SUBJECT_MENTOR).size(), 3u);
  EXPECT_EQ(group.slot(), "mon-evening");
  std::string eleventh;
  for (const std::string& mentee : mentees) {
    if (std::count(in_it.begin(), in_it.end(), mentee) == 0) eleventh = mentee;
  }
  EXPECT_EQ(testing::Unmatched(run, eleventh), "groups_full");

  // Staff approve what was suggested; then all accept, and the group begins.
  EXPECT_EQ(group.step(), ProposalStep::KIND_STAFF_APPROVAL);
  const session::v1::Engagement engagement = world.Agree(group);
  EXPECT_EQ(engagement.state(), session::v1::Engagement::STATE_ACTIVE);
  EXPECT_EQ(Of(engagement, SUBJECT_MENTEE).size(), 10u);
  world.MoveByDays(7);
  ASSERT_TRUE(world.Log(engagement, 90).ok());

  ASSERT_TRUE(testing::Leave(world, in_it[3], engagement.name(), session::v1::REMATCH_NO).ok());
  EXPECT_EQ(Of(world.Engagement(engagement.name()), SUBJECT_MENTEE).size(), 9u);
  world.MoveByDays(1);
  std::vector<matching::v1::Proposal> filling =
      testing::Proposals(world, matching::v1::Proposal::STATE_OPEN, "group");
  if (filling.empty()) filling = world.Match("group");
  ASSERT_EQ(filling.size(), 1u);
  EXPECT_EQ(filling[0].joins_engagement(), engagement.name());
  EXPECT_THAT(Of(filling[0], SUBJECT_MENTEE), ElementsAre(eleventh));
  for (matching::v1::Proposal now = filling[0];
       now.state() == matching::v1::Proposal::STATE_OPEN;) {
    now = world.TakeStep(now);
  }
  const session::v1::Engagement filled = world.Engagement(engagement.name());
  EXPECT_EQ(Of(filled, SUBJECT_MENTEE).size(), 10u);

  // The eleventh is credited with what they attended, not with what was before.
  world.MoveByDays(6);
  ASSERT_TRUE(world.Log(filled, 90).ok());
  const session::v1::Engagement now = world.Engagement(engagement.name());
  EXPECT_EQ(testing::ParticipantOf(now, eleventh).counted_minutes(), 90);
  EXPECT_EQ(testing::ParticipantOf(now, in_it[0]).counted_minutes(), 180);
  world.MoveByDays(120);
  EXPECT_EQ(world.Engagement(engagement.name()).state(), session::v1::Engagement::STATE_COMPLETED);
}

TEST(London, SevenAreTooFewForAGroup) {
  World world({"london-immigrant-employment"});
  std::vector<std::string> mentees;
  for (int number = 1; number <= 7; ++number) mentees.push_back(ReadyMentee(world, number));
  world.MoveByDays(kWaitForGroup);
  for (int number = 1; number <= 2; ++number) ReadyAffiliated(world, number);
  const matching::v1::RunMatchingResponse run = world.Run("group");
  EXPECT_EQ(run.proposals_size(), 0);
  EXPECT_EQ(testing::Unmatched(run, mentees[0]), "too_few");
}

TEST(London, OneToOne_GoesFromReferralToTheTwelfthMonth) {
  World world({"london-immigrant-employment"});
  const std::string mentee = ReadyMentee(world, 1);
  const std::string key = world.KeyOf(mentee);
  testing::AnswerStage(world, key, "baseline", outcome::v1::EMPLOYMENT_STATUS_NONE);
  ReadyAffiliated(world, 1);
  const session::v1::Engagement engagement =
      world.Sign(world.Agree(world.Match("one_to_one").at(0)));
  EXPECT_EQ(engagement.state(), session::v1::Engagement::STATE_ACTIVE);
  for (int week = 0; week < 4; ++week) {
    world.MoveByDays(7);
    ASSERT_TRUE(world.Log(engagement, 90, session::v1::CONTACT_VIDEO).ok());
  }
  EXPECT_EQ(world.Engagement(engagement.name()).counted_minutes(), 360);
  world.MoveByDays(120);
  EXPECT_EQ(world.Engagement(engagement.name()).state(), session::v1::Engagement::STATE_COMPLETED);
  const std::string job = "2026-01-05";
  testing::AnswerStage(world, key, "exit", outcome::v1::EMPLOYMENT_STATUS_IN_PROFESSION, job);
  testing::AnswerStage(world, key, "month_3", outcome::v1::EMPLOYMENT_STATUS_IN_PROFESSION, job);
  testing::AnswerStage(world, key, "month_6", outcome::v1::EMPLOYMENT_STATUS_IN_PROFESSION, job);
  testing::AnswerStage(world, key, "month_12", outcome::v1::EMPLOYMENT_STATUS_IN_PROFESSION, job);
  EXPECT_EQ(testing::Jobs(world, mentee).size(), 1u);
  EXPECT_EQ(testing::StageOf(testing::Report(world), "month_12").answered(), 1);
}

}  // namespace
}  // namespace tremplin
