#ifndef TREMPLIN_COMMON_RPC_CLIENT_H_
#define TREMPLIN_COMMON_RPC_CLIENT_H_

#include <functional>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/messages/message.h"
#include "common/rpc/server.h"

namespace tremplin::rpc {

// A gRPC client of one address with one credential, for programs outside the services (services
// call each other through common/peers). Retries nothing: that is the caller's choice. Thread-safe.
class Client {
 public:
  explicit Client(const std::string& address, std::string credential = "", const TlsFiles& tls = {},
                  messages::Language language = messages::Language::kEnglish);
  ~Client();

  // One call, within `timeout`. Errors carry reason, both languages and violations
  // (status::DetailOf).
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

  // The same without waiting; `done` runs once, on a thread of gRPC, and does not block.
  using Done = std::function<void(absl::StatusOr<std::string>)>;
  void CallAsync(const std::string& method, const std::string& request, absl::Duration timeout,
                 Done done);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace tremplin::rpc

#endif  // TREMPLIN_COMMON_RPC_CLIENT_H_
