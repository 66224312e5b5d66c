#include "common/rpc/server.h"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <list>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/logging/logging.h"
#include "common/rpc/details.h"
#include "common/rpc/executor.h"
#include "common/rpc/grpc_support.h"
#include "common/rpc/messages.h"
#include "common/rpc/reflection.h"
#include "common/status/error.h"
#include "common/status/macros.h"
#include "grpcpp/generic/async_generic_service.h"
#include "grpcpp/grpcpp.h"
#include "grpcpp/health_check_service_interface.h"
#include "grpcpp/resource_quota.h"

namespace tremplin::rpc {
namespace {

constexpr auto kLongestRead = std::chrono::seconds(10);  // for a client to send its request
constexpr auto kRefusalsLeave = std::chrono::milliseconds(200);
constexpr size_t kMemoryQuota = 256u << 20;
constexpr int kConnectionAgeMs = 30 * 60 * 1000;
constexpr int kConnectionAgeGraceMs = 60 * 1000;
constexpr int kMinPingIntervalMs = 10 * 1000;  // clients ping every 30 s (client.cc)

class Call;

class ServerImpl final : public Server, public grpc::CallbackGenericService {
 public:
  ServerImpl(Dispatcher& dispatcher, const ServerOptions& options)
      : dispatcher_(dispatcher),
        options_(options),
        services_(dispatcher.Services()),
        executor_(options.executor_threads, static_cast<size_t>(options.executor_queue)),
        janitor_([this](const std::stop_token& stop) { CancelSlowReads(stop); }) {}

  ~ServerImpl() override {
    if (server_ != nullptr) Drain(absl::ZeroDuration());
  }

  absl::Status Listen();

  std::string address() const override { return address_; }
  void SetServing(bool serving) override {
    server_->GetHealthCheckService()->SetServingStatus(serving);
  }
  int Drain(absl::Duration grace) override;

  grpc::ServerGenericBidiReactor* CreateReactor(grpc::GenericCallbackServerContext* ctx) override;

  // Of the calls:
  using Reading = std::list<
      std::pair<std::chrono::steady_clock::time_point, grpc::GenericCallbackServerContext*>>;
  Reading::iterator BeginRead(grpc::GenericCallbackServerContext* ctx);
  void EndRead(Reading::iterator reading);
  void Leave();
  void Cancelled() {
    if (cutting_off_) ++cut_off_;
  }
  Dispatcher& dispatcher() { return dispatcher_; }
  const ServerOptions& options() const { return options_; }
  Executor& executor() { return executor_; }

 private:
  void CancelSlowReads(const std::stop_token& stop);

  Dispatcher& dispatcher_;
  const ServerOptions options_;
  const std::vector<std::string> services_;
  std::string address_;
  std::atomic<bool> draining_ = false;
  std::atomic<bool> cutting_off_ = false;
  std::atomic<int> cut_off_ = 0;

  std::mutex mutex_;  // guards in_flight_ and the change of draining_
  std::condition_variable idle_;
  int in_flight_ = 0;

  // gRPC may run a call's reactions within TryCancel, on the same thread: hence recursive, and
  // never taken together with mutex_.
  std::recursive_mutex reading_mutex_;
  std::condition_variable_any slow_;
  Reading reading_;

  Executor executor_;
  std::unique_ptr<grpc::Server> server_;
  std::jthread janitor_;
};

// The first value of a key of the call's metadata, "" for none.
std::string_view Metadata(const grpc::CallbackServerContext& ctx, const char* key) {
  const auto& metadata = ctx.client_metadata();
  const auto found = metadata.find(key);
  if (found == metadata.end()) return {};
  return {found->second.data(), found->second.size()};
}

// One call: read one message, serve it on the executor, write, finish once. gRPC's threads run the
// reactions, so none of them blocks. Owns itself until OnDone.
class Call final : public grpc::ServerGenericBidiReactor {
 public:
  Call(ServerImpl& server, grpc::GenericCallbackServerContext* ctx)
      : server_(server), ctx_(ctx), method_(ctx->method().substr(1)) {
    ReadMetadata();
    reading_ = server_.BeginRead(ctx);
    StartRead(&request_);
  }

  void OnReadDone(bool ok) override {
    server_.EndRead(reading_);
    if (!ok) {
      const bool cancelled = cancelled_.load();
      Refuse(cancelled ? status::Error(absl::StatusCode::kCancelled, kCancelled)
                       : status::Error(absl::StatusCode::kInvalidArgument, kMalformedRequest));
      return;
    }
    const size_t limit = static_cast<size_t>(server_.options().max_message_bytes);
    if (request_.Length() > limit) {
      Refuse(status::InvalidFields(
          {status::Violation("request", kRequestTooLarge, {absl::StrCat(limit)})}));
      return;
    }
    if (!server_.executor().TrySubmit([this] { Serve(); })) {
      Refuse(status::Error(absl::StatusCode::kResourceExhausted, kOverloaded));
    }
  }

