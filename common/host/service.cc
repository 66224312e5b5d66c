#include <libpq-fe.h>
#include <unistd.h>

#include <memory>
#include <set>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/cache/redis_cache.h"
#include "common/database/postgres_database.h"
#include "common/eventlog/kafka_event_log.h"
#include "common/host/adapters.h"
#include "common/host/assembly.h"
#include "common/host/host.h"
#include "common/host/process.h"
#include "common/host/runtime_schema.h"
#include "common/host/secrets.h"
#include "common/host/standalone.h"
#include "common/ids/ids.h"
#include "common/logging/logging.h"
#include "common/status/macros.h"

namespace tremplin::host {
namespace {

constexpr absl::Duration kPing = absl::Seconds(2);

struct RuntimeRole {
  std::string name;
  std::string password;
};

absl::StatusOr<RuntimeRole> RoleOf(const std::string& uri) {
  char* error = nullptr;
  PQconninfoOption* options = PQconninfoParse(uri.c_str(), &error);
  if (error != nullptr) PQfreemem(error);
  if (options == nullptr) return absl::InvalidArgumentError("database: not a connection URI");
  RuntimeRole role;
  for (const PQconninfoOption* option = options; option->keyword != nullptr; ++option) {
    const std::string keyword = option->keyword;
    if (option->val == nullptr) continue;
    if (keyword == "user") role.name = option->val;
    if (keyword == "password") role.password = option->val;
  }
  PQconninfoFree(options);
  if (role.name.empty()) return absl::InvalidArgumentError("database: names no role");
  return role;
}

absl::StatusOr<std::unique_ptr<eventlog::EventLog>> MakeLog(const config::Config& config,
                                                            const ModuleSpec& module,
                                                            const Conditions& conditions = {}) {
  eventlog::KafkaOptions options;
  if (!config.kafka_security_file.empty()) {
    TREMPLIN_ASSIGN_OR_RETURN(const std::string text,
                              ReadPrivateFile("kafka security", config.kafka_security_file));
    TREMPLIN_ASSIGN_OR_RETURN(options.extra, eventlog::ParseKafkaSecurity(text));
  }
  options.brokers = config.kafka;
  options.partitions = config.partitions;
  options.replication = config.replication;
  options.client_id = std::string(module.name);
  options.publishing = conditions.publishing;
  options.reading = conditions.reading;
  return eventlog::MakeKafkaEventLog(options);
}

absl::Status Migrate(const config::Config& config, const ModuleSpec& module) {
  TREMPLIN_ASSIGN_OR_RETURN(const RuntimeRole role, RoleOf(config.database));
  TREMPLIN_RETURN_IF_ERROR(database::EnsureRole(config.database_owner, role.name, role.password));
  TREMPLIN_ASSIGN_OR_RETURN(const std::vector<database::Migration> migrations,
                            MigrationsOf(module));
  TREMPLIN_RETURN_IF_ERROR(
      database::MigratePostgres(config.database_owner, module.name, role.name, migrations));
  TREMPLIN_ASSIGN_OR_RETURN(const std::unique_ptr<eventlog::EventLog> log, MakeLog(config, module));
  return log->EnsureTopics({events::TopicOf(module.name)});
}

// Own methods inline, others over gRPC.
class ServiceTransport final : public peers::Transport {
 public:
  ServiceTransport(std::string own_prefix, std::unique_ptr<peers::Transport> own,
                   std::unique_ptr<peers::Transport> others)
      : own_prefix_(std::move(own_prefix)), own_(std::move(own)), others_(std::move(others)) {}
  absl::StatusOr<std::string> Call(const std::string& method, const std::string& request,
                                   const rpc::Envelope& envelope) override {
    const bool own = method.compare(0, own_prefix_.size(), own_prefix_) == 0;
    return (own ? own_ : others_)->Call(method, request, envelope);
  }

 private:
  const std::string own_prefix_;
  const std::unique_ptr<peers::Transport> own_;
  const std::unique_ptr<peers::Transport> others_;
};

// Keys begin with the service whose fact an entry is, so that what one has fetched serves all.
absl::StatusOr<std::unique_ptr<cache::Cache>> MakeCache(const config::Config& config,
                                                        const Conditions& conditions) {
  if (config.redis.empty()) return cache::MakeLruCache({});
  TREMPLIN_ASSIGN_OR_RETURN(const cache::RedisOptions options, RedisOf(config, "tremplin:"));
  return cache::MakeRedisCache(options, conditions.cache);
}

// Everything of the process, in the order in which it is taken down from the end.
struct Service {
  Service(config::Config configuration, const ModuleSpec& spec)
      : config(std::move(configuration)),
        module(spec),
        business_time(config.demo, [this](absl::Time time) { clock.SetBusiness(time); }) {}

