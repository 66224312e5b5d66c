#include "common/host/standalone.h"

#include <filesystem>
#include <map>

#include "common/digest/digest.h"
#include "common/eventlog/sqlite_event_log.h"
#include "common/host/adapters.h"
#include "common/host/assembly.h"
#include "common/host/host.h"
#include "common/host/process.h"
#include "common/host/runtime_schema.h"
#include "common/host/secrets.h"
#include "common/logging/logging.h"
#include "common/status/macros.h"
#include "common/text/text.h"

namespace tremplin::host {
namespace {

constexpr absl::Duration kRecordsKept = absl::Hours(24 * 7);
// Few at once, since other writes wait behind them, and soon again while there are more: faster
// than they come in.
constexpr int kRecordsPerTrim = 500;
constexpr absl::Duration kTrimGoesOn = absl::Milliseconds(50);
constexpr absl::Duration kTrimEvery = absl::Seconds(30);
constexpr std::string_view kStoreFile = "tremplin.db";

std::string Or(const std::string& path, const config::Config& config, const char* name) {
  return path.empty() ? config.data_dir + "/" + name : path;
}

}  // namespace

std::string DigestKeyOf(const seal::Keys& keys) {
  return digest::ToString(digest::HmacSha256(keys.index, "digests of requests"));
}

absl::StatusOr<StandaloneSecrets> LoadStandaloneSecrets(const config::Config& config) {
  StandaloneSecrets secrets;
  // Made for a new store only: beside one that has data, a missing key is to be put back.
  const bool new_store = !std::filesystem::exists(config.data_dir + "/" + std::string(kStoreFile));
  TREMPLIN_ASSIGN_OR_RETURN(
      secrets.keys, seal::LoadKeys(Or(config.master_key_file, config, "master.key"),
                                   Or(config.index_key_file, config, "index.key"), new_store));
  TREMPLIN_ASSIGN_OR_RETURN(
      secrets.service_key,
      ReadSecret("service", Or(config.service_key_file, config, "service.key"), true));
  TREMPLIN_ASSIGN_OR_RETURN(
      secrets.operator_key,
      ReadSecret("operator", Or(config.operator_key_file, config, "operator.key"), true));
  secrets.digest_key = DigestKeyOf(secrets.keys);
  return secrets;
}

absl::StatusOr<EmbeddedStore> OpenStore(const config::Config& config,
                                        absl::Span<const ModuleSpec> modules,
                                        database::SqliteOptions options) {
  EmbeddedStore store;
  options.path = config.data_dir + "/" + std::string(kStoreFile);
  TREMPLIN_ASSIGN_OR_RETURN(store.file, database::OpenSqliteFile(options));
  TREMPLIN_RETURN_IF_ERROR(
      database::MigrateSqlite(*store.file, "log", eventlog::SqliteEventLogMigrations()));
  // Every module follows registration's, whichever modules there are.
  std::vector<std::string> topics{events::TopicOf("registration")};
  for (const ModuleSpec& module : modules) {
    TREMPLIN_ASSIGN_OR_RETURN(const std::vector<database::Migration> migrations,
                              MigrationsOf(module));
    TREMPLIN_RETURN_IF_ERROR(database::MigrateSqlite(*store.file, module.name, migrations));
    if (module.name != "registration") topics.push_back(events::TopicOf(module.name));
  }
  store.log_db = database::MakeSqliteDatabase(store.file, "log");
  store.log = eventlog::MakeSqliteEventLog(*store.log_db, config.partitions);
  TREMPLIN_RETURN_IF_ERROR(store.log->EnsureTopics(topics));
  return store;
}

absl::Duration TrimRecords(EmbeddedStore& store, absl::Time now) {
  const absl::StatusOr<int64_t> trimmed =
      eventlog::TrimSqliteEventLog(*store.log_db, now - kRecordsKept, kRecordsPerTrim);
  // What fails is trimmed the next time.
  return trimmed.ok() && *trimmed == kRecordsPerTrim ? kTrimGoesOn : kTrimEvery;
}

namespace {

// Everything of the process, in the order in which it is taken down from the end.
struct Standalone {
  explicit Standalone(config::Config configuration)
      : config(std::move(configuration)),
        business_time(config.demo, [this](absl::Time time) { clock.SetBusiness(time); }) {}

  absl::Status Open(absl::Span<const ModuleSpec> modules);
  void AddModules(absl::Span<const ModuleSpec> modules);

