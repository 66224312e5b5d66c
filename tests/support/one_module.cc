#include "tests/support/one_module.h"

#include <algorithm>
#include <fstream>
#include <optional>
#include <sstream>
#include <utility>

#include "common/database/postgres_database.h"
#include "common/digest/digest.h"
#include "common/ids/ids.h"
#include "common/program/criteria.h"
#include "common/text/text.h"
#include "gtest/gtest.h"

namespace tremplin::testing {
namespace {

// The runtime's tables, then the service's own, numbered through as the host does.
std::vector<database::Migration> AllMigrations(const host::ModuleSpec& spec) {
  std::vector<database::Migration> all = {
      {1, "outbox", outbox::kOutboxSchemaSql},        {2, "inbox", inbox::kInboxSchemaSql},
      {3, "timers", timers::kTimersSchemaSql},        {4, "seal", seal::kSealSchemaSql},
      {5, "idempotency", rpc::kIdempotencySchemaSql}, {6, "program", program::kProgramSchemaSql}};
  for (const database::Migration& own : spec.migrations) {
    all.push_back({static_cast<int>(all.size()) + 1, own.name, own.sql});
  }
  return all;
}

}  // namespace

class OneModule::FakeTransport final : public peers::Transport {
 public:
  absl::StatusOr<std::string> Call(const std::string& method, const std::string& request,
                                   const rpc::Envelope&) override {
    const auto found = peers_.find(method);
    if (found == peers_.end()) return absl::UnavailableError("no peer for " + method);
    return found->second(request);
  }
  std::map<std::string, Peer> peers_;
};

OneModule::OneModule(const host::ModuleSpec& spec, absl::Time start, bool threads)
    : name_(spec.name), clock_(start) {
  OpenStore(spec, threads);
  sealer_ = std::make_unique<seal::Sealer>(
      name_, *seal::LoadKeys(dir_.File("master.key"), dir_.File("index.key"), true));
  programs_ = std::make_unique<program::ProgramStore>(name_, *db_);
  commands_ = std::make_unique<rpc::Commands>(name_, *db_, *sealer_, clock_);
  outbox_ = std::make_unique<outbox::Outbox>(name_);
  timers_ = std::make_unique<timers::Timers>(name_, *db_, clock_);
  cache_ = cache::MakeLruCache({});
  auto transport = std::make_unique<FakeTransport>();
  transport_ = transport.get();
  peers_ = std::make_unique<peers::Peers>(std::move(transport), "service");
  module_ = spec.make(context());
  module_->Bind(registry_);
  module_->Subscribe(handlers_);
  module_->Schedule(*timers_);
}

OneModule::~OneModule() = default;

void OneModule::OpenStore(const host::ModuleSpec& spec, bool threads) {
  const std::vector<database::Migration> migrations = AllMigrations(spec);
  if (store == Store::kPostgres) {
    postgres_ = std::make_unique<TestPostgres>();
    EXPECT_EQ(database::MigratePostgres(postgres_->owner_uri(), name_, postgres_->runtime_role(),
                                        migrations),
              absl::OkStatus());
    db_ = database::MakePostgresDatabase({.uri = postgres_->runtime_uri(), .service = name_});
    return;
  }
  auto file = database::OpenSqliteFile({.path = dir_.File("data.db"), .inline_lane = !threads});
  EXPECT_TRUE(file.ok()) << file.status();
  file_ = *std::move(file);
  EXPECT_EQ(database::MigrateSqlite(*file_, name_, migrations), absl::OkStatus());
  db_ = database::MakeSqliteDatabase(file_, name_);
}

program::v1::ProgramDefinition OneModule::Ottawa() {
  std::ifstream file("deploy/programs/ottawa-career-mentoring.textproto");
  std::stringstream text;
  text << file.rdbuf();
  auto definition = program::ParseDefinition(text.str());
  EXPECT_TRUE(definition.ok()) << definition.status();
  return *std::move(definition);
}

void OneModule::Publish(const program::v1::ProgramDefinition& definition, int64_t version) {
  EXPECT_EQ(db_->Write({.lane_key = "program", .tenant = database::Tenant::All()},
                       [&](database::Transaction& tx) {
                         return programs_->Save(tx, definition.id(), version,
                                                absl::FromUnixSeconds(0), definition);
                       }),
            absl::OkStatus());
}

void OneModule::SetPeer(const std::string& method, Peer peer) {
  transport_->peers_[method] = std::move(peer);
}

std::string OneModule::NextRequestId() {
  const std::string number = text::Cat(++requests_);
  const std::string_view parts[] = {"request", number};
  return ids::Derive(parts);
}

absl::StatusOr<std::unique_ptr<google::protobuf::Message>> OneModule::CallRaw(
    const rpc::Principal& principal, const std::string& method,
    const google::protobuf::Message& request, const std::string& request_id) {
  const rpc::Registry::Method* found = registry_.Find(method);
  if (found == nullptr) return absl::UnimplementedError("no method " + method);
  rpc::CallContext call;
  call.principal = principal;
  call.method = method;
  call.request_id = request_id;
  call.request_digest = digest::Sha256Hex(request.SerializeAsString());
  call.business_now = clock_.BusinessNow();
  call.derive_ids = true;
  return found->handler(call, request);
}

absl::Status OneModule::Deliver(const google::protobuf::Message& payload, const std::string& key,
                                absl::Time time) {
  events::Event event;
  event.id = NextRequestId();
  event.type = payload.GetDescriptor()->full_name();
  event.key = key;
  event.time = time;
  event.data = payload.SerializeAsString();
  const inbox::Handlers::Prepare* prepare = handlers_.Find(event.type);
  if (prepare == nullptr) return absl::UnimplementedError("no handler of " + event.type);
  absl::StatusOr<inbox::Apply> apply = (*prepare)(event);
  if (!apply.ok() || *apply == nullptr) return apply.status();
  return db_->Write({.lane_key = key, .tenant = database::Tenant::All()}, *apply);
}

void OneModule::MoveTo(absl::Time time) {
  for (int i = 0; i < 10000; ++i) {
    const absl::StatusOr<std::optional<absl::Time>> due = timers_->NextDue();
    ASSERT_TRUE(due.ok()) << due.status();
    if (!due->has_value() || **due > time) break;
    clock_.SetBusiness(std::max(**due, clock_.BusinessNow()));
    timers_->Step();
  }
  clock_.SetBusiness(time);
}

std::vector<std::string> OneModule::Payloads(const std::string& type) {
  const std::string sql =
      text::Cat("SELECT data FROM ", name_, "_outbox WHERE type = $1 ORDER BY seq");
  const auto rows = database::ReadRows(*db_, {.tenant = database::Tenant::All()}, sql, {type});
  EXPECT_TRUE(rows.ok()) << rows.status();
  std::vector<std::string> payloads;
  for (const database::Row& row : rows->rows) payloads.push_back(row.Blob(0));
  return payloads;
}

int64_t OneModule::Count(const std::string& sql) {
  const auto rows = database::ReadRows(*db_, {.tenant = database::Tenant::All()}, sql);
  EXPECT_TRUE(rows.ok()) << rows.status();
  return rows->rows.at(0).Int(0);
}

}  // namespace tremplin::testing