  absl::Status Open();
  absl::Status Check();

  const config::Config config;
  const ModuleSpec& module;
  clock::SystemClock clock;
  BusinessTime business_time;
  metrics::Registry& metrics = metrics::Default();
  std::unique_ptr<eventlog::EventLog> log;
  std::unique_ptr<ProcessContext> process;
  std::unique_ptr<Assembly> assembly;
};

absl::Status Service::Open() {
  const std::string name(module.name);
  if (name != "registration" && !config.peers.contains("registration")) {
    return absl::FailedPreconditionError("peers: registration is missing");
  }
  TREMPLIN_RETURN_IF_ERROR(MigrationsOf(module).status());
  TREMPLIN_ASSIGN_OR_RETURN(seal::Keys keys,
                            seal::LoadKeys(config.master_key_file, config.index_key_file, false));
  TREMPLIN_ASSIGN_OR_RETURN(std::string service_key,
                            ReadSecret("service", config.service_key_file, false));
  TREMPLIN_ASSIGN_OR_RETURN(std::string operator_key,
                            ReadSecret("operator", config.operator_key_file, false));
  const Conditions conditions{.store = std::make_shared<status::Condition>(),
                              .publishing = std::make_shared<status::Condition>(),
                              .reading = std::make_shared<status::Condition>(),
                              .cache = std::make_shared<status::Condition>()};
  TREMPLIN_ASSIGN_OR_RETURN(log, MakeLog(config, module, conditions));
  TREMPLIN_ASSIGN_OR_RETURN(std::unique_ptr<cache::Cache> cache, MakeCache(config, conditions));
  process = std::make_unique<ProcessContext>(
      ProcessContext{.config = config,
                     .clock = clock,
                     .business_time = business_time,
                     .metrics = metrics,
                     .service_key = std::move(service_key),
                     .distributed = true,
                     .holder = absl::StrCat(getpid(), "-", ids::New())});
  assembly = std::make_unique<Assembly>(*process, std::move(operator_key), DigestKeyOf(keys),
                                        rpc::ApiKeyOptions().known_for);
  database::PostgresOptions postgres;
  postgres.uri = config.database;
  postgres.service = name;
  postgres.lanes = config.lanes;
  postgres.readers = config.readers;
  postgres.observer = ObserveLanes(metrics, name);
  postgres.condition = conditions.store;
  auto transport = std::make_unique<ServiceTransport>(
      absl::StrCat("tremplin.", name, "."), peers::MakeInlineTransport(assembly->dispatcher_slot()),
      peers::MakeGrpcTransport({.addresses = config.peers,
                                .tls = {.certificate = config.tls_certificate,
                                        .key = config.tls_key,
                                        .client_ca = config.tls_client_ca}}));
  assembly->Add(module, {.db = database::MakePostgresDatabase(postgres),
                         .log = *log,
                         .transport = std::move(transport),
                         .cache = CountCache(std::move(cache), metrics, name),
                         .keys = std::move(keys),
                         .conditions = conditions});
  return assembly->Finish();
}

absl::Status Service::Check() {
  ModuleRuntime& runtime = *assembly->modules().front();
  TREMPLIN_RETURN_IF_ERROR(runtime.db().Ping(kPing));
  TREMPLIN_RETURN_IF_ERROR(CheckSchema(runtime.db(), module));
  // Its own topic; those it reads are made by their services, perhaps later.
  return log->CheckTopics({events::TopicOf(module.name)});
}

}  // namespace

int RunService(int argc, const char* const* argv, const ModuleSpec& module) {
  PrepareProcess();
  std::variant<config::Config, int> configured = Configure(argc, argv, config::Shape::kService);
  if (const int* code = std::get_if<int>(&configured)) return *code;
  Service service(std::get<config::Config>(std::move(configured)), module);
  logging::Init(module.name, service.config.log_level);
  if (service.config.migrate) {
    const absl::Status migrated = Migrate(service.config, module);
    return migrated.ok() ? 0 : Failed("cannot migrate", migrated);
  }
  if (const absl::Status opened = service.Open(); !opened.ok()) {
    return Failed("cannot start", opened);
  }
  ServeHooks hooks;
  hooks.check = [&service] { return service.Check(); };
  return Serve(*service.assembly, service.config, service.metrics, hooks);
}

}  // namespace tremplin::host
