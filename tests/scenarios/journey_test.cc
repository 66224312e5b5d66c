// One person's whole way: pushed by an agency, admitted, oriented, matched, mentored, and followed
// up to the twelfth month; every step seen by those whom it concerns.

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
using testing::Answer;
using testing::Complete;
using testing::Count;
using ::testing::ElementsAre;
using testing::FollowUps;
using testing::Funnel;
using testing::Messages;
using testing::Milestones;
using ::testing::Pair;
using testing::Report;
using testing::StageOf;
using ::testing::UnorderedElementsAre;
using testing::World;

constexpr char kSession[] = "tremplin.session.v1.SessionService/";

absl::Time OpenOf(const FollowUp& follow_up) {
  return resources::FromTimestamp(follow_up.open_time());
}

// Answers the baseline, is matched and meets the mentor for three weeks; the engagement's name.
std::string GoThroughMentoring(World& world, const std::string& mentee,
                               const std::string& mentor_key) {
  const std::string mentee_key = world.MenteeKey(mentee);
  const std::vector<matching::v1::Proposal> proposals = world.Match();
  EXPECT_EQ(proposals.size(), 1u);
  const session::v1::Engagement agreed = world.Agree(proposals.at(0));
  EXPECT_EQ(agreed.state(), session::v1::Engagement::STATE_AGREEMENT_PENDING);
  const session::v1::Engagement active = world.Sign(agreed);
  EXPECT_EQ(active.state(), session::v1::Engagement::STATE_ACTIVE);
  for (int week = 0; week < 3; ++week) {
    world.MoveBy(absl::Hours(7 * 24));
    session::v1::LogSessionRequest request;
    request.set_engagement(active.name());
    *request.mutable_held_time() =
        resources::ToTimestamp(world.clock().BusinessNow() - absl::Hours(1));
    request.set_minutes(60);
    request.set_contact(week == 2 ? session::v1::CONTACT_VIDEO : session::v1::CONTACT_IN_PERSON);
    const auto logged = world.Call<session::v1::Session>(
        week == 0 ? mentor_key : mentee_key, std::string(kSession) + "LogSession", request);
    EXPECT_TRUE(logged.ok()) << logged.status();
    EXPECT_EQ(logged->counts(), week != 2);  // the definition counts meetings in person
    world.Settle();
  }
  const auto completed = Complete(world, active.name(), /*goals_met=*/true);
  EXPECT_TRUE(completed.ok()) << completed.status();
  EXPECT_EQ(completed->counted_minutes(), 120);
  EXPECT_EQ(completed->session_count(), 3);
  return active.name();
}

