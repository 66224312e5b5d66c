#ifndef TREMPLIN_SERVICES_OUTCOME_TESTING_FIXTURE_H_
#define TREMPLIN_SERVICES_OUTCOME_TESTING_FIXTURE_H_

#include <memory>
#include <string>
#include <utility>
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
#include "tremplin/registration/v1/registration.pb.h"
#include "tremplin/session/events/v1/events.pb.h"

// Outcome alone, fed facts, on either engine.
namespace tremplin::outcome {

using rpc::Principal;
using rpc::Role;

inline constexpr char kProgramId[] = "prog";
inline constexpr char kProgram[] = "programs/prog";
inline constexpr char kService[] = "tremplin.outcome.v1.OutcomeService/";

using StagePlan = program::v1::FollowUpStage;

inline void AddStage(program::v1::ProgramDefinition& definition, const std::string& code,
                     StagePlan::Start start, int months, int window_days,
                     bool after_leaving = false) {
  StagePlan& stage = *definition.mutable_follow_up()->add_stages();
  stage.set_code(code);
  stage.mutable_title()->set_en(code);
  stage.mutable_title()->set_fr(code);
  stage.set_start(start);
  stage.set_months_after_start(months);
  stage.set_window_days(window_days);
  stage.set_attempts(2);
  stage.set_also_without_engagement(after_leaving);
}

inline void AddFormat(program::v1::ProgramDefinition& definition, const std::string& code,
                      const std::vector<program::v1::ProposalStep::Kind>& steps) {
  program::v1::Format& format = *definition.add_formats();
  format.set_code(code);
  for (const auto kind : steps) format.add_steps()->set_kind(kind);
}

// Stages from every start, and a format of each order of steps that the funnel reads.
inline program::v1::ProgramDefinition Definition() {
  using program::v1::ProposalStep;
  program::v1::ProgramDefinition definition;
  definition.set_id(kProgramId);
  definition.set_time_zone("America/Toronto");
  AddStage(definition, "baseline", StagePlan::START_ADMISSION, 0, 30);
  AddStage(definition, "exit", StagePlan::START_END_OF_ENGAGEMENT, 0, 30);
  AddStage(definition, "month_3", StagePlan::START_UNSPECIFIED, 3, 30);
  AddStage(definition, "met_1", StagePlan::START_FIRST_MEETING, 1, 30);
  AddStage(definition, "year_1", StagePlan::START_END_OF_ENGAGEMENT, 12, 30, true);
  definition.mutable_follow_up()->set_minimum_cell(5);
  AddFormat(definition, "pair",
            {ProposalStep::KIND_INTEREST, ProposalStep::KIND_CONTACT_MEETING,
             ProposalStep::KIND_ACCEPTANCE, ProposalStep::KIND_AGREEMENT});
  AddFormat(definition, "group", {ProposalStep::KIND_INTEREST, ProposalStep::KIND_ACCEPTANCE});
  AddFormat(definition, "asked", {ProposalStep::KIND_ACCEPTANCE});
  return definition;
}

inline absl::TimeZone Toronto() {
  absl::TimeZone zone;
  if (!absl::LoadTimeZone("America/Toronto", &zone)) ADD_FAILURE() << "no time zone data";
  return zone;
}
inline absl::Time Local(int year, int month, int day, int hour = 0) {
  return absl::FromCivil(absl::CivilHour(year, month, day, hour), Toronto());
}

// Facts as their services publish them.
inline registration::events::v1::EnrolmentCreated Created(int n) {
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
  return created;
}
inline registration::events::v1::EnrolmentEnded Left(int n) {
  registration::events::v1::EnrolmentEnded ended;
  ended.set_enrolment("enrolment-" + std::to_string(n));
  ended.set_person("person-" + std::to_string(n));
  ended.set_program(kProgramId);
  ended.set_role(registration::events::v1::ENROLMENT_ROLE_MENTEE);
  ended.set_reason("withdrawn");
  return ended;
}
inline session::events::v1::Participant Mentee(int n) {
  session::events::v1::Participant participant;
  participant.set_enrolment("enrolment-" + std::to_string(n));
  participant.set_person("person-" + std::to_string(n));
  participant.set_side(program::v1::SUBJECT_MENTEE);
  return participant;
}
// An engagement of these mentees and one mentor.
inline session::events::v1::EngagementRef Engagement(const std::string& id,
                                                     const std::vector<int>& mentees) {
  session::events::v1::EngagementRef ref;
  ref.set_engagement(id);
  ref.set_program(kProgramId);
  ref.set_program_version(1);
  ref.set_format(mentees.size() == 1 ? "pair" : "group");
  for (const int n : mentees) *ref.add_participants() = Mentee(n);
  session::events::v1::Participant& mentor = *ref.add_participants();
  mentor.set_enrolment("mentor-enrolment");
  mentor.set_person("mentor");
  mentor.set_side(program::v1::SUBJECT_MENTOR);
  return ref;
}
template <class Event>
Event Of(const session::events::v1::EngagementRef& ref) {
  Event event;
  *event.mutable_engagement() = ref;
  return event;
}
inline session::events::v1::EngagementCompleted CompletedAt(
    const session::events::v1::EngagementRef& ref, absl::Time at) {
  auto completed = Of<session::events::v1::EngagementCompleted>(ref);
  *completed.mutable_ended_at() = resources::ToTimestamp(at);
  return completed;
}
inline session::events::v1::SessionLogged Met(const session::events::v1::EngagementRef& ref,
                                              const std::string& session, absl::Time at,
                                              const std::vector<int>& attended) {
  auto logged = Of<session::events::v1::SessionLogged>(ref);
  logged.set_session(session);
  *logged.mutable_held_at() = resources::ToTimestamp(at);
  for (const int n : attended) logged.add_attended("enrolment-" + std::to_string(n));
  logged.add_attended("mentor-enrolment");
  return logged;
}
inline matching::events::v1::ProposalRef Proposal(const std::string& id, const std::string& format,
                                                  const std::vector<int>& mentees) {
  matching::events::v1::ProposalRef ref;
  ref.set_proposal(id);
  ref.set_program(kProgramId);
  ref.set_program_version(1);
  ref.set_format(format);
  for (const int n : mentees) {
    matching::events::v1::Participant& participant = *ref.add_participants();
    participant.set_enrolment("enrolment-" + std::to_string(n));
    participant.set_person("person-" + std::to_string(n));
    participant.set_side(program::v1::SUBJECT_MENTEE);
  }
  return ref;
}

class OutcomeServiceTest : public ::testing::Test {
 protected:
  OutcomeServiceTest() : module_(Spec(), absl::FromUnixSeconds(1'767'600'000)) {
    module_.Publish(Definition());
    module_.SetPeer("tremplin.registration.v1.RegistrationService/GetPerson",
                    [](const std::string&) {
                      registration::v1::Person person;
                      person.set_birth_date("1990-06-01");
                      return person.SerializeAsString();
                    });
  }

  static Principal Staff(const std::string& program = "") {
    Principal principal;
    principal.id = "staff";
    principal.role = Role::ROLE_COORDINATOR;
    principal.program = program;
    return principal;
  }
  static Principal Herself(int n) {
    Principal principal;
    principal.id = "key-" + std::to_string(n);
    principal.role = Role::ROLE_MENTEE;
    principal.person = "person-" + std::to_string(n);
    return principal;
  }

  void Deliver(const google::protobuf::Message& fact, const std::string& key, absl::Time at) {
    const absl::Status delivered = module_.Deliver(fact, key, at);
    ASSERT_TRUE(delivered.ok()) << delivered;
  }
  void Enrol(int n) { Deliver(Created(n), Created(n).enrolment(), module_.now()); }
  void Leave(int n) { Deliver(Left(n), Left(n).enrolment(), module_.now()); }
  // An engagement of this mentee alone from `began` to `ended`.
  void GoThrough(int n, absl::Time began, absl::Time ended, const std::string& engagement = "m") {
    const auto ref = Engagement(engagement + std::to_string(n), {n});
    Deliver(Of<session::events::v1::EngagementStarted>(ref), ref.engagement(), began);
    Deliver(CompletedAt(ref, ended), ref.engagement(), ended);
  }
  v1::FollowUp StageOf(int n, const std::string& stage) {
    for (const v1::FollowUp& one : List(Herself(n), v1::FollowUp::STATE_UNSPECIFIED)) {
      if (one.stage() == stage) return one;
    }
    return {};
  }
  static absl::Time OpenOf(const v1::FollowUp& follow_up) {
    return resources::FromTimestamp(follow_up.open_time());
  }
  static absl::Time CloseOf(const v1::FollowUp& follow_up) {
    return resources::FromTimestamp(follow_up.close_time());
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
  // Another least cell, in force at once.
  void PublishLeastCell(int least) {
    program::v1::ProgramDefinition next = Definition();
    next.mutable_follow_up()->set_minimum_cell(least);
    ASSERT_TRUE(module_.db()
                    .Write({.lane_key = "program", .tenant = database::Tenant::All()},
                           [&](database::Transaction& tx) {
                             return module_.context().programs.Save(tx, kProgramId, 2,
                                                                    module_.now(), next);
                           })
                    .ok());
  }
  v1::StageReport Stage(const std::string& code, absl::Time as_of = absl::InfinitePast()) {
    v1::GetOutcomeReportRequest request;
    request.set_program(kProgram);
    if (as_of != absl::InfinitePast()) *request.mutable_as_of() = resources::ToTimestamp(as_of);
    const auto report = module_.Call<v1::OutcomeReport>(
        Staff(), std::string(kService) + "GetOutcomeReport", request);
    EXPECT_TRUE(report.ok()) << report.status();
    for (const v1::StageReport& stage : report->stages()) {
      if (stage.stage() == code) return stage;
    }
    ADD_FAILURE() << "no stage " << code;
    return {};
  }
  v1::Funnel::Step StepAs(const Principal& as, const std::string& code) {
    v1::GetFunnelRequest request;
    request.set_program(kProgram);
    const auto funnel = module_.Call<v1::Funnel>(as, std::string(kService) + "GetFunnel", request);
    EXPECT_TRUE(funnel.ok()) << funnel.status();
    for (const v1::Funnel::Step& step : funnel->steps()) {
      if (step.code() == code) return step;
    }
    ADD_FAILURE() << "no step " << code;
    return {};
  }
  int64_t Step(const std::string& code) { return StepAs(Staff(), code).count(); }
  absl::StatusOr<v1::Job> Report(const Principal& as, int n, v1::Job job) {
    v1::ReportJobRequest request;
    request.set_enrolment("enrolments/enrolment-" + std::to_string(n));
    *request.mutable_job() = std::move(job);
    return module_.Call<v1::Job>(as, std::string(kService) + "ReportJob", std::move(request));
  }
  static v1::Job JobSince(const std::string& start, v1::EmploymentStatus kind) {
    v1::Job job;
    job.set_kind(kind);
    job.set_start(start);
    job.set_hours_per_week(30);
    return job;
  }
  std::vector<v1::Job> Jobs(int n) {
    v1::ListEmploymentRequest request;
    request.set_enrolment("enrolments/enrolment-" + std::to_string(n));
    const auto listed = module_.Call<v1::ListEmploymentResponse>(
        Herself(n), std::string(kService) + "ListEmployment", request);
    EXPECT_TRUE(listed.ok()) << listed.status();
    return {listed->jobs().begin(), listed->jobs().end()};
  }

  testing::OneModule module_;
};

}  // namespace tremplin::outcome

#endif  // TREMPLIN_SERVICES_OUTCOME_TESTING_FIXTURE_H_