  void OnCancel() override {
    cancelled_ = true;
    server_.Cancelled();
  }

  void OnDone() override {
    ServerImpl& server = server_;
    delete this;
    server.Leave();
  }

 private:
  void ReadMetadata() {
    constexpr std::string_view kBearer = "Bearer ";
    const std::string_view authorization = Metadata(*ctx_, "authorization");
    // The scheme's name is the same in any case (RFC 9110, 11.1).
    if (absl::EqualsIgnoreCase(
            {authorization.data(), std::min(authorization.size(), kBearer.size())},
            {kBearer.data(), kBearer.size()})) {
      envelope_.credential = authorization.substr(kBearer.size());
    }
    envelope_.language = PreferredLanguage(Metadata(*ctx_, "accept-language"));
    envelope_.traceparent = Metadata(*ctx_, "traceparent");
    const absl::Time now = absl::Now();
    const auto deadline = ctx_->deadline();
    envelope_.deadline =
        deadline == std::chrono::system_clock::time_point::max()
            ? now + server_.options().default_deadline
            : std::min(absl::FromChrono(deadline), now + server_.options().max_deadline);
  }

  // On a thread of the executor.
  void Serve() {
    if (cancelled_) {
      Refuse(status::Error(absl::StatusCode::kCancelled, kCancelled));
      return;
    }
    if (absl::Now() >= envelope_.deadline) {
      Refuse(status::Error(absl::StatusCode::kDeadlineExceeded, kDeadlinePassed));
      return;
    }
    absl::StatusOr<std::string> bytes = FromByteBuffer(request_);
    request_.Clear();
    absl::StatusOr<std::string> response =
        bytes.ok() ? server_.dispatcher().Call(method_, *bytes, envelope_) : bytes.status();
    if (!response.ok()) {
      Finish(ToGrpcStatus(response.status(), envelope_.language));
      return;
    }
    response_ = ToByteBuffer(*response);
    StartWriteAndFinish(&response_, grpc::WriteOptions(), grpc::Status::OK);
  }

  // Ends a call that was not served.
  void Refuse(const absl::Status& status) {
    server_.dispatcher().CountRefused(method_, status.code());
    Finish(ToGrpcStatus(status, envelope_.language));
  }

