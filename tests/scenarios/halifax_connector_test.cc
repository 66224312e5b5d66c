// Halifax: a meeting of about thirty minutes, after which the connector leads the newcomer on to at
// least three people, and so on; international students are welcome, and a meeting may become a
// mentorship.

#include <string>
#include <vector>

#include "common/resources/names.h"
#include "common/status/error.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/scenarios/steps.h"

namespace tremplin {
namespace {

using program::v1::SUBJECT_MENTOR;
using ::testing::ElementsAre;
using testing::Give;
using testing::MenteeOf;
using testing::MentorOf;
using testing::Somebody;
using testing::Verdict;
using testing::World;

referral::v1::ReferralFile Newcomer(int number) {
  return Somebody(number, {{"service_language", {"en"}},
                           {"postal_code", {"B3H 4R2"}},
                           {"immigration_status", {"permanent_resident"}},
                           {"education", {"bachelor"}},
                           {"noc", {"21231"}},
                           {"years_experience", {"6"}},
                           {"consent_to_share", {"yes"}}});
}

referral::v1::ReferralFile Connector(int number) {
  return Somebody(number, {{"service_language", {"en"}},
                           {"fsa", {"B3H"}},
                           {"noc", {"21231"}},
                           {"naics", {"541"}},
                           {"capacity", {"4"}},
                           {"contacts_to_introduce", {"12"}},
                           {"halifax-connector.established", {"yes"}},
                           {"consent_to_share", {"yes"}}});
}

std::string ReadyNewcomer(World& world, int number) {
  return world.Ready(
      {.external_id = "N-" + std::to_string(number), .file = Newcomer(number), .agency = "alpha"});
}
std::string ReadyConnector(World& world, int number) {
  return world.Ready({.external_id = "C-" + std::to_string(number),
                      .file = Connector(100 + number),
                      .side = SUBJECT_MENTOR});
}

// The open proposal of a meeting with that connector.
matching::v1::Proposal Invitation(World& world, const std::string& connector) {
  for (const auto& one : testing::Proposals(world, matching::v1::Proposal::STATE_OPEN, "meeting")) {
    if (MentorOf(one) == connector) return one;
  }
  testing::Fail(absl::NotFoundError(connector), "invitation");
}

// A meeting agreed to and held.
session::v1::Engagement Meet(World& world, const matching::v1::Proposal& proposal) {
  const session::v1::Engagement meeting = world.Agree(proposal);
  EXPECT_EQ(meeting.state(), session::v1::Engagement::STATE_ACTIVE);
  world.MoveByDays(1);
  const auto held = world.Log(meeting, 30, session::v1::CONTACT_VIDEO);
  EXPECT_TRUE(held.ok()) << held.status();
  return world.Engagement(meeting.name());
}

TEST(HalifaxConnector, WelcomesInternationalStudents_AndConnectorsWithANetwork) {
  World world({"halifax-connector"});
  EXPECT_EQ(Verdict(world, Newcomer(1)), "eligible()");
  referral::v1::ReferralFile student = Newcomer(2);
  Give(student, {{"immigration_status", {}}, {"student_status", {"international"}}});
  EXPECT_EQ(Verdict(world, student), "eligible()");
  Give(student, {{"student_status", {"domestic"}}});
  EXPECT_EQ(Verdict(world, student), "ineligible(status)");
  referral::v1::ReferralFile elsewhere = Newcomer(3);
  Give(elsewhere, {{"postal_code", {"K1N 6N5"}}});
  EXPECT_EQ(Verdict(world, elsewhere), "ineligible(residence)");

  referral::v1::ReferralFile two_people = Connector(4);
  Give(two_people, {{"contacts_to_introduce", {"2"}}});
  EXPECT_EQ(Verdict(world, two_people, SUBJECT_MENTOR), "ineligible(people_to_introduce)");
  Give(two_people, {{"contacts_to_introduce", {"3"}}});
  EXPECT_EQ(Verdict(world, two_people, SUBJECT_MENTOR), "eligible()");
}

TEST(HalifaxConnector, AMeetingLeadsOnToThree_AndTheConnectorIsRemindedOfThoseMissing) {
  World world({"halifax-connector"});
  const std::string newcomer = ReadyNewcomer(world, 1);
  const std::string first = ReadyConnector(world, 1);
  const std::vector<matching::v1::Proposal> proposed = world.Match("meeting");
  ASSERT_EQ(proposed.size(), 1u);
  const session::v1::Engagement meeting = Meet(world, proposed[0]);
  EXPECT_EQ(meeting.state(), session::v1::Engagement::STATE_COMPLETED);
  EXPECT_EQ(meeting.end_reason(), "held");
  EXPECT_EQ(meeting.introductions_missing(), 3);

  const std::string second = ReadyConnector(world, 2);
  const std::string third = ReadyConnector(world, 3);
  ASSERT_TRUE(testing::Introduce(world, meeting, second).ok());
  ASSERT_TRUE(testing::Introduce(world, meeting, third).ok());
  EXPECT_EQ(world.Engagement(meeting.name()).introductions_missing(), 1);
  // Two instead of three: asked for after a week, and once more after another, then no more.
  const std::string key = world.KeyOf(first);
  const auto reminders = [&] {
    return testing::Count(testing::Messages(world, key), "introductions_due");
  };
  const int asked = reminders();
  world.MoveByDays(7);
  EXPECT_EQ(reminders(), asked + 1);
  world.MoveByDays(7);
  EXPECT_EQ(reminders(), asked + 2);
  world.MoveByDays(30);
  EXPECT_EQ(reminders(), asked + 2);
  // The third is somebody outside the program; that counts too.
  ASSERT_TRUE(testing::Introduce(world, meeting, "").ok());
  EXPECT_EQ(world.Engagement(meeting.name()).introductions_missing(), 0);
}

TEST(HalifaxConnector, EachMeetingYieldsTheNext_AndTheChainIsToldAsAGraph) {
  World world({"halifax-connector"});
  const std::string newcomer = ReadyNewcomer(world, 1);
  const std::string first = ReadyConnector(world, 1);
  const session::v1::Engagement meeting = Meet(world, world.Match("meeting").at(0));
  const std::string second = ReadyConnector(world, 2);
  const std::string third = ReadyConnector(world, 3);
  ASSERT_TRUE(testing::Introduce(world, meeting, second).ok());
  ASSERT_TRUE(testing::Introduce(world, meeting, third).ok());

  const session::v1::Engagement next = Meet(world, Invitation(world, second));
  EXPECT_EQ(next.continues(), meeting.name());
  const session::v1::Engagement other = Meet(world, Invitation(world, third));
  const auto chain = testing::ChainOf(world, newcomer);
  ASSERT_EQ(chain.size(), 3u);
  EXPECT_EQ(chain[0].connector_enrolment(), first);
  EXPECT_EQ(chain[0].introduced_by(), "");
  EXPECT_EQ(chain[0].introductions_given(), 2);
  EXPECT_EQ(chain[1].connector_enrolment(), second);
  EXPECT_EQ(chain[1].introduced_by(), meeting.name());
  EXPECT_EQ(chain[2].connector_enrolment(), third);
  EXPECT_EQ(chain[2].introduced_by(), meeting.name());
  EXPECT_EQ(testing::Funnel(world)["introductions"], 2);
}

TEST(HalifaxConnector, BecomesAMentorshipWhenBothWish_AndIsFollowedFromTheFirstMeeting) {
  World world({"halifax-connector"});
  const std::string newcomer = ReadyNewcomer(world, 1);
  const std::string key = world.KeyOf(newcomer);
  testing::AnswerStage(world, key, "baseline", outcome::v1::EMPLOYMENT_STATUS_NONE);
  const std::string connector = ReadyConnector(world, 1);
  const session::v1::Engagement meeting = Meet(world, world.Match("meeting").at(0));
  const absl::Time met = world.clock().BusinessNow();

  ASSERT_TRUE(testing::WishToContinue(world, newcomer, meeting.name(), "one_to_one").ok());
  EXPECT_TRUE(
      testing::Proposals(world, matching::v1::Proposal::STATE_MATCHED, "one_to_one").empty());
  ASSERT_TRUE(testing::WishToContinue(world, connector, meeting.name(), "one_to_one").ok());
  const auto matched =
      testing::Proposals(world, matching::v1::Proposal::STATE_MATCHED, "one_to_one");
  ASSERT_EQ(matched.size(), 1u);
  EXPECT_EQ(matched[0].continues_engagement(), meeting.name());
  const session::v1::Engagement mentorship = world.EngagementOf(matched[0]);
  EXPECT_EQ(mentorship.state(), session::v1::Engagement::STATE_ACTIVE);
  EXPECT_EQ(mentorship.continues(), meeting.name());
  EXPECT_EQ(MenteeOf(mentorship), newcomer);
  EXPECT_EQ(testing::ChainOf(world, newcomer).at(0).became(), mentorship.name());

  world.MoveByDays(7);
  ASSERT_TRUE(world.Log(mentorship, 60).ok());
  ASSERT_TRUE(testing::Complete(world, mentorship.name(), true).ok());
  const auto follow_ups = testing::FollowUps(world, key);
  ASSERT_EQ(follow_ups.count("month_3"), 1u);
  EXPECT_GE(resources::FromTimestamp(follow_ups.at("month_3").open_time()),
            met + absl::Hours(24 * 89));
  EXPECT_LE(resources::FromTimestamp(follow_ups.at("month_3").open_time()),
            met + absl::Hours(24 * 92));
  testing::AnswerStage(world, key, "month_3", outcome::v1::EMPLOYMENT_STATUS_RELATED, "2025-11-03");
  testing::AnswerStage(world, key, "month_6", outcome::v1::EMPLOYMENT_STATUS_RELATED, "2025-11-03");
  testing::AnswerStage(world, key, "month_12", outcome::v1::EMPLOYMENT_STATUS_RELATED,
                       "2025-11-03");
  EXPECT_EQ(testing::StageOf(testing::Report(world), "month_12").answered(), 1);
}

TEST(HalifaxConnector, AConnectorHasTwoMeetingsOpenAtOnce) {
  World world({"halifax-connector"});
  for (int number = 1; number <= 3; ++number) ReadyNewcomer(world, number);
  ReadyConnector(world, 1);
  EXPECT_EQ(world.Match("meeting").size(), 2u);
  EXPECT_TRUE(world.Match("meeting").empty());
}

}  // namespace
}  // namespace tremplin
