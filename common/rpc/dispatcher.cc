#include "common/rpc/dispatcher.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <exception>
#include <map>
#include <set>
#include <utility>

#include "absl/status/status.h"
#include "common/digest/digest.h"
#include "common/environment/environment.h"
#include "common/logging/logging.h"
#include "common/rpc/details.h"
#include "common/rpc/messages.h"
#include "common/rpc/request_check.h"
#include "common/status/error.h"
#include "common/status/macros.h"
#include "common/trace/trace.h"
#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/io/zero_copy_stream_impl_lite.h"

namespace tremplin::rpc {
namespace {

using google::protobuf::Message;

constexpr int kCodes = 17;  // OK … UNAUTHENTICATED
constexpr char kRequestsName[] = "tremplin_rpc_requests_total";
constexpr char kRequestsHelp[] = "Calls served, by method and status code.";
constexpr char kUnknownMethod[] = "unknown";

// Equal requests have equal bytes here, on every replica and after every restart.
std::string Canonical(const Message& message) {
  std::string bytes;
  {
    google::protobuf::io::StringOutputStream stream(&bytes);
    google::protobuf::io::CodedOutputStream out(&stream);
    out.SetSerializationDeterministic(true);
    message.SerializeToCodedStream(&out);
  }
  return bytes;
}

bool Allows(const options::v1::AccessRule& access, Role role) {
  for (const int allowed : access.roles()) {
    if (allowed == role && role != Role::ROLE_UNSPECIFIED) return true;
  }
  return false;
}

logging::Level LevelOf(absl::StatusCode code) {
  switch (static_cast<int>(code)) {
    case static_cast<int>(absl::StatusCode::kInternal):
    case static_cast<int>(absl::StatusCode::kUnknown):
    case static_cast<int>(absl::StatusCode::kDataLoss):
      return logging::Level::kError;
    case static_cast<int>(absl::StatusCode::kUnavailable):
    case static_cast<int>(absl::StatusCode::kDeadlineExceeded):
    case static_cast<int>(absl::StatusCode::kResourceExhausted):
    case static_cast<int>(absl::StatusCode::kAborted):
      return logging::Level::kWarning;
    default:
      return logging::Level::kInfo;
  }
}

// A fault of ours, as the alerts count them.
bool IsOurs(absl::StatusCode code) {
  switch (static_cast<int>(code)) {
    case static_cast<int>(absl::StatusCode::kInternal):
    case static_cast<int>(absl::StatusCode::kUnknown):
    case static_cast<int>(absl::StatusCode::kDataLoss):
    case static_cast<int>(absl::StatusCode::kUnavailable):
    case static_cast<int>(absl::StatusCode::kDeadlineExceeded):
      return true;
    default:
      return false;
  }
}

// The metrics of one method.
class MethodMetrics {
 public:
  MethodMetrics(metrics::Registry& registry, const std::string& method)
      : registry_(registry),
        method_(method),
        latency_(registry.GetLatency("tremplin_rpc_latency_seconds",
                                     "Time from a call's start to its answer, by method.",
                                     {{"method", method}})) {}

  void Count(absl::StatusCode code) {
    const size_t index = static_cast<size_t>(code) < kCodes ? static_cast<size_t>(code) : 2;
    metrics::Counter* counter = by_code_[index].load(std::memory_order_acquire);
    if (counter == nullptr) {
      counter =
          &registry_.GetCounter(kRequestsName, kRequestsHelp,
                                {{"method", method_}, {"code", absl::StatusCodeToString(code)}});
      by_code_[index].store(counter, std::memory_order_release);
    }
    counter->Add();
    answered_.fetch_add(1, std::memory_order_relaxed);
    if (IsOurs(code)) failed_.fetch_add(1, std::memory_order_relaxed);
    if (code == absl::StatusCode::kResourceExhausted) {
      turned_away_.fetch_add(1, std::memory_order_relaxed);
    }
  }

  void Observe(double seconds) {
    latency_.Observe(seconds);
    const auto bound = std::lower_bound(kCallBounds.begin(), kCallBounds.end(), seconds);
    counts_[static_cast<size_t>(bound - kCallBounds.begin())].fetch_add(1,
                                                                        std::memory_order_relaxed);
  }

