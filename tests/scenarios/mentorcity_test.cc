// MentorCity's way: in one program people find each other, the engine suggests, and a coordinator
// brings people together by hand.

#include <algorithm>
#include <string>
#include <vector>

#include "common/status/error.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/scenarios/steps.h"

namespace tremplin {
namespace {

using matching::v1::Proposal;
using program::v1::SUBJECT_MENTOR;
using ::testing::ElementsAre;
using testing::Give;
using testing::MentorOf;
using testing::Search;
using testing::Somebody;
using ::testing::UnorderedElementsAre;
using testing::World;

constexpr char kFormat[] = "one_to_one";

referral::v1::ReferralFile Member(int number, const std::string& topic) {
  return Somebody(number, {{"service_language", {"en"}},
                           {"organization_member", {"yes"}},
                           {"mentorcity.topics", {topic}}});
}

std::string ReadyMentee(World& world, int number, const std::string& topic = "leadership") {
  return world.Ready({.external_id = "E-" + std::to_string(number), .file = Member(number, topic)});
}
std::string ReadyMentor(World& world, int number, const std::string& topic = "leadership") {
  referral::v1::ReferralFile file = Member(100 + number, topic);
  Give(file, {{"capacity", {"1"}}});
  return world.Ready(
      {.external_id = "M-" + std::to_string(number), .file = file, .side = SUBJECT_MENTOR});
}

TEST(MentorCity, AMenteeSearchesThoseWithAFreePlace_AsksOne_AndTheyMeet) {
  World world({"mentorcity"});
  const std::string mentee = ReadyMentee(world, 1);
  const std::string key = world.KeyOf(mentee);
  testing::AnswerStage(world, key, "baseline", outcome::v1::EMPLOYMENT_STATUS_IN_PROFESSION,
                       "2021-03-01");
  const std::string near = ReadyMentor(world, 1, "leadership");
  const std::string far = ReadyMentor(world, 2, "technical");
  EXPECT_THAT(Search(world, mentee, kFormat), ElementsAre(near, far));  // best first

  const auto asked = testing::RequestMatch(world, mentee, near, kFormat);
  ASSERT_TRUE(asked.ok()) << asked.status();
  EXPECT_EQ(asked->initiator(), program::v1::INITIATOR_PARTICIPANT);
  EXPECT_THAT(Search(world, mentee, kFormat), ElementsAre(far));
  // Somebody else sees no mentor whose only place is held.
  EXPECT_THAT(Search(world, ReadyMentee(world, 2), kFormat), ElementsAre(far));

  const session::v1::Engagement engagement = world.Agree(*asked);
  EXPECT_EQ(engagement.state(), session::v1::Engagement::STATE_ACTIVE);
  world.MoveByDays(14);
  ASSERT_TRUE(world.Log(engagement, 45, session::v1::CONTACT_MAIL).ok());
  world.MoveByDays(182 + 14);
  EXPECT_EQ(world.Engagement(engagement.name()).state(), session::v1::Engagement::STATE_COMPLETED);
  testing::AnswerStage(world, key, "exit", outcome::v1::EMPLOYMENT_STATUS_IN_PROFESSION,
                       "2021-03-01");
  testing::AnswerStage(world, key, "month_6", outcome::v1::EMPLOYMENT_STATUS_IN_PROFESSION,
                       "2021-03-01");
  EXPECT_EQ(testing::StageOf(testing::Report(world), "month_6").answered(), 1);
}

TEST(MentorCity, ThreeRequestsMayBeOpen_TheFourthIsRefused) {
  World world({"mentorcity"});
  const std::string mentee = ReadyMentee(world, 1);
  std::vector<std::string> mentors;
  for (int number = 1; number <= 4; ++number) mentors.push_back(ReadyMentor(world, number));
  std::vector<Proposal> asked;
  for (int number = 0; number < 3; ++number) {
    const auto request = testing::RequestMatch(world, mentee, mentors[number], kFormat);
    ASSERT_TRUE(request.ok()) << request.status();
    asked.push_back(*request);
  }
  EXPECT_EQ(status::ReasonOf(testing::RequestMatch(world, mentee, mentors[3], kFormat).status()),
            "REQUESTS_OPEN");
  // A no frees one.
  ASSERT_TRUE(testing::AnswerProposal(world, world.KeyOf(mentors[0]), asked[0].name(),
                                      matching::v1::ANSWER_NO)
                  .ok());
  EXPECT_TRUE(testing::RequestMatch(world, mentee, mentors[3], kFormat).ok());
}

TEST(MentorCity, ARequestWithoutAnAnswerExpires_AndThePlaceIsFreeAgain) {
  World world({"mentorcity"});
  const std::string mentee = ReadyMentee(world, 1);
  const std::string mentor = ReadyMentor(world, 1);
  const auto asked = testing::RequestMatch(world, mentee, mentor, kFormat);
  ASSERT_TRUE(asked.ok()) << asked.status();
  world.MoveByDays(10);  // to the end of the tenth day
  EXPECT_EQ(world.Proposal(asked->name()).state(), Proposal::STATE_OPEN);
  world.MoveByDays(1);
  EXPECT_EQ(world.Proposal(asked->name()).state(), Proposal::STATE_EXPIRED);
  EXPECT_EQ(testing::Pool(world, matching::v1::SIDE_MENTOR).at(0).taken(), 0);
  EXPECT_THAT(Search(world, ReadyMentee(world, 2), kFormat), ElementsAre(mentor));
}

TEST(MentorCity, WhoAsksAFullMentor_IsToldSo) {
  World world({"mentorcity"});
  const std::string first = ReadyMentee(world, 1);
  const std::string second = ReadyMentee(world, 2);
  const std::string mentor = ReadyMentor(world, 1);
  ASSERT_TRUE(testing::RequestMatch(world, first, mentor, kFormat).ok());
  EXPECT_EQ(status::ReasonOf(testing::RequestMatch(world, second, mentor, kFormat).status()),
            "MENTOR_FULL");
}

TEST(MentorCity, SelfMatchedSuggestedAndByHand_StandSideBySide) {
  World world({"mentorcity"});
  const std::string searches = ReadyMentee(world, 1);
  const std::string first = ReadyMentor(world, 1);
  const auto asked = testing::RequestMatch(world, searches, first, kFormat);
  ASSERT_TRUE(asked.ok()) << asked.status();
  const std::string by_hand = ReadyMentee(world, 2);
  const std::string second = ReadyMentor(world, 2);
  const auto proposed = testing::Propose(world, {by_hand, second}, kFormat);
  ASSERT_TRUE(proposed.ok()) << proposed.status();
  const std::string waits = ReadyMentee(world, 3);
  const std::string third = ReadyMentor(world, 3);
  const std::vector<Proposal> suggested = world.Match();
  ASSERT_EQ(suggested.size(), 1u);
  EXPECT_EQ(MentorOf(suggested[0]), third);

  EXPECT_EQ(world.Proposal(asked->name()).initiator(), program::v1::INITIATOR_PARTICIPANT);
  EXPECT_EQ(world.Proposal(proposed->name()).initiator(), program::v1::INITIATOR_COORDINATOR);
  EXPECT_EQ(world.Proposal(suggested[0].name()).initiator(), program::v1::INITIATOR_ALGORITHM);
  for (const Proposal& one : {*asked, *proposed, suggested[0]}) {
    EXPECT_EQ(world.Agree(one).state(), session::v1::Engagement::STATE_ACTIVE);
  }
  EXPECT_EQ(testing::Funnel(world)["matched"], 3);
}

}  // namespace
}  // namespace tremplin
