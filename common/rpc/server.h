#ifndef TREMPLIN_COMMON_RPC_SERVER_H_
#define TREMPLIN_COMMON_RPC_SERVER_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/rpc/dispatcher.h"

namespace tremplin::rpc {

struct TlsFiles {
  std::string certificate;  // PEM; empty: no TLS (loopback only)
  std::string key;
  std::string client_ca;  // set: clients must present a certificate of it (mTLS)
};

struct ServerOptions {
  std::string listen = "127.0.0.1:7400";  // port 0: any free one
  TlsFiles tls;
  int executor_threads = 64;  // they wait, they do not compute
  int executor_queue = 1024;  // beyond → RESOURCE_EXHAUSTED
  int max_message_bytes = 4 << 20;
  int max_metadata_bytes = 16 << 10;
  int max_concurrent_streams = 1000;
  absl::Duration default_deadline = absl::Seconds(10);  // for a call that brings none
  absl::Duration max_deadline = absl::Seconds(60);      // a later one is cut to it
  bool reflection = false;  // grpc.reflection.v1alpha, without a credential: never in production
};

// gRPC's callback API over the dispatcher: generic service, bounded executor, grpc.health.v1,
// status details. Finish is called exactly once for each call, also when cancelled.
class Server {
 public:
  static absl::StatusOr<std::unique_ptr<Server>> Start(Dispatcher& dispatcher,
                                                       const ServerOptions& options);
  virtual ~Server() = default;
  virtual std::string address() const = 0;    // host:port as bound
  virtual void SetServing(bool serving) = 0;  // health: NOT_SERVING until the first call
  // Health to NOT_SERVING, then lets accepted calls finish, at most `grace`; then cancels. Returns
  // the number of calls cut off.
  virtual int Drain(absl::Duration grace) = 0;
};

}  // namespace tremplin::rpc

#endif  // TREMPLIN_COMMON_RPC_SERVER_H_