  const config::Config config;
  clock::SystemClock clock;
  BusinessTime business_time;
  metrics::Registry& metrics = metrics::Default();
  StandaloneSecrets secrets;
  const std::shared_ptr<status::Condition> condition = std::make_shared<status::Condition>();
  EmbeddedStore store;
  std::unique_ptr<ProcessContext> process;
  std::unique_ptr<Assembly> assembly;
};

absl::Status Standalone::Open(absl::Span<const ModuleSpec> modules) {
  std::error_code error;
  std::filesystem::create_directories(config.data_dir, error);
  if (error) return absl::FailedPreconditionError("cannot make the folder " + config.data_dir);
  std::filesystem::permissions(config.data_dir, std::filesystem::perms::owner_all, error);
  TREMPLIN_ASSIGN_OR_RETURN(secrets, LoadStandaloneSecrets(config));
  database::SqliteOptions options;
  options.readers = config.readers;
  options.observer = ObserveLanes(metrics, "embedded");
  options.condition = condition;
  TREMPLIN_ASSIGN_OR_RETURN(store, OpenStore(config, modules, options));
  process = std::make_unique<ProcessContext>(ProcessContext{.config = config,
                                                            .clock = clock,
                                                            .business_time = business_time,
                                                            .metrics = metrics,
                                                            .service_key = secrets.service_key});
  assembly = std::make_unique<Assembly>(*process, secrets.operator_key, secrets.digest_key,
                                        rpc::ApiKeyOptions().known_for);
  AddModules(modules);
  return assembly->Finish();
}

void Standalone::AddModules(absl::Span<const ModuleSpec> modules) {
  for (const ModuleSpec& spec : modules) {
    const std::string name(spec.name);
    assembly->Add(spec, {.db = database::MakeSqliteDatabase(store.file, name),
                         .log = *store.log,
                         .transport = peers::MakeInlineTransport(assembly->dispatcher_slot()),
                         .cache = CountCache(cache::MakeLruCache({}), metrics, name),
                         .keys = secrets.keys,
                         .conditions = {.store = condition}});
  }
  std::map<std::string, std::vector<ModuleRuntime*>> readers;
  for (const auto& module : assembly->modules()) {
    for (const std::string& topic : module->Topics()) readers[topic].push_back(module.get());
  }
  store.log->OnPublished([readers = std::move(readers)](const std::string& topic) {
    const auto found = readers.find(topic);
    if (found == readers.end()) return;
    for (ModuleRuntime* module : found->second) module->WakeConsumer();
  });
}

// How much the store takes of its disk, read when somebody asks.
void MeasureStore(metrics::Registry& metrics, const std::string& folder) {
  metrics::Gauge& disk =
      metrics.GetGauge("tremplin_store_disk_bytes", "Size of the disk that holds the store.");
  metrics::Gauge& free = metrics.GetGauge("tremplin_store_free_bytes", "What is left of it.");
  metrics::Gauge& size = metrics.GetGauge("tremplin_store_bytes", "Size of the store's files.");
  metrics.OnScrape([&disk, &free, &size, folder] {
    std::error_code error;
    const std::filesystem::space_info space = std::filesystem::space(folder, error);
    if (error) return;
    disk.Set(static_cast<double>(space.capacity));
    free.Set(static_cast<double>(space.available));
    uintmax_t bytes = 0;
    for (const char* suffix : {"", "-wal", "-shm"}) {
      const uintmax_t one =
          std::filesystem::file_size(text::Cat(folder, "/", kStoreFile, suffix), error);
      if (!error) bytes += one;
    }
    size.Set(static_cast<double>(bytes));
  });
}

}  // namespace

int RunStandalone(int argc, const char* const* argv, absl::Span<const ModuleSpec> modules,
                  const FrontMaker& front) {
  PrepareProcess();
  std::variant<config::Config, int> configured = Configure(argc, argv, config::Shape::kStandalone);
  if (const int* code = std::get_if<int>(&configured)) return *code;
  Standalone standalone(std::get<config::Config>(std::move(configured)));
  logging::Init("standalone", standalone.config.log_level);
  if (const absl::Status opened = standalone.Open(modules); !opened.ok()) {
    return Failed("cannot start", opened);
  }
  MeasureStore(standalone.metrics, standalone.config.data_dir);
  ServeHooks hooks;
  hooks.store_is_own = true;
  hooks.check = [] { return absl::OkStatus(); };
  hooks.keep_house = [&standalone] {
    return TrimRecords(standalone.store, standalone.clock.SystemNow());
  };
  const std::unique_ptr<peers::Transport> services =
      peers::MakeInlineTransport(standalone.assembly->dispatcher_slot());
  if (front && !standalone.config.web_listen.empty()) {
    hooks.front = [&] {
      return front(
          {.config = standalone.config, .services = *services, .metrics = standalone.metrics});
    };
  }
  return Serve(*standalone.assembly, standalone.config, standalone.metrics, hooks);
}

}  // namespace tremplin::host
