#ifndef TREMPLIN_SERVICES_GATEWAY_HTTP_SERVER_H_
#define TREMPLIN_SERVICES_GATEWAY_HTTP_SERVER_H_

#include <functional>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "services/gateway/http/message.h"

namespace tremplin::gateway::http {

struct ServerOptions {
  std::string listen = "127.0.0.1:0";  // port 0: any free one
  std::string certificate = {};        // PEM files; empty: no TLS (loopback only)
  std::string key = {};
  int io_threads = 2;
  int executor_threads = 64;  // they wait, they do not compute
  int executor_queue = 1024;
  uint32_t max_head_bytes = 16 << 10;            // beyond → 431
  uint64_t max_body_bytes = 4 << 20;             // beyond → 413
  absl::Duration head_time = absl::Seconds(10);  // from its first byte to its end; beyond → 408
  absl::Duration body_time = absl::Seconds(30);  // beyond → 408
  absl::Duration write_time = absl::Seconds(30);
  absl::Duration idle_time = absl::Seconds(75);  // between requests
  size_t max_connections = 20000;                // beyond: closed at once
  // Whose body, of any size, the handler reads itself; asked on the threads that read. `body_time`
  // is then that of each piece.
  std::function<bool(std::string_view method, std::string_view target)> reads_body =
      [](std::string_view, std::string_view) { return false; };
  // For which the handler never waits: they are handled on the threads that read, however much
  // there is to do.
  std::function<bool(std::string_view method, std::string_view target)> at_once =
      [](std::string_view, std::string_view) { return false; };
};

// What goes wrong before a request is there for the handler.
enum class Refusal { kMalformed, kHeadTooLarge, kBodyTooLarge, kTooSlow, kOverloaded };

// HTTP/1.1 over Boost.Beast: keep-alive, bounded heads, bodies, times and connections, streams.
// `handler` runs on a bounded executor, `refuse` on the threads that read: it does not wait.
class Server {
 public:
  using Refuse = std::function<Response(Refusal, const Request&)>;

  static absl::StatusOr<std::unique_ptr<Server>> Start(Handler handler, Refuse refuse,
                                                       const ServerOptions& options);
  virtual ~Server() = default;
  virtual std::string address() const = 0;  // host:port as bound
  // Takes no new connection, lets requests finish and ends streams, at most `grace`; then closes.
  // Returns the number of connections cut off in the midst of a request.
  virtual int Drain(absl::Duration grace) = 0;
};

}  // namespace tremplin::gateway::http

#endif  // TREMPLIN_SERVICES_GATEWAY_HTTP_SERVER_H_
