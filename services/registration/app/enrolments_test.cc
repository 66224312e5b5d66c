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
  absl::StatusOr<v1::Enrolment> State(const rpc::CallContext& call, const std::string& name,
                                      const std::vector<program::v1::GivenFact>& facts) {
    v1::StateFactsRequest request;
    request.set_name(name);
    request.mutable_facts()->Add(facts.begin(), facts.end());
    return Call(call, &Service::StateFacts, request);
  }
  absl::StatusOr<v1::Enrolment> Withdraw(const rpc::CallContext& call, const std::string& name) {
    v1::WithdrawEnrolmentRequest request;
    request.set_name(name);
    return Call(call, &Service::WithdrawEnrolment, request);
  }
  v1::Enrolment Mentee(const std::string& key) { return Enrol(MenteeFile(key)); }
  v1::Enrolment ShopMentor(const std::string& key) {
    referral::v1::AdmittedFile mentor = MentorFile(key);
    mentor.set_door(program::v1::DOOR_PROPOSER);
    mentor.set_agency("shop");
    return Enrol(mentor);
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
  *gate.add_facts() = Given("availability", {"mon-evening"});
  const auto invited = Call(Staff(), &Service::CompleteOnboardingStep, gate);
  ASSERT_TRUE(invited.ok()) << invited.status();
  EXPECT_TRUE(invited->onboarding(0).done());
  EXPECT_EQ(invited->onboarding(0).done_time().seconds(), absl::ToUnixSeconds(Start()));
  EXPECT_EQ(invited->etag(), "v2");
  const auto ready = Complete(mentee.name(), "orientation");
  ASSERT_TRUE(ready.ok()) << ready.status();
  EXPECT_EQ(ready->state(), v1::Enrolment::STATE_READY);
  const auto event = Last<events::v1::EnrolmentReady>();
  EXPECT_THAT(Told(event.profile().facts()), ElementsAre("availability=mon-evening", "noc=21231",
                                                         "postal_code=K1N", "service_language=fr"));
  EXPECT_EQ(event.business_key(), "alpha/S1");
  EXPECT_THAT(event.formats(), ElementsAre("one_to_one"));
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
  *request.add_facts() = Given("availability", {"some-day"});
  EXPECT_EQ(ViolationsOf(Call(Staff(), &Service::CompleteOnboardingStep, request).status()).size(),
            1u);
  EXPECT_EQ(status::ReasonOf(Complete(mentee.name(), "orientation").status()), "STEP_OUT_OF_ORDER");
  EXPECT_EQ(Events().size(), before);
  EXPECT_EQ(Get(Staff(), mentee.name())->etag(), "v1");
}

TEST_F(EnrolmentsTest, APersonStatesTheirOwnFactsAndMatchingIsToldAll) {
  const v1::Enrolment mentor = ReadyMentor("M1");
  const v1::Enrolment other = ReadyMentor("M2");
  const rpc::CallContext own = AsPerson(ROLE_MENTOR, mentor.person());
  const auto five = State(own, mentor.name(), {Given("capacity", {" 5.0 "})});
  ASSERT_TRUE(five.ok()) << five.status();
  EXPECT_THAT(Told(Last<events::v1::EnrolmentChanged>().profile().facts()),
              ElementsAre("capacity=5", "noc=21231", "postal_code=K1N", "service_language=fr"));
  EXPECT_THAT(Last<events::v1::EnrolmentChanged>().formats(), ElementsAre("one_to_one"));
  EXPECT_EQ(status::ReasonOf(State(AsPerson(ROLE_MENTOR, other.person()), mentor.name(),
                                   {Given("capacity", {"1"})})
                                 .status()),
            "ENROLMENT_NOT_FOUND");
  // Both languages of service; no value: no longer given.
  ASSERT_TRUE(
      State(own, mentor.name(), {Given("service_language", {"fr", "en"}), Given("noc", {})}).ok());
  EXPECT_THAT(Told(Last<events::v1::EnrolmentChanged>().profile().facts()),
              ElementsAre("capacity=5", "postal_code=K1N", "service_language=en,fr"));
  // Where they live is told as an area, and kept as one.
  ASSERT_TRUE(State(own, mentor.name(), {Given("postal_code", {"k1z 9e5"})}).ok());
  EXPECT_THAT(Told(Get(own, mentor.name())->facts()),
              ElementsAre("capacity=5", "postal_code=K1Z", "service_language=en,fr"));
  const size_t told = Events().size();
  ASSERT_TRUE(State(own, mentor.name(), {Given("capacity", {"5"})}).ok());
  EXPECT_EQ(Events().size(), told) << "nothing changed, yet it was told";
}