  void AddTo(CallFigures& figures) const {
    figures.answered += answered_.load(std::memory_order_relaxed);
    figures.failed += failed_.load(std::memory_order_relaxed);
    figures.turned_away += turned_away_.load(std::memory_order_relaxed);
    for (size_t i = 0; i < counts_.size(); ++i) {
      figures.counts[i] += counts_[i].load(std::memory_order_relaxed);
    }
  }

 private:
  metrics::Registry& registry_;
  const std::string method_;
  metrics::Histogram& latency_;
  std::array<std::atomic<metrics::Counter*>, kCodes> by_code_{};
  // Counters of the registry are written, never read.
  std::atomic<int64_t> answered_ = 0, failed_ = 0, turned_away_ = 0;
  std::array<std::atomic<int64_t>, kCallBounds.size() + 1> counts_{};
};

struct Served {
  Served(const Registry::Method& bound, metrics::Registry& registry)
      : method(bound),
        check(bound.request_prototype->GetDescriptor()),
        metrics(registry, bound.full_name) {}
  const Registry::Method& method;
  RequestCheck check;
  MethodMetrics metrics;
};

// Counts itself among the calls in flight while it lives.
class InFlight {
 public:
  explicit InFlight(std::atomic<int>& count) : count_(count) { ++count_; }
  ~InFlight() { --count_; }
  InFlight(const InFlight&) = delete;
  InFlight& operator=(const InFlight&) = delete;

 private:
  std::atomic<int>& count_;
};

}  // namespace

struct Dispatcher::State {
  State(Authenticator& auth, const clock::Clock& time, metrics::Registry& registry,
        DispatcherOptions opts)
      : authenticator(auth),
        clock(time),
        options(std::move(opts)),
        unknown(registry, kUnknownMethod) {}

  Authenticator& authenticator;
  const clock::Clock& clock;
  const DispatcherOptions options;
  std::map<std::string, Served> served;
  MethodMetrics unknown;
  // Shared with the scrape, which may outlive the dispatcher.
  std::shared_ptr<std::atomic<int>> in_flight = std::make_shared<std::atomic<int>>(0);

