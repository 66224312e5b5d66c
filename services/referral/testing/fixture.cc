#include "services/referral/testing/fixture.h"

#include <cstdlib>
#include <fstream>
#include <iostream>
#include <iterator>

#include "common/database/postgres_database.h"
#include "common/database/sqlite_database.h"
#include "common/inbox/inbox.h"
#include "common/program/criteria.h"
#include "services/referral/migrations/schema.h"
#include "services/referral/store/referral_store.h"
#include "tests/support/servers.h"

namespace tremplin::referral {
namespace {

constexpr char kService[] = "referral";

void Must(const absl::Status& status) {
  if (status.ok()) return;
  std::cerr << "the fixture failed: " << status << std::endl;
  std::abort();
}

const classification::Classification& Tables() {
  static const auto& tables = *new absl::StatusOr<classification::Classification>(
      classification::Classification::Load("deploy/data"));
  Must(tables.status());
  return *tables;
}

std::string Text(const std::string& path) {
  std::ifstream in(path);
  return {std::istreambuf_iterator<char>(in), {}};
}

const program::v1::FactRegistry& Facts() {
  static const auto& facts = *new absl::StatusOr<program::v1::FactRegistry>(
      program::ParseRegistry(Text("deploy/facts/base.textproto")));
  Must(facts.status());
  return *facts;
}

std::vector<database::Migration> AllMigrations() {
  std::vector<database::Migration> all = {{1, "outbox", outbox::kOutboxSchemaSql},
                                          {2, "inbox", inbox::kInboxSchemaSql},
                                          {3, "idempotency", rpc::kIdempotencySchemaSql},
                                          {4, "seal", seal::kSealSchemaSql},
                                          {5, "program", program::kProgramSchemaSql}};
  for (database::Migration own : Migrations()) {
    own.version = static_cast<int>(all.size()) + 1;
    all.push_back(own);
  }
  return all;
}

}  // namespace

class System::Transport final : public peers::Transport {
 public:
  explicit Transport(const Peer& peer) : peer_(peer) {}
  absl::StatusOr<std::string> Call(const std::string& method, const std::string& request,
                                   const rpc::Envelope&) override {
    if (!peer_) return absl::UnavailableError("no peer for " + method);
    return peer_(method, request);
  }