TEST_F(EnrolmentsTest, FactsHaveBoundsSidesAndOwners) {
  const v1::Enrolment mentor = ReadyMentor("M1");
  const v1::Enrolment mentee = Mentee("S1");
  const rpc::CallContext own = AsPerson(ROLE_MENTOR, mentor.person());
  for (const char* places : {"0", "20"}) {
    EXPECT_TRUE(State(own, mentor.name(), {Given("capacity", {places})}).ok()) << places;
  }
  const std::string etag = Get(Staff(), mentor.name())->etag();
  for (const char* places : {"-1", "21", "many", "1.5"}) {
    const auto refused = State(own, mentor.name(), {Given("capacity", {places})});
    ASSERT_EQ(ViolationsOf(refused.status()).size(), 1u) << places;
    EXPECT_EQ(status::DetailOf(refused.status()).violations[0].field, "facts.capacity");
  }
  EXPECT_THAT(ViolationsOf(State(own, mentor.name(),
                                 {Given("shoe_size", {"44"}), Given("came_on", {"2024-05-01"}),
                                  Given("consent_to_share", {"no"}), Given("licensed", {"yes"}),
                                  Given("noc", {"21231"}), Given("noc", {"31102"})})
                               .status()),
              ElementsAre("facts[0] FACT_UNKNOWN", "facts.came_on FACT_OF_OTHER_SIDE",
                          "facts.consent_to_share FACT_NOT_FOR_MATCHING",
                          "facts.licensed FACT_NOT_YOURS", "facts.noc REPEATED"));
  EXPECT_THAT(ViolationsOf(State(Staff(), mentee.name(),
                                 {Given("capacity", {"1"}), Given("years_here", {"3"}),
                                  Given("hobby", {"chess"})})
                               .status()),
              ElementsAre("facts.capacity FACT_OF_OTHER_SIDE", "facts[1] FACT_UNKNOWN",
                          "facts.hobby FACT_NOT_FOR_MATCHING"));
  EXPECT_THAT(ViolationsOf(State(own, mentor.name(), {}).status()), ElementsAre("facts REQUIRED"));
  EXPECT_THAT(ViolationsOf(State(own, mentor.name(),
                                 std::vector<program::v1::GivenFact>(51, Given("capacity", {"1"})))
                               .status()),
              ElementsAre("facts TOO_MANY"));
  EXPECT_EQ(Get(Staff(), mentor.name())->etag(), etag);
  ASSERT_TRUE(Withdraw(Staff(), mentor.name()).ok());
  EXPECT_EQ(status::ReasonOf(State(own, mentor.name(), {Given("capacity", {"1"})}).status()),
            "ENROLMENT_ENDED");
}

