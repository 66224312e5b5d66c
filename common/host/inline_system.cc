#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "common/database/sqlite_database.h"
#include "common/eventlog/sqlite_event_log.h"
#include "common/host/assembly.h"
#include "common/host/host.h"
#include "common/host/runtime_schema.h"
#include "common/host/secrets.h"
#include "common/host/standalone.h"
#include "common/status/error.h"
#include "common/status/macros.h"

namespace tremplin::host {
namespace {

constexpr absl::Duration kLongestCall = absl::Hours(1);
constexpr absl::Duration kTimePasses = absl::Milliseconds(50);
constexpr absl::Duration kSettling = absl::Seconds(10);
// Housekeeping that is to go on so soon has left some.
constexpr absl::Duration kSoon = absl::Seconds(1);

// The manual clock stands still while a call runs, so deadlines in it say nothing about the real
// time that statements are held to.
class UntimedDatabase final : public database::Database {
 public:
  explicit UntimedDatabase(std::unique_ptr<database::Database> db) : db_(std::move(db)) {}
  absl::Status Write(const database::WriteOptions& options,
                     const std::function<absl::Status(database::Transaction&)>& fn) override {
    database::WriteOptions untimed = options;
    untimed.deadline = absl::InfiniteFuture();
    return db_->Write(untimed, fn);
  }
  absl::Status Read(const database::ReadOptions& options,
                    const std::function<absl::Status(database::Reader&)>& fn) override {
    database::ReadOptions untimed = options;
    untimed.deadline = absl::InfiniteFuture();
    return db_->Read(untimed, fn);
  }
  absl::Status Ping(absl::Duration timeout) override { return db_->Ping(timeout); }

 private:
  std::unique_ptr<database::Database> db_;
};

// Whatever clock a module took a deadline from, a peer in the same process answers in no time.
class UntimedTransport final : public peers::Transport {
 public:
  UntimedTransport(std::unique_ptr<peers::Transport> transport, const clock::Clock& clock)
      : transport_(std::move(transport)), clock_(clock) {}
  absl::StatusOr<std::string> Call(const std::string& method, const std::string& request,
                                   const rpc::Envelope& envelope) override {
    rpc::Envelope untimed = envelope;
    untimed.deadline = clock_.SystemNow() + kLongestCall;
    return transport_->Call(method, request, untimed);
  }

 private:
  std::unique_ptr<peers::Transport> transport_;
  const clock::Clock& clock_;
};

// A log that is elsewhere, for all its writers know: their events need an outbox and a relay.
class RelayedLog final : public eventlog::EventLog {
 public:
  explicit RelayedLog(eventlog::EventLog& log) : log_(log) {}
  absl::Status EnsureTopics(absl::Span<const std::string> topics) override {
    return log_.EnsureTopics(topics);
  }
  absl::Status CheckTopics(absl::Span<const std::string> topics) override {
    return log_.CheckTopics(topics);
  }
  std::unique_ptr<eventlog::Producer> NewProducer() override { return log_.NewProducer(); }
  std::unique_ptr<eventlog::Consumer> NewConsumer(
      const eventlog::ConsumerOptions& options) override {
    return log_.NewConsumer(options);
  }
  void OnPublished(std::function<void(const std::string& topic)> wake) override {
    log_.OnPublished(std::move(wake));
  }

 private:
  eventlog::EventLog& log_;
};

// The port itself, where nothing stands before it.
template <class Port, class Wrap, class... Name>
std::unique_ptr<Port> Behind(const Wrap& wrap, std::unique_ptr<Port> port, Name... name) {
  return wrap ? wrap(name..., std::move(port)) : std::move(port);
}

class InlineSystemImpl final : public InlineSystem {
 public:
  InlineSystemImpl(const std::string& data_dir, clock::ManualClock& clock, InlineOptions options)
      : options_(std::move(options)),
        clock_(clock),
        business_time_(true, [&clock](absl::Time time) { clock.SetBusiness(time); }) {
    config_.data_dir = data_dir;
    config_.demo = true;
  }

