#include "common/peers/peers.h"

#include <cstdlib>
#include <mutex>
#include <utility>

#include "common/database/database.h"
#include "common/environment/backoff.h"
#include "common/environment/environment.h"
#include "common/logging/logging.h"
#include "common/peers/retry_budget.h"
#include "common/rpc/messages.h"
#include "common/status/error.h"
#include "google/protobuf/descriptor.h"

namespace tremplin::peers {
namespace {

constexpr absl::Duration kLongestCall = absl::Seconds(5);
constexpr int kMaxAttempts = 3;
constexpr environment::Backoff kBackoff{absl::Milliseconds(20), absl::Seconds(1)};

// Stands for the service's own credential in a PeerCall; not a key, so it opens nothing.
constexpr char kOwnCredential[] = "";

// A caller without a credential must not become the service: this one is nobody's key.
constexpr char kNobody[] = "nobody";

bool DeclaredRepeatable(const std::string& method) {
  const size_t slash = method.find('/');
  const auto* service = google::protobuf::DescriptorPool::generated_pool()->FindServiceByName(
      method.substr(0, slash));
  const auto* found = service == nullptr || slash == std::string::npos
                          ? nullptr
                          : service->FindMethodByName(method.substr(slash + 1));
  return found != nullptr && found->options().idempotency_level() !=
                                 google::protobuf::MethodOptions::IDEMPOTENCY_UNKNOWN;
}

// A peer call blocks, and takes effect outside the transaction, which may run again.
bool RefuseInsideWrite(const std::string& method) {
  if (!database::InsideWrite()) return false;
  logging::Error("peer call inside the function of a Write",
                 {{"method", std::string_view(method)}});
#ifndef NDEBUG
  std::abort();
#endif
  return true;
}

}  // namespace

PeerCall PeerCall::OnBehalfOf(const rpc::CallContext& call) {
  return {.credential = call.credential.empty() ? kNobody : call.credential,
          .deadline = call.deadline,
          .language = call.language,
          .traceparent = call.traceparent};
}

PeerCall PeerCall::AsService(absl::Time deadline) {
  return {.credential = kOwnCredential, .deadline = deadline};
}

PeerCall PeerCall::AsServiceFor(const rpc::CallContext& call) {
  PeerCall peer = OnBehalfOf(call);
  peer.credential = kOwnCredential;
  return peer;
}

struct Peers::State {
  std::unique_ptr<Transport> transport;
  std::string service_credential;
  const clock::Clock* clock;
  clock::SystemClock system_clock;
  RetryBudget budget;
  std::mutex mutex;
  std::map<std::string, bool> repeatable;  // by method, from its proto

  bool IsRepeatable(const std::string& method) {
    std::lock_guard lock(mutex);
    const auto [entry, inserted] = repeatable.try_emplace(method, false);
    if (inserted) entry->second = DeclaredRepeatable(method);
    return entry->second;
  }
};

Peers::Peers(std::unique_ptr<Transport> transport, std::string service_credential,
             const clock::Clock* clock)
    : state_(std::make_unique<State>()) {
  state_->transport = std::move(transport);
  state_->service_credential = std::move(service_credential);
  state_->clock = clock == nullptr ? &state_->system_clock : clock;
}

Peers::~Peers() = default;

absl::StatusOr<std::string> Peers::CallRaw(const std::string& method, const std::string& request,
                                           bool repeatable, const PeerCall& call) {
  if (RefuseInsideWrite(method)) {
    return absl::InternalError("peer call inside the function of a Write");
  }
  const rpc::Envelope envelope{
      .credential = call.credential.empty() ? state_->service_credential : call.credential,
      .deadline = call.deadline == absl::InfiniteFuture()
                      ? state_->clock->SystemNow() + kLongestCall
                      : call.deadline,
      .language = call.language,
      .traceparent = call.traceparent};
  state_->budget.CountCall();
  for (int attempt = 1;; ++attempt) {
    absl::StatusOr<std::string> response = state_->transport->Call(method, request, envelope);
    if (!absl::IsUnavailable(response.status()) || attempt == kMaxAttempts ||
        !(repeatable || state_->IsRepeatable(method))) {
      return response;
    }
    const absl::Duration wait = environment::Jittered(kBackoff.After(attempt));
    const bool in_time = state_->clock->SystemNow() + wait < envelope.deadline;
    if (!in_time || !state_->budget.TakeRetry()) return response;
    environment::Sleep(wait);
  }
}

namespace {

class InlineTransport final : public Transport {
 public:
  explicit InlineTransport(rpc::Dispatcher* const* dispatcher) : dispatcher_(dispatcher) {}
  absl::StatusOr<std::string> Call(const std::string& method, const std::string& request,
                                   const rpc::Envelope& envelope) override {
    if (*dispatcher_ == nullptr) return absl::UnavailableError("nothing is served yet");
    return (*dispatcher_)->Call(method, request, envelope);
  }

 private:
  rpc::Dispatcher* const* const dispatcher_;
};

}  // namespace

std::unique_ptr<Transport> MakeInlineTransport(rpc::Dispatcher* const* dispatcher) {
  return std::make_unique<InlineTransport>(dispatcher);
}

}  // namespace tremplin::peers