  ServerImpl& server_;
  grpc::GenericCallbackServerContext* const ctx_;
  const std::string method_;
  Envelope envelope_;
  ServerImpl::Reading::iterator reading_;
  grpc::ByteBuffer request_;
  grpc::ByteBuffer response_;
  std::atomic<bool> cancelled_ = false;
};

// A call that came while draining: nothing of it was begun, so its caller may go elsewhere.
class Refusal final : public grpc::ServerGenericBidiReactor {
 public:
  explicit Refusal(const grpc::CallbackServerContext& ctx) {
    Finish(ToGrpcStatus(status::Error(absl::StatusCode::kUnavailable, kDraining),
                        PreferredLanguage(Metadata(ctx, "accept-language"))));
  }
  void OnDone() override { delete this; }
};

absl::StatusOr<std::shared_ptr<grpc::ServerCredentials>> MakeCredentials(const TlsFiles& tls) {
  if (tls.certificate.empty()) return grpc::InsecureServerCredentials();
  grpc::SslServerCredentialsOptions options;
  grpc::SslServerCredentialsOptions::PemKeyCertPair pair;
  TREMPLIN_ASSIGN_OR_RETURN(pair.private_key, ReadPem(tls.key));
  TREMPLIN_ASSIGN_OR_RETURN(pair.cert_chain, ReadPem(tls.certificate));
  options.pem_key_cert_pairs.push_back(std::move(pair));
  if (!tls.client_ca.empty()) {
    TREMPLIN_ASSIGN_OR_RETURN(options.pem_root_certs, ReadPem(tls.client_ca));
    options.client_certificate_request = GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY;
  }
  return grpc::SslServerCredentials(options);
}

absl::Status ServerImpl::Listen() {
  TREMPLIN_ASSIGN_OR_RETURN(const std::shared_ptr<grpc::ServerCredentials> credentials,
                            MakeCredentials(options_.tls));
  grpc::EnableDefaultHealthCheckService(true);
  grpc::ServerBuilder builder;
  int port = 0;
  builder.AddListeningPort(options_.listen, credentials, &port);
  builder.RegisterCallbackGenericService(this);
  // A request somewhat too large gets our sentence in both languages; one far too large is cut off
  // by gRPC while it arrives.
  builder.SetMaxReceiveMessageSize(2 * options_.max_message_bytes);
  builder.SetResourceQuota(grpc::ResourceQuota("server").Resize(kMemoryQuota));
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
  builder.AddChannelArgument(GRPC_ARG_MAX_METADATA_SIZE, options_.max_metadata_bytes);
  builder.AddChannelArgument(GRPC_ARG_MAX_CONCURRENT_STREAMS, options_.max_concurrent_streams);
  builder.AddChannelArgument(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS,
                             kMinPingIntervalMs);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 0);
  builder.AddChannelArgument(GRPC_ARG_MAX_CONNECTION_AGE_MS, kConnectionAgeMs);
  builder.AddChannelArgument(GRPC_ARG_MAX_CONNECTION_AGE_GRACE_MS, kConnectionAgeGraceMs);
  server_ = builder.BuildAndStart();
  if (server_ == nullptr || port == 0) {
    server_ = nullptr;
    return absl::FailedPreconditionError("cannot listen on " + options_.listen);
  }
  SetServing(false);
  address_ = absl::StrCat(options_.listen.substr(0, options_.listen.rfind(':')), ":", port);
  return absl::OkStatus();
}

grpc::ServerGenericBidiReactor* ServerImpl::CreateReactor(grpc::GenericCallbackServerContext* ctx) {
  if (options_.reflection && ctx->method().substr(1) == kReflectionMethod) {
    return NewReflectionCall(services_);
  }
  {
    std::lock_guard lock(mutex_);
    if (draining_) return new Refusal(*ctx);
    ++in_flight_;
  }
  return new Call(*this, ctx);
}

ServerImpl::Reading::iterator ServerImpl::BeginRead(grpc::GenericCallbackServerContext* ctx) {
  std::lock_guard lock(reading_mutex_);
  return reading_.insert(reading_.end(), {std::chrono::steady_clock::now() + kLongestRead, ctx});
}

void ServerImpl::EndRead(Reading::iterator reading) {
  std::lock_guard lock(reading_mutex_);
  reading_.erase(reading);
}

void ServerImpl::Leave() {
  std::lock_guard lock(mutex_);
  if (--in_flight_ == 0) idle_.notify_all();
}

// A client that opens a call and sends nothing would hold it for ever.
void ServerImpl::CancelSlowReads(const std::stop_token& stop) {
  std::unique_lock lock(reading_mutex_);
  while (!stop.stop_requested()) {
    const auto now = std::chrono::steady_clock::now();
    while (!reading_.empty() && reading_.front().first <= now) {
      grpc::GenericCallbackServerContext* const ctx = reading_.front().second;
      reading_.front().first = std::chrono::steady_clock::time_point::max();
      reading_.splice(reading_.end(), reading_, reading_.begin());
      ctx->TryCancel();
    }
    slow_.wait_for(lock, stop, std::chrono::seconds(1), [] { return false; });
  }
}

int ServerImpl::Drain(absl::Duration grace) {
  if (server_ == nullptr) return 0;
  SetServing(false);
  const auto deadline = std::chrono::steady_clock::now() + absl::ToChronoNanoseconds(grace);
  {
    std::unique_lock lock(mutex_);
    draining_ = true;
    idle_.wait_until(lock, deadline, [this] { return in_flight_ == 0; });
    cutting_off_ = in_flight_ > 0;
  }
  // Ends at once when nothing is in flight; else cancels, and waits for what runs to notice.
  // Refusals just sent have a moment to leave.
  server_->Shutdown(std::chrono::system_clock::now() +
                    (cutting_off_ ? std::chrono::milliseconds(0) : kRefusalsLeave));
  server_->Wait();
  {
    // The last call has left our lock too, not only gRPC, before anything it touches goes.
    std::unique_lock lock(mutex_);
    idle_.wait(lock, [this] { return in_flight_ == 0; });
  }
  server_ = nullptr;
  return cut_off_;
}

}  // namespace

absl::StatusOr<std::unique_ptr<Server>> Server::Start(Dispatcher& dispatcher,
                                                      const ServerOptions& options) {
  RedirectLibraryLogs();
  auto server = std::make_unique<ServerImpl>(dispatcher, options);
  TREMPLIN_RETURN_IF_ERROR(server->Listen());
  return server;
}

}  // namespace tremplin::rpc
