#ifndef TREMPLIN_COMMON_HOST_MODULE_H_
#define TREMPLIN_COMMON_HOST_MODULE_H_

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"
#include "absl/types/span.h"
#include "common/cache/cache.h"
#include "common/clock/clock.h"
#include "common/config/config.h"
#include "common/database/database.h"
#include "common/inbox/inbox.h"
#include "common/metrics/metrics.h"
#include "common/outbox/outbox.h"
#include "common/peers/peers.h"
#include "common/program/program_store.h"
#include "common/rpc/idempotency.h"
#include "common/rpc/registry.h"
#include "common/seal/seal.h"
#include "common/timers/timers.h"

namespace tremplin::host {

// Everything a module may touch, made for it by the host and living longer than it. Which adapters
// stand behind is none of its business.
struct ModuleContext {
  database::Database& db;
  rpc::Commands& commands;
  outbox::Outbox& outbox;
  timers::Timers& timers;
  peers::Peers& peers;
  cache::Cache& cache;
  const clock::Clock& clock;
  const seal::Sealer& sealer;
  program::ProgramStore& programs;
  metrics::Registry& metrics;
  const config::Config& config;
};

// Work in the background that is a module's own, beside consumer, timers and relay: a thread steps
// it (in a system that is stepped, the caller does).
struct Chore {
  std::string name;  // for the log and the gauges
  // Does a bounded piece and returns how long to wait (zero: at once).
  std::function<absl::Duration()> step;
  // From any thread, once: a step that waits for somebody outside ends soon, and so do all later
  // ones.
  std::function<void()> cancel;
};

// A service as a library (design §2): methods, event handlers, timers and migrations. Built once
// per process; the calls below happen in this order before anything is served.
class Module {
 public:
  virtual ~Module() = default;
  virtual void Bind(rpc::Registry& registry) = 0;
  virtual void Subscribe(inbox::Handlers& handlers) = 0;
  virtual void Schedule(timers::Timers& timers) = 0;
  virtual std::vector<Chore> Chores() { return {}; }
  // At the end, once nothing is stepped any more: gives up what other replicas would wait for.
  virtual void Stop() {}
};

// What the host needs to know before it can build the module.
struct ModuleSpec {
  std::string_view name;  // "referral": prefix, schema, topic, consumer group
  absl::Span<const database::Migration>
      migrations;  // 1, 2, … of the domain's tables; the runtime's own come before them
  std::function<std::unique_ptr<Module>(const ModuleContext&)> make;
};

}  // namespace tremplin::host

#endif  // TREMPLIN_COMMON_HOST_MODULE_H_
