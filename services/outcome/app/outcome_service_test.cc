// Outcome alone, fed facts: counted once, follow-ups scheduled whatever the order of the facts, the
// report by hand, and who may see what. On both engines.

#include <string>
#include <vector>

#include "common/resources/names.h"
#include "common/status/error.h"
#include "gtest/gtest.h"
#include "services/outcome/module.h"
#include "tests/support/one_module.h"
#include "tremplin/matching/events/v1/events.pb.h"
#include "tremplin/outcome/events/v1/events.pb.h"
#include "tremplin/outcome/v1/outcome.pb.h"
#include "tremplin/referral/events/v1/events.pb.h"
#include "tremplin/registration/events/v1/events.pb.h"
#include "tremplin/session/events/v1/events.pb.h"

namespace tremplin::outcome {
namespace {

using rpc::Principal;
using rpc::Role;

constexpr char kProgramId[] = "ottawa-career-mentoring";
constexpr char kProgram[] = "programs/ottawa-career-mentoring";
constexpr char kService[] = "tremplin.outcome.v1.OutcomeService/";

class OutcomeServiceTest : public ::testing::Test {
 protected:
  OutcomeServiceTest() : module_(Spec(), absl::FromUnixSeconds(1'767'600'000)) {
    module_.Publish(testing::OneModule::Ottawa());
  }

  static Principal Staff(const std::string& program = "") {
    Principal principal;
    principal.id = "staff";
    principal.role = Role::ROLE_COORDINATOR;
    principal.program = program;
    return principal;
  }
  static Principal Mentee(int n) {
    Principal principal;
    principal.id = "key-" + std::to_string(n);
    principal.role = Role::ROLE_MENTEE;
    principal.person = "person-" + std::to_string(n);
    return principal;
  }

  void Enrol(int n) {
    const std::string number = std::to_string(n);
    registration::events::v1::EnrolmentCreated created;
    created.set_enrolment("enrolment-" + number);
    created.set_person("person-" + number);
    created.set_program(kProgramId);
    created.set_program_version(1);
    created.set_role(registration::events::v1::ENROLMENT_ROLE_MENTEE);
    created.set_organization("alpha");
    created.set_business_key("alpha/" + number);
    created.set_language("fr");
    ASSERT_TRUE(module_.Deliver(created, created.enrolment(), module_.now()).ok());
  }
  void Complete(int n, absl::Time ended_at, const std::string& mentorship = "m") {
    const std::string number = std::to_string(n);
    session::events::v1::MentorshipCompleted completed;
    session::events::v1::MentorshipParties& parties = *completed.mutable_parties();
    parties.set_mentorship(mentorship + number);
    parties.set_program(kProgramId);
    parties.set_program_version(1);
    parties.set_mentee_enrolment("enrolment-" + number);
    parties.set_mentee_person("person-" + number);
    *completed.mutable_ended_at() = resources::ToTimestamp(ended_at);
    ASSERT_TRUE(module_.Deliver(completed, parties.mentorship(), ended_at).ok());
  }

  std::vector<v1::FollowUp> List(const Principal& as, v1::FollowUp::State state) {
    v1::ListFollowUpsRequest request;
    request.set_program(kProgram);
    request.set_state(state);
    request.set_page_size(2);
    std::vector<v1::FollowUp> all;
    while (true) {
      const auto page = module_.Call<v1::ListFollowUpsResponse>(
          as, std::string(kService) + "ListFollowUps", request);
      EXPECT_TRUE(page.ok()) << page.status();
      for (const v1::FollowUp& one : page->follow_ups()) all.push_back(one);
      if (page->next_page_token().empty()) return all;
      request.set_page_token(page->next_page_token());
    }
  }
  absl::Status Answer(const Principal& as, const v1::FollowUp& follow_up,
                      v1::EmploymentStatus employment) {
    v1::AnswerFollowUpRequest request;
    request.set_name(follow_up.name());
    request.set_employment(employment);
    if (employment != v1::EMPLOYMENT_STATUS_NONE) {
      request.mutable_job()->set_start("2025-12-01");
      request.mutable_job()->set_hours_per_week(30);
      request.mutable_job()->set_earnings(v1::EARNINGS_BAND_UNDER_30K);
    }
    return module_
        .Call<v1::FollowUp>(as, std::string(kService) + "AnswerFollowUp", std::move(request))
        .status();
  }
  v1::StageReport Stage(const std::string& code) {
    v1::GetOutcomeReportRequest request;
    request.set_program(kProgram);
    const auto report = module_.Call<v1::OutcomeReport>(
        Staff(), std::string(kService) + "GetOutcomeReport", request);
    EXPECT_TRUE(report.ok()) << report.status();
    for (const v1::StageReport& stage : report->stages()) {
      if (stage.stage() == code) return stage;
    }
    ADD_FAILURE() << "no stage " << code;
    return {};
  }
  int64_t Step(const std::string& code) {
    v1::GetFunnelRequest request;
    request.set_program(kProgram);
    const auto funnel =
        module_.Call<v1::Funnel>(Staff(), std::string(kService) + "GetFunnel", request);
    EXPECT_TRUE(funnel.ok()) << funnel.status();
    for (const v1::Funnel::Step& step : funnel->steps()) {
      if (step.code() == code) return step.count();
    }
    ADD_FAILURE() << "no step " << code;
    return -1;
  }

  testing::OneModule module_;
};

TEST_F(OutcomeServiceTest, CountsAnApplicationOnce_HoweverOftenItTurns) {
  referral::events::v1::ApplicationChanged changed;
  changed.set_application("a");
  changed.set_program(kProgramId);
  changed.set_verdict("eligible");
  for (const auto state : {referral::events::v1::APPLICATION_STATE_RECEIVED,
                           referral::events::v1::APPLICATION_STATE_RETURNED,
                           referral::events::v1::APPLICATION_STATE_RECEIVED}) {
    changed.set_state(state);
    ASSERT_TRUE(module_.Deliver(changed, "r", module_.now()).ok());
  }
  EXPECT_EQ(Step("referred"), 1);
  EXPECT_EQ(Step("eligible"), 1);
  EXPECT_EQ(Step("returned"), 1);
  EXPECT_EQ(Step("admitted"), 0);
}

TEST_F(OutcomeServiceTest, SchedulesTheSame_WhicheverFactComesFirst) {
  const absl::Time ended = module_.now();
  Enrol(1);
  Complete(1, ended);
  Complete(2, ended);  // heard before the enrolment
  EXPECT_TRUE(List(Mentee(2), v1::FollowUp::STATE_UNSPECIFIED).empty());
  Enrol(2);
  for (const int n : {1, 2}) {
    SCOPED_TRACE(n);
    EXPECT_EQ(List(Mentee(n), v1::FollowUp::STATE_OPEN).size(), 2u);  // baseline and exit
    EXPECT_EQ(List(Mentee(n), v1::FollowUp::STATE_SCHEDULED).size(), 3u);
  }
  EXPECT_EQ(module_.Events<events::v1::FollowUpOpened>().size(), 4u);
}

TEST_F(OutcomeServiceTest, CountsFromTheLastEnd_WhileNotOpen) {
  const absl::Time first = module_.now();
  Enrol(1);
  Complete(1, first);
  Complete(1, first + absl::Hours(24 * 30), "again");
  Complete(1, first + absl::Hours(24 * 10), "late");  // an earlier end heard later changes nothing
  module_.MoveTo(first + absl::Hours(24 * 115));
  EXPECT_EQ(List(Mentee(1), v1::FollowUp::STATE_SCHEDULED).size(), 3u);
  module_.MoveTo(first + absl::Hours(24 * 125));
  EXPECT_EQ(List(Mentee(1), v1::FollowUp::STATE_SCHEDULED).size(), 2u);
  EXPECT_EQ(Step("completed"), 3);
}

TEST_F(OutcomeServiceTest, ReportsAHandComputedCase) {
  for (int n = 1; n <= 10; ++n) Enrol(n);
  // 6 of 10 answer: 2 in profession, 1 other, 3 without work.
  const v1::EmploymentStatus answers[] = {
      v1::EMPLOYMENT_STATUS_IN_PROFESSION, v1::EMPLOYMENT_STATUS_IN_PROFESSION,
      v1::EMPLOYMENT_STATUS_OTHER,         v1::EMPLOYMENT_STATUS_NONE,
      v1::EMPLOYMENT_STATUS_NONE,          v1::EMPLOYMENT_STATUS_NONE};
  for (int n = 1; n <= 6; ++n) {
    const auto open = List(Mentee(n), v1::FollowUp::STATE_OPEN);
    ASSERT_EQ(open.size(), 1u);
    ASSERT_TRUE(Answer(n % 2 == 0 ? Staff() : Mentee(n), open[0], answers[n - 1]).ok());
  }
  EXPECT_EQ(Stage("baseline").open(), 4);
  EXPECT_EQ(Stage("baseline").in_profession_rate().best(), 2.0 / 6.0);  // nobody is lost yet
  module_.MoveBy(absl::Hours(24 * 31));
  const v1::StageReport stage = Stage("baseline");
  EXPECT_EQ(stage.due(), 10);
  EXPECT_EQ(stage.answered(), 6);
  EXPECT_EQ(stage.lost(), 4);
  EXPECT_EQ(stage.response().value(), 0.6);
  EXPECT_EQ(stage.in_profession_rate().denominator(), 6);
  EXPECT_EQ(stage.in_profession_rate().worst(), 0.2);
  EXPECT_EQ(stage.in_profession_rate().best(), 0.6);
  EXPECT_EQ(stage.employed_rate().value(), 0.5);
  EXPECT_EQ(module_.Events<events::v1::FollowUpLost>().size(), 4u);
  EXPECT_EQ(module_.Events<events::v1::FollowUpAttemptDue>().size(), 8u);
  EXPECT_EQ(module_.Events<events::v1::FollowUpAnswered>().size(), 6u);
}

TEST_F(OutcomeServiceTest, ShowsAPersonTheirOwn_AndStaffTheirProgram) {
  Enrol(1);
  const v1::FollowUp hers = List(Mentee(1), v1::FollowUp::STATE_OPEN).at(0);
  EXPECT_TRUE(absl::IsNotFound(Answer(Mentee(2), hers, v1::EMPLOYMENT_STATUS_NONE)));
  EXPECT_TRUE(absl::IsNotFound(Answer(Staff("another"), hers, v1::EMPLOYMENT_STATUS_NONE)));
  EXPECT_TRUE(List(Mentee(2), v1::FollowUp::STATE_UNSPECIFIED).empty());
  v1::ListEmploymentRequest jobs;
  jobs.set_enrolment("enrolments/enrolment-1");
  const std::string method = std::string(kService) + "ListEmployment";
  EXPECT_TRUE(
      absl::IsNotFound(module_.Call<v1::ListEmploymentResponse>(Mentee(2), method, jobs).status()));
  ASSERT_TRUE(Answer(Mentee(1), hers, v1::EMPLOYMENT_STATUS_RELATED).ok());
  EXPECT_EQ(module_.Call<v1::ListEmploymentResponse>(Mentee(1), method, jobs)->jobs_size(), 1);
  EXPECT_EQ(status::ReasonOf(Answer(Mentee(1), hers, v1::EMPLOYMENT_STATUS_NONE)),
            "FOLLOW_UP_CLOSED");
}

TEST_F(OutcomeServiceTest, CountsWaiting_TheReadyNeverMatched) {
  for (const int n : {1, 2}) {
    const std::string number = std::to_string(n);
    registration::events::v1::EnrolmentReady ready;
    ready.set_enrolment("enrolment-" + number);
    ready.set_person("person-" + number);
    ready.set_program(kProgramId);
    ready.set_program_version(1);
    ready.set_role(registration::events::v1::ENROLMENT_ROLE_MENTEE);
    ASSERT_TRUE(module_.Deliver(ready, ready.enrolment(), module_.now()).ok());
  }
  matching::events::v1::MatchMade made;
  made.mutable_parties()->set_proposal("p");
  made.mutable_parties()->set_program(kProgramId);
  made.mutable_parties()->set_mentee_enrolment("enrolment-2");
  made.mutable_parties()->set_mentee_person("person-2");
  ASSERT_TRUE(module_.Deliver(made, "p", module_.now()).ok());
  v1::GetOutcomeReportRequest request;
  request.set_program(kProgram);
  const auto report =
      module_.Call<v1::OutcomeReport>(Staff(), std::string(kService) + "GetOutcomeReport", request);
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_EQ(report->waiting(), 1);
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

}  // namespace
}  // namespace tremplin::outcome
