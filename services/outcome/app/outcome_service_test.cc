// Outcome alone, fed facts: counted once, follow-ups planned the same whatever the order of the
// facts, jobs told of at any time, the report by hand, and who may see what. On both engines.

#include <algorithm>
#include <map>
#include <memory>
#include <random>
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

namespace tremplin::outcome {
namespace {

using rpc::Principal;
using rpc::Role;

constexpr char kProgramId[] = "prog";
constexpr char kProgram[] = "programs/prog";
constexpr char kService[] = "tremplin.outcome.v1.OutcomeService/";

using StagePlan = program::v1::FollowUpStage;

void AddStage(program::v1::ProgramDefinition& definition, const std::string& code,
              StagePlan::Start start, int months, int window_days, bool after_leaving = false) {
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

void AddFormat(program::v1::ProgramDefinition& definition, const std::string& code,
               const std::vector<program::v1::ProposalStep::Kind>& steps) {
  program::v1::Format& format = *definition.add_formats();
  format.set_code(code);
  for (const auto kind : steps) format.add_steps()->set_kind(kind);
}

// Stages from every start, and a format of each order of steps that the funnel reads.
program::v1::ProgramDefinition Definition() {
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

absl::TimeZone Toronto() {
  absl::TimeZone zone;
  if (!absl::LoadTimeZone("America/Toronto", &zone)) ADD_FAILURE() << "no time zone data";
  return zone;
}
absl::Time Local(int year, int month, int day, int hour = 0) {
  return absl::FromCivil(absl::CivilHour(year, month, day, hour), Toronto());
}

// Facts as their services publish them.
registration::events::v1::EnrolmentCreated Created(int n) {
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
registration::events::v1::EnrolmentEnded Left(int n) {
  registration::events::v1::EnrolmentEnded ended;
  ended.set_enrolment("enrolment-" + std::to_string(n));
  ended.set_person("person-" + std::to_string(n));
  ended.set_program(kProgramId);
  ended.set_role(registration::events::v1::ENROLMENT_ROLE_MENTEE);
  ended.set_reason("withdrawn");
  return ended;
}
session::events::v1::Participant Mentee(int n) {
  session::events::v1::Participant participant;
  participant.set_enrolment("enrolment-" + std::to_string(n));
  participant.set_person("person-" + std::to_string(n));
  participant.set_side(program::v1::SUBJECT_MENTEE);
  return participant;
}
// An engagement of these mentees and one mentor.
session::events::v1::EngagementRef Engagement(const std::string& id,
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
session::events::v1::EngagementCompleted CompletedAt(const session::events::v1::EngagementRef& ref,
                                                     absl::Time at) {
  auto completed = Of<session::events::v1::EngagementCompleted>(ref);
  *completed.mutable_ended_at() = resources::ToTimestamp(at);
  return completed;
}
session::events::v1::SessionLogged Met(const session::events::v1::EngagementRef& ref,
                                       const std::string& session, absl::Time at,
                                       const std::vector<int>& attended) {
  auto logged = Of<session::events::v1::SessionLogged>(ref);
  logged.set_session(session);
  *logged.mutable_held_at() = resources::ToTimestamp(at);
  for (const int n : attended) logged.add_attended("enrolment-" + std::to_string(n));
  logged.add_attended("mentor-enrolment");
  return logged;
}
matching::events::v1::ProposalRef Proposal(const std::string& id, const std::string& format,
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
  // A mentor applies too, and is no step of the mentees' way.
  changed.set_application("b");
  changed.set_side(program::v1::SUBJECT_MENTOR);
  ASSERT_TRUE(module_.Deliver(changed, "r2", module_.now()).ok());
  EXPECT_EQ(Step("referred"), 1);
  EXPECT_EQ(Step("eligible"), 1);
  EXPECT_EQ(Step("returned"), 1);
  EXPECT_EQ(Step("admitted"), 0);
}

TEST_F(OutcomeServiceTest, SchedulesTheSame_WhicheverFactComesFirst) {
  const absl::Time ended = module_.now();
  Enrol(1);
  GoThrough(1, ended - absl::Hours(24), ended);
  GoThrough(2, ended - absl::Hours(24), ended);  // heard before the enrolment
  EXPECT_TRUE(List(Herself(2), v1::FollowUp::STATE_UNSPECIFIED).empty());
  Enrol(2);
  for (const int n : {1, 2}) {
    SCOPED_TRACE(n);
    EXPECT_EQ(List(Herself(n), v1::FollowUp::STATE_OPEN).size(), 2u);       // baseline and exit
    EXPECT_EQ(List(Herself(n), v1::FollowUp::STATE_SCHEDULED).size(), 2u);  // month_3 and year_1
  }
  EXPECT_EQ(module_.Events<events::v1::FollowUpOpened>().size(), 4u);
}

TEST_F(OutcomeServiceTest, CountsFromTheEndOfTheEngagementThatBeganFirst) {
  const absl::Time first = module_.now();
  Enrol(1);
  GoThrough(1, first, first + absl::Hours(24 * 30));
  const absl::Time open = OpenOf(StageOf(1, "month_3"));
  GoThrough(1, first + absl::Hours(24 * 31), first + absl::Hours(24 * 60), "again");
  // One that began while the first ran, and ended sooner, is not the first either.
  GoThrough(1, first + absl::Hours(24 * 5), first + absl::Hours(24 * 10), "beside");
  EXPECT_EQ(OpenOf(StageOf(1, "month_3")), open);
  EXPECT_EQ(OpenOf(StageOf(1, "exit")), first + absl::Hours(24 * 30));
  EXPECT_EQ(Step("completed"), 3);
}

TEST_F(OutcomeServiceTest, TakesASecondEngagementHeardOfFirst_BackWhenTheFirstIsKnown) {
  const absl::Time first = module_.now();
  Enrol(1);
  GoThrough(1, first + absl::Hours(24 * 31), first + absl::Hours(24 * 60), "again");
  EXPECT_EQ(StageOf(1, "exit").state(), v1::FollowUp::STATE_OPEN);
  const auto ref = Engagement("m1", {1});
  Deliver(Of<session::events::v1::EngagementStarted>(ref), "m1", first);
  EXPECT_EQ(StageOf(1, "exit").name(), "");  // it has not ended
  EXPECT_EQ(StageOf(1, "month_3").name(), "");
  Deliver(CompletedAt(ref, first + absl::Hours(24 * 40)), "m1", first + absl::Hours(24 * 40));
  EXPECT_EQ(OpenOf(StageOf(1, "exit")), first + absl::Hours(24 * 40));
}

TEST_F(OutcomeServiceTest, EndsAStageOfAGroup_ForWhoLeftItByThemselves) {
  for (const int n : {1, 2, 3}) Enrol(n);
  const absl::Time began = module_.now();
  Deliver(Of<session::events::v1::EngagementStarted>(Engagement("g", {1, 2})), "g", began);
  module_.MoveBy(absl::Hours(24 * 7));
  auto joined = Of<session::events::v1::ParticipantJoined>(Engagement("g", {1, 2, 3}));
  *joined.mutable_participant() = Mentee(3);
  Deliver(joined, "g", module_.now());
  module_.MoveBy(absl::Hours(24 * 7));
  auto left = Of<session::events::v1::ParticipantLeft>(Engagement("g", {1, 3}));
  *left.mutable_participant() = Mentee(2);
  Deliver(left, "g", module_.now());
  EXPECT_EQ(OpenOf(StageOf(2, "exit")), module_.now());
  EXPECT_EQ(StageOf(1, "exit").name(), "");
  const absl::Time ended = module_.now() + absl::Hours(24 * 7);
  module_.MoveTo(ended);
  Deliver(CompletedAt(Engagement("g", {1, 3}), ended), "g", ended);
  EXPECT_EQ(OpenOf(StageOf(1, "exit")), ended);
  EXPECT_EQ(OpenOf(StageOf(3, "exit")), ended);
  EXPECT_LT(OpenOf(StageOf(2, "exit")), ended);
  EXPECT_EQ(Step("started"), 1);  // one engagement, whatever its size
  EXPECT_EQ(Step("completed"), 1);
}

TEST_F(OutcomeServiceTest, StartsNothing_WhereNothingBegan) {
  Enrol(1);
  const auto ref = Engagement("g", {1, 2});
  Deliver(Of<session::events::v1::AgreementLapsed>(ref), "g", module_.now());
  auto left = Of<session::events::v1::ParticipantLeft>(Engagement("h", {2}));
  *left.mutable_participant() = Mentee(1);
  Deliver(left, "h", module_.now());
  EXPECT_EQ(StageOf(1, "exit").name(), "");
  EXPECT_EQ(Step("lapsed"), 1);
  // Who joined one that never began has begun nothing: the next engagement is their first.
  auto joined = Of<session::events::v1::ParticipantJoined>(Engagement("l", {1}));
  *joined.mutable_participant() = Mentee(1);
  Deliver(joined, "l", module_.now());
  Deliver(Of<session::events::v1::AgreementLapsed>(Engagement("l", {1})), "l", module_.now());
  GoThrough(1, module_.now() + absl::Hours(1), module_.now() + absl::Hours(24));
  EXPECT_EQ(OpenOf(StageOf(1, "exit")), module_.now() + absl::Hours(24));
}

TEST_F(OutcomeServiceTest, CountsFromTheFirstMeetingAttended) {
  for (const int n : {1, 2}) Enrol(n);
  module_.MoveTo(Local(2026, 3, 20, 12));
  const auto ref = Engagement("g", {1, 2});
  Deliver(Met(ref, "s2", Local(2026, 3, 10, 18), {1, 2}), "g", module_.now());
  Deliver(Met(ref, "s1", Local(2026, 3, 3, 18), {1}), "g", module_.now());  // logged afterwards
  Deliver(Met(ref, "s3", Local(2026, 3, 17, 18), {1, 2}), "g", module_.now());
  EXPECT_EQ(OpenOf(StageOf(1, "met_1")), Local(2026, 4, 3));
  EXPECT_EQ(OpenOf(StageOf(2, "met_1")), Local(2026, 4, 10));
  EXPECT_EQ(Step("sessions"), 3);
}

TEST_F(OutcomeServiceTest, FollowsWhatASessionIsPutRightTo) {
  Enrol(1);
  const auto ref = Engagement("m1", {1});
  Deliver(Of<session::events::v1::EngagementStarted>(ref), "m1", Local(2026, 1, 6));
  Deliver(Met(ref, "s1", Local(2026, 1, 10, 18), {1}), "m1", Local(2026, 1, 10, 20));
  Deliver(Met(ref, "s2", Local(2026, 1, 20, 18), {1}), "m1", Local(2026, 1, 20, 20));
  EXPECT_EQ(OpenOf(StageOf(1, "met_1")), Local(2026, 2, 10));
  EXPECT_EQ(Step("sessions"), 2);
  auto corrected = Of<session::events::v1::SessionCorrected>(ref);
  corrected.set_session("s1");
  *corrected.mutable_held_at() = resources::ToTimestamp(Local(2026, 1, 12, 18));
  corrected.add_attended("enrolment-1");
  corrected.add_attended("mentor-enrolment");
  Deliver(corrected, "m1", Local(2026, 1, 21));
  EXPECT_EQ(OpenOf(StageOf(1, "met_1")), Local(2026, 2, 12));
  auto struck = Of<session::events::v1::SessionStruck>(ref);
  struck.set_session("s1");
  Deliver(struck, "m1", Local(2026, 1, 22));
  EXPECT_EQ(OpenOf(StageOf(1, "met_1")), Local(2026, 2, 20));
  EXPECT_EQ(Step("sessions"), 1);
  struck.set_session("s2");
  Deliver(struck, "m1", Local(2026, 1, 23));
  EXPECT_EQ(StageOf(1, "met_1").name(), "");  // they have not met
  EXPECT_EQ(Step("sessions"), 0);
}

TEST_F(OutcomeServiceTest, RemindsNobodyTwice_WhenAnEarlierMeetingBecomesKnown) {
  Enrol(1);
  const absl::Time first = module_.now();
  const auto ref = Engagement("m1", {1});
  Deliver(Of<session::events::v1::EngagementStarted>(ref), "m1", first);
  Deliver(Met(ref, "s1", first, {1}), "m1", first);
  module_.MoveBy(absl::Hours(24 * 45));  // a month to the opening, ten days to the first reminder
  ASSERT_EQ(StageOf(1, "met_1").state(), v1::FollowUp::STATE_OPEN);
  ASSERT_EQ(StageOf(1, "met_1").attempts(), 1);
  const absl::Time before = OpenOf(StageOf(1, "met_1"));
  Deliver(Met(ref, "s0", first - absl::Hours(24 * 3), {1}), "m1", module_.now());
  EXPECT_LT(OpenOf(StageOf(1, "met_1")), before);
  module_.MoveBy(absl::Hours(1));
  EXPECT_EQ(StageOf(1, "met_1").attempts(), 1);
  module_.MoveBy(absl::Hours(24 * 10));
  EXPECT_EQ(StageOf(1, "met_1").attempts(), 2);  // the second, as planned
}

TEST_F(OutcomeServiceTest, KnowsWhoAttended_ThoughTheyLeftSinceAndEnrolmentComesLast) {
  const absl::Time enrolled = module_.now();
  module_.MoveTo(Local(2026, 3, 20, 12));
  // Mentee 1 is no longer among the participants when the session is told of.
  Deliver(Met(Engagement("g", {2}), "s1", Local(2026, 3, 3, 18), {1, 2}), "g", module_.now());
  Deliver(Created(1), "enrolment-1", enrolled);
  EXPECT_EQ(OpenOf(StageOf(1, "met_1")), Local(2026, 4, 3));
}

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

TEST_F(OutcomeServiceTest, OpensALaterStageWithItsDay_AndHasWholeDaysOverTheChangeOfHour) {
  Enrol(1);
  GoThrough(1, Local(2026, 1, 7, 9), Local(2026, 2, 10, 9));
  // From 10 May for thirty days; the clocks changed in March.
  EXPECT_EQ(OpenOf(StageOf(1, "month_3")), Local(2026, 5, 10));
  EXPECT_EQ(CloseOf(StageOf(1, "month_3")), Local(2026, 6, 9));
  module_.MoveTo(Local(2026, 5, 9, 23));
  EXPECT_EQ(status::ReasonOf(Answer(Herself(1), StageOf(1, "month_3"), v1::EMPLOYMENT_STATUS_NONE)),
            "FOLLOW_UP_NOT_OPEN");
  module_.MoveTo(Local(2026, 6, 8, 21));
  EXPECT_TRUE(Answer(Herself(1), StageOf(1, "month_3"), v1::EMPLOYMENT_STATUS_NONE).ok());
}

TEST_F(OutcomeServiceTest, SendsNothingMoreToWhoLeft_AndCountsThemApart) {
  module_.MoveTo(Local(2026, 1, 6, 14));
  for (int n = 1; n <= 3; ++n) Enrol(n);
  GoThrough(1, Local(2026, 1, 6, 14), Local(2026, 1, 7, 14));
  ASSERT_TRUE(Answer(Herself(1), StageOf(1, "baseline"), v1::EMPLOYMENT_STATUS_NONE).ok());
  module_.MoveTo(Local(2026, 1, 8));
  Leave(1);
  Leave(2);
  EXPECT_EQ(StageOf(1, "baseline").state(), v1::FollowUp::STATE_ANSWERED);
  EXPECT_EQ(StageOf(1, "exit").state(), v1::FollowUp::STATE_LEFT);
  EXPECT_EQ(StageOf(1, "month_3").state(), v1::FollowUp::STATE_LEFT);
  EXPECT_EQ(StageOf(1, "year_1").state(), v1::FollowUp::STATE_SCHEDULED);  // followed after it
  EXPECT_EQ(StageOf(2, "baseline").state(), v1::FollowUp::STATE_LEFT);
  EXPECT_EQ(StageOf(2, "exit").name(), "");  // no engagement, and not followed without
  EXPECT_EQ(OpenOf(StageOf(2, "year_1")), Local(2027, 1, 8));
  EXPECT_EQ(
      status::ReasonOf(Answer(Herself(2), StageOf(2, "baseline"), v1::EMPLOYMENT_STATUS_NONE)),
      "FOLLOW_UP_CLOSED");
  module_.MoveTo(Local(2026, 7, 1));
  EXPECT_EQ(module_.Events<events::v1::FollowUpOpened>().size(), 4u);  // 3 baselines, an exit
  EXPECT_EQ(module_.Events<events::v1::FollowUpAttemptDue>().size(), 2u);
  EXPECT_EQ(module_.Events<events::v1::FollowUpLost>().size(), 1u);
  const v1::StageReport baseline = Stage("baseline");
  EXPECT_EQ(baseline.due(), 3);
  EXPECT_EQ(baseline.answered(), 1);
  EXPECT_EQ(baseline.left(), 1);
  EXPECT_EQ(baseline.lost(), 1);
  EXPECT_EQ(baseline.open(), 0);
  EXPECT_EQ(baseline.response().denominator(), 2);
  EXPECT_EQ(Stage("month_3").left(), 1);
  EXPECT_EQ(Step("left"), 2);
  module_.MoveTo(Local(2027, 1, 8, 12));
  EXPECT_EQ(StageOf(2, "year_1").state(), v1::FollowUp::STATE_OPEN);
}

TEST_F(OutcomeServiceTest, CountsAsLeft_WhoWasTakenForLostBeforeTheirLeavingWasHeardOf) {
  module_.MoveTo(Local(2026, 1, 6, 14));
  Enrol(1);
  module_.MoveTo(Local(2026, 3, 1));
  EXPECT_EQ(Stage("baseline").lost(), 1);
  Deliver(Left(1), "enrolment-1", Local(2026, 1, 20));
  EXPECT_EQ(Stage("baseline").lost(), 0);
  EXPECT_EQ(Stage("baseline").left(), 1);
  // Who left after the window had closed was lost.
  Enrol(2);
  module_.MoveTo(Local(2026, 5, 1));
  Leave(2);
  EXPECT_EQ(Stage("baseline").lost(), 1);
}

TEST_F(OutcomeServiceTest, ReportsAHandComputedCase) {
  PublishLeastCell(1);
  for (int n = 1; n <= 10; ++n) Enrol(n);
  // 6 of 10 answer: 2 in profession, 1 other, 3 without work.
  const v1::EmploymentStatus answers[] = {
      v1::EMPLOYMENT_STATUS_IN_PROFESSION, v1::EMPLOYMENT_STATUS_IN_PROFESSION,
      v1::EMPLOYMENT_STATUS_OTHER,         v1::EMPLOYMENT_STATUS_NONE,
      v1::EMPLOYMENT_STATUS_NONE,          v1::EMPLOYMENT_STATUS_NONE};
  for (int n = 1; n <= 6; ++n) {
    const auto open = List(Herself(n), v1::FollowUp::STATE_OPEN);
    ASSERT_EQ(open.size(), 1u);
    ASSERT_TRUE(Answer(n % 2 == 0 ? Staff() : Herself(n), open[0], answers[n - 1]).ok());
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

// The case "five answers": neither on the day before the fifth nor on the day after it.
TEST_F(OutcomeServiceTest, OfFiveAnswersInThreeKinds_TellsNoKind) {
  const v1::EmploymentStatus answers[] = {v1::EMPLOYMENT_STATUS_IN_PROFESSION,
                                          v1::EMPLOYMENT_STATUS_IN_PROFESSION,
                                          v1::EMPLOYMENT_STATUS_RELATED, v1::EMPLOYMENT_STATUS_NONE,
                                          v1::EMPLOYMENT_STATUS_IN_PROFESSION};
  for (int n = 1; n <= 10; ++n) Enrol(n);
  for (int n = 1; n <= 5; ++n) {
    module_.MoveBy(absl::Hours(24));
    ASSERT_TRUE(Answer(Herself(n), StageOf(n, "baseline"), answers[n - 1]).ok());
    const v1::StageReport stage = Stage("baseline");
    EXPECT_EQ(stage.answered(), n);
    EXPECT_EQ(stage.hidden_size(), 4);
    EXPECT_EQ(stage.in_profession() + stage.related() + stage.other() + stage.none(), 0);
    for (const v1::Rate& rate : {stage.in_profession_rate(), stage.employed_rate()}) {
      EXPECT_TRUE(rate.suppressed());
      EXPECT_EQ(rate.numerator(), 0);
      EXPECT_EQ(rate.best(), 0);
    }
  }
  for (int n = 6; n <= 9; ++n) {
    ASSERT_TRUE(Answer(Herself(n), StageOf(n, "baseline"), v1::EMPLOYMENT_STATUS_NONE).ok());
  }
  const v1::StageReport shown = Stage("baseline");  // five without work: four who work stay hidden
  EXPECT_EQ(shown.hidden_size(), 4);
  ASSERT_TRUE(Answer(Herself(10), StageOf(10, "baseline"), v1::EMPLOYMENT_STATUS_OTHER).ok());
  EXPECT_EQ(Stage("baseline").none(), 5);
  EXPECT_EQ(Stage("baseline").employed_rate().numerator(), 5);
  EXPECT_EQ(Stage("baseline").hidden_size(), 3);
  EXPECT_EQ(Stage("baseline").kinds_answered(), 10);
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
  *made.mutable_proposal() = Proposal("p", "pair", {2});
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

matching::events::v1::StepReached Reached(const matching::events::v1::ProposalRef& ref,
                                          const std::string& step) {
  matching::events::v1::StepReached reached;
  *reached.mutable_proposal() = ref;
  reached.set_step(step);
  return reached;
}

TEST_F(OutcomeServiceTest, CountsAProposalByTheStepsItPassed) {
  using Counts = std::vector<int64_t>;
  const auto counts = [this] { return Counts{Step("interested"), Step("met"), Step("matched")}; };
  matching::events::v1::MatchMade made;
  const auto pair = Proposal("p", "pair", {1});
  Deliver(Reached(pair, "contact_meeting"), "p", module_.now());
  EXPECT_EQ(counts(), (Counts{1, 0, 0}));
  Deliver(Reached(pair, "acceptance"), "p", module_.now());
  EXPECT_EQ(counts(), (Counts{1, 1, 0}));
  *made.mutable_proposal() = pair;
  Deliver(made, "p", module_.now());
  EXPECT_EQ(counts(), (Counts{1, 1, 1}));
  // A group that holds no contact meeting: interest lies behind its acceptance.
  const auto group = Proposal("g", "group", {2, 3});
  Deliver(Reached(group, "interest"), "g", module_.now());
  EXPECT_EQ(counts(), (Counts{1, 1, 1}));
  Deliver(Reached(group, "acceptance"), "g", module_.now());
  EXPECT_EQ(counts(), (Counts{2, 1, 1}));
  *made.mutable_proposal() = group;
  Deliver(made, "g", module_.now());
  EXPECT_EQ(counts(), (Counts{2, 1, 2}));
  // One that asks for nothing but acceptance.
  *made.mutable_proposal() = Proposal("a", "asked", {4});
  Deliver(made, "a", module_.now());
  EXPECT_EQ(counts(), (Counts{2, 1, 3}));
}

TEST_F(OutcomeServiceTest, CountsProposalsThatEnded_AndIntroductions) {
  matching::events::v1::ProposalMade made;
  matching::events::v1::ProposalEnded ended;
  for (const char* outcome : {"declined", "expired", "cancelled"}) {
    *made.mutable_proposal() = Proposal(outcome, "pair", {1});
    Deliver(made, outcome, module_.now());
    *ended.mutable_proposal() = made.proposal();
    ended.set_outcome(outcome);
    Deliver(ended, outcome, module_.now());
  }
  EXPECT_EQ(Step("proposed"), 3);
  EXPECT_EQ(Step("declined"), 1);
  EXPECT_EQ(Step("expired"), 1);
  auto given = Of<session::events::v1::IntroductionGiven>(Engagement("m", {1}));
  for (const char* introduction : {"i1", "i2", "i2"}) {
    given.set_introduction(introduction);
    Deliver(given, "m", module_.now());
  }
  EXPECT_EQ(Step("introductions"), 2);
}

TEST_F(OutcomeServiceTest, ShowsAFunderNoSmallCount) {
  Principal funder;
  funder.role = Role::ROLE_FUNDER;
  for (int n = 1; n <= 4; ++n) Enrol(n);
  EXPECT_EQ(Step("mentees_enrolled"), 4);
  EXPECT_EQ(StepAs(funder, "mentees_enrolled").count(), 0);
  EXPECT_TRUE(StepAs(funder, "mentees_enrolled").suppressed());
  EXPECT_FALSE(StepAs(funder, "matched").suppressed());  // nobody is no small cell
  EXPECT_FALSE(StepAs(Staff(), "mentees_enrolled").suppressed());
  Enrol(5);
  EXPECT_EQ(StepAs(funder, "mentees_enrolled").count(), 5);
  EXPECT_FALSE(StepAs(funder, "mentees_enrolled").suppressed());
}

// What one is shown is shown to the other, so that nothing follows from both.
TEST_F(OutcomeServiceTest, ShowsACommitteeOfItsProgramWhatAFunderSees) {
  Principal funder;
  funder.role = Role::ROLE_FUNDER;
  Principal committee;
  committee.role = Role::ROLE_ADVISORY_COMMITTEE;
  committee.program = std::string(kProgram).substr(std::string("programs/").size());
  for (int n = 1; n <= 4; ++n) Enrol(n);
  EXPECT_EQ(StepAs(committee, "mentees_enrolled").count(), 0);
  EXPECT_TRUE(StepAs(committee, "mentees_enrolled").suppressed());
  Enrol(5);
  EXPECT_EQ(StepAs(committee, "mentees_enrolled").count(), 5);
  Enrol(6);
  EXPECT_EQ(StepAs(funder, "mentees_enrolled").count(), 5);
  EXPECT_EQ(StepAs(committee, "mentees_enrolled").count(), 5);
  v1::GetOutcomeReportRequest request;
  request.set_program(kProgram);
  const auto report = [&] {
    return module_.Call<v1::OutcomeReport>(committee, std::string(kService) + "GetOutcomeReport",
                                           request);
  };
  ASSERT_TRUE(report().ok()) << report().status();
  EXPECT_EQ(report()->waiting(), 0);
  committee.program = "another";
  EXPECT_EQ(report().status().code(), absl::StatusCode::kNotFound);
}

TEST_F(OutcomeServiceTest, ShowsAFunderNoSmallWaitingNorADifferenceOfTwoDays) {
  Principal funder;
  funder.role = Role::ROLE_FUNDER;
  const auto waiting = [&](absl::Time as_of) {
    v1::GetOutcomeReportRequest request;
    request.set_program(kProgram);
    *request.mutable_as_of() = resources::ToTimestamp(as_of);
    return *module_.Call<v1::OutcomeReport>(funder, std::string(kService) + "GetOutcomeReport",
                                            request);
  };
  const auto ready = [&](int n) {
    auto event = registration::events::v1::EnrolmentReady();
    event.set_enrolment(Created(n).enrolment());
    event.set_person(Created(n).person());
    event.set_program(Created(n).program());
    event.set_program_version(1);
    event.set_role(registration::events::v1::ENROLMENT_ROLE_MENTEE);
    Deliver(event, event.enrolment(), module_.now());
  };
  for (int n = 1; n <= 4; ++n) ready(n);
  const absl::Time first = module_.now();
  EXPECT_EQ(waiting(first).waiting(), 0);
  EXPECT_TRUE(waiting(first).waiting_suppressed());
  module_.MoveBy(absl::Hours(24));
  for (int n = 5; n <= 6; ++n) ready(n);
  const absl::Time second = module_.now();
  EXPECT_EQ(waiting(second).waiting(), 6);
  module_.MoveBy(absl::Hours(24));
  ready(7);
  EXPECT_EQ(waiting(module_.now()).waiting(), 6);
  EXPECT_EQ(resources::FromTimestamp(waiting(module_.now()).waiting_as_of()), second);
  EXPECT_TRUE(waiting(first).waiting_suppressed()) << "a past day is what it was";
}

// Nor as the difference of what it showed on two days.
TEST_F(OutcomeServiceTest, ShowsAFunderNoSmallDifferenceOfTwoDays) {
  Principal funder;
  funder.role = Role::ROLE_FUNDER;
  for (int n = 1; n <= 6; ++n) Enrol(n);
  const v1::Funnel::Step first = StepAs(funder, "mentees_enrolled");
  EXPECT_EQ(first.count(), 6);
  module_.MoveBy(absl::Hours(24));
  for (int n = 7; n <= 10; ++n) Enrol(n);
  EXPECT_EQ(Step("mentees_enrolled"), 10);
  const v1::Funnel::Step second = StepAs(funder, "mentees_enrolled");
  EXPECT_EQ(second.count(), 6);
  EXPECT_EQ(second.as_of().seconds(), first.as_of().seconds());
  Enrol(11);
  EXPECT_EQ(StepAs(funder, "mentees_enrolled").count(), 11);
  EXPECT_GT(StepAs(funder, "mentees_enrolled").as_of().seconds(), first.as_of().seconds());
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

TEST_F(OutcomeServiceTest, TakesStagesAndLeastCell_FromTheDefinitionInForceThen) {
  Enrol(1);
  ASSERT_TRUE(Answer(Herself(1), StageOf(1, "baseline"), v1::EMPLOYMENT_STATUS_NONE).ok());
  program::v1::ProgramDefinition next = Definition();
  next.mutable_follow_up()->set_minimum_cell(1);
  AddStage(next, "later", StagePlan::START_ADMISSION, 24, 30);
  const absl::Time then = module_.now();
  module_.MoveBy(absl::Hours(24 * 10));
  program::ProgramStore& programs = module_.context().programs;
  ASSERT_TRUE(module_.db()
                  .Write({.lane_key = "program", .tenant = database::Tenant::All()},
                         [&](database::Transaction& tx) {
                           return programs.Save(tx, kProgramId, 2, then + absl::Hours(24 * 5),
                                                next);
                         })
                  .ok());
  const auto report = [this](absl::Time as_of) {
    v1::GetOutcomeReportRequest request;
    request.set_program(kProgram);
    *request.mutable_as_of() = resources::ToTimestamp(as_of);
    return *module_.Call<v1::OutcomeReport>(Staff(), std::string(kService) + "GetOutcomeReport",
                                            request);
  };
  EXPECT_EQ(report(then).stages_size(), 5);
  EXPECT_TRUE(report(then).stages(0).employed_rate().suppressed());
  EXPECT_EQ(report(module_.now()).stages_size(), 6);
  EXPECT_FALSE(report(module_.now()).stages(0).employed_rate().suppressed());
}

// One telling: what, under which key, when.
struct Told {
  std::shared_ptr<const google::protobuf::Message> fact;
  std::string key;
  absl::Time at;
};

template <class Fact>
Told Tell(Fact fact, const std::string& key, absl::Time at) {
  return {std::make_shared<Fact>(std::move(fact)), key, at};
}

// A random history of two participations: two overlapping engagements, meetings, and for some the
// leaving. Facts of one key are in their order.
std::vector<Told> RandomHistory(std::mt19937& random, absl::Time from) {
  const auto day = [&](int least, int most) {
    return from + absl::Hours(std::uniform_int_distribution<int>(least * 24, most * 24)(random));
  };
  std::vector<Told> history;
  for (const int n : {1, 2}) {
    history.push_back(Tell(Created(n), Created(n).enrolment(), from));
    if (random() % 2 == 0) history.push_back(Tell(Left(n), Left(n).enrolment(), day(10, 300)));
  }
  for (const std::string id : {"a", "b"}) {
    const auto ref = Engagement(id, {1, 2});
    const absl::Time began = day(1, 60);
    const absl::Time met = day(1, 90);
    const absl::Time ended = began + (day(5, 120) - from);
    history.push_back(Tell(Of<session::events::v1::EngagementStarted>(ref), id, began));
    history.push_back(Tell(Met(ref, "s-" + id, met, {1, 2}), id, met));
    if (random() % 3 == 0) {
      auto left = Of<session::events::v1::ParticipantLeft>(ref);
      *left.mutable_participant() = Mentee(2);
      history.push_back(Tell(left, id, began + (ended - began) / 2));
    }
    if (random() % 4 != 0) history.push_back(Tell(CompletedAt(ref, ended), id, ended));
  }
  return history;
}

// The same facts in another order, each key's in its own.
std::vector<Told> Shuffled(const std::vector<Told>& history, std::mt19937& random) {
  std::map<std::string, std::vector<Told>> by_key;
  std::vector<std::string> turns;
  for (const Told& told : history) {
    by_key[told.key].push_back(told);
    turns.push_back(told.key);
  }
  std::shuffle(turns.begin(), turns.end(), random);
  std::vector<Told> shuffled;
  std::map<std::string, size_t> next;
  for (const std::string& key : turns) shuffled.push_back(by_key[key][next[key]++]);
  return shuffled;
}

// Every row of a table in a text, by its columns; what is not known reads "-".
std::string Rows(testing::OneModule& module, const std::string& table,
                 const std::vector<std::string>& columns, const std::string& order) {
  std::string line = "''";
  for (const std::string& column : columns) {
    line += " || ' ' || COALESCE(CAST(" + column + " AS TEXT), '-')";
  }
  const std::string sql = "SELECT " + line + " FROM " + table + " ORDER BY " + order;
  const auto read = database::ReadRows(module.db(), {.tenant = database::Tenant::All()}, sql);
  EXPECT_TRUE(read.ok()) << read.status();
  std::string rows;
  for (const database::Row& row : read->rows) rows += row.Text(0) + "\n";
  return rows;
}

// What is known and due. How often a row changed on the way differs with the order.
std::string RowsOf(testing::OneModule& module) {
  return Rows(module, "outcome_follow_up",
              {"enrolment", "person", "stage", "state", "open_us", "close_us", "left_us",
               "program_version", "business_key"},
              "enrolment, stage") +
         Rows(module, "outcome_enrolment",
              {"id", "person", "role", "created_us", "first_meeting_us", "ended_us"}, "id") +
         Rows(module, "outcome_fact", {"code", "key", "at_us"}, "code, key") +
         Rows(module, "outcome_counter", {"code", "count"}, "code");
}

TEST(OutcomeOrder, GivesTheSameRows_InWhateverOrderFactsCome) {
  const absl::Time from = Local(2026, 1, 5, 10);
  std::mt19937 random(20261129);
  for (int round = 0; round < 10; ++round) {
    std::string first;
    const std::vector<Told> history = RandomHistory(random, from);
    for (int order = 0; order < 3; ++order) {
      SCOPED_TRACE("history " + std::to_string(round) + ", order " + std::to_string(order));
      testing::OneModule module(Spec(), from);
      module.Publish(Definition());
      for (const Told& told : order == 0 ? history : Shuffled(history, random)) {
        ASSERT_TRUE(module.Deliver(*told.fact, told.key, told.at).ok());
      }
      module.MoveTo(from + absl::Hours(24 * 700));  // every window has closed
      const std::string rows = RowsOf(module);
      EXPECT_NE(rows.find("baseline"), std::string::npos);
      if (order == 0) first = rows;
      EXPECT_EQ(rows, first);
    }
  }
}

}  // namespace
}  // namespace tremplin::outcome
