#ifndef TREMPLIN_COMMON_PEERS_PEERS_H_
#define TREMPLIN_COMMON_PEERS_PEERS_H_

#include <map>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/clock/clock.h"
#include "common/rpc/dispatcher.h"
#include "common/rpc/server.h"

namespace tremplin::peers {

// As whom, and until when, a peer is called.
struct PeerCall {
  std::string
      credential;       // the original caller's when a request is served; "" for the service's own
  absl::Time deadline;  // system time; infinite is cut to 5 s
  messages::Language language = messages::Language::kEnglish;
  std::string traceparent = {};
  static PeerCall OnBehalfOf(const rpc::CallContext& call);  // the caller's credential and deadline
  static PeerCall AsService(absl::Time deadline);            // event handlers and timers
  // As the service, within the caller's deadline: for facts the caller may not read themselves.
  static PeerCall AsServiceFor(const rpc::CallContext& call);
};

// Carries bytes to another service: gRPC channels, or the dispatcher of this process, inline.
// Thread-safe.
class Transport {
 public:
  virtual ~Transport() = default;
  virtual absl::StatusOr<std::string> Call(const std::string& method, const std::string& request,
                                           const rpc::Envelope& envelope) = 0;
};

struct GrpcTransportOptions {
  std::map<std::string, std::string> addresses;  // service name ("registration") → host:port
  rpc::TlsFiles tls;
};
// Methods are routed by their package ("tremplin.<service>.v1…"); one without an address is
// UNAVAILABLE. Deadline always set, keepalive only during calls.
std::unique_ptr<Transport> MakeGrpcTransport(const GrpcTransportOptions& options);
// `dispatcher` is set before the first call (it is made after the modules).
std::unique_ptr<Transport> MakeInlineTransport(rpc::Dispatcher* const* dispatcher);

// Typed calls with a deadline. Methods whose proto says `idempotency_level = NO_SIDE_EFFECTS` or
// that carry a request id are retried on UNAVAILABLE, at most 3 attempts in all with jittered
// backoff, within a retry budget (10 % of calls).
// A call inside the function of a Write aborts in builds with assertions, and fails otherwise.
// Thread-safe.
class Peers {
 public:
  // `clock` tells the time that deadlines are in: null is the system's.
  Peers(std::unique_ptr<Transport> transport, std::string service_credential,
        const clock::Clock* clock = nullptr);
  ~Peers();

  template <class Response, class Request>
  absl::StatusOr<Response> Call(const std::string& method, const Request& request,
                                const PeerCall& call) {
    absl::StatusOr<std::string> bytes =
        CallRaw(method, request.SerializeAsString(), HasRequestId(request), call);
    if (!bytes.ok()) return std::move(bytes).status();
    Response response;
    if (!response.ParseFromString(*bytes)) {
      return absl::InternalError("peer's response cannot be decoded: " + method);
    }
    return response;
  }

 private:
  template <class Request>
  static bool HasRequestId(const Request& request) {
    if constexpr (requires { request.request_id(); }) {
      return !request.request_id().empty();
    } else {
      return false;
    }
  }
  absl::StatusOr<std::string> CallRaw(const std::string& method, const std::string& request,
                                      bool repeatable, const PeerCall& call);
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace tremplin::peers

#endif  // TREMPLIN_COMMON_PEERS_PEERS_H_