  absl::Status Authorize(const Served& entry, const Envelope& envelope, CallContext& call) const;
  absl::StatusOr<std::string> Serve(const Served& entry, std::string_view request,
                                    const Envelope& envelope, CallContext& call) const;
  absl::StatusOr<std::string> ServeGuarded(const Served& entry, std::string_view request,
                                           const Envelope& envelope, CallContext& call) const;
};

absl::Status Dispatcher::State::Authorize(const Served& entry, const Envelope& envelope,
                                          CallContext& call) const {
  if (entry.method.access.anyone()) return absl::OkStatus();
  if (envelope.credential.empty()) {
    return status::Error(absl::StatusCode::kUnauthenticated, kCredentialMissing);
  }
  TREMPLIN_ASSIGN_OR_RETURN(call.principal,
                            authenticator.Authenticate(envelope.credential, envelope.deadline));
  if (!Allows(entry.method.access, call.principal.role)) {
    return status::Error(absl::StatusCode::kPermissionDenied, kRoleNotAllowed);
  }
  return absl::OkStatus();
}

absl::StatusOr<std::string> Dispatcher::State::Serve(const Served& entry, std::string_view bytes,
                                                     const Envelope& envelope,
                                                     CallContext& call) const {
  TREMPLIN_RETURN_IF_ERROR(Authorize(entry, envelope, call));
  if (clock.SystemNow() >= envelope.deadline) {
    return status::Error(absl::StatusCode::kDeadlineExceeded, kDeadlinePassed);
  }
  const std::unique_ptr<Message> request(entry.method.request_prototype->New());
  TREMPLIN_RETURN_IF_ERROR(entry.check.Decode(bytes, *request));
  if (const auto* field = entry.check.request_id_field()) {
    call.request_id = request->GetReflection()->GetString(*request, field);
    if (!call.request_id.empty()) {
      call.request_digest =
          digest::ToString(digest::HmacSha256(options.digest_key, Canonical(*request)));
    }
  }
  call.business_now = clock.BusinessNow();
  absl::StatusOr<std::unique_ptr<Message>> response = entry.method.handler(call, *request);
  if (!response.ok()) return std::move(response).status();
  return (*response)->SerializeAsString();
}

absl::StatusOr<std::string> Dispatcher::State::ServeGuarded(const Served& entry,
                                                            std::string_view bytes,
                                                            const Envelope& envelope,
                                                            CallContext& call) const {
  // Our code throws nothing, libraries may (memory, a regular expression); one call must not end
  // the process.
  try {
    return Serve(entry, bytes, envelope, call);
  } catch (const std::exception& e) {
    return absl::InternalError(std::string("exception: ") + e.what());
  } catch (...) {
    return absl::InternalError("exception of an unknown type");
  }
}

Dispatcher::Dispatcher(const Registry& registry, Authenticator& authenticator,
                       const clock::Clock& clock, metrics::Registry& metrics,
                       DispatcherOptions options)
    : state_(std::make_unique<State>(authenticator, clock, metrics, std::move(options))) {
  for (const Registry::Method* method : registry.All()) {
    state_->served.try_emplace(method->full_name, *method, metrics);
  }
  metrics::Gauge& gauge =
      metrics.GetGauge("tremplin_rpc_in_flight_calls", "Calls being served at the moment.");
  metrics.OnScrape([&gauge, count = state_->in_flight] { gauge.Set(count->load()); });
}

Dispatcher::~Dispatcher() = default;

std::vector<std::string> Dispatcher::Services() const {
  std::set<std::string> names;
  for (const auto& [method, entry] : state_->served) {
    names.insert(entry.method.descriptor->service()->full_name());
  }
  return {names.begin(), names.end()};
}

CallFigures Dispatcher::Figures(const std::string& module) const {
  CallFigures figures;
  for (const auto& [name, entry] : state_->served) {
    if (entry.method.module == module) entry.metrics.AddTo(figures);
  }
  return figures;
}

void Dispatcher::CountRefused(const std::string& method, absl::StatusCode code) {
  const auto found = state_->served.find(method);
  (found == state_->served.end() ? state_->unknown : found->second.metrics).Count(code);
}

absl::StatusOr<std::string> Dispatcher::Call(const std::string& method, std::string_view request,
                                             const Envelope& envelope) {
  const auto found = state_->served.find(method);
  if (found == state_->served.end()) {
    state_->unknown.Count(absl::StatusCode::kUnimplemented);
    return status::Error(absl::StatusCode::kUnimplemented, kMethodUnknown);
  }
  Served& entry = found->second;
  const InFlight in_flight(*state_->in_flight);
  const absl::Duration start = environment::SteadyNow();
  CallContext call;
  call.method = method;
  call.deadline = envelope.deadline;
  call.language = envelope.language;
  call.traceparent = trace::ChildOf(envelope.traceparent);
  call.credential = envelope.credential;
  call.derive_ids = state_->options.demo;

  absl::StatusOr<std::string> response = state_->ServeGuarded(entry, request, envelope, call);
  const absl::Duration elapsed = environment::SteadyNow() - start;
  absl::Status shown = ForCaller(response.status());
  entry.metrics.Count(shown.code());
  entry.metrics.Observe(absl::ToDoubleSeconds(elapsed));

  const std::string code = absl::StatusCodeToString(shown.code());
  const std::string reason = status::ReasonOf(shown);
  // Only of faults of ours: what a caller is told may hold what the caller sent.
  const bool explain = status::ReasonOf(response.status()) != reason;
  const std::string error(explain ? std::string(response.status().message()) : "");
  const std::string request_id = trace::LoggedRequestId(call.request_id);
  logging::Log(LevelOf(shown.code()), "call",
               {{"method", std::string_view(method)},
                {"code", std::string_view(code)},
                {"reason", std::string_view(reason)},
                {"ms", absl::ToDoubleMilliseconds(elapsed)},
                {"principal", std::string_view(call.principal.id)},
                {"request", std::string_view(request_id)},
                {"trace", trace::TraceIdOf(call.traceparent)},
                {"span", trace::SpanIdOf(call.traceparent)},
                {"parent", trace::SpanIdOf(envelope.traceparent)},
                {"error", std::string_view(error)}});
  if (!shown.ok()) return shown;
  return response;
}

}  // namespace tremplin::rpc
