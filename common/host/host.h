#ifndef TREMPLIN_COMMON_HOST_HOST_H_
#define TREMPLIN_COMMON_HOST_HOST_H_

#include <functional>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "common/config/config.h"
#include "common/eventlog/event_log.h"
#include "common/host/front.h"
#include "common/host/module.h"
#include "common/rpc/dispatcher.h"

namespace tremplin::host {

// main() of a microservice: one module on PostgreSQL, Kafka and Redis. Returns the exit code: 0
// after a clean drain on SIGTERM or SIGINT, 2 for bad configuration (every fault named), 1
// otherwise.
int RunService(int argc, const char* const* argv, const ModuleSpec& module);

// main() of the whole system in one process on the embedded store in --data-dir, and with
// --web-listen the front, if one is given.
int RunStandalone(int argc, const char* const* argv, absl::Span<const ModuleSpec> modules,
                  const FrontMaker& front = nullptr);

// main() of a process without a store: a front before services that are reached over gRPC
// (--peers). `name` is for the log.
int RunStateless(int argc, const char* const* argv, std::string_view name, const FrontMaker& front);

struct InlineOptions {
  // Events go through outbox and relay before they are in the log, as where the log is elsewhere;
  // otherwise they are written into it at once, as in one process.
  bool relayed = false;
  // What stands between a module, by its name, and its adapters, and between all and the log. For
  // faults (common/host/testing/faults.h).
  std::function<std::unique_ptr<database::Database>(std::string_view module,
                                                    std::unique_ptr<database::Database>)>
      database = nullptr;
  std::function<std::unique_ptr<peers::Transport>(std::string_view module,
                                                  std::unique_ptr<peers::Transport>)>
      transport = nullptr;
  std::function<std::unique_ptr<eventlog::EventLog>(std::unique_ptr<eventlog::EventLog>)> log =
      nullptr;
};

// The whole system in the caller's process without gRPC and without threads of its own: lanes run
// inline, loops are stepped by the caller. For scenario tests and the simulator. With an
// environment::Simulated of the same clock in place while it lives, what it does, stores and logs
// is a function of its seed and of the calls: not a byte of the store differs. Not thread-safe.
class InlineSystem {
 public:
  // Opens an embedded store in `data_dir` (created), demo mode on, time from `clock`.
  static absl::StatusOr<std::unique_ptr<InlineSystem>> Open(const std::string& data_dir,
                                                            absl::Span<const ModuleSpec> modules,
                                                            clock::ManualClock& clock,
                                                            InlineOptions options = {});
  virtual ~InlineSystem() = default;
  virtual rpc::Dispatcher& dispatcher() = 0;
  virtual std::string operator_credential() const = 0;
  virtual std::string service_credential() const = 0;
  // The database of one service, for invariants checked by tests.
  virtual database::Database& db(std::string_view service) = 0;
  // Steps relays, consumers and due timers until nothing is left to do. RESOURCE_EXHAUSTED after
  // `max_steps`.
  virtual absl::Status Settle(int max_steps = 1000000) = 0;
  // Trims what is kept for a while only, until nothing is left that is old enough: stored answers
  // and the log's records. A process does so now and then.
  virtual void KeepHouse() = 0;
};

}  // namespace tremplin::host

#endif  // TREMPLIN_COMMON_HOST_HOST_H_