TEST(Journey, GoesFromAPushedReferralToTheTwelfthMonth) {
  World world;
  const auto submitted = world.Submit("alpha", "A-1", World::EligibleFile(1));
  EXPECT_EQ(submitted.kind(), referral::v1::SUBMISSION_KIND_NEW);
  const std::string application = submitted.applications(0).name();
  world.Admit(application);
  EXPECT_THAT(Milestones(world, "alpha", "A-1"),
              ElementsAre("received", "under_review", "admitted", "enrolled"));
  EXPECT_THAT(Messages(world, world.agency("alpha")), ElementsAre("application_admitted"));
  EXPECT_TRUE(Messages(world, world.agency("beta")).empty());

  // The baseline opens with the enrolment, and is answered.
  const registration::v1::Enrolment enrolment = world.Enrolment("alpha/A-1");
  const std::string mentee_key = world.MenteeKey(enrolment.name());
  EXPECT_THAT(Messages(world, mentee_key), ElementsAre("follow_up_open"));
  std::map<std::string, FollowUp> follow_ups = FollowUps(world, mentee_key);
  ASSERT_EQ(follow_ups.size(), 1u);
  EXPECT_EQ(follow_ups["baseline"].state(), FollowUp::STATE_OPEN);
  ASSERT_TRUE(Answer(world, mentee_key, follow_ups["baseline"],
                     outcome::v1::EMPLOYMENT_STATUS_OTHER, "2025-06-01")
                  .ok());

  world.OnboardMentee(enrolment.name());
  const std::string mentor = world.ReadyMentor("M-1", 1);
  const std::string mentor_key = world.MentorKey(mentor);
  GoThroughMentoring(world, enrolment.name(), mentor_key);
  const absl::Time ended = world.clock().BusinessNow();

  // Exit opens at once, the others are set for calendar months later.
  follow_ups = FollowUps(world, mentee_key);
  ASSERT_EQ(follow_ups.size(), 5u);
  EXPECT_EQ(follow_ups["exit"].state(), FollowUp::STATE_OPEN);
  EXPECT_EQ(OpenOf(follow_ups["exit"]), ended);
  EXPECT_EQ(follow_ups["month_12"].state(), FollowUp::STATE_SCHEDULED);
  EXPECT_EQ(status::ReasonOf(Answer(world, mentee_key, follow_ups["month_3"],
                                    outcome::v1::EMPLOYMENT_STATUS_NONE, "")
                                 .status()),
            "FOLLOW_UP_NOT_OPEN");
  ASSERT_TRUE(
      Answer(world, mentee_key, follow_ups["exit"], outcome::v1::EMPLOYMENT_STATUS_NONE, "").ok());

  for (const char* stage : {"month_3", "month_6", "month_12"}) {
    SCOPED_TRACE(stage);
    world.MoveTo(OpenOf(follow_ups[stage]));
    follow_ups = FollowUps(world, mentee_key);
    ASSERT_EQ(follow_ups[stage].state(), FollowUp::STATE_OPEN);
    const auto answered = Answer(world, mentee_key, follow_ups[stage],
                                 outcome::v1::EMPLOYMENT_STATUS_IN_PROFESSION, "2025-11-03");
    ASSERT_TRUE(answered.ok()) << answered.status();
    EXPECT_EQ(answered->state(), FollowUp::STATE_ANSWERED);
  }

  // One job was told of three times and stands once, after the one of the baseline.
  outcome::v1::ListEmploymentRequest employment;
  employment.set_enrolment(enrolment.name());
  const auto jobs = world.Call<outcome::v1::ListEmploymentResponse>(
      mentee_key, "tremplin.outcome.v1.OutcomeService/ListEmployment", employment);
  ASSERT_TRUE(jobs.ok()) << jobs.status();
  ASSERT_EQ(jobs->jobs_size(), 2);
  EXPECT_EQ(jobs->jobs(0).start(), "2025-06-01");
  EXPECT_EQ(jobs->jobs(1).kind(), outcome::v1::EMPLOYMENT_STATUS_IN_PROFESSION);

  EXPECT_THAT(Funnel(world),
              UnorderedElementsAre(Pair("referred", 1), Pair("eligible", 1), Pair("admitted", 1),
                                   Pair("mentees_enrolled", 1), Pair("mentees_ready", 1),
                                   Pair("mentors_enrolled", 1), Pair("mentors_ready", 1),
                                   Pair("proposed", 1), Pair("interested", 1), Pair("met", 1),
                                   Pair("matched", 1), Pair("started", 1), Pair("completed", 1),
                                   Pair("sessions", 3)));
  const outcome::v1::OutcomeReport report = Report(world);
  EXPECT_EQ(report.waiting(), 0);
  for (const char* stage : {"baseline", "exit", "month_3", "month_6", "month_12"}) {
    SCOPED_TRACE(stage);
    EXPECT_EQ(StageOf(report, stage).due(), 1);
    EXPECT_EQ(StageOf(report, stage).answered(), 1);
    // One person is a cell too small to show.
    EXPECT_TRUE(StageOf(report, stage).employed_rate().suppressed());
    EXPECT_EQ(StageOf(report, stage).in_profession(), 0);
  }

  const std::vector<std::string> messages = Messages(world, mentee_key);
  EXPECT_EQ(Count(messages, "follow_up_open"), 5);
  EXPECT_EQ(Count(messages, "proposal_made"), 1);
  EXPECT_EQ(Count(messages, "contact_meeting_held"), 1);
  EXPECT_EQ(Count(messages, "agreement_to_sign"), 1);
  EXPECT_EQ(Count(Messages(world, mentor_key), "follow_up_open"), 0);
  EXPECT_EQ(Count(Messages(world, world.coordinator()), "contact_meeting_to_hold"), 1);
  EXPECT_THAT(
      Milestones(world, "alpha", "A-1"),
      ElementsAre("received", "under_review", "admitted", "enrolled", "outcome(baseline,other)",
                  "ready", "matched", "started", "completed(goals_met)", "outcome(exit,none)",
                  "outcome(month_3,in_profession)", "outcome(month_6,in_profession)",
                  "outcome(month_12,in_profession)"));
  EXPECT_TRUE(Milestones(world, "beta", "A-1").empty());
}

TEST(Journey, ReportsWhatStoodAtAPastDay_WheneverAsked) {
  World world;
  const auto submitted = world.Submit("alpha", "A-1", World::EligibleFile(1));
  world.Admit(submitted.applications(0).name());
  const absl::Time before = world.clock().BusinessNow();
  const std::string key = world.MenteeKey(world.Enrolment("alpha/A-1").name());
  world.MoveBy(absl::Hours(24));
  ASSERT_TRUE(
      Answer(world, key, FollowUps(world, key)["baseline"], outcome::v1::EMPLOYMENT_STATUS_NONE, "")
          .ok());
  EXPECT_EQ(StageOf(Report(world), "baseline").answered(), 1);
  outcome::v1::GetOutcomeReportRequest request;
  request.set_program(testing::kProgram);
  *request.mutable_as_of() = resources::ToTimestamp(before);
  const auto then = world.Call<outcome::v1::OutcomeReport>(
      world.coordinator(), "tremplin.outcome.v1.OutcomeService/GetOutcomeReport", request);
  ASSERT_TRUE(then.ok()) << then.status();
  EXPECT_EQ(StageOf(*then, "baseline").answered(), 0);
  EXPECT_EQ(StageOf(*then, "baseline").open(), 1);
}

}  // namespace
}  // namespace tremplin