  absl::Status Open(absl::Span<const ModuleSpec> modules) {
    std::filesystem::create_directories(config_.data_dir);
    TREMPLIN_ASSIGN_OR_RETURN(secrets_, LoadStandaloneSecrets(config_));
    TREMPLIN_ASSIGN_OR_RETURN(store_,
                              OpenStore(config_, modules, {.path = "", .inline_lane = true}));
    if (options_.relayed) {
      log_ = Behind<eventlog::EventLog>(options_.log, std::make_unique<RelayedLog>(*store_.log));
    } else {
      log_ = Behind<eventlog::EventLog>(options_.log, std::move(store_.log));
    }
    process_ = std::make_unique<ProcessContext>(ProcessContext{.config = config_,
                                                               .clock = clock_,
                                                               .business_time = business_time_,
                                                               .metrics = metrics_,
                                                               .service_key = secrets_.service_key,
                                                               .timers_at_once = 1});
    // A key revoked is refused at once: the clock that would end its time stands still.
    assembly_ = std::make_unique<Assembly>(*process_, secrets_.operator_key, secrets_.digest_key,
                                           absl::ZeroDuration());
    for (const ModuleSpec& spec : modules) Add(spec);
    TREMPLIN_RETURN_IF_ERROR(assembly_->Finish());
    for (const auto& module : assembly_->modules()) TREMPLIN_RETURN_IF_ERROR(module->Open());
    return absl::OkStatus();
  }

  rpc::Dispatcher& dispatcher() override { return assembly_->dispatcher(); }
  std::string operator_credential() const override { return secrets_.operator_key; }
  std::string service_credential() const override {
    return rpc::ServiceCredential("test", secrets_.service_key);
  }
  database::Database& db(std::string_view service) override {
    for (const auto& module : assembly_->modules()) {
      if (module->name() == service) return module->db();
    }
    std::abort();  // a test that names no module
  }

  absl::Status Settle(int max_steps) override {
    for (int steps = 0; steps < max_steps;) {
      bool moved = false;
      for (const auto& module : assembly_->modules()) {
        moved |= module->consumer().Step(absl::ZeroDuration()) == absl::ZeroDuration();
        moved |= module->timers().Step() == absl::ZeroDuration();
        steps += 2;
        if (module->Relays()) {
          moved |= module->relay().Step() == absl::ZeroDuration();
          ++steps;
        }
        for (const Chore& chore : module->chores()) {
          moved |= chore.step() == absl::ZeroDuration();
          ++steps;
        }
      }
      if (moved) continue;
      const absl::StatusOr<bool> quiet = Quiet();
      if (!quiet.ok() && !status::IsOutage(quiet.status())) return quiet.status();
      if (quiet.value_or(false)) return absl::OkStatus();
      clock_.AdvanceSystem(kTimePasses);  // for what waits to be tried again
    }
    return absl::ResourceExhaustedError("the system does not come to rest");
  }

  void KeepHouse() override {
    for (const auto& module : assembly_->modules()) {
      while (module->KeepHouse() <= kSoon) {
      }
    }
    while (TrimRecords(store_, clock_.SystemNow()) <= kSoon) {
    }
  }

 private:
  void Add(const ModuleSpec& spec) {
    std::unique_ptr<database::Database> db = std::make_unique<UntimedDatabase>(
        database::MakeSqliteDatabase(store_.file, std::string(spec.name)));
    std::unique_ptr<peers::Transport> transport = std::make_unique<UntimedTransport>(
        peers::MakeInlineTransport(assembly_->dispatcher_slot()), clock_);
    assembly_->Add(spec, {.db = Behind(options_.database, std::move(db), spec.name),
                          .log = *log_,
                          .transport = Behind(options_.transport, std::move(transport), spec.name),
                          .cache = cache::MakeLruCache({}),
                          .keys = secrets_.keys});
  }

  absl::StatusOr<bool> Quiet() {
    for (const auto& module : assembly_->modules()) {
      TREMPLIN_ASSIGN_OR_RETURN(const int64_t lag, module->Lag(kSettling));
      TREMPLIN_ASSIGN_OR_RETURN(const auto next, module->timers().NextDue());
      const bool due = next.has_value() && *next <= clock_.BusinessNow();
      if (lag > 0 || due) return false;
      if (!module->Relays()) continue;
      TREMPLIN_ASSIGN_OR_RETURN(const outbox::RelayStats unpublished, module->relay().Stats());
      if (unpublished.backlog > 0) return false;
    }
    return true;
  }

  const InlineOptions options_;
  clock::ManualClock& clock_;
  BusinessTime business_time_;
  config::Config config_;
  metrics::Registry metrics_;
  StandaloneSecrets secrets_;
  EmbeddedStore store_;
  std::unique_ptr<eventlog::EventLog> log_;  // as the modules see it
  std::unique_ptr<ProcessContext> process_;
  std::unique_ptr<Assembly> assembly_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<InlineSystem>> InlineSystem::Open(
    const std::string& data_dir, absl::Span<const ModuleSpec> modules, clock::ManualClock& clock,
    InlineOptions options) {
  auto system = std::make_unique<InlineSystemImpl>(data_dir, clock, std::move(options));
  TREMPLIN_RETURN_IF_ERROR(system->Open(modules));
  return system;
}

}  // namespace tremplin::host
