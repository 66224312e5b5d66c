// The ways that do not go straight: returned and sent again, declined, not signed, ended early and
// matched again, never answered; and nobody is shown to a mentor before staff admitted them.

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "common/resources/names.h"
#include "common/status/error.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/scenarios/steps.h"

namespace tremplin {
namespace {

using outcome::v1::FollowUp;
using program::v1::ProposalStep;
using testing::Answer;
using testing::AnswerProposal;
using testing::Count;
using ::testing::ElementsAre;
using testing::EndEarly;
using testing::FollowUps;
using testing::Funnel;
using testing::Give;
using testing::MenteeOf;
using testing::MentorOf;
using testing::Messages;
using testing::Milestones;
using testing::Pool;
using testing::Proposals;
using testing::ReadyMentee;
using testing::Report;
using testing::StageOf;
using testing::World;

constexpr char kReferral[] = "tremplin.referral.v1.ReferralService/";
constexpr char kMatching[] = "tremplin.matching.v1.MatchingService/";

// The engine suggests, and staff have the last word before anybody sees it.
void AskStaffFirst(program::v1::ProgramDefinition& definition) {
  program::v1::Format& format = *definition.mutable_formats(0);
  format.add_steps()->set_kind(ProposalStep::KIND_STAFF_APPROVAL);
  format.mutable_steps(format.steps_size() - 1)->set_days(7);
  std::rotate(format.mutable_steps()->begin(), format.mutable_steps()->end() - 1,
              format.mutable_steps()->end());
}

TEST(Paths, ReturnedWithReasonsAndSentAgainComplete_IsAdmitted) {
  World world;
  referral::v1::ReferralFile file = World::EligibleFile(1);
  Give(file, {{"resume", {}}});
  const auto submitted = world.Submit("alpha", "A-1", file);
  EXPECT_EQ(submitted.applications(0).decision().verdict(), referral::v1::VERDICT_INCOMPLETE);
  referral::v1::ReturnApplicationRequest back;
  back.set_name(submitted.applications(0).name());
  back.add_reasons("resume");
  ASSERT_TRUE(world
                  .Call<referral::v1::Application>(
                      world.coordinator(), std::string(kReferral) + "ReturnApplication", back)
                  .ok());
  world.Settle();
  EXPECT_THAT(Messages(world, world.agency("alpha")), ElementsAre("application_returned"));

  Give(file, {{"resume", {"yes"}}});
  const auto again = world.Submit("alpha", "A-1", file);
  EXPECT_EQ(again.kind(), referral::v1::SUBMISSION_KIND_REVISION);
  EXPECT_EQ(again.applications(0).name(), submitted.applications(0).name());
  world.Admit(again.applications(0).name());
  EXPECT_THAT(Milestones(world, "alpha", "A-1"),
              ElementsAre("received(resume)", "returned(resume)", "received", "under_review",
                          "admitted", "enrolled"));
  const std::map<std::string, int64_t> funnel = Funnel(world);
  EXPECT_EQ(funnel.at("referred"), 1);  // one application, whatever its turns
  EXPECT_EQ(funnel.at("returned"), 1);
  EXPECT_EQ(funnel.at("admitted"), 1);
}

TEST(Paths, NobodyIsShownToAMentor_BeforeStaffAdmittedThem) {
  World world;
  const std::string mentor = world.ReadyMentor("M-1", 2);
  const auto submitted = world.Submit("alpha", "A-1", World::EligibleFile(1));
  EXPECT_TRUE(world.Match().empty());
  EXPECT_TRUE(Pool(world, matching::v1::SIDE_MENTEE).empty());
  world.Admit(submitted.applications(0).name());
  EXPECT_TRUE(world.Match().empty());  // admitted, not yet oriented
  EXPECT_TRUE(Messages(world, world.MentorKey(mentor)) ==
              std::vector<std::string>{"enrolment_ready"});
  world.OnboardMentee(world.Enrolment("alpha/A-1").name());
  EXPECT_EQ(world.Match().size(), 1u);
}

TEST(Paths, Declined_CascadesToTheNextMentor) {
  World world;
  ReadyMentee(world, "A-1", 1);
  world.ReadyMentor("M-1", 1);
  world.ReadyMentor("M-2", 1);
  const std::vector<matching::v1::Proposal> first = world.Match();
  ASSERT_EQ(first.size(), 1u);
  const auto declined = AnswerProposal(world, world.MentorKey(MentorOf(first[0])), first[0].name(),
                                       matching::v1::ANSWER_NO);
  ASSERT_TRUE(declined.ok()) << declined.status();
  EXPECT_EQ(declined->state(), matching::v1::Proposal::STATE_DECLINED);
  world.MoveBy(absl::Hours(24));
  const std::vector<matching::v1::Proposal> next =
      Proposals(world, matching::v1::Proposal::STATE_OPEN);
  ASSERT_EQ(next.size(), 1u);
  EXPECT_NE(MentorOf(next[0]), MentorOf(first[0]));
  EXPECT_EQ(Funnel(world).at("proposed"), 2);
  EXPECT_EQ(Funnel(world).at("declined"), 1);
}

TEST(Paths, Suggested_IsSeenByItsTwoSidesOnceACoordinatorApproved) {
  World world;
  world.PublishProgram(AskStaffFirst);
  ReadyMentee(world, "A-1", 1);
  const std::string mentor = world.ReadyMentor("M-1", 1);
  const std::vector<matching::v1::Proposal> suggested = world.Match();
  ASSERT_EQ(suggested.size(), 1u);
  EXPECT_EQ(suggested[0].step(), ProposalStep::KIND_STAFF_APPROVAL);
  EXPECT_EQ(Pool(world, matching::v1::SIDE_MENTOR).at(0).taken(), 1);
  const std::string mentee_key = world.MenteeKey(MenteeOf(suggested[0]));
  const auto told = [&](const std::string& key) {
    return Count(Messages(world, key), "proposal_made");
  };
  EXPECT_EQ(AnswerProposal(world, mentee_key, suggested[0].name(), matching::v1::ANSWER_YES)
                .status()
                .code(),
            absl::StatusCode::kNotFound);
  EXPECT_EQ(told(mentee_key), 0);
  EXPECT_EQ(Funnel(world).count("proposed"), 0u);

  world.MoveBy(absl::Hours(24));
  matching::v1::ApproveProposalRequest approve;
  approve.set_name(suggested[0].name());
  const auto approved = world.Call<matching::v1::Proposal>(
      world.coordinator(), std::string(kMatching) + "ApproveProposal", approve);
  ASSERT_TRUE(approved.ok()) << approved.status();
  EXPECT_EQ(approved->step(), ProposalStep::KIND_INTEREST);
  world.Settle();
  EXPECT_EQ(told(mentee_key), 1);
  EXPECT_EQ(told(world.MentorKey(mentor)), 1);
  EXPECT_EQ(Funnel(world).at("proposed"), 1);

  const session::v1::Engagement active = world.Sign(world.Agree(*approved));
  EXPECT_EQ(active.state(), session::v1::Engagement::STATE_ACTIVE);
  EXPECT_EQ(world.Proposal(approved->name()).state(), matching::v1::Proposal::STATE_MATCHED);
  EXPECT_EQ(Funnel(world).at("matched"), 1);
}

TEST(Paths, ASuggestionTurnedDown_IsKnownToStaffAlone) {
  World world;
  world.PublishProgram(AskStaffFirst);
  ReadyMentee(world, "A-1", 1);
  const std::string mentor = world.ReadyMentor("M-1", 1);
  const std::string name = world.Match().at(0).name();
  matching::v1::CancelProposalRequest cancel;
  cancel.set_name(name);
  cancel.set_reason("staff_decision");
  ASSERT_TRUE(world
                  .Call<matching::v1::Proposal>(world.coordinator(),
                                                std::string(kMatching) + "CancelProposal", cancel)
                  .ok());
  world.MoveBy(absl::Hours(48));
  EXPECT_EQ(Messages(world, world.MentorKey(mentor)), std::vector<std::string>{"enrolment_ready"});
  EXPECT_EQ(Funnel(world).count("proposed"), 0u);
  EXPECT_EQ(Pool(world, matching::v1::SIDE_MENTOR).at(0).taken(), 0);
  EXPECT_TRUE(Proposals(world, matching::v1::Proposal::STATE_OPEN).empty());
}

TEST(Paths, AgreementNotSignedInTime_FreesThePlace) {
  World world;
  ReadyMentee(world, "A-1", 1);
  world.ReadyMentor("M-1", 1);
  const session::v1::Engagement agreed = world.Agree(world.Match().at(0));
  EXPECT_EQ(Pool(world, matching::v1::SIDE_MENTOR).at(0).taken(), 1);
  ASSERT_TRUE(testing::SignDocument(world, MenteeOf(agreed), agreed.name(), "agreement").ok());
  world.MoveBy(absl::Hours(15 * 24));
  EXPECT_EQ(world.Engagement(agreed.name()).state(), session::v1::Engagement::STATE_LAPSED);
  EXPECT_EQ(Pool(world, matching::v1::SIDE_MENTOR).at(0).taken(), 0);
  EXPECT_EQ(Funnel(world).at("lapsed"), 1);
  EXPECT_EQ(Funnel(world).count("started"), 0u);
  EXPECT_EQ(Count(Messages(world, world.MenteeKey(MenteeOf(agreed))), "agreement_lapsed"), 1);
}

TEST(Paths, EndedEarly_IsMatchedAgain_AndFollowUpsCountFromTheFirstEnd) {
  World world;
  const std::string mentee = ReadyMentee(world, "A-1", 1);
  const std::string mentee_key = world.MenteeKey(mentee);
  world.ReadyMentor("M-1", 1);
  world.ReadyMentor("M-2", 1);
  const session::v1::Engagement first = world.Sign(world.Agree(world.Match().at(0)));
  world.MoveBy(absl::Hours(14 * 24));
  ASSERT_TRUE(EndEarly(world, mentee, first.name(), "not_a_fit", session::v1::REMATCH_YES).ok());
  const std::map<std::string, FollowUp> first_stages = FollowUps(world, mentee_key);
  ASSERT_EQ(first_stages.count("month_12"), 1u);

  world.MoveBy(absl::Hours(24));
  std::vector<matching::v1::Proposal> again = Proposals(world, matching::v1::Proposal::STATE_OPEN);
  if (again.empty()) again = world.Match();
  ASSERT_EQ(again.size(), 1u);
  EXPECT_NE(MentorOf(again[0]), MentorOf(first));
  const session::v1::Engagement second = world.Sign(world.Agree(again[0]));
  world.MoveBy(absl::Hours(120 * 24));  // time closes it after its term and grace
  EXPECT_EQ(world.Engagement(second.name()).state(), session::v1::Engagement::STATE_COMPLETED);
  // A person is followed from the first end, however many engagements come after.
  std::map<std::string, FollowUp> follow_ups = FollowUps(world, mentee_key);
  for (const char* stage : {"exit", "month_3", "month_6", "month_12"}) {
    EXPECT_EQ(resources::FromTimestamp(follow_ups[stage].open_time()),
              resources::FromTimestamp(first_stages.at(stage).open_time()))
        << stage;
  }
  EXPECT_EQ(Funnel(world).at("ended_early"), 1);
  EXPECT_EQ(Funnel(world).at("completed"), 1);
  EXPECT_EQ(Funnel(world).at("matched"), 2);
}

TEST(Paths, AFollowUpNotAnswered_IsRemindedOfAndLost) {
  World world;
  const auto submitted = world.Submit("alpha", "A-1", World::EligibleFile(1));
  world.Admit(submitted.applications(0).name());
  const std::string key = world.MenteeKey(world.Enrolment("alpha/A-1").name());
  world.MoveBy(absl::Hours(31 * 24));
  const FollowUp baseline = FollowUps(world, key)["baseline"];
  EXPECT_EQ(baseline.state(), FollowUp::STATE_LOST);
  EXPECT_EQ(baseline.attempts(), 2);
  EXPECT_THAT(Messages(world, key),
              ElementsAre("follow_up_open", "follow_up_reminder", "follow_up_reminder"));
  EXPECT_EQ(status::ReasonOf(
                Answer(world, key, baseline, outcome::v1::EMPLOYMENT_STATUS_NONE, "").status()),
            "FOLLOW_UP_CLOSED");
  const outcome::v1::StageReport stage = StageOf(Report(world), "baseline");
  EXPECT_EQ(stage.lost(), 1);
  EXPECT_EQ(stage.answered(), 0);
  EXPECT_EQ(stage.employed_rate().worst(), 0);
  EXPECT_EQ(stage.employed_rate().best(), 1);
}

TEST(Paths, SomebodyElsesFollowUp_IsNotThere) {
  World world;
  for (int i = 1; i <= 2; ++i) {
    const std::string id = "A-" + std::to_string(i);
    world.Admit(world.Submit("alpha", id, World::EligibleFile(i)).applications(0).name());
  }
  const std::string one = world.MenteeKey(world.Enrolment("alpha/A-1").name());
  const std::string two = world.MenteeKey(world.Enrolment("alpha/A-2").name());
  const FollowUp hers = FollowUps(world, one)["baseline"];
  EXPECT_EQ(Answer(world, two, hers, outcome::v1::EMPLOYMENT_STATUS_NONE, "").status().code(),
            absl::StatusCode::kNotFound);
  const auto wrong = Answer(world, one, hers, outcome::v1::EMPLOYMENT_STATUS_RELATED, "");
  ASSERT_EQ(wrong.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(status::DetailOf(wrong.status()).violations.at(0).field, "job");
}

}  // namespace
}  // namespace tremplin
