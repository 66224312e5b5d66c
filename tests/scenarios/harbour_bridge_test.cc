// A program that was written as data alone, and mixes what no other mixes: connectors first, then a
// circle; credits; both languages asked of everybody; facts of its own, one counted from another.
// Nothing in services/ or common/ was changed for it.

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
using testing::ParticipantOf;
using testing::Somebody;
using testing::Verdict;
using testing::World;

constexpr char kReferral[] = "tremplin.referral.v1.ReferralService/";

referral::v1::ReferralFile Seafarer(int number) {
  return Somebody(number, {{"service_language", {"en", "fr"}},
                           {"postal_code", {"B3H 4R2"}},
                           {"harbour-bridge.left_ship_on", {"2024-09-01"}},
                           {"harbour-bridge.shore_skills", {"machinery", "safety"}},
                           {"availability", {"wed-evening"}},
                           {"consent_to_share", {"yes"}}});
}

referral::v1::ReferralFile Pilot(int number, bool licensed) {
  return Somebody(number, {{"service_language", {"en", "fr"}},
                           {"fsa", {"B3H"}},
                           {"harbour-bridge.licensed", {licensed ? "yes" : "no"}},
                           {"harbour-bridge.shore_skills", {"machinery", "safety"}},
                           {"availability", {"wed-evening"}},
                           {"capacity", {"4"}},
                           {"consent_to_share", {"yes"}}});
}

std::string ReadySeafarer(World& world, int number) {
  return world.Ready(
      {.external_id = "S-" + std::to_string(number), .file = Seafarer(number), .agency = "alpha"});
}
std::string ReadyPilot(World& world, int number, bool licensed) {
  return world.Ready({.external_id = "P-" + std::to_string(number),
                      .file = Pilot(100 + number, licensed),
                      .side = SUBJECT_MENTOR});
}

TEST(HarbourBridge, AsksForBothLanguages_AndCountsMonthsAshore) {
  World world({"harbour-bridge"});
  EXPECT_EQ(Verdict(world, Seafarer(1)), "eligible()");
  referral::v1::ReferralFile file = Seafarer(2);
  Give(file, {{"service_language", {"fr"}}});
  EXPECT_EQ(Verdict(world, file), "ineligible(both_languages)");
  file = Seafarer(3);
  Give(file, {{"harbour-bridge.left_ship_on", {"2025-03-02"}}});  // six months ago to the day
  EXPECT_EQ(Verdict(world, file), "eligible()");
  Give(file, {{"harbour-bridge.left_ship_on", {"2025-03-03"}}});
  EXPECT_EQ(Verdict(world, file), "ineligible(ashore)");
  Give(file, {{"harbour-bridge.left_ship_on", {}}});
  EXPECT_EQ(Verdict(world, file), "incomplete(ashore)");
  EXPECT_THAT(testing::FormatsOf(world, Pilot(4, true), SUBJECT_MENTOR),
              ElementsAre("first_meeting", "circle"));
  EXPECT_THAT(testing::FormatsOf(world, Pilot(5, false), SUBJECT_MENTOR),
              ElementsAre("first_meeting"));
}

TEST(HarbourBridge, StaffExempt_ForTheReasonThatTheDefinitionGives) {
  World world({"harbour-bridge"});
  referral::v1::ReferralFile file = Seafarer(1);
  Give(file, {{"harbour-bridge.left_ship_on", {"2025-07-01"}}});
  const auto submitted = world.Submit("alpha", "S-1", file);
  EXPECT_EQ(submitted.applications(0).state(), referral::v1::Application::STATE_RECEIVED);
  referral::v1::AdmitApplicationRequest admit;
  admit.set_name(submitted.applications(0).name());
  auto& exemption = *admit.add_exemptions();
  exemption.set_code("ashore");
  exemption.set_reason("documents_seen");  // the usual ones are not this criterion's
  const std::string method = std::string(kReferral) + "AdmitApplication";
  EXPECT_FALSE(world.Call<referral::v1::Application>(world.coordinator(), method, admit).ok());
  exemption.set_reason("shipyard_work");
  const auto admitted = world.Call<referral::v1::Application>(world.coordinator(), method, admit);
  ASSERT_TRUE(admitted.ok()) << admitted.status();
  EXPECT_EQ(admitted->state(), referral::v1::Application::STATE_ADMITTED);
}

