// Counted once; the report and the funnel by hand, and what of them is shown to whom.

#include <string>
#include <vector>

#include "services/outcome/testing/fixture.h"

namespace tremplin::outcome {
namespace {

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

}  // namespace
}  // namespace tremplin::outcome
