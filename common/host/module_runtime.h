#ifndef TREMPLIN_COMMON_HOST_MODULE_RUNTIME_H_
#define TREMPLIN_COMMON_HOST_MODULE_RUNTIME_H_

#include <atomic>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/cache/cache.h"
#include "common/eventlog/event_log.h"
#include "common/host/business_time.h"
#include "common/host/loop.h"
#include "common/host/module.h"
#include "common/inbox/inbox.h"
#include "common/lease/lease.h"
#include "common/metrics/metrics.h"
#include "common/status/condition.h"

namespace tremplin::host {

// How what stands behind a module is, as its adapters tell; null where nobody does.
struct Conditions {
  std::shared_ptr<status::Condition> store = nullptr;
  std::shared_ptr<status::Condition> publishing = nullptr;  // to the event log
  std::shared_ptr<status::Condition> reading = nullptr;     // from it
  std::shared_ptr<status::Condition> cache = nullptr;
};

// What stands behind one module: adapters, made by whoever runs it.
struct ModuleAdapters {
  std::unique_ptr<database::Database> db;
  eventlog::EventLog& log;
  std::unique_ptr<peers::Transport> transport;
  std::unique_ptr<cache::Cache> cache;
  seal::Keys keys;
  Conditions conditions = {};
};

// What keeps a module from its work.
struct Fault {
  enum class Kind { kDiskFull, kRefused, kStopped };
  Kind kind = Kind::kStopped;
  std::string part;  // "store", "event log", "cache", or the name of a loop
  std::string cause;
  absl::Time since;
};

// What all modules of a process share.
struct ProcessContext {
  const config::Config& config;
  const clock::Clock& clock;
  BusinessTime& business_time;
  metrics::Registry& metrics;
  std::string service_key;
  // Distributed: leases between replicas, and consumers that wait in the log's own poll.
  bool distributed = false;
  std::string holder = {};  // this process, for leases
  int timers_at_once = 16;  // of one moment and kind
};

// One module with its runtime: everything of ModuleContext, its event handlers, and its loops,
// which threads (StartLoops) or the caller (InlineSystem) drive.
class ModuleRuntime {
 public:
  // Makes the module, and lets it bind, subscribe and schedule. Touches no database.
  ModuleRuntime(const ModuleSpec& spec, ModuleAdapters adapters, const ProcessContext& process,
                rpc::Registry& registry);
  ~ModuleRuntime();
  ModuleRuntime(const ModuleRuntime&) = delete;
  ModuleRuntime& operator=(const ModuleRuntime&) = delete;

  const std::string& name() const { return name_; }
  database::Database& db() { return *adapters_.db; }
  peers::Peers& peers() { return *peers_; }
  timers::Timers& timers() { return *timers_; }
  outbox::Relay& relay() { return *relay_; }              // once opened
  inbox::ConsumerLoop& consumer() { return *consumer_; }  // once opened, loops not running
  inbox::DeadLetters& dead_letters() { return *dead_letters_; }
  const std::vector<Chore>& chores() const { return chores_; }
  std::vector<std::string> Topics() const { return handlers_.Topics(); }

  // Loads business time, makes relay and consumer (which joins its group). The schema is there.
  absl::Status Open();
  // Whether Open has succeeded; until then there is neither relay nor consumer.
  bool opened() const { return opened_; }
  // What it waits for until then, for people; from any thread.
  void SetWaiting(std::string_view why);
  std::string waiting() const;

  // Whether events wait in the outbox for a relay: not where the log is in the same file.
  bool Relays() const { return adapters_.log.Local() == nullptr; }
  // Trims what is kept for a while only. Returns after how long there is more to do: little while
  // some is left that is old enough.
  absl::Duration KeepHouse();

  // The loops, each a thread.
  void StartLoops();
  void StopConsumer();
  // What the module does by itself, timers and housekeeping; then the relay, if any, publishes what
  // is left, at most `timeout`.
  void StopRest(absl::Duration timeout);
  void WakeConsumer();

  // What the consumer has left to read, asked of the consumer's own thread when loops run.
  // UNAVAILABLE when it cannot be told within `timeout`.
  absl::StatusOr<int64_t> Lag(absl::Duration timeout);
  // The same by partition.
  absl::StatusOr<inbox::ConsumerWork> ConsumerWaits(absl::Duration timeout);

  // Who does which work of the module's, by name, at most 1,000. Once opened.
  absl::StatusOr<std::vector<lease::Standing>> Leases();

  // What keeps the module from its work, as far as it has met it. From any thread, at once.
  std::vector<Fault> Faults() const;
  // Whether nothing but a new process helps: a client library or a loop that has failed for good,
  // never a server that is away or refuses. Why not, "" while all is well.
  std::string Dead() const;
  // Whether the store takes no writes for want of space.
  bool DiskFull() const;

  // Demo mode with replicas: one of them hears of a new business time, and the others find it in
  // the service's row. OK at once for who is alone.
  absl::Status CatchUpBusinessTime();
  // Sets the gauges of these faults, and finds out whether a disk that was full has space again.
  // Now and then, from one thread.
  void RefreshFaults();
  // Sets the gauges of the module from the database. Once opened.
  void RefreshGauges();
  // Wraps up to `limit` data keys under the current master key; returns how many there were.
  absl::StatusOr<int> RewrapKeys(int limit, absl::Time deadline);

 private:
  absl::Status PublishLeftOver();
  absl::Duration ConsumerStep();
  void AnswerLag();
  void TryFullDisk();
  std::vector<std::pair<std::string, const Loop*>> Loops() const;

  const std::string name_;
  const bool has_leases_;  // of its own, beside the relay's
  ModuleAdapters adapters_;
  const ProcessContext& process_;
  std::unique_ptr<seal::Sealer> sealer_;
  std::unique_ptr<rpc::Commands> commands_;
  std::unique_ptr<outbox::Outbox> outbox_;
  std::unique_ptr<timers::Timers> timers_;
  std::unique_ptr<peers::Peers> peers_;
  std::unique_ptr<program::ProgramStore> programs_;
  std::unique_ptr<Module> module_;
  std::vector<Chore> chores_;
  inbox::Handlers handlers_;
  std::unique_ptr<inbox::DeadLetters> dead_letters_;
  std::unique_ptr<outbox::Relay> relay_;
  std::unique_ptr<inbox::ConsumerLoop> consumer_;

  std::atomic<bool> opened_ = false;
  mutable std::mutex waiting_mutex_;
  std::string waiting_ = "its stores";

  std::mutex lag_mutex_;
  std::condition_variable lag_changed_;
  int64_t lag_questions_ = 0;  // asked so far
  int64_t lag_answered_ = 0;   // the last of them that lag_ answers
  absl::StatusOr<inbox::ConsumerWork> lag_ = absl::UnavailableError("the consumer has not begun");
  bool looping_ = false;

  // Last, so that they end first.
  std::unique_ptr<Loop> relay_loop_;
  std::unique_ptr<Loop> consumer_loop_;
  std::unique_ptr<Loop> timers_loop_;
  std::unique_ptr<Loop> housekeeping_loop_;
  std::vector<std::unique_ptr<Loop>> chore_loops_;
};

}  // namespace tremplin::host

#endif  // TREMPLIN_COMMON_HOST_MODULE_RUNTIME_H_
