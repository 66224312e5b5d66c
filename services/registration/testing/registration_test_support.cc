#include "services/registration/testing/registration_test_support.h"

#include <fstream>
#include <sstream>

#include "common/program/criteria.h"
#include "common/text/text.h"
#include "services/registration/migrations/migrations.h"
#include "tests/support/servers.h"

namespace tremplin::registration {
namespace {

// The runtime's tables, then registration's, numbered through as the host does.
std::vector<database::Migration> AllMigrations() {
  std::vector<database::Migration> all = {{1, "outbox", outbox::kOutboxSchemaSql},
                                          {2, "seal", seal::kSealSchemaSql},
                                          {3, "idempotency", rpc::kIdempotencySchemaSql},
                                          {4, "program", program::kProgramSchemaSql}};
  for (const database::Migration& own : Migrations()) {
    all.push_back({static_cast<int>(all.size()) + 1, own.name, own.sql});
  }
  return all;
}

void FillPerson(v1::Person& person, const std::string& key) {
  person.set_given_name("Given" + key);
  person.set_family_name("Family" + key);
  person.set_email(key + "@example.org");
  person.set_language("fr");
}

}  // namespace

void RegistrationTest::SetUp() {
  store_ = MakeTestStore(AllMigrations());
  if (store_ == nullptr) TREMPLIN_REQUIRE_SERVER(std::string());
  db_ = &store_->db();
  sealer_ = std::make_unique<seal::Sealer>(
      "registration", *seal::LoadKeys(dir_.File("master.key"), dir_.File("index.key"), true));
  programs_ = std::make_unique<program::ProgramStore>("registration", *db_);
  commands_ = std::make_unique<rpc::Commands>("registration", *db_, *sealer_, clock_);
  classification_ = classification::Classification::Load("deploy/data");
  ASSERT_TRUE(classification_.ok()) << classification_.status();
  service_ = std::make_unique<Service>(Dependencies{.db = *db_,
                                                    .commands = *commands_,
                                                    .outbox = outbox_,
                                                    .programs = *programs_,
                                                    .clock = clock_,
                                                    .sealer = *sealer_,
                                                    .classification = classification_,
                                                    .demo = demo_});
}

rpc::CallContext RegistrationTest::As(options::v1::Role role) const {
  rpc::CallContext call;
  call.principal.id = text::Cat("principal-", static_cast<int>(role));
  call.principal.role = role;
  call.business_now = clock_.BusinessNow();
  return call;
}

rpc::CallContext RegistrationTest::AsPerson(options::v1::Role role,
                                            const std::string& person) const {
  rpc::CallContext call = As(role);
  call.principal.person = person.substr(person.find('/') + 1);
  return call;
}

rpc::CallContext RegistrationTest::AsOrganization(const std::string& organization) const {
  rpc::CallContext call = As(options::v1::ROLE_ORGANIZATION);
  call.principal.organization = organization;
  return call;
}

program::v1::ProgramDefinition RegistrationTest::Definition() const {
  std::ifstream file("deploy/programs/ottawa-career-mentoring.textproto");
  std::stringstream text;
  text << file.rdbuf();
  return *program::ParseDefinition(text.str());
}

void RegistrationTest::Publish() {
  v1::PublishProgramRequest request;
  *request.mutable_definition() = Definition();
  const auto published = Call(Operator(), &Service::PublishProgram, request);
  ASSERT_TRUE(published.ok()) << published.status();
}

void RegistrationTest::CreateOrganization(const std::string& id, v1::Part part) {
  v1::CreateOrganizationRequest request;
  request.set_organization_id(id);
  request.mutable_organization()->set_title_en("Place " + id);
  request.mutable_organization()->set_title_fr("Lieu " + id);
  request.mutable_organization()->add_parts(part);
  const auto made = Call(Operator(), &Service::CreateOrganization, request);
  ASSERT_TRUE(made.ok()) << made.status();
}

v1::CreateEnrolmentRequest RegistrationTest::MentorRequest(const std::string& key) {
  v1::CreateEnrolmentRequest request;
  request.set_role(v1::ENROLMENT_ROLE_MENTOR);
  request.set_program(kOttawa);
  FillPerson(*request.mutable_person(), key);
  v1::Profile& profile = *request.mutable_profile();
  profile.set_noc("21231");
  profile.set_naics("541");
  profile.add_languages("fr");
  profile.set_fsa("K1N");
  profile.add_availability("mon-evening");
  profile.set_years_experience(12);
  profile.set_years_in_region(10);
  profile.set_months_offered(6);
  profile.set_capacity(2);
  request.set_business_key(key);
  request.set_door(program::v1::DOOR_SELF);
  (*request.mutable_attested())["network_contacts"] = "yes";
  return request;
}

v1::CreateEnrolmentRequest RegistrationTest::MenteeRequest(const std::string& key) {
  v1::CreateEnrolmentRequest request;
  request.set_role(v1::ENROLMENT_ROLE_MENTEE);
  request.set_program(kOttawa);
  FillPerson(*request.mutable_person(), key);
  request.mutable_person()->set_birth_date("1987-03-14");
  request.mutable_profile()->set_noc("21231");
  request.mutable_profile()->add_languages("en");
  request.mutable_profile()->set_fsa("K1N");
  request.set_business_key(key);
  request.set_door(program::v1::DOOR_SELF);
  auto& attested = *request.mutable_attested();
  attested["immigration_status"] = "permanent_resident";
  attested["foreign_trained"] = "yes";
  attested["education"] = "bachelor";
  for (const char* skill : {"en_listening", "en_speaking", "en_reading", "en_writing"}) {
    attested[skill] = "8";
  }
  attested["job_search_workshop"] = "yes";
  attested["resume"] = "yes";
  attested["career_goal"] = "Work as a developer again";
  attested["consent_to_share"] = "yes";
  return request;
}

absl::StatusOr<v1::Enrolment> RegistrationTest::Complete(const std::string& enrolment,
                                                         const std::string& step, bool gate) {
  v1::CompleteOnboardingStepRequest request;
  request.set_name(enrolment);
  request.set_step(step);
  if (gate) {
    request.set_gate_result(v1::CompleteOnboardingStepRequest::GATE_RESULT_INVITED);
  }
  return Call(Staff(), &Service::CompleteOnboardingStep, request);
}

v1::Enrolment RegistrationTest::ReadyMentor(const std::string& key) {
  const auto made = Call(Staff(), &Service::CreateEnrolment, MentorRequest(key));
  EXPECT_TRUE(made.ok()) << made.status();
  EXPECT_TRUE(Complete(made->name(), "orientation").ok());
  const auto ready = Complete(made->name(), "interview");
  EXPECT_TRUE(ready.ok()) << ready.status();
  return *ready;
}

std::vector<std::string> RegistrationTest::Events() {
  const auto result = Rows("SELECT type FROM registration_outbox ORDER BY seq");
  EXPECT_TRUE(result.ok()) << result.status();
  std::vector<std::string> types;
  for (const database::Row& row : result->rows) {
    types.push_back(row.Text(0).substr(row.Text(0).rfind('.') + 1));
  }
  return types;
}

std::string RegistrationTest::LastPayload(const std::string& type) {
  const auto result = Rows(
      "SELECT data FROM registration_outbox WHERE type = $1 ORDER BY seq DESC LIMIT 1", {type});
  EXPECT_TRUE(result.ok()) << result.status();
  EXPECT_EQ(result->rows.size(), 1u) << "no event of type " << type;
  return result->rows.empty() ? std::string() : result->rows[0].Blob(0);
}

absl::StatusOr<database::Result> RegistrationTest::Rows(const std::string& sql,
                                                        database::Params params) {
  return database::ReadRows(*db_, {.tenant = database::Tenant::All()}, sql, std::move(params));
}

int64_t RegistrationTest::Count(const std::string& sql) {
  const auto result = Rows(sql);
  EXPECT_TRUE(result.ok()) << result.status();
  return result->rows[0].Int(0);
}

std::vector<std::string> ViolationsOf(const absl::Status& status) {
  std::vector<std::string> found;
  for (const status::FieldViolation& violation : status::DetailOf(status).violations) {
    EXPECT_FALSE(violation.en.empty()) << violation.field;
    EXPECT_FALSE(violation.fr.empty()) << violation.field;
    EXPECT_NE(violation.en, violation.fr) << violation.field;
    found.push_back(violation.field + " " + violation.reason);
  }
  return found;
}

}  // namespace tremplin::registration
