#include "services/registration/testing/registration_test_support.h"

#include "absl/strings/str_join.h"
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

referral::v1::AdmittedFile FileOf(const std::string& key) {
  referral::v1::AdmittedFile admitted;
  admitted.set_application("application-" + key);
  admitted.set_referral("referral-" + key);
  admitted.set_external_id(key);
  admitted.set_program(kProgramId);
  admitted.set_program_version(1);
  admitted.add_formats("one_to_one");
  referral::v1::ReferralFile& file = *admitted.mutable_file();
  file.set_given_name("Given" + key);
  file.set_family_name("Family" + key);
  file.set_email(key + "@example.org");
  file.set_language("fr");
  Give(admitted, "noc", {"21231"});
  Give(admitted, "service_language", {"fr"});
  Give(admitted, "postal_code", {"K1N6N5"});
  Give(admitted, "consent_to_share", {"yes"});
  return admitted;
}

}  // namespace

absl::StatusOr<std::string> FakeReferral::Call(const std::string& method,
                                               const std::string& request, const rpc::Envelope&) {
  EXPECT_EQ(method, "tremplin.referral.v1.ReferralService/GetAdmittedFile");
  referral::v1::GetAdmittedFileRequest asked;
  EXPECT_TRUE(asked.ParseFromString(request));
  ++script_.asked;
  if (!script_.error.ok()) return script_.error;
  const auto found = script_.files.find(asked.name());
  if (found == script_.files.end()) return absl::NotFoundError(asked.name());
  return found->second.SerializeAsString();
}

program::v1::GivenFact Given(const std::string& name, const std::vector<std::string>& values) {
  program::v1::GivenFact given;
  given.set_name(name);
  given.mutable_values()->Assign(values.begin(), values.end());
  return given;
}

void Give(referral::v1::AdmittedFile& admitted, const std::string& name,
          const std::vector<std::string>& values) {
  auto& facts = *admitted.mutable_file()->mutable_facts();
  for (program::v1::GivenFact& given : facts) {
    if (given.name() == name) {
      given = Given(name, values);
      return;
    }
  }
  *facts.Add() = Given(name, values);
}

std::vector<std::string> Told(
    const google::protobuf::RepeatedPtrField<program::v1::GivenFact>& facts) {
  std::vector<std::string> told;
  for (const program::v1::GivenFact& given : facts) {
    told.push_back(text::Cat(given.name(), "=", absl::StrJoin(given.values(), ",")));
  }
  return told;
}

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
  peers_ = std::make_unique<peers::Peers>(std::make_unique<FakeReferral>(referral_), "service");
  service_ = std::make_unique<Service>(Dependencies{.db = *db_,
                                                    .commands = *commands_,
                                                    .outbox = outbox_,
                                                    .programs = *programs_,
                                                    .peers = *peers_,
                                                    .clock = clock_,
                                                    .sealer = *sealer_,
                                                    .classification = classification_,
                                                    .demo = demo_});
  admission_ = std::make_unique<Admission>(outbox_, *peers_, *programs_, clock_, *sealer_);
  admission_->Subscribe(handlers_);
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

absl::StatusOr<v1::Facts> RegistrationTest::PublishFacts(
    const program::v1::FactRegistry& registry) {
  v1::PublishFactsRequest request;
  *request.mutable_registry() = registry;
  return Call(Operator(), &Service::PublishFacts, request);
}

absl::StatusOr<v1::Program> RegistrationTest::PublishProgram(
    const program::v1::ProgramDefinition& definition) {
  v1::PublishProgramRequest request;
  *request.mutable_definition() = definition;
  return Call(Operator(), &Service::PublishProgram, request);
}

void RegistrationTest::Publish() {
  CreateOrganization(kOwner, v1::PART_PROGRAM_OWNER);
  const auto facts = PublishFacts(ExampleFacts());
  ASSERT_TRUE(facts.ok()) << facts.status() << " "
                          << absl::StrJoin(ViolationsOf(facts.status()), "; ");
  const auto published = PublishProgram(ExampleProgram());
  ASSERT_TRUE(published.ok()) << published.status() << " "
                              << absl::StrJoin(ViolationsOf(published.status()), "; ");
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

referral::v1::AdmittedFile RegistrationTest::MentorFile(const std::string& key) {
  referral::v1::AdmittedFile admitted = FileOf(key);
  admitted.set_side(program::v1::SUBJECT_MENTOR);
  admitted.set_door(program::v1::DOOR_SELF);
  Give(admitted, "capacity", {"2"});
  return admitted;
}

referral::v1::AdmittedFile RegistrationTest::MenteeFile(const std::string& key) {
  referral::v1::AdmittedFile admitted = FileOf(key);
  admitted.set_side(program::v1::SUBJECT_MENTEE);
  admitted.set_door(program::v1::DOOR_AGENCY);
  admitted.set_agency("alpha");
  admitted.mutable_file()->set_birth_date("1987-03-14");
  Give(admitted, "came_on", {"2024-05-01"});
  return admitted;
}

referral::events::v1::ApplicationChanged RegistrationTest::Admitted(
    const referral::v1::AdmittedFile& admitted) {
  referral::events::v1::ApplicationChanged changed;
  changed.set_referral(admitted.referral());
  changed.set_application(admitted.application());
  changed.set_program(admitted.program());
  changed.set_program_version(admitted.program_version());
  changed.set_agency(admitted.agency());
  changed.set_external_id(admitted.external_id());
  changed.set_state(referral::events::v1::APPLICATION_STATE_ADMITTED);
  changed.set_side(admitted.side());
  *changed.mutable_formats() = admitted.formats();
  return changed;
}

absl::Status RegistrationTest::Handle(const google::protobuf::Message& fact) {
  ::tremplin::events::Event event;
  event.type = fact.GetDescriptor()->full_name();
  event.time = event_time_;
  event.data = fact.SerializeAsString();
  const inbox::Handlers::Prepare* prepare = handlers_.Find(event.type);
  if (prepare == nullptr) return absl::NotFoundError("no handler");
  const absl::StatusOr<inbox::Apply> apply = (*prepare)(event);
  if (!apply.ok() || *apply == nullptr) return apply.status();
  return db_->Write({.lane_key = event.type, .tenant = database::Tenant::All()}, *apply);
}

v1::Enrolment RegistrationTest::Enrol(const referral::v1::AdmittedFile& admitted) {
  referral_.files["applications/" + admitted.application()] = admitted;
  EXPECT_EQ(Handle(Admitted(admitted)), absl::OkStatus());
  return EnrolmentOf(admitted.application());
}

v1::Enrolment RegistrationTest::EnrolmentOf(const std::string& application) {
  const auto rows =
      Rows("SELECT enrolment_id FROM registration_admission WHERE application = $1", {application});
  EXPECT_TRUE(rows.ok() && rows->rows.size() == 1) << application << " led to no enrolment";
  if (!rows.ok() || rows->rows.size() != 1) return {};
  v1::GetEnrolmentRequest request;
  request.set_name("enrolments/" + rows->rows[0].Text(0));
  const auto found = Call(Staff(), &Service::GetEnrolment, request);
  EXPECT_TRUE(found.ok()) << found.status();
  return found.ok() ? *found : v1::Enrolment();
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
  const v1::Enrolment made = Enrol(MentorFile(key));
  EXPECT_TRUE(Complete(made.name(), "orientation").ok());
  const auto ready = Complete(made.name(), "interview");
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
