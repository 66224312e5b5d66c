#ifndef TREMPLIN_TESTS_SUPPORT_ONE_MODULE_H_
#define TREMPLIN_TESTS_SUPPORT_ONE_MODULE_H_

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/cache/cache.h"
#include "common/clock/clock.h"
#include "common/config/config.h"
#include "common/database/sqlite_database.h"
#include "common/host/module.h"
#include "common/inbox/inbox.h"
#include "common/metrics/metrics.h"
#include "common/outbox/outbox.h"
#include "common/peers/peers.h"
#include "common/program/program_store.h"
#include "common/rpc/idempotency.h"
#include "common/rpc/registry.h"
#include "common/seal/seal.h"
#include "common/timers/timers.h"
#include "google/protobuf/message.h"
#include "tests/support/postgres.h"
#include "tests/support/temp_dir.h"

namespace tremplin::testing {

// One service's module on an embedded store of its own: the test calls its methods as anybody,
// feeds it events, moves business time and reads its outbox. What a fault leaves is a fault of the
// module alone. Not thread-safe, except Call when made with `threads`.
class OneModule {
 public:
  enum class Store { kEmbedded, kPostgres };
  // What modules made from now on stand on. A test program that links on_postgres.cc runs all its
  // tests on PostgreSQL.
  static inline Store store = Store::kEmbedded;

  // `threads`: embedded writes run on a lane's thread, so that calls may be made at once.
  OneModule(const host::ModuleSpec& spec, absl::Time start, bool threads = false);
  ~OneModule();

  // Keeps a definition as if it had been published long ago.
  void Publish(const program::v1::ProgramDefinition& definition, int64_t version = 1);
  // The definition of Ottawa Career Mentoring as it is kept in deploy/programs.
  static program::v1::ProgramDefinition Ottawa();

  // Answers calls of the module to its peers: full method name → request bytes → response bytes.
  using Peer = std::function<absl::StatusOr<std::string>(const std::string&)>;
  void SetPeer(const std::string& method, Peer peer);

  // Calls a method past authentication; `request_id` of the request is the call's, one is made when
  // it is empty.
  template <class Response, class Request>
  absl::StatusOr<Response> Call(const rpc::Principal& principal, const std::string& method,
                                Request request) {
    if constexpr (requires { request.set_request_id(""); }) {
      if (request.request_id().empty()) request.set_request_id(NextRequestId());
      return Typed<Response>(CallRaw(principal, method, request, request.request_id()));
    } else {
      return Typed<Response>(CallRaw(principal, method, request, ""));
    }
  }

  // Feeds an event as the consumer would: prepare, then its effect in one write.
  absl::Status Deliver(const google::protobuf::Message& payload, const std::string& key,
                       absl::Time time);

  // Moves business time to `time`, firing every timer due on the way at its own hour.
  void MoveTo(absl::Time time);
  void MoveBy(absl::Duration by) { MoveTo(clock_.BusinessNow() + by); }

  // Payloads of the events of one type so far, in order.
  template <class Event>
  std::vector<Event> Events() {
    std::vector<Event> events;
    for (const std::string& bytes : Payloads(Event::descriptor()->full_name())) {
      events.emplace_back();
      events.back().ParseFromString(bytes);
    }
    return events;
  }
  // The single value of a query.
  int64_t Count(const std::string& sql);

  // What the module was made with: for a test that stands another process of the service, or a part
  // of one, on the same store. Its clock and store are this one's.
  host::ModuleContext context() {
    return {*db_,   *commands_, *outbox_,   *timers_, *peers_, *cache_,
            clock_, *sealer_,   *programs_, metrics_, config_};
  }

  database::Database& db() { return *db_; }
  clock::ManualClock& clock() { return clock_; }
  absl::Time now() const { return clock_.BusinessNow(); }

 private:
  class FakeTransport;
  void OpenStore(const host::ModuleSpec& spec, bool threads);
  template <class Response>
  static absl::StatusOr<Response> Typed(
      const absl::StatusOr<std::unique_ptr<google::protobuf::Message>>& raw) {
    if (!raw.ok()) return raw.status();
    return static_cast<const Response&>(**raw);
  }
  std::string NextRequestId();
  absl::StatusOr<std::unique_ptr<google::protobuf::Message>> CallRaw(
      const rpc::Principal& principal, const std::string& method,
      const google::protobuf::Message& request, const std::string& request_id);
  std::vector<std::string> Payloads(const std::string& type);

  TempDir dir_;
  std::string name_;
  clock::ManualClock clock_;
  config::Config config_;
  metrics::Registry metrics_;
  std::unique_ptr<TestPostgres> postgres_;
  std::shared_ptr<database::SqliteFile> file_;
  std::unique_ptr<database::Database> db_;
  std::unique_ptr<seal::Sealer> sealer_;
  std::unique_ptr<program::ProgramStore> programs_;
  std::unique_ptr<rpc::Commands> commands_;
  std::unique_ptr<outbox::Outbox> outbox_;
  std::unique_ptr<timers::Timers> timers_;
  std::unique_ptr<cache::Cache> cache_;
  FakeTransport* transport_ = nullptr;  // of peers_
  std::unique_ptr<peers::Peers> peers_;
  rpc::Registry registry_;
  inbox::Handlers handlers_;
  std::unique_ptr<host::Module> module_;
  std::atomic<int> requests_ = 0;
};

}  // namespace tremplin::testing

#endif  // TREMPLIN_TESTS_SUPPORT_ONE_MODULE_H_
