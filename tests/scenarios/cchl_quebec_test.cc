// The Québec chapter: ten phases from September to June, an undertaking that the two keep between
// them, a credit an hour for certified members, and a committee that brings people together.

#include <string>
#include <vector>

#include "absl/time/civil_time.h"
#include "common/resources/names.h"
#include "common/status/error.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/scenarios/steps.h"

namespace tremplin {
namespace {

using program::v1::ProposalStep;
using program::v1::SUBJECT_MENTEE;
using program::v1::SUBJECT_MENTOR;
using testing::Give;
using testing::MentorOf;
using testing::ParticipantOf;
using testing::Somebody;
using testing::World;

constexpr char kSession[] = "tremplin.session.v1.SessionService/";

referral::v1::ReferralFile Leader(int number, bool certified) {
  referral::v1::ReferralFile file =
      Somebody(number, {{"service_language", {"fr"}},
                        {"health_leader", {"yes"}},
                        {"years_experience", {std::to_string(number % 30)}},
                        {"cchl-quebec.interests", {"engage_others", "lead_self"}}});
  if (certified) Give(file, {{"certified_member", {"yes"}}});
  return file;
}

std::string ReadyMentee(World& world, int number, bool certified) {
  return world.Ready(
      {.external_id = "E-" + std::to_string(number), .file = Leader(number, certified)});
}
std::string ReadyMentor(World& world, int number, bool certified) {
  referral::v1::ReferralFile file = Leader(number, certified);
  Give(file, {{"capacity", {"1"}}});
  return world.Ready(
      {.external_id = "M-" + std::to_string(number), .file = file, .side = SUBJECT_MENTOR});
}

TEST(CchlQuebec, AsksForNoMembership_ButForALeaderInHealth) {
  World world({"cchl-quebec"});
  EXPECT_EQ(testing::Verdict(world, Leader(1, false)), "eligible()");
  referral::v1::ReferralFile file = Leader(2, true);
  Give(file, {{"health_leader", {"no"}}});
  EXPECT_EQ(testing::Verdict(world, file), "ineligible(health_leader)");
  EXPECT_EQ(testing::Verdict(world, file, SUBJECT_MENTOR), "ineligible(health_leader)");
}

TEST(CchlQuebec, TheCommitteeMatches_AndNobodySeesASuggestionBefore) {
  World world({"cchl-quebec"});
  const std::string mentee = ReadyMentee(world, 1, false);
  ReadyMentor(world, 25, true);
  const matching::v1::Proposal suggested = world.Match().at(0);
  EXPECT_EQ(suggested.step(), ProposalStep::KIND_STAFF_APPROVAL);
  EXPECT_EQ(testing::AnswerProposal(world, world.KeyOf(mentee), suggested.name(),
                                    matching::v1::ANSWER_YES)
                .status()
                .code(),
            absl::StatusCode::kNotFound);
  EXPECT_EQ(testing::Count(testing::Messages(world, world.KeyOf(mentee)), "proposal_made"), 0);
  const matching::v1::Proposal approved = world.TakeStep(suggested);
  EXPECT_EQ(approved.step(), ProposalStep::KIND_ACCEPTANCE);
  EXPECT_EQ(testing::Count(testing::Messages(world, world.KeyOf(mentee)), "proposal_made"), 1);
}

TEST(CchlQuebec, SixSessionsOfNinetyMinutes_AreNineCreditsForACertifiedMemberAndNoneForAGuest) {
  World world({"cchl-quebec"});
  const std::string guest = ReadyMentee(world, 1, false);
  const std::string member = ReadyMentor(world, 25, true);
  const session::v1::Engagement pair = world.Agree(world.Match().at(0));
  ASSERT_EQ(pair.state(), session::v1::Engagement::STATE_ACTIVE);  // nothing holds the start
  for (int month = 0; month < 6; ++month) {
    world.MoveByDays(30);
    ASSERT_TRUE(world.Log(pair, 90, session::v1::CONTACT_VIDEO).ok());
  }
  const session::v1::Engagement now = world.Engagement(pair.name());
  EXPECT_EQ(now.session_count(), 6);
  const session::v1::Participant certified = ParticipantOf(now, member);
  ASSERT_EQ(certified.credits_size(), 1);
  EXPECT_EQ(certified.credits(0).rule(), "category_1");
  EXPECT_EQ(certified.credits(0).hundredths(), 900);
  EXPECT_EQ(ParticipantOf(now, guest).credits_size(), 0);
  // A quarter of an hour is no session of this program until somebody confirms it.
  world.MoveByDays(1);
  EXPECT_EQ(status::ReasonOf(world.Log(pair, 15).status()), "LENGTH_UNUSUAL");
}

TEST(CchlQuebec, TheUndertakingIsKeptBetweenTheTwo_StaffSeeWhenItWasSigned) {
  World world({"cchl-quebec"});
  const std::string mentee = ReadyMentee(world, 1, false);
  const std::string mentor = ReadyMentor(world, 25, false);
  const session::v1::Engagement pair = world.Agree(world.Match().at(0));
  world.MoveByDays(20);
  ASSERT_TRUE(testing::SignDocument(world, mentee, pair.name(), "confidentiality").ok());
  ASSERT_TRUE(testing::SignDocument(world, mentor, pair.name(), "confidentiality").ok());
  const session::v1::Engagement seen = world.Engagement(pair.name());
  for (const std::string& one : {mentee, mentor}) {
    const session::v1::Participant participant = ParticipantOf(seen, one);
    ASSERT_EQ(participant.signatures_size(), 1);
    EXPECT_EQ(participant.signatures(0).document(), "confidentiality");
    EXPECT_EQ(resources::FromTimestamp(participant.signatures(0).sign_time()),
              world.clock().BusinessNow());
  }
  // Staff cannot sign for them.
  session::v1::SignDocumentRequest sign;
  sign.set_name(pair.name());
  sign.set_document("confidentiality");
  EXPECT_FALSE(world
                   .Call<session::v1::Engagement>(world.coordinator(),
                                                  std::string(kSession) + "SignDocument", sign)
                   .ok());
}

TEST(CchlQuebec, TenPhases_AndTheSeasonEndsInJune) {
  World world({"cchl-quebec"});
  const std::string mentee = ReadyMentee(world, 1, true);
  const std::string key = world.KeyOf(mentee);
  ReadyMentor(world, 25, false);
  testing::AnswerStage(world, key, "baseline", outcome::v1::EMPLOYMENT_STATUS_IN_PROFESSION,
                       "2020-01-06");
  const session::v1::Engagement pair = world.Agree(world.Match().at(0));
  ASSERT_EQ(pair.phases_size(), 10);
  absl::TimeZone zone;
  ASSERT_TRUE(absl::LoadTimeZone("America/Toronto", &zone));
  EXPECT_EQ(absl::FormatCivilTime(absl::ToCivilDay(
                resources::FromTimestamp(pair.term_time()) - absl::Seconds(1), zone)),
            "2026-06-30");
  for (const session::v1::PhaseProgress& phase : pair.phases()) {
    world.MoveByDays(7);
    session::v1::SetPhaseRequest done;
    done.set_engagement(pair.name());
    done.set_phase(phase.phase());
    done.set_done(true);
    ASSERT_TRUE(
        world.Call<session::v1::Engagement>(key, std::string(kSession) + "SetPhase", done).ok())
        << phase.phase();
  }
  const session::v1::Engagement all_done = world.Engagement(pair.name());
  for (const session::v1::PhaseProgress& phase : all_done.phases()) {
    EXPECT_TRUE(phase.done()) << phase.phase();
  }
  session::v1::ExtendEngagementRequest extend;
  extend.set_name(pair.name());
  extend.set_days(30);
  EXPECT_FALSE(
      world.Call<session::v1::Engagement>(key, std::string(kSession) + "ExtendEngagement", extend)
          .ok());
  world.MoveTo(resources::FromTimestamp(pair.term_time()) - absl::Hours(1));
  EXPECT_EQ(world.Engagement(pair.name()).state(), session::v1::Engagement::STATE_ACTIVE);
  world.MoveByDays(15);
  EXPECT_EQ(world.Engagement(pair.name()).state(), session::v1::Engagement::STATE_COMPLETED);
  for (const char* stage : {"exit", "month_6"}) {
    testing::AnswerStage(world, key, stage, outcome::v1::EMPLOYMENT_STATUS_IN_PROFESSION,
                         "2020-01-06");
  }
  EXPECT_EQ(testing::StageOf(testing::Report(world), "month_6").answered(), 1);
}

TEST(CchlQuebec, ConcludedEarly_ANewPartnerIsFound) {
  World world({"cchl-quebec"});
  const std::string mentee = ReadyMentee(world, 1, false);
  ReadyMentor(world, 25, false);
  ReadyMentor(world, 26, false);
  const session::v1::Engagement first = world.Agree(world.Match().at(0));
  world.MoveByDays(40);
  ASSERT_TRUE(
      testing::EndEarly(world, mentee, first.name(), "not_a_fit", session::v1::REMATCH_YES).ok());
  world.MoveByDays(1);
  std::vector<matching::v1::Proposal> again =
      testing::Proposals(world, matching::v1::Proposal::STATE_OPEN);
  if (again.empty()) again = world.Match();
  ASSERT_EQ(again.size(), 1u);
  EXPECT_NE(MentorOf(again[0]), MentorOf(first));
  EXPECT_EQ(world.Agree(again[0]).state(), session::v1::Engagement::STATE_ACTIVE);
}

}  // namespace
}  // namespace tremplin