// Staff attest with their own name and the business day, whatever the request says; matching is
// told the fact and the day, and the note is nowhere in the clear.
TEST_F(EnrolmentsTest, WhatStaffAttestIsSealed) {
  const v1::Enrolment mentor = ReadyMentor("M1");
  program::v1::GivenFact licensed = Given("licensed", {"yes"});
  licensed.set_attested_by("somebody else");
  licensed.set_attested_on("1999-01-01");
  licensed.set_note("Plantednote of the card");
  const auto stated = State(Staff(), mentor.name(), {licensed});
  ASSERT_TRUE(stated.ok()) << stated.status();
  const auto find = [](const auto& facts, const std::string& name) {
    for (const program::v1::GivenFact& fact : facts) {
      if (fact.name() == name) return fact;
    }
    return program::v1::GivenFact();
  };
  for (const auto& seen : {*stated, *Get(Staff(), mentor.name()),
                           *Get(AsPerson(ROLE_MENTOR, mentor.person()), mentor.name())}) {
    const program::v1::GivenFact fact = find(seen.facts(), "licensed");
    EXPECT_EQ(fact.attested_by(), Staff().principal.id);
    EXPECT_EQ(fact.attested_on(), "2025-09-04");
    EXPECT_EQ(fact.note(), "Plantednote of the card");
  }
  for (const program::v1::GivenFact& fact :
       {find(Get(As(ROLE_SERVICE), mentor.name())->facts(), "licensed"),
        find(Last<events::v1::EnrolmentChanged>().profile().facts(), "licensed")}) {
    EXPECT_THAT(fact.values(), ElementsAre("yes"));
    EXPECT_EQ(fact.attested_on(), "2025-09-04");
    EXPECT_EQ(fact.attested_by() + fact.note(), "");
  }
  for (const char* column :
       {"SELECT facts FROM registration_enrolment", "SELECT sealed FROM registration_enrolment",
        "SELECT response FROM registration_idempotency", "SELECT data FROM registration_outbox"}) {
    const auto rows = Rows(column);
    ASSERT_TRUE(rows.ok());
    for (const database::Row& row : rows->rows) {
      EXPECT_EQ(row.Blob(0).find("lanted"), std::string::npos) << column;
    }
  }
}

TEST_F(EnrolmentsTest, AStepTakesItsOwnFactsAndThoseOfMatching) {
  const v1::Enrolment mentor = Enrol(MentorFile("M1"));
  ASSERT_TRUE(Complete(mentor.name(), "orientation").ok());
  v1::CompleteOnboardingStepRequest step;
  step.set_name(mentor.name());
  step.set_step("workshop");
  *step.add_facts() = Given("background_check", {"yes"});
  EXPECT_THAT(ViolationsOf(Call(Staff(), &Service::CompleteOnboardingStep, step).status()),
              ElementsAre("facts.background_check FACT_NOT_FOR_MATCHING"));
  step.set_step("interview");
  step.clear_request_id();
  *step.add_facts() = Given("capacity", {"3"});
  const auto ready = Call(Staff(), &Service::CompleteOnboardingStep, step);
  ASSERT_TRUE(ready.ok()) << ready.status();
  EXPECT_EQ(ready->state(), v1::Enrolment::STATE_READY);
  EXPECT_THAT(Told(ready->facts()), ElementsAre("background_check=yes", "capacity=3", "noc=21231",
                                                "postal_code=K1N", "service_language=fr"));
  EXPECT_THAT(Told(Last<events::v1::EnrolmentReady>().profile().facts()),
              ElementsAre("capacity=3", "noc=21231", "postal_code=K1N", "service_language=fr"));
  EXPECT_THAT(Told(Get(As(ROLE_SERVICE), mentor.name())->facts()),
              ElementsAre("capacity=3", "noc=21231", "postal_code=K1N", "service_language=fr"));
}

