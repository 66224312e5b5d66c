// Volunteerism to Employment: a first Canadian experience in one's own profession, twelve hours a
// week for three months at most, with mentors who work at the Centre.

#include <string>

#include "common/status/error.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/scenarios/steps.h"

namespace tremplin {
namespace {

using program::v1::ProposalStep;
using program::v1::SUBJECT_MENTOR;
using testing::DayAfter;
using testing::Give;
using testing::Somebody;
using testing::Verdict;
using testing::World;

referral::v1::ReferralFile Professional(int number) {
  return Somebody(number, {{"service_language", {"en", "fr"}},
                           {"postal_code", {"K2B 7T5"}},
                           {"foreign_trained", {"yes"}},
                           {"months_abroad", {"24"}},
                           {"arrived_on", {"2023-05-01"}},
                           {"canadian_experience_in_profession", {"no"}},
                           {"hours_per_week_available", {"12"}},
                           {"noc", {"41301"}},
                           {"availability", {"tue-morning"}},
                           {"consent_to_share", {"yes"}}});
}

referral::v1::ReferralFile Employee(int number) {
  return Somebody(number, {{"service_language", {"en"}},
                           {"fsa", {"K2B"}},
                           {"noc", {"41301"}},
                           {"availability", {"tue-morning"}},
                           {"capacity", {"1"}},
                           {"employee_of_provider", {"yes"}},
                           {"consent_to_share", {"yes"}}});
}

TEST(Volunteerism, CountsTimeAbroadAndHere_ToTheDay) {
  World world({"volunteerism-to-employment"});
  const std::string today = world.Day();
  referral::v1::ReferralFile file = Professional(1);
  EXPECT_EQ(Verdict(world, file), "eligible()");
  Give(file, {{"arrived_on", {DayAfter(today, -5, 0)}}});
  EXPECT_EQ(Verdict(world, file), "eligible()");
  Give(file, {{"arrived_on", {DayAfter(today, -5, -1)}}});
  EXPECT_EQ(Verdict(world, file), "ineligible(time_in_canada)");

  file = Professional(1);
  Give(file, {{"months_abroad", {"23"}}});
  EXPECT_EQ(Verdict(world, file), "ineligible(experience_abroad)");
  file = Professional(1);
  Give(file, {{"hours_per_week_available", {"11"}}});
  EXPECT_EQ(Verdict(world, file), "ineligible(time_for_placement)");
}

TEST(Volunteerism, ASurvivalJobDoesNotExclude_WorkInTheProfessionDoes) {
  World world({"volunteerism-to-employment"});
  referral::v1::ReferralFile file = Professional(1);
  Give(file, {{"employment_status", {"employed_other"}}});
  EXPECT_EQ(Verdict(world, file), "eligible()");
  Give(file, {{"canadian_experience_in_profession", {}}});
  EXPECT_EQ(Verdict(world, file), "incomplete(no_experience_here)");
  Give(file, {{"canadian_experience_in_profession", {"yes"}}});
  EXPECT_EQ(Verdict(world, file), "ineligible(no_experience_here)");
  referral::v1::ReferralFile outsider = Employee(2);
  Give(outsider, {{"employee_of_provider", {"no"}}});
  EXPECT_EQ(Verdict(world, outsider, SUBJECT_MENTOR), "ineligible(centre_employee)");
}

TEST(Volunteerism, FiveYearsAreCountedAtTheDayOfDecision) {
  World world({"volunteerism-to-employment"});
  referral::v1::ReferralFile file = Professional(1);
  Give(file, {{"arrived_on", {DayAfter(world.Day(), -5, 0)}}, {"months_abroad", {}}});
  const auto first = world.Submit("alpha", "V-1", file);
  EXPECT_EQ(first.applications(0).decision().verdict(), referral::v1::VERDICT_INCOMPLETE);
  // What was missing comes the day after, and the five years are over.
  world.MoveByDays(1);
  Give(file, {{"months_abroad", {"40"}}});
  const auto second = world.Submit("alpha", "V-1", file);
  EXPECT_EQ(second.applications(0).decision().verdict(), referral::v1::VERDICT_INELIGIBLE);
  EXPECT_EQ(second.applications(0).decision().reasons(0), "time_in_canada");
}

TEST(Volunteerism, TwelveHoursAWeekForThreeMonths_ThenFollowedForAYear) {
  World world({"volunteerism-to-employment"});
  const std::string mentee =
      world.Ready({.external_id = "V-1", .file = Professional(1), .agency = "alpha"});
  const std::string key = world.KeyOf(mentee);
  world.Ready({.external_id = "M-1", .file = Employee(101), .side = SUBJECT_MENTOR});
  testing::AnswerStage(world, key, "baseline", outcome::v1::EMPLOYMENT_STATUS_OTHER, "2024-01-15");
  const matching::v1::Proposal suggested = world.Match().at(0);
  EXPECT_EQ(suggested.step(), ProposalStep::KIND_STAFF_APPROVAL);
  const session::v1::Engagement placement = world.Sign(world.Agree(suggested));
  ASSERT_EQ(placement.state(), session::v1::Engagement::STATE_ACTIVE);
  for (int week = 0; week < 12; ++week) {
    world.MoveByDays(7);
    ASSERT_TRUE(world.Log(placement, 6 * 60).ok());
    world.MoveBy(absl::Hours(8));
    ASSERT_TRUE(world.Log(placement, 6 * 60).ok());
  }
  EXPECT_EQ(world.Engagement(placement.name()).counted_minutes(), 12 * 12 * 60);
  // A day of ten hours is unusual: asked about, and taken when confirmed.
  world.MoveBy(absl::Hours(12));
  EXPECT_EQ(status::ReasonOf(world.Log(placement, 600).status()), "LENGTH_UNUSUAL");
  EXPECT_TRUE(
      world.Log(placement, 600, session::v1::CONTACT_IN_PERSON, {}, /*confirm_length=*/true).ok());

  world.MoveByDays(20);
  EXPECT_EQ(world.Engagement(placement.name()).state(), session::v1::Engagement::STATE_COMPLETED);
  for (const char* stage : {"exit", "month_3", "month_6", "month_12"}) {
    testing::AnswerStage(world, key, stage, outcome::v1::EMPLOYMENT_STATUS_IN_PROFESSION,
                         "2025-12-01");
  }
  EXPECT_EQ(testing::StageOf(testing::Report(world), "month_12").answered(), 1);
}

}  // namespace
}  // namespace tremplin