 private:
  const Peer& peer_;
};

System::System(StoreKind engine) {
  const std::vector<database::Migration> migrations = AllMigrations();
  if (engine == StoreKind::kSqlite) {
    auto file = database::OpenSqliteFile({.path = dir_.File("store.db")});
    Must(file.status());
    Must(database::MigrateSqlite(**file, kService, migrations));
    db_ = database::MakeSqliteDatabase(*file, kService);
  } else {
    postgres_ = std::make_unique<tremplin::testing::TestPostgres>();
    Must(database::MigratePostgres(postgres_->owner_uri(), kService, postgres_->runtime_role(),
                                   migrations));
    using tremplin::testing::TcpProxy;
    proxy_ = std::make_unique<TcpProxy>(postgres_->host(), postgres_->port());
    proxy_->SetJudge([this](std::string_view) {
      ++messages_;
      return TcpProxy::Verdict::kForward;
    });
    database::PostgresOptions options;
    options.uri = postgres_->RuntimeUriAt("127.0.0.1", proxy_->port());
    options.service = kService;
    db_ = database::MakePostgresDatabase(options);
  }
  auto keys = seal::LoadKeys(dir_.File("master.key"), dir_.File("index.key"), /*create=*/true);
  Must(keys.status());
  sealer_ = std::make_unique<seal::Sealer>(kService, *keys);
  commands_ = std::make_unique<rpc::Commands>(kService, *db_, *sealer_, clock);
  outbox_ = std::make_unique<outbox::Outbox>(kService);
  programs_ = std::make_unique<program::ProgramStore>(kService, *db_);
  peers_ = std::make_unique<peers::Peers>(std::make_unique<Transport>(peer_), "service");
  cache_ = cache::MakeLruCache({});
  deps_ = std::make_unique<app::Deps>(
      app::Deps{*db_, *commands_, *outbox_, *programs_, *sealer_, Tables(), *peers_, *cache_});
  service_ = std::make_unique<app::Service>(*deps_);
  Publish(1, Definition(), Start() - absl::Hours(24));
  AddAgency("alpha");
  AddAgency("beta");
}

rpc::CallContext System::As(options::v1::Role role, const std::string& organization,
                            const std::string& program) const {
  rpc::CallContext call;
  call.principal.id = "key-" + std::to_string(static_cast<int>(role)) + organization + program;
  call.principal.role = role;
  call.principal.organization = organization;
  call.principal.program = program;
  call.business_now = clock.BusinessNow();
  return call;
}

program::v1::ProgramDefinition System::Definition() {
  auto definition =
      program::ParseDefinition(Text("deploy/programs/ottawa-career-mentoring.textproto"));
  Must(definition.status());
  return *std::move(definition);
}

absl::Status System::Write(const std::function<absl::Status(database::Transaction&)>& fn) {
  return db_->Write({.lane_key = "test", .tenant = database::Tenant::All()}, fn);
}

void System::Publish(int64_t version, const program::v1::ProgramDefinition& definition,
                     absl::Time effective_from) {
  Must(Write([&](database::Transaction& tx) {
    return programs_->Save(tx, definition.id(), version, effective_from,
                           program::Bound(definition, Facts()));
  }));
}

void System::AddAgency(const std::string& id) {
  Must(Write([&](database::Transaction& tx) { return store::AddOrganization(tx, id); }));
}

int64_t System::Count(const std::string& sql) {
  const auto result = database::ReadRows(*db_, {.tenant = database::Tenant::All()}, sql);
  Must(result.status());
  return result->rows.empty() ? -1 : result->rows[0].Int(0);
}

std::vector<std::string> System::Payloads(const std::string& type) {
  const auto result =
      database::ReadRows(*db_, {.tenant = database::Tenant::All()},
                         "SELECT data FROM referral_outbox WHERE type = $1 ORDER BY seq", {type});
  Must(result.status());
  std::vector<std::string> payloads;
  for (const database::Row& row : result->rows) payloads.push_back(row.Blob(0));
  return payloads;
}

void Give(v1::ReferralFile* file, const std::string& fact, const std::vector<std::string>& values) {
  auto* facts = file->mutable_facts();
  for (int i = facts->size() - 1; i >= 0; --i) {
    if (facts->at(i).name() == fact) facts->DeleteSubrange(i, 1);
  }
  if (values.empty()) return;
  auto* given = facts->Add();
  given->set_name(fact);
  for (const std::string& value : values) given->add_values(value);
}

v1::ReferralFile EligibleFile(const std::string& key) {
  v1::ReferralFile file;
  file.set_given_name("Béatrice");
  file.set_family_name("Al-Masri " + key);
  file.set_birth_date("1985-08-20");
  file.set_email("beatrice." + key + "@example.org");
  file.set_phone("613-555-0129");
  file.set_language("fr");
  file.set_referred_on("2025-09-02");
  const std::pair<const char*, const char*> kFacts[] = {
      {"service_language", "fr"},
      {"postal_code", "K1Z9E5"},
      {"immigration_status", "permanent_resident"},
      {"landed_on", "2022-10-03"},
      {"foreign_trained", "yes"},
      {"country_of_training", "SO"},
      {"education", "bachelor"},
      {"noc", "21102"},
      {"years_experience", "14"},
      {"career_goal", "Return to my profession within a year"},
      {"resume", "yes"},
      {"job_search_workshop", "yes"},
      {"en_listening", "7"},
      {"en_speaking", "9"},
      {"en_reading", "7"},
      {"en_writing", "9"},
      {"consent_to_share", "yes"},
  };
  for (const auto& [fact, value] : kFacts) Give(&file, fact, {value});
  return file;
}

v1::SubmitReferralRequest MentorRequest(const std::string& key) {
  v1::SubmitReferralRequest request;
  request.set_external_id(key);
  request.set_side(program::v1::SUBJECT_MENTOR);
  request.add_programs(kOttawa);
  v1::ReferralFile& file = *request.mutable_file();
  file.set_given_name("Luc");
  file.set_family_name("Tremblay " + key);
  file.set_email("luc." + key + "@example.org");
  file.set_language("fr");
  Give(&file, "service_language", {"en", "fr"});
  Give(&file, "noc", {"21102"});
  Give(&file, "years_in_region", {"7"});
  Give(&file, "months_offered", {"6"});
  Give(&file, "network_contacts", {"yes"});
  Give(&file, "consent_to_share", {"yes"});
  return request;
}

v1::SubmitReferralRequest SubmitRequest(const std::string& agency, const std::string& key) {
  v1::SubmitReferralRequest request;
  request.set_agency("organizations/" + agency);
  request.set_external_id(key);
  *request.mutable_file() = EligibleFile(key);
  request.add_programs(kOttawa);
  return request;
}

void ReferralTest::SetUp() {
  if (GetParam() == StoreKind::kPostgres) {
    TREMPLIN_REQUIRE_SERVER(tremplin::testing::PostgresServer());
  }
  system_ = std::make_unique<System>(GetParam());
}

v1::SubmitReferralResponse ReferralTest::Submit(const v1::SubmitReferralRequest& request) {
  const std::string agency = request.agency().substr(request.agency().find('/') + 1);
  auto response = system_->Call(system_->Agency(agency), &app::Service::SubmitReferral, request);
  EXPECT_TRUE(response.ok()) << response.status();
  return response.value_or(v1::SubmitReferralResponse());
}

v1::SubmitReferralResponse ReferralTest::Submit(const std::string& agency, const std::string& key) {
  return Submit(SubmitRequest(agency, key));
}

}  // namespace tremplin::referral
