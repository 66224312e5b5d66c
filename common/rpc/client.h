#ifndef TREMPLIN_COMMON_RPC_CLIENT_H_
#define TREMPLIN_COMMON_RPC_CLIENT_H_

#include <functional>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/messages/message.h"
#include "common/rpc/dispatcher.h"
#include "common/rpc/server.h"

namespace tremplin::rpc {

// A gRPC client of one server, or of several IPv4 addresses with commas, which take turns: for
// programs outside the services with one credential, and under common/peers with an envelope per
// call. Keeps one connection to each, made on the first call and again after a loss. Retries
// nothing: that is the caller's choice. Errors carry reason, both languages and violations
// (status::DetailOf); a call that a server drops by shutting down is UNAVAILABLE. Thread-safe.
class Client {
 public:
  // With `tls.client_ca` the server must show a certificate of it; certificate and key are shown to
  // the server. A file that cannot be read is logged, and calls are UNAVAILABLE.
  explicit Client(const std::string& address, std::string credential = "", const TlsFiles& tls = {},
                  messages::Language language = messages::Language::kEnglish);
  ~Client();

  // One call, within `timeout`.
  template <class Response, class Request>
  absl::StatusOr<Response> Call(const std::string& method, const Request& request,
                                absl::Duration timeout = absl::Seconds(10)) {
    absl::StatusOr<std::string> bytes = CallBytes(method, request.SerializeAsString(), timeout);
    if (!bytes.ok()) return std::move(bytes).status();
    Response response;
    if (!response.ParseFromString(*bytes)) return absl::InternalError("undecodable answer");
    return response;
  }
  absl::StatusOr<std::string> CallBytes(const std::string& method, const std::string& request,
                                        absl::Duration timeout);
  // As whom, in which language and until when the envelope says.
  absl::StatusOr<std::string> CallBytes(const std::string& method, const std::string& request,
                                        const Envelope& envelope);

  // The same without waiting; `done` runs once, on a thread of gRPC, and does not block.
  using Done = std::function<void(absl::StatusOr<std::string>)>;
  void CallAsync(const std::string& method, const std::string& request, absl::Duration timeout,
                 Done done);
  void CallAsync(const std::string& method, const std::string& request, const Envelope& envelope,
                 Done done);

  // grpc.health.v1: whether the server says SERVING. UNAVAILABLE when it cannot be reached.
  absl::StatusOr<bool> Serving(absl::Duration timeout);

 private:
  Envelope Own(absl::Duration timeout) const;
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace tremplin::rpc

#endif  // TREMPLIN_COMMON_RPC_CLIENT_H_
