// What was told of a meeting or a job, put right; and the days that count. The cases "same hour",
// "not over yet", "did not meet", "job over", "new job", "evening" and "five answers".

#include <string>
#include <vector>

#include "absl/time/civil_time.h"
#include "common/resources/names.h"
#include "common/status/error.h"
#include "common/text/text.h"
#include "gtest/gtest.h"
#include "tests/scenarios/steps.h"
#include "tremplin/notification/v1/notification.pb.h"

namespace tremplin {
namespace {

using outcome::v1::FollowUp;
using session::v1::Engagement;
using testing::Answer;
using testing::FollowUps;
using testing::Funnel;
using testing::Jobs;
using testing::MenteeOf;
using testing::MentorOf;
using testing::Must;
using testing::ReadyMentee;
using testing::Report;
using testing::StageOf;
using testing::World;

constexpr char kNotification[] = "tremplin.notification.v1.NotificationService/";
constexpr char kOutcome[] = "tremplin.outcome.v1.OutcomeService/";
constexpr char kSession[] = "tremplin.session.v1.SessionService/";

// A pair that has met for a week, at some hour of the day.
Engagement Pair(World& world) {
  ReadyMentee(world, "A-1", 1);
  world.ReadyMentor("M-1", 1);
  const Engagement pair = world.Sign(world.Agree(world.Match().at(0)));
  world.MoveByDays(7);
  return pair;
}

absl::StatusOr<session::v1::Session> LogAt(World& world, const std::string& as,
                                           const Engagement& engagement, absl::Time held,
                                           int minutes, bool confirm = false) {
  session::v1::LogSessionRequest log;
  log.set_engagement(engagement.name());
  *log.mutable_held_time() = resources::ToTimestamp(held);
  log.set_minutes(minutes);
  log.set_contact(session::v1::CONTACT_IN_PERSON);
  log.set_confirm_length(confirm);
  auto logged =
      world.Call<session::v1::Session>(world.KeyOf(as), text::Cat(kSession, "LogSession"), log);
  world.Settle();
  return logged;
}

std::string FaultOf(const absl::Status& status) {
  const auto violations = status::DetailOf(status).violations;
  return violations.empty() ? status::ReasonOf(status) : violations[0].reason;
}

TEST(SameHour, IsOneMeeting_CorrectedAndStruckWithAReason) {
  World world;
  const Engagement pair = Pair(world);
  const absl::Time six = world.clock().BusinessNow() - absl::Hours(5);
  const auto first = LogAt(world, MenteeOf(pair), pair, six, 60);
  ASSERT_TRUE(first.ok()) << first.status();
  const absl::Status second =
      LogAt(world, MentorOf(pair), pair, six + absl::Minutes(5), 60).status();
  EXPECT_EQ(second.code(), absl::StatusCode::kAlreadyExists);
  EXPECT_EQ(status::ReasonOf(second), "SESSION_OVERLAPS");
  EXPECT_NE(status::DetailOf(second).en.find(first->name()), std::string::npos);
  EXPECT_EQ(world.Engagement(pair.name()).counted_minutes(), 60);
  EXPECT_EQ(Funnel(world).at("sessions"), 1);

  session::v1::CorrectSessionRequest correct;
  correct.set_name(first->name());
  *correct.mutable_held_time() = resources::ToTimestamp(six + absl::Minutes(5));
  correct.set_minutes(90);
  correct.set_contact(session::v1::CONTACT_IN_PERSON);
  correct.set_reason("wrong_length");
  const auto corrected = world.Call<session::v1::Session>(
      world.KeyOf(MentorOf(pair)), text::Cat(kSession, "CorrectSession"), correct);
  ASSERT_TRUE(corrected.ok()) << corrected.status();
  EXPECT_EQ(corrected->state(), session::v1::Session::STATE_CORRECTED);
  EXPECT_EQ(world.Engagement(pair.name()).counted_minutes(), 90);
  session::v1::StrikeSessionRequest strike;
  strike.set_name(first->name());
  strike.set_reason("not_held");
  ASSERT_TRUE(world
                  .Call<session::v1::Session>(world.coordinator(),
                                              text::Cat(kSession, "StrikeSession"), strike)
                  .ok());
  world.Settle();
  EXPECT_EQ(world.Engagement(pair.name()).counted_minutes(), 0);
  EXPECT_EQ(Funnel(world).count("sessions"), 0u);
}

TEST(NotOverYet, IsRefusedWithTheMomentWhenItIs_AndUnusualLengthsAreAskedAbout) {
  World world;
  const Engagement pair = Pair(world);
  const absl::Time began = world.clock().BusinessNow() - absl::Minutes(30);
  const absl::Status early = LogAt(world, MenteeOf(pair), pair, began, 60).status();
  EXPECT_EQ(status::ReasonOf(early), "SESSION_NOT_OVER");
  absl::TimeZone zone;
  ASSERT_TRUE(absl::LoadTimeZone("America/Toronto", &zone));
  const std::string over = absl::FormatTime("%Y-%m-%d %H:%M", began + absl::Hours(1), zone);
  EXPECT_NE(status::DetailOf(early).en.find(over), std::string::npos) << over;
  EXPECT_NE(status::DetailOf(early).fr.find(over), std::string::npos) << over;
  const absl::Time yesterday = world.clock().BusinessNow() - absl::Hours(24);
  EXPECT_EQ(status::ReasonOf(LogAt(world, MenteeOf(pair), pair, yesterday, 600).status()),
            "LENGTH_UNUSUAL");
  EXPECT_TRUE(LogAt(world, MenteeOf(pair), pair, yesterday, 600, /*confirm=*/true).ok());
}

TEST(DidNotMeet, AsksForNoRating_AndIsFlaggedAfterAsManyAsTheDefinitionNames) {
  World world;
  world.PublishProgram([](program::v1::ProgramDefinition& definition) {
    definition.mutable_formats(0)->mutable_engagement()->set_misses_before_flag(2);
  });
  const Engagement pair = Pair(world);
  session::v1::AnswerCheckInRequest check_in;
  check_in.set_engagement(pair.name());
  const auto answer = [&](const std::string& as) {
    auto answered = world.Call<session::v1::AnswerCheckInResponse>(
        world.KeyOf(as), text::Cat(kSession, "AnswerCheckIn"), check_in);
    world.Settle();
    return answered.status();
  };
  const auto flags = [&] {
    notification::v1::ListTasksRequest request;
    request.set_program(world.program());
    request.set_kind("misses_flagged");
    return Must(world.Call<notification::v1::ListTasksResponse>(
                    world.coordinator(), text::Cat(kNotification, "ListTasks"), request),
                "tasks")
        .tasks_size();
  };
  check_in.set_rating(5);
  EXPECT_EQ(FaultOf(answer(MenteeOf(pair))), "RATING_WITHOUT_MEETING");
  check_in.set_rating(0);
  ASSERT_TRUE(answer(MenteeOf(pair)).ok());
  EXPECT_EQ(flags(), 0);
  world.MoveByDays(7);
  ASSERT_TRUE(answer(MenteeOf(pair)).ok());
  EXPECT_EQ(flags(), 1);
}

// The person's baseline, with an answer to change.
outcome::v1::AnswerFollowUpRequest Employed(const FollowUp& follow_up, const std::string& start,
                                            const std::string& end) {
  outcome::v1::AnswerFollowUpRequest request;
  request.set_name(follow_up.name());
  request.set_employment(outcome::v1::EMPLOYMENT_STATUS_RELATED);
  request.mutable_job()->set_start(start);
  request.mutable_job()->set_end(end);
  request.mutable_job()->set_hours_per_week(35);
  request.mutable_job()->set_earnings(outcome::v1::EARNINGS_BAND_45K_TO_60K);
  return request;
}

TEST(JobOver, IsNoEmployment_ImpossibleDaysAreNamed_AndAnAnswerIsCorrectedAndShownAsAmended) {
  World world;
  world.Admit(world.Submit("alpha", "A-1", World::EligibleFile(1)).applications(0).name());
  const std::string enrolment = world.Enrolment("alpha/A-1").name();
  const std::string key = world.KeyOf(enrolment);
  const FollowUp baseline = FollowUps(world, key)["baseline"];
  const auto fault = [&](const std::string& start, const std::string& end) {
    return FaultOf(world
                       .Call<FollowUp>(key, text::Cat(kOutcome, "AnswerFollowUp"),
                                       Employed(baseline, start, end))
                       .status());
  };
  EXPECT_EQ(fault(world.Day(-90), world.Day(-1)), "JOB_ENDED");
  EXPECT_EQ(fault(world.Day(-90), "9999-12-31"), "END_IN_FUTURE");
  EXPECT_EQ(fault("1989-01-01", ""), "START_TOO_YOUNG");
  EXPECT_EQ(fault(world.Day(1), ""), "START_IN_FUTURE");
  ASSERT_TRUE(
      Answer(world, key, baseline, outcome::v1::EMPLOYMENT_STATUS_RELATED, world.Day(-90)).ok());
  outcome::v1::CorrectAnswerRequest correct;
  correct.set_name(baseline.name());
  correct.set_employment(outcome::v1::EMPLOYMENT_STATUS_NONE);
  correct.set_reason("misunderstood");
  world.MoveByDays(40);
  const auto corrected = world.Call<FollowUp>(key, text::Cat(kOutcome, "CorrectAnswer"), correct);
  ASSERT_TRUE(corrected.ok()) << corrected.status();
  world.Settle();
  EXPECT_TRUE(corrected->has_amend_time());
  EXPECT_EQ(corrected->amend_reason(), "misunderstood");
  EXPECT_EQ(StageOf(Report(world), "baseline").amended(), 1);
  ASSERT_EQ(Jobs(world, enrolment).size(), 1u);
  EXPECT_EQ(Jobs(world, enrolment)[0].state(), outcome::v1::Job::STATE_STRUCK);
  const std::vector<std::string> feed = testing::Milestones(world, "alpha", "A-1");
  EXPECT_EQ(feed.back(), "outcome_amended(baseline,none)");
}

TEST(NewJob, IsToldOfAtOnce_AndTheEngagementGoesOn) {
  World world;
  const Engagement pair = Pair(world);
  world.MoveByDays(28);
  ASSERT_TRUE(testing::ReportJob(world, MenteeOf(pair),
                                 outcome::v1::EMPLOYMENT_STATUS_IN_PROFESSION, world.Day())
                  .ok());
  EXPECT_EQ(Jobs(world, MenteeOf(pair)).size(), 1u);
  EXPECT_EQ(Funnel(world).at("jobs_reported"), 1);
  EXPECT_EQ(world.Engagement(pair.name()).state(), Engagement::STATE_ACTIVE);
}

TEST(Evening, OfTheLastDayIsWithinTheWindow) {
  World world;
  world.Admit(world.Submit("alpha", "A-1", World::EligibleFile(1)).applications(0).name());
  const std::string key = world.KeyOf(world.Enrolment("alpha/A-1").name());
  const FollowUp baseline = FollowUps(world, key)["baseline"];
  const absl::Time close = resources::FromTimestamp(baseline.close_time());
  absl::TimeZone zone;
  ASSERT_TRUE(absl::LoadTimeZone("America/Toronto", &zone));
  const absl::CivilSecond end = absl::ToCivilSecond(close, zone);
  EXPECT_EQ(end, absl::CivilSecond(absl::CivilDay(end)));  // windows end with the local day
  world.MoveTo(close - absl::Hours(3));
  EXPECT_TRUE(Answer(world, key, baseline, outcome::v1::EMPLOYMENT_STATUS_NONE, "").ok());
}

TEST(FiveAnswers, TellNoKind_OnTheDayBeforeTheFifthAndTheDayAfter) {
  World world;
  std::vector<std::string> keys;
  for (int n = 1; n <= 5; ++n) {
    const std::string id = text::Cat("A-", n);
    world.Admit(world.Submit("alpha", id, World::EligibleFile(n)).applications(0).name());
    keys.push_back(world.KeyOf(world.Enrolment(text::Cat("alpha/", id)).name()));
  }
  const outcome::v1::EmploymentStatus answers[] = {
      outcome::v1::EMPLOYMENT_STATUS_NONE, outcome::v1::EMPLOYMENT_STATUS_NONE,
      outcome::v1::EMPLOYMENT_STATUS_OTHER, outcome::v1::EMPLOYMENT_STATUS_IN_PROFESSION,
      outcome::v1::EMPLOYMENT_STATUS_NONE};
  for (int n = 0; n < 5; ++n) {
    world.MoveByDays(1);
    const bool works = answers[n] != outcome::v1::EMPLOYMENT_STATUS_NONE;
    ASSERT_TRUE(Answer(world, keys[n], FollowUps(world, keys[n])["baseline"], answers[n],
                       works ? world.Day(-30) : "")
                    .ok());
    const outcome::v1::StageReport stage = StageOf(Report(world), "baseline");
    EXPECT_EQ(stage.answered(), n + 1);
    EXPECT_EQ(stage.none() + stage.other() + stage.related() + stage.in_profession(), 0);
    EXPECT_EQ(stage.hidden_size(), 4);
    EXPECT_TRUE(stage.employed_rate().suppressed());
    EXPECT_TRUE(stage.in_profession_rate().suppressed());
    EXPECT_EQ(stage.employed_rate().best(), 0);
  }
}

}  // namespace
}  // namespace tremplin
