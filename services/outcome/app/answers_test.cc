// Answers and jobs: told at any time, put right, and whose they are.

#include <string>

#include "services/outcome/testing/fixture.h"

namespace tremplin::outcome {
namespace {

TEST_F(OutcomeServiceTest, TakesAnAnswerAtNineInTheEveningOfTheLastDay) {
  module_.MoveTo(Local(2026, 1, 6, 14));
  Enrol(1);
  Enrol(2);
  const v1::FollowUp baseline = StageOf(1, "baseline");
  EXPECT_EQ(OpenOf(baseline), Local(2026, 1, 6, 14));
  EXPECT_EQ(CloseOf(baseline), Local(2026, 2, 6));
  module_.MoveTo(Local(2026, 2, 5, 21));
  EXPECT_TRUE(Answer(Herself(1), baseline, v1::EMPLOYMENT_STATUS_NONE).ok());
  module_.MoveTo(Local(2026, 2, 6));
  EXPECT_EQ(StageOf(2, "baseline").state(), v1::FollowUp::STATE_LOST);
}

TEST_F(OutcomeServiceTest, ShowsAPersonTheirOwn_AndStaffTheirProgram) {
  Enrol(1);
  const v1::FollowUp hers = List(Herself(1), v1::FollowUp::STATE_OPEN).at(0);
  EXPECT_TRUE(absl::IsNotFound(Answer(Herself(2), hers, v1::EMPLOYMENT_STATUS_NONE)));
  EXPECT_TRUE(absl::IsNotFound(Answer(Staff("another"), hers, v1::EMPLOYMENT_STATUS_NONE)));
  EXPECT_TRUE(List(Herself(2), v1::FollowUp::STATE_UNSPECIFIED).empty());
  v1::ListEmploymentRequest jobs;
  jobs.set_enrolment("enrolments/enrolment-1");
  const std::string method = std::string(kService) + "ListEmployment";
  EXPECT_TRUE(absl::IsNotFound(
      module_.Call<v1::ListEmploymentResponse>(Herself(2), method, jobs).status()));
  ASSERT_TRUE(Answer(Herself(1), hers, v1::EMPLOYMENT_STATUS_RELATED).ok());
  EXPECT_EQ(module_.Call<v1::ListEmploymentResponse>(Herself(1), method, jobs)->jobs_size(), 1);
  EXPECT_EQ(status::ReasonOf(Answer(Herself(1), hers, v1::EMPLOYMENT_STATUS_NONE)),
            "FOLLOW_UP_CLOSED");
}

// Read as some other state, a person would be asked again, or never.
TEST_F(OutcomeServiceTest, RefusesAFollowUpOfNoKnownState) {
  Enrol(1);
  v1::ListFollowUpsRequest request;
  request.set_program(kProgram);
  const auto list = [&] {
    return module_
        .Call<v1::ListFollowUpsResponse>(Staff(), std::string(kService) + "ListFollowUps", request)
        .status();
  };
  for (const char* damage : {"state = 9", "employment = 7"}) {
    ASSERT_EQ(list(), absl::OkStatus());
    ASSERT_EQ(module_.db().Write({.tenant = database::Tenant::All()},
                                 [&](database::Transaction& tx) {
                                   return tx.Execute("UPDATE outcome_follow_up SET " +
                                                     std::string(damage));
                                 }),
              absl::OkStatus());
    EXPECT_TRUE(absl::IsDataLoss(list())) << damage << " " << list();
    ASSERT_EQ(module_.db().Write({.tenant = database::Tenant::All()},
                                 [&](database::Transaction& tx) {
                                   return tx.Execute(
                                       "UPDATE outcome_follow_up SET state = 1, employment = 0");
                                 }),
              absl::OkStatus());
  }
}

TEST_F(OutcomeServiceTest, RecordsAnAttemptOfStaff) {
  Enrol(1);
  v1::RecordAttemptRequest request;
  request.set_name(List(Staff(), v1::FollowUp::STATE_OPEN).at(0).name());
  request.set_channel("pigeon");
  const std::string method = std::string(kService) + "RecordAttempt";
  EXPECT_TRUE(
      absl::IsInvalidArgument(module_.Call<v1::FollowUp>(Staff(), method, request).status()));
  request.set_channel("call");
  const auto recorded = module_.Call<v1::FollowUp>(Staff(), method, request);
  ASSERT_TRUE(recorded.ok()) << recorded.status();
  EXPECT_EQ(recorded->attempts(), 1);
}

TEST_F(OutcomeServiceTest, KeepsAJobToldOfAtAnyTime_AndOnce) {
  Enrol(1);
  ASSERT_TRUE(Report(Herself(1), 1, JobSince("2025-12-01", v1::EMPLOYMENT_STATUS_OTHER)).ok());
  ASSERT_EQ(Jobs(1).size(), 1u);
  v1::Job ended = JobSince("2025-12-01", v1::EMPLOYMENT_STATUS_OTHER);
  ended.set_end("2026-01-02");
  ASSERT_TRUE(Report(Staff(), 1, ended).ok());  // the same job, with its end
  ASSERT_EQ(Jobs(1).size(), 1u);
  EXPECT_EQ(Jobs(1)[0].end(), "2026-01-02");
  ASSERT_TRUE(Report(Staff(), 1, JobSince("2026-01-03", v1::EMPLOYMENT_STATUS_RELATED)).ok());
  EXPECT_EQ(Jobs(1).size(), 2u);
  const auto told = module_.Events<events::v1::JobReported>();
  ASSERT_EQ(told.size(), 2u);
  EXPECT_EQ(told[0].by(), "person");
  EXPECT_EQ(told[0].employment(), "other");
  EXPECT_EQ(told[1].by(), "staff");
  EXPECT_EQ(Step("jobs_reported"), 2);
  EXPECT_EQ(StageOf(1, "baseline").state(), v1::FollowUp::STATE_OPEN);  // it answers no stage
  Leave(1);
  EXPECT_TRUE(Report(Herself(1), 1, JobSince("2026-01-04", v1::EMPLOYMENT_STATUS_OTHER)).ok());
}

// The case "job over".
TEST_F(OutcomeServiceTest, PutsAnAnswerRight_AndShowsThatItWas) {
  PublishLeastCell(1);
  Enrol(1);
  ASSERT_TRUE(Answer(Herself(1), StageOf(1, "baseline"), v1::EMPLOYMENT_STATUS_RELATED).ok());
  const absl::Time answered = module_.now();
  module_.MoveBy(absl::Hours(24 * 40));  // after the window
  v1::CorrectAnswerRequest correct;
  correct.set_name(StageOf(1, "baseline").name());
  correct.set_employment(v1::EMPLOYMENT_STATUS_NONE);
  const std::string method = std::string(kService) + "CorrectAnswer";
  const auto as = [&](const Principal& who) {
    return module_.Call<v1::FollowUp>(who, method, correct);
  };
  EXPECT_EQ(status::DetailOf(as(Staff()).status()).violations.at(0).reason, "REASON_UNKNOWN");
  correct.set_reason("misunderstood");
  EXPECT_TRUE(absl::IsNotFound(as(Herself(2)).status()));
  correct.set_etag("v9");
  EXPECT_TRUE(absl::IsAborted(as(Staff()).status()));
  correct.clear_etag();
  const auto corrected = as(Staff());
  ASSERT_TRUE(corrected.ok()) << corrected.status();
  EXPECT_EQ(corrected->employment(), v1::EMPLOYMENT_STATUS_NONE);
  EXPECT_EQ(corrected->amend_reason(), "misunderstood");
  EXPECT_EQ(resources::FromTimestamp(corrected->amend_time()), module_.now());
  EXPECT_EQ(resources::FromTimestamp(corrected->answer_time()), answered);
  // The job that the wrong answer told of is none.
  ASSERT_EQ(Jobs(1).size(), 1u);
  EXPECT_EQ(Jobs(1)[0].state(), v1::Job::STATE_STRUCK);
  const v1::StageReport now = Stage("baseline");
  EXPECT_EQ(now.related(), 0);
  EXPECT_EQ(now.none(), 1);
  EXPECT_EQ(now.amended(), 1);
  const v1::StageReport then = Stage("baseline", answered);  // as it stood
  EXPECT_EQ(then.related(), 1);
  EXPECT_EQ(then.none(), 0);
  EXPECT_EQ(then.amended(), 0);
  const auto told = module_.Events<events::v1::FollowUpAmended>();
  ASSERT_EQ(told.size(), 1u);
  EXPECT_EQ(told[0].employment(), "none");
  EXPECT_EQ(told[0].reason(), "misunderstood");
}

TEST_F(OutcomeServiceTest, MeasuresACorrectionByTheDayOfTheAnswer) {
  Enrol(1);
  ASSERT_TRUE(Answer(Herself(1), StageOf(1, "baseline"), v1::EMPLOYMENT_STATUS_NONE).ok());
  module_.MoveBy(absl::Hours(24 * 90));
  v1::CorrectAnswerRequest correct;
  correct.set_name(StageOf(1, "baseline").name());
  correct.set_reason("learned_later");
  correct.set_employment(v1::EMPLOYMENT_STATUS_OTHER);
  *correct.mutable_job() = JobSince("2026-02-01", v1::EMPLOYMENT_STATUS_OTHER);  // after it
  correct.mutable_job()->set_earnings(v1::EARNINGS_BAND_UNDER_30K);
  const std::string method = std::string(kService) + "CorrectAnswer";
  EXPECT_EQ(status::DetailOf(module_.Call<v1::FollowUp>(Staff(), method, correct).status())
                .violations.at(0)
                .reason,
            "START_IN_FUTURE");
  correct.mutable_job()->set_start("2025-12-15");
  correct.mutable_job()->set_end("2026-03-01");  // it has ended since
  const auto corrected = module_.Call<v1::FollowUp>(Staff(), method, correct);
  ASSERT_TRUE(corrected.ok()) << corrected.status();
  ASSERT_EQ(Jobs(1).size(), 1u);
  EXPECT_EQ(Jobs(1)[0].end(), "2026-03-01");
}

TEST_F(OutcomeServiceTest, AsksAgain_WhoseAnswerIsStruckWithinItsWindow) {
  PublishLeastCell(1);
  Enrol(1);
  Enrol(2);
  for (const int n : {1, 2}) {
    ASSERT_TRUE(Answer(Herself(n), StageOf(n, "baseline"), v1::EMPLOYMENT_STATUS_RELATED).ok());
  }
  const absl::Time answered = module_.now();
  module_.MoveBy(absl::Hours(24 * 5));
  Leave(2);
  v1::StrikeAnswerRequest strike;
  strike.set_reason("wrong_person");
  const std::string method = std::string(kService) + "StrikeAnswer";
  for (const int n : {1, 2}) {
    strike.set_name(StageOf(n, "baseline").name());
    const auto struck = module_.Call<v1::FollowUp>(Staff(), method, strike);
    ASSERT_TRUE(struck.ok()) << struck.status();
    EXPECT_EQ(struck->state(), n == 1 ? v1::FollowUp::STATE_OPEN : v1::FollowUp::STATE_LEFT);
    EXPECT_EQ(Jobs(n).at(0).state(), v1::Job::STATE_STRUCK);
  }
  EXPECT_EQ(Stage("baseline").answered(), 0);
  EXPECT_EQ(Stage("baseline").left(), 1);
  EXPECT_EQ(Stage("baseline", answered).answered(), 2);
  EXPECT_EQ(status::ReasonOf(module_.Call<v1::FollowUp>(Staff(), method, strike).status()),
            "NOT_ANSWERED");
  ASSERT_TRUE(Answer(Herself(1), StageOf(1, "baseline"), v1::EMPLOYMENT_STATUS_RELATED).ok());
  EXPECT_EQ(Stage("baseline").answered(), 1);
  EXPECT_EQ(Jobs(1).size(), 2u);  // the struck one stays to be seen
  strike.set_name(StageOf(1, "baseline").name());
  module_.MoveBy(absl::Hours(24 * 40));
  EXPECT_EQ(module_.Call<v1::FollowUp>(Staff(), method, strike)->state(), v1::FollowUp::STATE_LOST);
}

TEST_F(OutcomeServiceTest, PutsAJobRightOrStrikesIt_WithAReason) {
  Enrol(1);
  const auto told = Report(Herself(1), 1, JobSince("2025-12-01", v1::EMPLOYMENT_STATUS_OTHER));
  ASSERT_TRUE(told.ok()) << told.status();
  EXPECT_EQ(told->state(), v1::Job::STATE_TOLD);
  ASSERT_TRUE(Report(Herself(1), 1, JobSince("2025-12-08", v1::EMPLOYMENT_STATUS_OTHER)).ok());
  v1::CorrectJobRequest correct;
  correct.set_name(told->name());
  correct.set_reason("mistyped");
  *correct.mutable_job() = JobSince("2025-12-08", v1::EMPLOYMENT_STATUS_OTHER);
  const std::string method = std::string(kService) + "CorrectJob";
  EXPECT_TRUE(absl::IsNotFound(module_.Call<v1::Job>(Herself(2), method, correct).status()));
  EXPECT_EQ(status::ReasonOf(module_.Call<v1::Job>(Herself(1), method, correct).status()),
            "JOB_ALREADY_TOLD");
  correct.mutable_job()->set_start("2003-12-02");  // they were 13
  EXPECT_EQ(status::DetailOf(module_.Call<v1::Job>(Herself(1), method, correct).status())
                .violations.at(0)
                .reason,
            "START_TOO_YOUNG");
  correct.mutable_job()->set_start("2025-12-02");
  const auto corrected = module_.Call<v1::Job>(Herself(1), method, correct);
  ASSERT_TRUE(corrected.ok()) << corrected.status();
  EXPECT_EQ(corrected->name(), told->name());
  EXPECT_EQ(corrected->state(), v1::Job::STATE_AMENDED);
  EXPECT_EQ(corrected->reason(), "mistyped");
  EXPECT_EQ(Step("jobs_reported"), 2);
  v1::StrikeJobRequest strike;
  strike.set_name(told->name());
  strike.set_reason("wrong_person");
  const std::string strikes = std::string(kService) + "StrikeJob";
  EXPECT_EQ(module_.Call<v1::Job>(Staff(), strikes, strike)->state(), v1::Job::STATE_STRUCK);
  EXPECT_EQ(status::ReasonOf(module_.Call<v1::Job>(Staff(), strikes, strike).status()),
            "JOB_STRUCK");
  EXPECT_EQ(Step("jobs_reported"), 1);
  EXPECT_EQ(module_.Count("SELECT COUNT(*) FROM outcome_job_before"), 2);
}

TEST_F(OutcomeServiceTest, KeepsAHundredJobsOfAPerson_AndStillCorrectsThem) {
  Enrol(1);
  const absl::CivilDay first(2020, 1, 1);
  const auto report = [&](int day) {
    const std::string start = absl::FormatCivilTime(first + day);
    return Report(Herself(1), 1, JobSince(start, v1::EMPLOYMENT_STATUS_OTHER)).status();
  };
  for (int day = 0; day < 100; ++day) ASSERT_TRUE(report(day).ok()) << report(day);
  EXPECT_EQ(status::ReasonOf(report(100)), "TOO_MANY_JOBS");
  EXPECT_TRUE(report(99).ok());
  EXPECT_EQ(Jobs(1).size(), 100u);
  EXPECT_EQ(Step("jobs_reported"), 100);
}

TEST_F(OutcomeServiceTest, RefusesAJobThatCannotBe_OrIsNoneOfTheirs) {
  Enrol(1);
  const v1::Job job = JobSince("2025-12-01", v1::EMPLOYMENT_STATUS_OTHER);
  EXPECT_TRUE(absl::IsNotFound(Report(Herself(2), 1, job).status()));
  EXPECT_TRUE(absl::IsNotFound(Report(Staff("another"), 1, job).status()));
  EXPECT_TRUE(absl::IsNotFound(Report(Staff(), 9, job).status()));
  v1::ReportJobRequest without;
  without.set_enrolment("enrolments/enrolment-1");
  EXPECT_TRUE(absl::IsInvalidArgument(
      module_.Call<v1::Job>(Staff(), std::string(kService) + "ReportJob", without).status()));
  const absl::Status refused =
      Report(Staff(), 1, JobSince("2030-01-01", v1::EMPLOYMENT_STATUS_NONE)).status();
  ASSERT_EQ(status::DetailOf(refused).violations.size(), 2u);
  EXPECT_EQ(status::DetailOf(refused).violations[0].reason, "KIND_REQUIRED");
  EXPECT_EQ(status::DetailOf(refused).violations[1].reason, "START_IN_FUTURE");
  EXPECT_TRUE(Jobs(1).empty());
}

}  // namespace
}  // namespace tremplin::outcome