TEST(HarbourBridge, FromTheQuayToTheCircle_AndAYearAfter) {
  World world({"harbour-bridge"});
  std::vector<std::string> seafarers;
  for (int number = 1; number <= 3; ++number) seafarers.push_back(ReadySeafarer(world, number));
  const std::string key = world.KeyOf(seafarers[0]);
  testing::AnswerStage(world, key, "baseline", outcome::v1::EMPLOYMENT_STATUS_NONE);
  const std::string unlicensed = ReadyPilot(world, 1, false);
  ReadyPilot(world, 2, false);

  // One asks for a meeting of forty-five minutes; the pilot alone answers, and leads on to two.
  EXPECT_EQ(testing::Search(world, seafarers[0], "first_meeting").size(), 2u);
  const auto asked = testing::RequestMatch(world, seafarers[0], unlicensed, "first_meeting");
  ASSERT_TRUE(asked.ok()) << asked.status();
  const session::v1::Engagement meeting = world.Agree(*asked);
  world.MoveByDays(1);
  ASSERT_TRUE(world.Log(meeting, 45).ok());
  ASSERT_TRUE(testing::Introduce(world, meeting, "").ok());
  ASSERT_TRUE(testing::Introduce(world, meeting, "").ok());
  EXPECT_EQ(world.Engagement(meeting.name()).introductions_missing(), 0);

  // After three weeks, a circle: approved, studied, accepted, its charter signed by all.
  world.MoveByDays(21);
  const std::string licensed = ReadyPilot(world, 3, true);
  const std::vector<matching::v1::Proposal> circles = world.Match("circle");
  ASSERT_EQ(circles.size(), 1u);
  EXPECT_EQ(Of(circles[0], SUBJECT_MENTEE).size(), 3u);
  EXPECT_THAT(Of(circles[0], SUBJECT_MENTOR), ElementsAre(licensed));
  const session::v1::Engagement agreed = world.Agree(circles[0]);
  EXPECT_EQ(agreed.state(), session::v1::Engagement::STATE_AGREEMENT_PENDING);
  const session::v1::Engagement circle = world.Sign(agreed);
  ASSERT_EQ(circle.state(), session::v1::Engagement::STATE_ACTIVE);

  // Until twelve hours are reached; half a credit an hour for who holds a certificate.
  for (int evening = 0; evening < 4; ++evening) {
    ASSERT_EQ(world.Engagement(circle.name()).state(), session::v1::Engagement::STATE_ACTIVE);
    world.MoveByDays(7);
    const auto logged = world.Log(circle, 180);
    ASSERT_TRUE(logged.ok()) << logged.status();
  }
  const session::v1::Engagement done = world.Engagement(circle.name());
  EXPECT_EQ(done.state(), session::v1::Engagement::STATE_COMPLETED);
  EXPECT_EQ(done.end_reason(), "hours_reached");
  ASSERT_EQ(ParticipantOf(done, licensed).credits_size(), 1);
  EXPECT_EQ(ParticipantOf(done, licensed).credits(0).hundredths(), 600);
  EXPECT_EQ(ParticipantOf(done, seafarers[0]).credits_size(), 0);

  for (const char* stage : {"first_quarter", "year"}) {
    testing::AnswerStage(world, key, stage, outcome::v1::EMPLOYMENT_STATUS_IN_PROFESSION,
                         "2025-11-03");
  }
  EXPECT_EQ(testing::StageOf(testing::Report(world), "year").answered(), 1);
}

}  // namespace
}  // namespace tremplin
