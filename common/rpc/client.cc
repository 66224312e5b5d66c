#include "common/rpc/client.h"

#include <condition_variable>
#include <mutex>
#include <optional>

#include "absl/strings/str_cat.h"
#include "common/logging/logging.h"
#include "common/rpc/details.h"
#include "common/rpc/grpc_support.h"
#include "common/status/macros.h"
#include "grpcpp/generic/generic_stub.h"
#include "grpcpp/grpcpp.h"

namespace tremplin::rpc {
namespace {

constexpr int kMaxReceiveBytes = 16 << 20;
constexpr int kMaxMetadataBytes = 64 << 10;  // status details come in trailers
constexpr int kKeepaliveMs = 30 * 1000;      // servers allow 10 s (server.cc)
constexpr int kKeepaliveTimeoutMs = 10 * 1000;
constexpr int kConnectMs =
    2000;  // what the name of gRPC's argument hides: how long connecting may take
constexpr int kFirstReconnectMs = 100;
constexpr int kLongestReconnectMs = 2000;
constexpr char kHealthCheck[] = "grpc.health.v1.Health/Check";

// One call on its way; deletes itself in the completion.
struct Pending {
  grpc::ClientContext context;
  grpc::ByteBuffer request;
  grpc::ByteBuffer response;
  Client::Done done;
};

absl::StatusOr<std::shared_ptr<grpc::ChannelCredentials>> MakeCredentials(const TlsFiles& tls) {
  if (tls.client_ca.empty() && tls.certificate.empty()) {
    return grpc::InsecureChannelCredentials();
  }
  grpc::SslCredentialsOptions options;
  if (!tls.client_ca.empty()) {
    TREMPLIN_ASSIGN_OR_RETURN(options.pem_root_certs, ReadPem(tls.client_ca));
  }
  if (!tls.certificate.empty()) {
    TREMPLIN_ASSIGN_OR_RETURN(options.pem_cert_chain, ReadPem(tls.certificate));
    TREMPLIN_ASSIGN_OR_RETURN(options.pem_private_key, ReadPem(tls.key));
  }
  return grpc::SslCredentials(options);
}

grpc::ChannelArguments Arguments() {
  grpc::ChannelArguments arguments;
  arguments.SetLoadBalancingPolicyName("round_robin");
  arguments.SetMaxReceiveMessageSize(kMaxReceiveBytes);
  arguments.SetInt(GRPC_ARG_MAX_METADATA_SIZE, kMaxMetadataBytes);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS, kKeepaliveMs);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, kKeepaliveTimeoutMs);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 0);
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, kFirstReconnectMs);
  arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, kConnectMs);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, kLongestReconnectMs);
  arguments.SetInt(GRPC_ARG_SERVICE_CONFIG_DISABLE_RESOLUTION, 1);
  // Each client a connection of its own, instead of one shared by the process.
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  return arguments;
}

// Names are resolved again and again; a list is of addresses that stay.
std::string TargetOf(const std::string& address) {
  const bool list = address.find(',') != std::string::npos;
  return (list ? "ipv4:" : "dns:///") + address;
}

// A server that shuts down cancels the calls that reach it too late to be begun. Nobody on this
// side cancels, so it means: gone, ask again.
absl::Status ErrorOf(const grpc::Status& status) {
  if (status.error_code() == grpc::StatusCode::CANCELLED && status.error_details().empty()) {
    return absl::UnavailableError("the server went away");
  }
  return FromGrpcStatus(status);
}

}  // namespace

struct Client::State {
  std::unique_ptr<grpc::GenericStub> stub;
  std::string credential;
  messages::Language language;
};

Client::Client(const std::string& address, std::string credential, const TlsFiles& tls,
               messages::Language language)
    : state_(std::make_unique<State>()) {
  RedirectLibraryLogs();
  absl::StatusOr<std::shared_ptr<grpc::ChannelCredentials>> credentials = MakeCredentials(tls);
  if (!credentials.ok()) {
    const std::string why(credentials.status().message());
    logging::Error("client without its certificates", {{"why", std::string_view(why)}});
    credentials = grpc::SslCredentials({});
  }
  state_->stub = std::make_unique<grpc::GenericStub>(
      grpc::CreateCustomChannel(TargetOf(address), *credentials, Arguments()));
  state_->credential = std::move(credential);
  state_->language = language;
}

Client::~Client() = default;

Envelope Client::Own(absl::Duration timeout) const {
  return {.credential = state_->credential,
          .deadline = absl::Now() + timeout,
          .language = state_->language,
          .traceparent = ""};
}

void Client::CallAsync(const std::string& method, const std::string& request,
                       absl::Duration timeout, Done done) {
  CallAsync(method, request, Own(timeout), std::move(done));
}

void Client::CallAsync(const std::string& method, const std::string& request,
                       const Envelope& envelope, Done done) {
  auto* pending = new Pending;
  pending->request = ToByteBuffer(request);
  pending->done = std::move(done);
  pending->context.set_deadline(absl::ToChronoTime(envelope.deadline));
  if (!envelope.credential.empty()) {
    pending->context.AddMetadata("authorization", "Bearer " + envelope.credential);
  }
  pending->context.AddMetadata("accept-language", LocaleOf(envelope.language));
  if (!envelope.traceparent.empty()) {
    pending->context.AddMetadata("traceparent", envelope.traceparent);
  }
  const auto answered = [pending](const grpc::Status& status) {
    absl::StatusOr<std::string> answer = absl::UnknownError("");
    if (status.ok()) {
      answer = FromByteBuffer(pending->response);
    } else {
      answer = ErrorOf(status);
    }
    const Done finish = std::move(pending->done);
    // Before the answer is told: the context holds the channel, and a channel whose last holder is
    // this thread of gRPC would wait for the thread itself.
    delete pending;
    finish(std::move(answer));
  };
  state_->stub->UnaryCall(&pending->context, "/" + method, grpc::StubOptions(), &pending->request,
                          &pending->response, answered);
}

absl::StatusOr<std::string> Client::CallBytes(const std::string& method, const std::string& request,
                                              absl::Duration timeout) {
  return CallBytes(method, request, Own(timeout));
}

absl::StatusOr<std::string> Client::CallBytes(const std::string& method, const std::string& request,
                                              const Envelope& envelope) {
  // Shared: the completion may still hold the lock when the waiting thread goes on.
  struct Waiting {
    std::mutex mutex;
    std::condition_variable ready;
    std::optional<absl::StatusOr<std::string>> answer;
  };
  const auto waiting = std::make_shared<Waiting>();
  CallAsync(method, request, envelope, [waiting](absl::StatusOr<std::string> got) {
    std::lock_guard lock(waiting->mutex);
    waiting->answer = std::move(got);
    waiting->ready.notify_one();
  });
  // Bounded by the call's own deadline.
  std::unique_lock lock(waiting->mutex);
  waiting->ready.wait(lock, [&] { return waiting->answer.has_value(); });
  return *std::move(waiting->answer);
}

absl::StatusOr<bool> Client::Serving(absl::Duration timeout) {
  // HealthCheckRequest{} is empty; HealthCheckResponse{status = SERVING} is field 1, varint 1.
  TREMPLIN_ASSIGN_OR_RETURN(const std::string response, CallBytes(kHealthCheck, "", timeout));
  return response == std::string("\x08\x01", 2);
}

}  // namespace tremplin::rpc
