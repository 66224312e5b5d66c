// What the pool knows of a person beyond their work, and what a no teaches it.

#include <algorithm>
#include <string>
#include <vector>

#include "common/classification/vocabulary.h"
#include "gmock/gmock.h"
#include "services/matching/engine/profile.h"
#include "services/matching/store/pool.h"
#include "services/matching/testing/fixture.h"

namespace tremplin::matching {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class PoolFactsTest : public MatchingTest {
 protected:
  TestProfile WithYears(int years, int capacity = 0, const std::string& fsa = "K1Z") {
    TestProfile profile = Engineer(capacity);
    profile.set_years_experience(years);
    profile.set_fsa(fsa);
    return profile;
  }
  void Join(reg::EnrolmentRole role, int n, const TestProfile& profile) {
    ASSERT_EQ(Ready(role, n, profile), absl::OkStatus());
  }
  // Mentor 1 suits best, then mentor 2; both live far away. Mentor 3 is near and has less
  // experience.
  void AddTwoFarMentorsAndANearOne() {
    Join(reg::ENROLMENT_ROLE_MENTEE, 1, WithYears(10));
    Join(reg::ENROLMENT_ROLE_MENTOR, 1, WithYears(14, 1, "K0A"));
    Join(reg::ENROLMENT_ROLE_MENTOR, 2, WithYears(14, 1, "K7S"));
    Join(reg::ENROLMENT_ROLE_MENTOR, 3, WithYears(6, 1));
  }
  v1::ListPoolResponse::Entry InPool(const std::string& enrolment) {
    v1::ListPoolRequest request;
    request.set_program(kProgram);
    const auto pool = Call<v1::ListPoolResponse>(Staff(), "ListPool", request);
    EXPECT_TRUE(pool.ok()) << pool.status();
    for (const auto& entry : pool->entries()) {
      if (entry.enrolment() == enrolment) return entry;
    }
    ADD_FAILURE() << enrolment << " is not in the pool";
    return {};
  }
  std::vector<std::string> Volunteered(const std::string& enrolment) {
    std::vector<std::string> attributes;
    EXPECT_EQ(module_.db().Read({.tenant = database::Tenant::All()},
                                [&](database::Reader& reader) -> absl::Status {
                                  const auto entry = store::FindEntry(reader, enrolment);
                                  if (!entry.ok()) return entry.status();
                                  attributes = (*entry)->attributes;
                                  return absl::OkStatus();
                                }),
              absl::OkStatus());
    return attributes;
  }
  int64_t PoolVersion() { return module_.Count("SELECT version FROM matching_pool_version"); }
  // The mentor proposed to mentee 1 after a no for this reason to the first.
  std::string NextAfter(const std::string& reason) {
    const v1::Proposal first = Run().proposals(0);
    EXPECT_EQ(MentorIn(first), MentorName(1));
    EXPECT_TRUE(Answer(Mentee(1), first.name(), v1::ANSWER_NO, reason).ok());
    const v1::RunMatchingResponse next = Run();
    EXPECT_EQ(next.proposals_size(), 1);
    return next.proposals_size() == 1 ? MentorIn(next.proposals(0)) : "";
  }
  bool Reproduced(const v1::Run& run) {
    v1::VerifyRunRequest verify;
    verify.set_name(run.name());
    const auto verified = Call<v1::VerifyRunResponse>(Staff(), "VerifyRun", verify);
    EXPECT_TRUE(verified.ok()) << verified.status();
    return verified.ok() && verified->reproduced() && verified->certified();
  }
};

const v1::Contribution& PartOf(const v1::Proposal& proposal, const std::string& criterion) {
  return *std::find_if(proposal.contributions().begin(), proposal.contributions().end(),
                       [&](const v1::Contribution& one) { return one.criterion() == criterion; });
}

TEST_F(PoolFactsTest, LevelGoalsAndWhatWasVolunteeredComeToThePoolAndCount) {
  TestProfile mentee = WithYears(3);
  mentee.add_goals("network");
  mentee.add_goals("licensing");
  mentee.add_wishes("woman");
  mentee.add_wishes("parent");
  mentee.add_required("woman");
  TestProfile mentor = WithYears(12, 1);
  mentor.add_goals("licensing");
  mentor.add_attributes("woman");
  Join(reg::ENROLMENT_ROLE_MENTEE, 1, mentee);
  Join(reg::ENROLMENT_ROLE_MENTOR, 1, mentor);
  const auto in_pool = InPool(MenteeName(1));
  EXPECT_THAT(program::ValuesOf(in_pool.facts(), "years_experience"), ElementsAre("3"));
  EXPECT_THAT(program::ValuesOf(in_pool.facts(), "goals"), ElementsAre("network", "licensing"));
  EXPECT_THAT(in_pool.wishes(), ElementsAre("parent", "woman"));
  EXPECT_THAT(in_pool.required(), ElementsAre("woman"));
  EXPECT_THAT(InPool(MentorName(1)).attributes(), ElementsAre("woman"));

  const v1::RunMatchingResponse run = Run();
  ASSERT_EQ(run.proposals_size(), 1);
  EXPECT_EQ(PartOf(run.proposals(0), "level").value(), 1);
  EXPECT_EQ(PartOf(run.proposals(0), "goals").value(), 0.5);
  EXPECT_EQ(PartOf(run.proposals(0), "preference").value(), 0.5);
  EXPECT_EQ(PartOf(run.proposals(0), "preference").text().fr(),
            "Souhaits de la personne mentorée qui sont comblés");
  EXPECT_TRUE(Reproduced(run.run()));
}

TEST_F(PoolFactsTest, WhatWasNotGivenIsUnknown) {
  AddMentor(1, 1);
  AddMentee(1);
  EXPECT_THAT(program::ValuesOf(InPool(MenteeName(1)).facts(), "years_experience"), IsEmpty());
  const v1::RunMatchingResponse run = Run();
  ASSERT_EQ(run.proposals_size(), 1);
  for (const char* criterion : {"level", "goals", "preference"}) {
    EXPECT_EQ(PartOf(run.proposals(0), criterion).value(), 0.5) << criterion;
  }
}

TEST_F(PoolFactsTest, AChangedProfileReplacesWhatThePoolKnew) {
  TestProfile mentee = WithYears(3);
  mentee.add_goals("network");
  mentee.add_wishes("woman");
  Join(reg::ENROLMENT_ROLE_MENTEE, 1, mentee);
  const int64_t before = PoolVersion();
  reg::EnrolmentChanged changed;
  changed.set_enrolment("mentee-1");
  changed.set_program(kProgramId);
  changed.set_role(reg::ENROLMENT_ROLE_MENTEE);
  TestProfile anew = WithYears(4);
  anew.add_goals("licensing");
  *changed.mutable_profile() = anew;
  changed.add_formats(kOneToOne);
  ASSERT_EQ(module_.Deliver(changed, changed.enrolment(), module_.now()), absl::OkStatus());
  EXPECT_THAT(program::ValuesOf(InPool(MenteeName(1)).facts(), "years_experience"),
              ElementsAre("4"));
  EXPECT_THAT(program::ValuesOf(InPool(MenteeName(1)).facts(), "goals"), ElementsAre("licensing"));
  EXPECT_THAT(InPool(MenteeName(1)).wishes(), IsEmpty());
  EXPECT_EQ(PoolVersion(), before + 1);
}

TEST_F(PoolFactsTest, AnEndedEnrolmentLeavesNothingThatWasVolunteered) {
  TestProfile mentor = WithYears(12, 1);
  mentor.add_attributes("woman");
  Join(reg::ENROLMENT_ROLE_MENTOR, 1, mentor);
  EXPECT_THAT(Volunteered("mentor-1"), ElementsAre("woman"));
  ASSERT_EQ(EndEnrolment("mentor-1"), absl::OkStatus());
  EXPECT_THAT(Volunteered("mentor-1"), IsEmpty());
}

TEST_F(PoolFactsTest, WhatIsWithdrawnLeavesTheRecordsOfRunsToo) {
  TestProfile mentee = WithYears(3);
  mentee.add_wishes("woman");
  mentee.add_wishes("speaks:ar");
  Join(reg::ENROLMENT_ROLE_MENTEE, 1, mentee);
  TestProfile mentor = WithYears(12, 1);
  mentor.add_attributes("woman");
  Join(reg::ENROLMENT_ROLE_MENTOR, 1, mentor);
  const v1::Run run = Run().run();
  const std::string holding =
      "SELECT COUNT(*) FROM matching_run_part WHERE instr(bytes, CAST('speaks:ar' AS BLOB)) > 0";
  if (module_.store == testing::OneModule::Store::kEmbedded) {
    EXPECT_EQ(module_.Count(holding), 1);
  }
  EXPECT_TRUE(Reproduced(run));
  TestProfile anew = WithYears(3);
  anew.add_wishes("woman");  // one of the two
  reg::EnrolmentChanged changed;
  changed.set_enrolment("mentee-1");
  changed.set_program(kProgramId);
  changed.set_role(reg::ENROLMENT_ROLE_MENTEE);
  *changed.mutable_profile() = anew;
  changed.add_formats(kOneToOne);
  ASSERT_EQ(module_.Deliver(changed, changed.enrolment(), module_.now()), absl::OkStatus());
  if (module_.store == testing::OneModule::Store::kEmbedded) {
    EXPECT_EQ(module_.Count(holding), 0);
  }
  v1::VerifyRunRequest verify;
  verify.set_name(run.name());
  EXPECT_EQ(status::ReasonOf(Call<v1::VerifyRunResponse>(Staff(), "VerifyRun", verify).status()),
            "RUN_RECORD_GONE");
  EXPECT_TRUE(Reproduced(Run().run()));
}

TEST_F(PoolFactsTest, NobodyIsProposedWhoLacksWhatAMenteeRequires) {
  TestProfile mentee = WithYears(3);
  mentee.add_wishes("speaks:ar");
  mentee.add_required("speaks:ar");
  Join(reg::ENROLMENT_ROLE_MENTEE, 1, mentee);
  AddMentor(1, 1);
  const v1::RunMatchingResponse run = Run();
  ASSERT_EQ(run.unmatched_size(), 1);
  EXPECT_EQ(run.unmatched(0).reason(), "none_as_required");
  EXPECT_NE(run.unmatched(0).text().en(), run.unmatched(0).text().fr());

  v1::ExplainMenteeRequest request;
  request.set_mentee_enrolment(MenteeName(1));
  const auto why = Call<v1::MenteeExplanation>(Mentee(1), "ExplainMentee", request);
  ASSERT_TRUE(why.ok()) << why.status();
  EXPECT_EQ(why->reason(), "none_as_required");
  ASSERT_EQ(why->stages_size(), 6);
  EXPECT_EQ(why->stages(2).rule(), "required_wishes");
  EXPECT_EQ(why->stages(2).left(), 0);
  ASSERT_EQ(why->remedies_size(), 1);
  EXPECT_EQ(why->remedies(0).kind(), "wish");
  EXPECT_EQ(why->remedies(0).code(), "speaks:ar");
  EXPECT_EQ(why->remedies(0).text().en(), "To require this of a mentor no longer: speaks Arabic.");
  EXPECT_EQ(why->remedies(0).text().fr(),
            "Ne plus exiger ceci d’une personne mentore : parle arabe.");

  TestProfile speaks = WithYears(12, 1);
  speaks.add_attributes("speaks:ar");
  Join(reg::ENROLMENT_ROLE_MENTOR, 2, speaks);
  const v1::RunMatchingResponse again = Run();
  ASSERT_EQ(again.proposals_size(), 1);
  EXPECT_EQ(MentorIn(again.proposals(0)), MentorName(2));
}

TEST_F(PoolFactsTest, WishesAndAttributesAreToldToStaffOnly) {
  AddMentor(1, 1);
  AddMentee(1);
  v1::GetProposalRequest request;
  request.set_name(Run().proposals(0).name());
  const auto wished = [&](const rpc::Principal& as) {
    const v1::Proposal seen = *Call(as, "GetProposal", request);
    return std::any_of(seen.contributions().begin(), seen.contributions().end(),
                       [](const v1::Contribution& one) { return one.criterion() == "preference"; });
  };
  EXPECT_TRUE(wished(Staff()));
  EXPECT_FALSE(wished(Mentor(1)));
  EXPECT_FALSE(wished(Mentee(1)));
}

TEST_F(PoolFactsTest, ANoForAnotherReasonLeavesTheNextBestAsItWas) {
  AddTwoFarMentorsAndANearOne();
  EXPECT_EQ(NextAfter("personal"), MentorName(2));
  EXPECT_THAT(InPool(MenteeName(1)).lessons(), IsEmpty());
}

TEST_F(PoolFactsTest, ANoForDistanceMakesTheNearerMentorTheNext) {
  AddTwoFarMentorsAndANearOne();
  EXPECT_EQ(NextAfter("distance"), MentorName(3));
  EXPECT_THAT(InPool(MenteeName(1)).lessons(), ElementsAre("proximity"));
}

TEST_F(PoolFactsTest, TheWeightShownIsTheOneThatCountedAndTheRunCanBeSolvedAgain) {
  AddTwoFarMentorsAndANearOne();
  const v1::Proposal first = Run().proposals(0);
  EXPECT_EQ(PartOf(first, "proximity").weight(), 7);
  const int64_t before = PoolVersion();
  ASSERT_TRUE(Answer(Mentee(1), first.name(), v1::ANSWER_NO, "distance").ok());
  EXPECT_EQ(PoolVersion(), before + 1);
  const v1::RunMatchingResponse next = Run();
  ASSERT_EQ(next.proposals_size(), 1);
  EXPECT_EQ(PartOf(next.proposals(0), "proximity").weight(), 7 * 1.5);
  EXPECT_EQ(PartOf(next.proposals(0), "occupation").weight(), 35);
  EXPECT_LE(next.proposals(0).score(), 1);
  EXPECT_TRUE(Reproduced(next.run()));
  // Staff's own proposals are scored alike.
  ASSERT_TRUE(Answer(Mentee(1), next.proposals(0).name(), v1::ANSWER_NO, "distance").ok());
  const auto override = Override(MenteeName(1), MentorName(2));
  ASSERT_TRUE(override.ok()) << override.status();
  EXPECT_EQ(PartOf(*override, "proximity").weight(), 7 * 1.5 * 1.5);
}

TEST_F(PoolFactsTest, AtMostTwoNoesCountForACriterion) {
  Join(reg::ENROLMENT_ROLE_MENTEE, 1, WithYears(10));
  for (int n = 1; n <= 4; ++n) Join(reg::ENROLMENT_ROLE_MENTOR, n, WithYears(12, 1));
  for (const char* reason : {"schedule", "schedule", "schedule", "goals"}) {
    const v1::RunMatchingResponse run = Run();
    ASSERT_EQ(run.proposals_size(), 1);
    ASSERT_TRUE(Answer(Mentee(1), run.proposals(0).name(), v1::ANSWER_NO, reason).ok());
  }
  EXPECT_THAT(InPool(MenteeName(1)).lessons(),
              ElementsAre("availability", "availability", "goals"));
}

TEST_F(PoolFactsTest, AMentorsNoCountsForPairsWithThem) {
  Join(reg::ENROLMENT_ROLE_MENTEE, 1, WithYears(10));
  Join(reg::ENROLMENT_ROLE_MENTOR, 1, WithYears(14, 1, "K7S"));
  const v1::Proposal first = Run().proposals(0);
  ASSERT_TRUE(Answer(Mentor(1), first.name(), v1::ANSWER_NO, "distance").ok());
  EXPECT_THAT(InPool(MentorName(1)).lessons(), ElementsAre("proximity"));
  EXPECT_THAT(InPool(MenteeName(1)).lessons(), IsEmpty());
  Join(reg::ENROLMENT_ROLE_MENTEE, 2, WithYears(10));
  const v1::RunMatchingResponse run = Run();
  ASSERT_EQ(run.proposals_size(), 1);
  EXPECT_EQ(PartOf(run.proposals(0), "proximity").weight(), 7 * 1.5);
  EXPECT_LT(run.proposals(0).score(), first.score());
  EXPECT_TRUE(Reproduced(run.run()));
}

TEST_F(PoolFactsTest, ARenewedEntryKeepsWhatItLearnt) {
  AddTwoFarMentorsAndANearOne();
  ASSERT_TRUE(Answer(Mentee(1), Run().proposals(0).name(), v1::ANSWER_NO, "distance").ok());
  Join(reg::ENROLMENT_ROLE_MENTEE, 1, WithYears(11));
  EXPECT_THAT(InPool(MenteeName(1)).lessons(), ElementsAre("proximity"));
}

TEST_F(PoolFactsTest, APolicyMaySayThatNoesTeachNothing) {
  program::v1::ProgramDefinition definition = Ottawa();
  definition.mutable_formats(0)->mutable_matching()->set_decline_lesson(1);
  module_.Publish(definition, 2);
  AddTwoFarMentorsAndANearOne();
  EXPECT_EQ(NextAfter("distance"), MentorName(2));
}

TEST_F(PoolFactsTest, TheVocabularyFitsThePackedProfile) {
  EXPECT_LE(classification::Goals().size(), engine::Codes::kMostGoals);
  EXPECT_LE(classification::Traits().size(), engine::Codes::kMostWishes);
}

}  // namespace
}  // namespace tremplin::matching
