#include <set>

#include "gmock/gmock.h"
#include "services/registration/testing/registration_test_support.h"
#include "tremplin/registration/events/v1/events.pb.h"

namespace tremplin::registration {
namespace {

using options::v1::ROLE_MENTEE;
using options::v1::ROLE_MENTOR;
using options::v1::ROLE_SERVICE;
using ::testing::ElementsAre;

class EnrolmentsTest : public RegistrationTest {
 protected:
  void SetUp() override {
    RegistrationTest::SetUp();
    Publish();
    CreateOrganization("shop", v1::PART_EMPLOYER);
  }
  absl::StatusOr<v1::Enrolment> Get(const rpc::CallContext& call, const std::string& name) {
    v1::GetEnrolmentRequest request;
    request.set_name(name);
    return Call(call, &Service::GetEnrolment, request);
  }
  absl::StatusOr<v1::Enrolment> SetCapacity(const rpc::CallContext& call, const std::string& name,
                                            int capacity, const std::string& etag = "") {
    v1::SetCapacityRequest request;
    request.set_name(name);
    request.set_capacity(capacity);
    request.set_etag(etag);
    return Call(call, &Service::SetCapacity, request);
  }
  absl::StatusOr<v1::Enrolment> Withdraw(const rpc::CallContext& call, const std::string& name) {
    v1::WithdrawEnrolmentRequest request;
    request.set_name(name);
    return Call(call, &Service::WithdrawEnrolment, request);
  }
  v1::Enrolment Mentee(const std::string& key) {
    const auto made = Call(Staff(), &Service::CreateEnrolment, MenteeRequest(key));
    EXPECT_TRUE(made.ok()) << made.status();
    return *made;
  }
  v1::Enrolment ShopMentor(const std::string& key) {
    v1::CreateEnrolmentRequest request = MentorRequest(key);
    request.set_door(program::v1::DOOR_PROPOSER);
    request.set_organization("organizations/shop");
    const auto made = Call(Staff(), &Service::CreateEnrolment, request);
    EXPECT_TRUE(made.ok()) << made.status();
    return *made;
  }
  // Business keys of a list, read in pages of `size`.
  std::vector<std::string> Keys(const rpc::CallContext& call, v1::ListEnrolmentsRequest request,
                                int size) {
    std::vector<std::string> keys;
    request.set_page_size(size);
    do {
      const auto page = Call(call, &Service::ListEnrolments, request);
      EXPECT_TRUE(page.ok()) << page.status();
      if (!page.ok()) break;
      EXPECT_LE(page->enrolments_size(), size);
      for (const v1::Enrolment& enrolment : page->enrolments()) {
        keys.push_back(enrolment.business_key());
      }
      request.set_page_token(page->next_page_token());
    } while (!request.page_token().empty());
    return keys;
  }
};

TEST_F(EnrolmentsTest, StepsLeadToReadyWithTheProfile) {
  const v1::Enrolment mentee = Mentee("S1");
  v1::CompleteOnboardingStepRequest gate;
  gate.set_name(mentee.name());
  gate.set_step("needs_analysis");
  gate.set_gate_result(v1::CompleteOnboardingStepRequest::GATE_RESULT_INVITED);
  gate.add_availability("mon-evening");
  const auto invited = Call(Staff(), &Service::CompleteOnboardingStep, gate);
  ASSERT_TRUE(invited.ok()) << invited.status();
  EXPECT_TRUE(invited->onboarding(0).done());
  EXPECT_EQ(invited->onboarding(0).done_time().seconds(), absl::ToUnixSeconds(Start()));
  EXPECT_EQ(invited->etag(), "v2");
  const auto ready = Complete(mentee.name(), "orientation");
  ASSERT_TRUE(ready.ok()) << ready.status();
  EXPECT_EQ(ready->state(), v1::Enrolment::STATE_READY);
  const auto event = Last<events::v1::EnrolmentReady>();
  EXPECT_THAT(event.profile().availability(), ElementsAre("mon-evening"));
  EXPECT_EQ(event.profile().noc(), "21231");
  EXPECT_EQ(event.business_key(), "S1");
  const std::vector<std::string> all = Events();
  EXPECT_THAT(std::vector<std::string>(all.end() - 4, all.end()),
              ElementsAre("EnrolmentCreated", "OnboardingStepCompleted", "OnboardingStepCompleted",
                          "EnrolmentReady"));
}

TEST_F(EnrolmentsTest, ADoneStepIsRefusedUnderAnotherRequestAndAnsweredUnderTheSame) {
  const v1::Enrolment mentee = Mentee("S1");
  v1::CompleteOnboardingStepRequest request;
  request.set_name(mentee.name());
  request.set_step("needs_analysis");
  request.set_gate_result(v1::CompleteOnboardingStepRequest::GATE_RESULT_INVITED);
  request.set_request_id("once");
  const auto first = Call(Staff(), &Service::CompleteOnboardingStep, request);
  ASSERT_TRUE(first.ok());
  const auto again = Call(Staff(), &Service::CompleteOnboardingStep, request);
  ASSERT_TRUE(again.ok());
  EXPECT_EQ(again->SerializeAsString(), first->SerializeAsString());
  request.set_request_id("twice");
  EXPECT_EQ(status::ReasonOf(Call(Staff(), &Service::CompleteOnboardingStep, request).status()),
            "STEP_DONE");
}

TEST_F(EnrolmentsTest, NotInvitedEnds) {
  const v1::Enrolment mentee = Mentee("S1");
  v1::CompleteOnboardingStepRequest request;
  request.set_name(mentee.name());
  request.set_step("needs_analysis");
  request.set_gate_result(v1::CompleteOnboardingStepRequest::GATE_RESULT_NOT_INVITED);
  const auto ended = Call(Staff(), &Service::CompleteOnboardingStep, request);
  ASSERT_TRUE(ended.ok());
  EXPECT_EQ(ended->state(), v1::Enrolment::STATE_ENDED);
  EXPECT_EQ(ended->end_reason(), "not_invited");
  EXPECT_EQ(Last<events::v1::EnrolmentEnded>().reason(), "not_invited");
  EXPECT_EQ(status::ReasonOf(Complete(mentee.name(), "orientation").status()), "ENROLMENT_ENDED");
}

TEST_F(EnrolmentsTest, RubbishStoresNothing) {
  const v1::Enrolment mentee = Mentee("S1");
  const size_t before = Events().size();
  v1::CompleteOnboardingStepRequest request;
  request.set_name(mentee.name());
  EXPECT_THAT(ViolationsOf(Call(Staff(), &Service::CompleteOnboardingStep, request).status()),
              ElementsAre("step REQUIRED"));
  request.set_step("dance");
  EXPECT_THAT(ViolationsOf(Call(Staff(), &Service::CompleteOnboardingStep, request).status()),
              ElementsAre("step STEP_UNKNOWN"));
  request.set_step("needs_analysis");
  EXPECT_THAT(ViolationsOf(Call(Staff(), &Service::CompleteOnboardingStep, request).status()),
              ElementsAre("gate_result GATE_RESULT_REQUIRED"));
  request.add_availability("some-day");
  EXPECT_THAT(ViolationsOf(Call(Staff(), &Service::CompleteOnboardingStep, request).status()),
              ElementsAre("availability[0] SLOT_INVALID"));
  EXPECT_EQ(status::ReasonOf(Complete(mentee.name(), "orientation").status()), "STEP_OUT_OF_ORDER");
  EXPECT_EQ(Events().size(), before);
  EXPECT_EQ(Get(Staff(), mentee.name())->etag(), "v1");
}

TEST_F(EnrolmentsTest, CapacityIsTheMentorsOwn) {
  const v1::Enrolment mentor = ReadyMentor("M1");
  const v1::Enrolment other = ReadyMentor("M2");
  const auto own = SetCapacity(AsPerson(ROLE_MENTOR, mentor.person()), mentor.name(), 5);
  ASSERT_TRUE(own.ok()) << own.status();
  EXPECT_EQ(own->profile().capacity(), 5);
  EXPECT_EQ(Last<events::v1::EnrolmentChanged>().profile().capacity(), 5);
  EXPECT_EQ(status::ReasonOf(
                SetCapacity(AsPerson(ROLE_MENTOR, other.person()), mentor.name(), 1).status()),
            "ENROLMENT_NOT_FOUND");
  EXPECT_EQ(SetCapacity(Staff(), mentor.name(), 3, mentor.etag()).status().code(),
            absl::StatusCode::kAborted);
  EXPECT_TRUE(SetCapacity(Staff(), mentor.name(), 0, own->etag()).ok());
  EXPECT_THAT(ViolationsOf(SetCapacity(Staff(), mentor.name(), 21).status()),
              ElementsAre("capacity OUT_OF_RANGE"));
  EXPECT_EQ(status::ReasonOf(SetCapacity(Staff(), Mentee("S1").name(), 1).status()),
            "NOT_A_MENTOR");
}

TEST_F(EnrolmentsTest, WithdrawalIsOnesOwnOrStaffs) {
  const v1::Enrolment mentee = Mentee("S1");
  const v1::Enrolment other = Mentee("S2");
  EXPECT_EQ(Withdraw(AsPerson(ROLE_MENTEE, other.person()), mentee.name()).status().code(),
            absl::StatusCode::kNotFound);
  const auto gone = Withdraw(AsPerson(ROLE_MENTEE, mentee.person()), mentee.name());
  ASSERT_TRUE(gone.ok());
  EXPECT_EQ(gone->end_reason(), "withdrawn");
  EXPECT_EQ(status::ReasonOf(Withdraw(Staff(), mentee.name()).status()), "ENROLMENT_ENDED");
  EXPECT_TRUE(Withdraw(Staff(), other.name()).ok());
}

TEST_F(EnrolmentsTest, WhoSeesWhat) {
  const v1::Enrolment mentee = Mentee("S1");
  const v1::Enrolment mentor = ReadyMentor("M1");
  const v1::Enrolment of_shop = ShopMentor("E1");
  rpc::CallContext elsewhere = Staff();
  elsewhere.principal.program = "another";
  const struct {
    const char* who;
    rpc::CallContext call;
    std::set<std::string> sees;
  } cases[] = {
      {"staff", Staff(), {"S1", "M1", "E1"}},
      {"staff elsewhere", elsewhere, {}},
      {"a service", As(ROLE_SERVICE), {"S1", "M1", "E1"}},
      {"the mentee", AsPerson(ROLE_MENTEE, mentee.person()), {"S1"}},
      {"the mentor", AsPerson(ROLE_MENTOR, mentor.person()), {"M1"}},
      {"the mentee in another part", AsPerson(ROLE_MENTOR, mentee.person()), {}},
      {"a mentee without person", As(ROLE_MENTEE), {}},
      {"the shop", AsOrganization("shop"), {"E1"}},
      {"another shop", AsOrganization("other"), {}},
      {"an agency", As(options::v1::ROLE_AGENCY), {}},
  };
  for (const auto& c : cases) {
    for (const v1::Enrolment& enrolment : {mentee, mentor, of_shop}) {
      const bool sees = c.sees.contains(enrolment.business_key());
      EXPECT_EQ(Get(c.call, enrolment.name()).ok(), sees) << c.who << enrolment.business_key();
    }
    v1::ListEnrolmentsRequest request;
    request.set_program(kOttawa);
    if (c.call.principal.role == options::v1::ROLE_AGENCY) continue;
    const auto listed = Call(c.call, &Service::ListEnrolments, request);
    if (!listed.ok()) {
      EXPECT_TRUE(c.sees.empty()) << c.who;
      continue;
    }
    std::set<std::string> keys;
    for (const v1::Enrolment& enrolment : listed->enrolments()) {
      keys.insert(enrolment.business_key());
    }
    EXPECT_EQ(keys, c.sees) << c.who;
  }
}

TEST_F(EnrolmentsTest, AProposedMenteeIsNotTheOrganizationsToSee) {
  v1::CreateEnrolmentRequest request = MenteeRequest("P1");
  request.set_door(program::v1::DOOR_PROPOSER);
  const auto made = Call(AsOrganization("shop"), &Service::CreateEnrolment, request);
  ASSERT_TRUE(made.ok()) << made.status();
  EXPECT_EQ(Get(AsOrganization("shop"), made->name()).status().code(), absl::StatusCode::kNotFound);
}

// Behind the handlers' filters PostgreSQL holds its own: a tenant reads its own rows, whatever is
// asked.
TEST_F(EnrolmentsTest, RowLevelSecurityStandsBehind) {
  if (!store_->HasRowSecurity()) GTEST_SKIP() << "the embedded store has the filters alone";
  ReadyMentor("M1");
  ShopMentor("E1");
  const auto seen = [&](const database::Tenant& tenant) {
    const auto rows = database::ReadRows(*db_, {.tenant = tenant},
                                         "SELECT business_key FROM registration_enrolment "
                                         "ORDER BY business_key");
    EXPECT_TRUE(rows.ok()) << rows.status();
    std::string keys;
    for (const database::Row& row : rows->rows) keys += row.Text(0) + " ";
    return keys;
  };
  EXPECT_EQ(seen(database::Tenant::All()), "E1 M1 ");
  EXPECT_EQ(seen(database::Tenant::Of("shop")), "E1 ");
  EXPECT_EQ(seen(database::Tenant::Of("other")), "");
  EXPECT_EQ(seen(database::Tenant::None()), "");
}

TEST_F(EnrolmentsTest, ListsInOrderByPagesAndFilters) {
  for (const char* key : {"M3", "M1", "M2", "M4", "M5"}) ReadyMentor(key);
  for (const char* key : {"S2", "S1"}) Mentee(key);
  v1::ListEnrolmentsRequest request;
  request.set_program(kOttawa);
  for (const int size : {1, 2, 3, 7, 8}) {
    EXPECT_THAT(Keys(Staff(), request, size), ElementsAre("S1", "S2", "M1", "M2", "M3", "M4", "M5"))
        << size;
  }
  request.set_role(v1::ENROLMENT_ROLE_MENTOR);
  EXPECT_THAT(Keys(Staff(), request, 2), ElementsAre("M1", "M2", "M3", "M4", "M5"));
  request.set_role(v1::ENROLMENT_ROLE_MENTEE);
  EXPECT_THAT(Keys(Staff(), request, 1), ElementsAre("S1", "S2"));
  request.clear_role();
  request.set_state(v1::Enrolment::STATE_ONBOARDING);
  EXPECT_THAT(Keys(Staff(), request, 1), ElementsAre("S1", "S2"));
  request.set_state(v1::Enrolment::STATE_READY);
  EXPECT_THAT(Keys(Staff(), request, 2), ElementsAre("M1", "M2", "M3", "M4", "M5"));
  request.clear_program();
  EXPECT_EQ(Call(Staff(), &Service::ListEnrolments, request).status().code(),
            absl::StatusCode::kInvalidArgument);
}

TEST_F(EnrolmentsTest, OnesOwnListSpansPrograms) {
  const v1::Enrolment mentor = ReadyMentor("M1");
  program::v1::ProgramDefinition second = Definition();
  second.set_id("another-program");
  v1::PublishProgramRequest publish;
  *publish.mutable_definition() = second;
  ASSERT_TRUE(Call(Operator(), &Service::PublishProgram, publish).ok());
  v1::CreateEnrolmentRequest request = MentorRequest("M1");
  request.set_program("programs/another-program");
  ASSERT_EQ(Call(Staff(), &Service::CreateEnrolment, request)->person(), mentor.person());
  EXPECT_THAT(Keys(AsPerson(ROLE_MENTOR, mentor.person()), {}, 1), ElementsAre("M1", "M1"));
}

}  // namespace
}  // namespace tremplin::registration
