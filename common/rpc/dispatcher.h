#ifndef TREMPLIN_COMMON_RPC_DISPATCHER_H_
#define TREMPLIN_COMMON_RPC_DISPATCHER_H_

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/clock/clock.h"
#include "common/metrics/metrics.h"
#include "common/rpc/call.h"
#include "common/rpc/registry.h"

namespace tremplin::rpc {

// Turns a credential into a principal. Errors: UNAUTHENTICATED (unknown, expired, revoked),
// UNAVAILABLE (the owner of the keys cannot be asked).
class Authenticator {
 public:
  virtual ~Authenticator() = default;
  virtual absl::StatusOr<Principal> Authenticate(const std::string& credential,
                                                 absl::Time deadline) = 0;
};

// What came in beside the request.
struct Envelope {
  std::string credential;                                      // from "authorization: Bearer …"
  absl::Time deadline;                                         // system time, always finite
  messages::Language language = messages::Language::kEnglish;  // from "accept-language"
  std::string traceparent;
};

struct DispatcherOptions {
  bool demo = false;       // ids derive from request ids
  std::string digest_key;  // for the digest of requests
};

// Upper bounds of the classes that calls are counted in by their time, in seconds.
inline constexpr std::array<double, 14> kCallBounds{0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05,
                                                    0.1,    0.2,   0.5,   1,     2,    5,    10};

// Calls since the dispatcher was made.
struct CallFigures {
  int64_t answered = 0;
  int64_t failed = 0;                                    // by the system's doing, not the caller's
  int64_t turned_away = 0;                               // RESOURCE_EXHAUSTED
  std::array<int64_t, kCallBounds.size() + 1> counts{};  // the last has no bound
};

// What happens around every handler, once: authentication, authorization from the declared rule,
// deadline, metrics, log line. Transport-free: gRPC, in-process peers and tests call it.
// Thread-safe.
class Dispatcher {
 public:
  Dispatcher(const Registry& registry, Authenticator& authenticator, const clock::Clock& clock,
             metrics::Registry& metrics, DispatcherOptions options);
  ~Dispatcher();

  // Serves one call on the caller's thread. UNIMPLEMENTED for an unknown method, UNAUTHENTICATED,
  // PERMISSION_DENIED, DEADLINE_EXCEEDED when it expired before it began, INVALID_ARGUMENT for
  // bytes that are not the request or hold text that is not UTF-8; else what the handler says. An
  // exception from a library ends here as INTERNAL.
  absl::StatusOr<std::string> Call(const std::string& method, std::string_view request,
                                   const Envelope& envelope);

  // Full names of the services that are served, sorted.
  std::vector<std::string> Services() const;

  // Counts a call that was turned away before it could be served (server at its limit, expired in
  // the queue), so that the metrics hold every call.
  void CountRefused(const std::string& method, absl::StatusCode code);

  // Of a module's methods, as Registry has them.
  CallFigures Figures(const std::string& module) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace tremplin::rpc

#endif  // TREMPLIN_COMMON_RPC_DISPATCHER_H_
