// One person and several programs: one check answers for all, one referral applies to several, each
// application stands by itself, and nobody has two exclusive matches.

#include <map>
#include <string>

#include "common/status/error.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/scenarios/steps.h"

namespace tremplin {
namespace {

using testing::Give;
using testing::World;

constexpr char kReferral[] = "tremplin.referral.v1.ReferralService/";
constexpr char kRegistration[] = "tremplin.registration.v1.RegistrationService/";
constexpr char kOttawa[] = "programs/ottawa-career-mentoring";
constexpr char kLondon[] = "programs/london-immigrant-employment";
constexpr char kVolunteerism[] = "programs/volunteerism-to-employment";

World AllAtOnce() {
  return World({"ottawa-career-mentoring", "london-immigrant-employment", "halifax-connector",
                "volunteerism-to-employment"});
}

// Meets what Ottawa and London ask, and lives in Ontario.
referral::v1::ReferralFile Everywhere(int number) {
  referral::v1::ReferralFile file = World::EligibleFile(number);
  Give(file, {{"naics", {"541"}}});
  return file;
}

TEST(SeveralPrograms, OneCheckGivesAVerdictForEachInForce) {
  World world = AllAtOnce();
  referral::v1::CheckEligibilityRequest request;
  *request.mutable_file() = Everywhere(1);
  const auto checked = world.Call<referral::v1::CheckEligibilityResponse>(
      world.agency("alpha"), std::string(kReferral) + "CheckEligibility", request);
  ASSERT_TRUE(checked.ok()) << checked.status();
  std::map<std::string, referral::v1::Verdict> verdicts;
  for (const auto& one : checked->programs()) {
    verdicts[one.program()] = one.decision().verdict();
    EXPECT_NE(one.name().fr(), "");
  }
  EXPECT_EQ(verdicts.size(), 4u);
  EXPECT_EQ(verdicts[kOttawa], referral::v1::VERDICT_ELIGIBLE);
  EXPECT_EQ(verdicts[kLondon], referral::v1::VERDICT_ELIGIBLE);
  EXPECT_EQ(verdicts["programs/halifax-connector"], referral::v1::VERDICT_INELIGIBLE);
  EXPECT_EQ(verdicts[kVolunteerism], referral::v1::VERDICT_INCOMPLETE);
}

TEST(SeveralPrograms, ACorrectionForOneWorks_WhileAnotherHasAdmitted) {
  World world = AllAtOnce();
  World::Entry entry{.external_id = "A-1",
                     .file = Everywhere(1),
                     .agency = "alpha",
                     .programs = {kOttawa, kVolunteerism}};
  const auto first = world.Enter(entry);
  ASSERT_TRUE(first.ok()) << first.status();
  world.Admit(first->applications(0).name());
  EXPECT_EQ(first->applications(1).decision().verdict(), referral::v1::VERDICT_INCOMPLETE);

  Give(entry.file, {{"months_abroad", {"60"}},
                    {"arrived_on", {"2023-05-01"}},
                    {"canadian_experience_in_profession", {"no"}},
                    {"hours_per_week_available", {"15"}}});
  const auto second = world.Enter(entry);
  ASSERT_TRUE(second.ok()) << second.status();
  EXPECT_EQ(second->kind(), referral::v1::SUBMISSION_KIND_REVISION);
  EXPECT_EQ(second->applications(0).state(), referral::v1::Application::STATE_ADMITTED);
  EXPECT_EQ(second->applications(0).decision().file_revision(), 1);
  EXPECT_EQ(second->applications(1).decision().verdict(), referral::v1::VERDICT_ELIGIBLE);
  EXPECT_EQ(second->applications(1).decision().file_revision(), 2);
  world.Admit(second->applications(1).name());
  EXPECT_EQ(world.Enrolment(kVolunteerism, "alpha/A-1").person(),
            world.Enrolment(kOttawa, "alpha/A-1").person());
}

TEST(SeveralPrograms, NobodyHasTwoExclusiveMatches_AndLeavingOneLeavesTheOther) {
  World world = AllAtOnce();
  World::Entry entry{.external_id = "A-1",
                     .file = Everywhere(1),
                     .agency = "alpha",
                     .programs = {kOttawa, kLondon}};
  const auto entered = world.Enter(entry);
  ASSERT_TRUE(entered.ok()) << entered.status();
  for (const auto& application : entered->applications()) world.Admit(application.name());
  const std::string ottawa = world.Enrolment(kOttawa, "alpha/A-1").name();
  const std::string london = world.Enrolment(kLondon, "alpha/A-1").name();
  world.OnboardMentee(ottawa);
  world.Onboard(london);
  world.ReadyMentor("M-1", 1);
  world.Ready({.external_id = "M-2",
               .file = testing::Somebody(900, {{"service_language", {"fr"}},
                                               {"fsa", {"N6A"}},
                                               {"noc", {"21231"}},
                                               {"naics", {"541"}},
                                               {"capacity", {"1"}},
                                               {"affiliated_with_partner", {"yes"}},
                                               {"consent_to_share", {"yes"}}}),
               .side = program::v1::SUBJECT_MENTOR,
               .proposer = "london-chamber",
               .programs = {kLondon}});
  const auto proposed = world.Match();
  ASSERT_EQ(proposed.size(), 1u);
  EXPECT_TRUE(world.Match("one_to_one", kLondon).empty());
  const session::v1::Engagement engagement = world.Sign(world.Agree(proposed[0]));
  EXPECT_EQ(engagement.state(), session::v1::Engagement::STATE_ACTIVE);
  EXPECT_TRUE(world.Match("one_to_one", kLondon).empty());

  registration::v1::WithdrawEnrolmentRequest withdraw;
  withdraw.set_name(ottawa);
  ASSERT_TRUE(
      world
          .Call<registration::v1::Enrolment>(
              world.KeyOf(ottawa), std::string(kRegistration) + "WithdrawEnrolment", withdraw)
          .ok());
  world.Settle();
  EXPECT_EQ(world.Engagement(engagement.name()).state(),
            session::v1::Engagement::STATE_ENDED_EARLY);
  // In London they still wait, and may be matched now.
  EXPECT_EQ(world.Match("one_to_one", kLondon).size(), 1u);
}

}  // namespace
}  // namespace tremplin