TEST_F(EnrolmentsTest, ThePersonRecordsAStepWhereTheDefinitionLetsThem) {
  const v1::Enrolment mentor = Enrol(MentorFile("M1"));
  const v1::Enrolment other = Enrol(MentorFile("M2"));
  v1::CompleteOnboardingStepRequest step;
  step.set_name(mentor.name());
  step.set_step("orientation");
  const rpc::CallContext own = AsPerson(ROLE_MENTOR, mentor.person());
  const auto refused = Call(own, &Service::CompleteOnboardingStep, step);
  EXPECT_EQ(refused.status().code(), absl::StatusCode::kPermissionDenied);
  EXPECT_EQ(status::ReasonOf(refused.status()), "STEP_NOT_YOURS");
  ASSERT_TRUE(Complete(mentor.name(), "orientation").ok());
  step.set_step("workshop");
  EXPECT_EQ(status::ReasonOf(
                Call(AsPerson(ROLE_MENTOR, other.person()), &Service::CompleteOnboardingStep, step)
                    .status()),
            "ENROLMENT_NOT_FOUND");
  const auto done = Call(own, &Service::CompleteOnboardingStep, step);
  ASSERT_TRUE(done.ok()) << done.status();
  EXPECT_TRUE(done->onboarding(1).done());
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
      {"staff", Staff(), {"alpha/S1", "M1", "shop/E1"}},
      {"staff elsewhere", elsewhere, {}},
      {"a service", As(ROLE_SERVICE), {"alpha/S1", "M1", "shop/E1"}},
      {"the mentee", AsPerson(ROLE_MENTEE, mentee.person()), {"alpha/S1"}},
      {"the mentor", AsPerson(ROLE_MENTOR, mentor.person()), {"M1"}},
      {"the mentee in another part", AsPerson(ROLE_MENTOR, mentee.person()), {}},
      {"a mentee without person", As(ROLE_MENTEE), {}},
      {"the shop", AsOrganization("shop"), {"shop/E1"}},
      {"another shop", AsOrganization("other"), {}},
      {"an agency", As(options::v1::ROLE_AGENCY), {}},
  };
  for (const auto& c : cases) {
    for (const v1::Enrolment& enrolment : {mentee, mentor, of_shop}) {
      const bool sees = c.sees.contains(enrolment.business_key());
      EXPECT_EQ(Get(c.call, enrolment.name()).ok(), sees) << c.who << enrolment.business_key();
    }
    v1::ListEnrolmentsRequest request;
    request.set_program(kProgram);
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
  referral::v1::AdmittedFile mentee = MenteeFile("P1");
  mentee.set_door(program::v1::DOOR_PROPOSER);
  mentee.set_agency("shop");
  EXPECT_EQ(Get(AsOrganization("shop"), Enrol(mentee).name()).status().code(),
            absl::StatusCode::kNotFound);
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
  EXPECT_EQ(seen(database::Tenant::All()), "M1 shop/E1 ");
  EXPECT_EQ(seen(database::Tenant::Of("shop")), "shop/E1 ");
  EXPECT_EQ(seen(database::Tenant::Of("other")), "");
  EXPECT_EQ(seen(database::Tenant::None()), "");
}

TEST_F(EnrolmentsTest, ListsInOrderByPagesAndFilters) {
  for (const char* key : {"M3", "M1", "M2", "M4", "M5"}) ReadyMentor(key);
  for (const char* key : {"S2", "S1"}) Mentee(key);
  v1::ListEnrolmentsRequest request;
  request.set_program(kProgram);
  for (const int size : {1, 2, 3, 7, 8}) {
    EXPECT_THAT(Keys(Staff(), request, size),
                ElementsAre("alpha/S1", "alpha/S2", "M1", "M2", "M3", "M4", "M5"))
        << size;
  }
  request.set_role(v1::ENROLMENT_ROLE_MENTOR);
  EXPECT_THAT(Keys(Staff(), request, 2), ElementsAre("M1", "M2", "M3", "M4", "M5"));
  request.set_role(v1::ENROLMENT_ROLE_MENTEE);
  EXPECT_THAT(Keys(Staff(), request, 1), ElementsAre("alpha/S1", "alpha/S2"));
  request.clear_role();
  request.set_state(v1::Enrolment::STATE_ONBOARDING);
  EXPECT_THAT(Keys(Staff(), request, 1), ElementsAre("alpha/S1", "alpha/S2"));
  request.set_state(v1::Enrolment::STATE_READY);
  EXPECT_THAT(Keys(Staff(), request, 2), ElementsAre("M1", "M2", "M3", "M4", "M5"));
  request.clear_program();
  EXPECT_EQ(Call(Staff(), &Service::ListEnrolments, request).status().code(),
            absl::StatusCode::kInvalidArgument);
}

TEST_F(EnrolmentsTest, OnesOwnListSpansPrograms) {
  const v1::Enrolment mentor = ReadyMentor("M1");
  program::v1::ProgramDefinition second = ExampleProgram();
  second.set_id("another-program");
  ASSERT_TRUE(PublishProgram(second).ok());
  referral::v1::AdmittedFile again = MentorFile("M1");
  again.set_application("application-2");
  again.set_program("another-program");
  ASSERT_EQ(Enrol(again).person(), mentor.person());
  EXPECT_THAT(Keys(AsPerson(ROLE_MENTOR, mentor.person()), {}, 1), ElementsAre("M1", "M1"));
}

}  // namespace
}  // namespace tremplin::registration
