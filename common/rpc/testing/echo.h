#ifndef TREMPLIN_COMMON_RPC_TESTING_ECHO_H_
#define TREMPLIN_COMMON_RPC_TESTING_ECHO_H_

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "common/clock/clock.h"
#include "common/metrics/metrics.h"
#include "common/rpc/authenticator.h"
#include "common/rpc/dispatcher.h"
#include "common/rpc/registry.h"
#include "tremplin/rpc_testing/v1/echo.pb.h"

namespace tremplin::rpc::testing {

inline constexpr char kEcho[] = "tremplin.rpc_testing.v1.EchoService/Echo";
inline constexpr char kCount[] = "tremplin.rpc_testing.v1.EchoService/Count";
inline constexpr char kOpen[] = "tremplin.rpc_testing.v1.EchoService/Open";
inline constexpr char kServiceKey[] = "the-key-of-the-services";
inline constexpr char kOperatorKey[] = "the-key-of-the-operator";

using rpc_testing::v1::EchoRequest;
using rpc_testing::v1::EchoResponse;

// Answers with what it was told; `behave` decides otherwise.
class EchoService {
 public:
  using Behaviour = std::function<absl::Status(const CallContext&, const EchoRequest&)>;

  void Bind(Registry& registry) {
    Binder binder(registry, "echo", "tremplin.rpc_testing.v1.EchoService");
    binder.Method("Echo", this, &EchoService::Answer)
        .Method("Count", this, &EchoService::Answer)
        .Method("Open", this, &EchoService::Answer);
  }

  absl::StatusOr<EchoResponse> Answer(const CallContext& call, const EchoRequest& request) {
    EchoResponse response;
    response.set_count(++count);
    if (behave) {
      if (absl::Status status = behave(call, request); !status.ok()) return status;
    }
    response.set_text(request.text());
    response.set_principal(call.principal.id);
    return response;
  }

  Behaviour behave;  // set before serving
  std::atomic<int> count = 0;
};

// A dispatcher over the echo service with everything it needs; keys resolve through `resolver`.
struct EchoSystem {
  explicit EchoSystem(EchoService::Behaviour behave = nullptr, KeyResolver resolver = nullptr)
      : authenticator(
            {.service_key = kServiceKey, .operator_key = kOperatorKey},
            resolver ? std::move(resolver)
                     : [](const std::string&, absl::Time) -> absl::StatusOr<ResolvedKey> {
              return absl::NotFoundError("no such key");
            },
            clock) {
    service.behave = std::move(behave);
    service.Bind(registry);
    dispatcher = std::make_unique<Dispatcher>(registry, authenticator, clock, metrics,
                                              DispatcherOptions{.digest_key = "digest"});
  }

  absl::StatusOr<EchoResponse> Call(const std::string& method, const EchoRequest& request,
                                    const std::string& credential = kOperatorKey) {
    Envelope envelope{
        .credential = credential, .deadline = absl::Now() + absl::Seconds(30), .traceparent = ""};
    absl::StatusOr<std::string> bytes =
        dispatcher->Call(method, request.SerializeAsString(), envelope);
    if (!bytes.ok()) return bytes.status();
    EchoResponse response;
    response.ParseFromString(*bytes);
    return response;
  }

  clock::SystemClock clock;
  metrics::Registry metrics;
  EchoService service;
  Registry registry;
  ApiKeyAuthenticator authenticator;
  std::unique_ptr<Dispatcher> dispatcher;
};

}  // namespace tremplin::rpc::testing

#endif  // TREMPLIN_COMMON_RPC_TESTING_ECHO_H_
