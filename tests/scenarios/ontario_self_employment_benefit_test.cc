// Ontario Self-Employment Benefit: without a job, and Employment Insurance now or not long ago;
// immigrants or not; forty-two weeks with a seasoned entrepreneur of Ontario.

#include <string>

#include "absl/time/civil_time.h"
#include "common/resources/names.h"
#include "common/status/error.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/scenarios/steps.h"

namespace tremplin {
namespace {

using program::v1::SUBJECT_MENTOR;
using testing::DayAfter;
using testing::Give;
using testing::Somebody;
using testing::Verdict;
using testing::World;

constexpr char kRegistration[] = "tremplin.registration.v1.RegistrationService/";
constexpr char kSession[] = "tremplin.session.v1.SessionService/";

// Nothing said of Employment Insurance yet, and nothing of immigration: it is not asked.
referral::v1::ReferralFile Applicant(int number) {
  return Somebody(number, {{"service_language", {"fr"}},
                           {"postal_code", {"K1N 6N5"}},
                           {"employment_status", {"unemployed"}},
                           {"naics", {"541"}},
                           {"goals", {"start_a_business"}},
                           {"career_goal", {"Goalplanted: a bakery"}},
                           {"consent_to_share", {"yes"}}});
}

referral::v1::ReferralFile Entrepreneur(int number) {
  return Somebody(number, {{"service_language", {"fr"}},
                           {"fsa", {"K1N"}},
                           {"naics", {"541"}},
                           {"goals", {"start_a_business"}},
                           {"capacity", {"2"}},
                           {"years_in_business", {"11"}},
                           {"business_in_ontario", {"yes"}},
                           {"consent_to_share", {"yes"}}});
}

std::string ReadyApplicant(World& world, int number) {
  referral::v1::ReferralFile file = Applicant(number);
  Give(file, {{"ei_claim_now", {"yes"}}});
  return world.Ready(
      {.external_id = "E-" + std::to_string(number), .file = file, .agency = "alpha"});
}

TEST(SelfEmploymentBenefit, OpensByThreeWays_EachToItsDay) {
  World world({"ontario-self-employment-benefit"});
  const std::string today = world.Day();
  referral::v1::ReferralFile file = Applicant(1);
  EXPECT_EQ(Verdict(world, file), "incomplete(employment_insurance)");
  Give(file, {{"ei_claim_now", {"yes"}}});
  EXPECT_EQ(Verdict(world, file), "eligible()");

  // A benefit period that ended three years ago to the day, and a day more.
  Give(file, {{"ei_claim_now", {"no"}}, {"ei_benefit_period_ended_on", {DayAfter(today, -3, 0)}}});
  EXPECT_EQ(Verdict(world, file), "eligible()");
  Give(file, {{"ei_benefit_period_ended_on", {DayAfter(today, -3, -1)}}});
  EXPECT_EQ(Verdict(world, file), "ineligible(employment_insurance)");

  // Parental benefits five years ago to the day, with a return to work; and a day more.
  Give(file, {{"parental_ei_ended_on", {DayAfter(today, -5, 0)}}, {"re_entering_work", {"yes"}}});
  EXPECT_EQ(Verdict(world, file), "eligible()");
  Give(file, {{"re_entering_work", {}}});
  EXPECT_EQ(Verdict(world, file), "incomplete(employment_insurance)");
  Give(file, {{"re_entering_work", {"no"}}});
  EXPECT_EQ(Verdict(world, file), "ineligible(employment_insurance)");
  Give(file, {{"parental_ei_ended_on", {DayAfter(today, -5, -1)}}, {"re_entering_work", {"yes"}}});
  EXPECT_EQ(Verdict(world, file), "ineligible(employment_insurance)");
}

TEST(SelfEmploymentBenefit, IsForWhoIsWithoutAJob_ImmigrantOrNot) {
  World world({"ontario-self-employment-benefit"});
  referral::v1::ReferralFile file = Applicant(1);
  Give(file, {{"ei_claim_now", {"yes"}}, {"immigration_status", {"citizen"}}});
  EXPECT_EQ(Verdict(world, file), "eligible()");
  Give(file, {{"employment_status", {"employed_other"}}});
  EXPECT_EQ(Verdict(world, file), "ineligible(unemployed)");
  referral::v1::ReferralFile young = Entrepreneur(2);
  Give(young, {{"years_in_business", {"4"}}});
  EXPECT_EQ(Verdict(world, young, SUBJECT_MENTOR), "ineligible(seasoned)");
}

TEST(SelfEmploymentBenefit, LastsFortyTwoWeeks_AndIsNotExtended) {
  World world({"ontario-self-employment-benefit"});
  const std::string mentee = ReadyApplicant(world, 1);
  const std::string key = world.KeyOf(mentee);
  world.Ready({.external_id = "M-1", .file = Entrepreneur(101), .side = SUBJECT_MENTOR});
  testing::AnswerStage(world, key, "baseline", outcome::v1::EMPLOYMENT_STATUS_NONE);
  const session::v1::Engagement engagement = world.Sign(world.Agree(world.Match().at(0)));
  ASSERT_EQ(engagement.state(), session::v1::Engagement::STATE_ACTIVE);
  // To the end of the last day of the forty-second week.
  absl::TimeZone zone;
  ASSERT_TRUE(absl::LoadTimeZone("America/Toronto", &zone));
  EXPECT_EQ(
      absl::ToCivilDay(resources::FromTimestamp(engagement.term_time()) - absl::Seconds(1), zone) -
          absl::ToCivilDay(resources::FromTimestamp(engagement.start_time()), zone),
      42 * 7);
  session::v1::ExtendEngagementRequest extend;
  extend.set_name(engagement.name());
  extend.set_days(7);
  EXPECT_FALSE(
      world.Call<session::v1::Engagement>(key, std::string(kSession) + "ExtendEngagement", extend)
          .ok());

  // The business opens in the middle of it, told at once; the mentoring goes on.
  world.MoveByDays(120);
  ASSERT_TRUE(world.Log(engagement, 60, session::v1::CONTACT_CALL).ok());
  const std::string opened = world.Day();
  ASSERT_TRUE(
      testing::ReportJob(world, mentee, outcome::v1::EMPLOYMENT_STATUS_IN_PROFESSION, opened).ok());
  EXPECT_EQ(world.Engagement(engagement.name()).state(), session::v1::Engagement::STATE_ACTIVE);
  EXPECT_EQ(testing::Funnel(world)["jobs_reported"], 1);

  world.MoveByDays(42 * 7 + 14 - 120 + 1);
  EXPECT_EQ(world.Engagement(engagement.name()).state(), session::v1::Engagement::STATE_COMPLETED);
  EXPECT_EQ(world.Engagement(engagement.name()).end_reason(), "term");
  testing::AnswerStage(world, key, "exit", outcome::v1::EMPLOYMENT_STATUS_IN_PROFESSION, opened);
  testing::AnswerStage(world, key, "month_6", outcome::v1::EMPLOYMENT_STATUS_IN_PROFESSION, opened);
  testing::AnswerStage(world, key, "month_12", outcome::v1::EMPLOYMENT_STATUS_IN_PROFESSION,
                       opened);
  EXPECT_EQ(testing::Jobs(world, mentee).size(), 1u);
}

TEST(SelfEmploymentBenefit, WhoLeavesUnmatched_IsFollowedFromTheDayTheyLeft) {
  World world({"ontario-self-employment-benefit"});
  const std::string mentee = ReadyApplicant(world, 1);
  const std::string key = world.KeyOf(mentee);
  EXPECT_EQ(testing::FollowUps(world, key).count("month_6"), 0u);
  world.MoveByDays(10);
  registration::v1::WithdrawEnrolmentRequest withdraw;
  withdraw.set_name(mentee);
  ASSERT_TRUE(world
                  .Call<registration::v1::Enrolment>(
                      key, std::string(kRegistration) + "WithdrawEnrolment", withdraw)
                  .ok());
  world.Settle();
  const auto follow_ups = testing::FollowUps(world, key);
  EXPECT_EQ(follow_ups.count("exit"), 0u);
  ASSERT_EQ(follow_ups.count("month_6"), 1u);
  EXPECT_GT(resources::FromTimestamp(follow_ups.at("month_6").open_time()),
            world.clock().BusinessNow() + absl::Hours(24 * 179));
}

}  // namespace
}  // namespace tremplin
