#include "common/rpc/client.h"

#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>

#include <condition_variable>
#include <fstream>
#include <iterator>
#include <mutex>
#include <utility>
#include <vector>

#include "common/rpc/details.h"
#include "google/rpc/status.pb.h"

namespace tremplin::rpc {
namespace {

std::string ReadAll(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

std::shared_ptr<grpc::ChannelCredentials> CredentialsOf(const TlsFiles& tls) {
  if (tls.certificate.empty() && tls.client_ca.empty()) return grpc::InsecureChannelCredentials();
  grpc::SslCredentialsOptions options;
  options.pem_root_certs = ReadAll(tls.client_ca);
  options.pem_private_key = ReadAll(tls.key);
  options.pem_cert_chain = ReadAll(tls.certificate);
  return grpc::SslCredentials(options);
}

grpc::ByteBuffer ToBuffer(const std::string& bytes) {
  const grpc::Slice slice(bytes);
  return grpc::ByteBuffer(&slice, 1);
}

std::string ToBytes(const grpc::ByteBuffer& buffer) {
  std::vector<grpc::Slice> slices;
  std::string bytes;
  if (!buffer.Dump(&slices).ok()) return bytes;
  bytes.reserve(buffer.Length());
  for (const grpc::Slice& slice : slices) {
    bytes.append(reinterpret_cast<const char*>(slice.begin()), slice.size());
  }
  return bytes;
}

absl::Status FromGrpc(const grpc::Status& status) {
  google::rpc::Status wire;
  if (!status.error_details().empty() && wire.ParseFromString(status.error_details())) {
    return FromWire(wire);
  }
  return {static_cast<absl::StatusCode>(status.error_code()), status.error_message()};
}

// What one call in flight holds.
struct Flight {
  grpc::ClientContext context;
  grpc::ByteBuffer request;
  grpc::ByteBuffer response;
  Client::Done done;
};

}  // namespace

struct Client::State {
  std::unique_ptr<grpc::GenericStub> stub;
  std::string credential;
  messages::Language language;
};

Client::Client(const std::string& address, std::string credential, const TlsFiles& tls,
               messages::Language language)
    : state_(std::make_unique<State>()) {
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 100);
  arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, 100);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 1000);
  arguments.SetInt(GRPC_ARG_ENABLE_RETRIES, 0);
  // A connection of its own, not one shared with every client of the process.
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  state_->stub = std::make_unique<grpc::GenericStub>(
      grpc::CreateCustomChannel(address, CredentialsOf(tls), arguments));
  state_->credential = std::move(credential);
  state_->language = language;
}

Client::~Client() = default;

void Client::CallAsync(const std::string& method, const std::string& request,
                       absl::Duration timeout, Done done) {
  auto flight = std::make_shared<Flight>();
  flight->done = std::move(done);
  flight->request = ToBuffer(request);
  flight->context.set_deadline(std::chrono::system_clock::now() +
                               absl::ToChronoMicroseconds(timeout));
  flight->context.AddMetadata("accept-language", LocaleOf(state_->language));
  if (!state_->credential.empty()) {
    flight->context.AddMetadata("authorization", "Bearer " + state_->credential);
  }
  state_->stub->UnaryCall(&flight->context, "/" + method, grpc::StubOptions(), &flight->request,
                          &flight->response, [flight](grpc::Status status) {
                            if (status.ok()) {
                              flight->done(ToBytes(flight->response));
                            } else {
                              flight->done(FromGrpc(status));
                            }
                          });
}

absl::StatusOr<std::string> Client::CallBytes(const std::string& method, const std::string& request,
                                              absl::Duration timeout) {
  struct Waiting {
    std::mutex mutex;
    std::condition_variable changed;
    bool done = false;
    absl::StatusOr<std::string> answer;
  };
  auto waiting = std::make_shared<Waiting>();
  CallAsync(method, request, timeout, [waiting](absl::StatusOr<std::string> answer) {
    std::lock_guard lock(waiting->mutex);
    waiting->answer = std::move(answer);
    waiting->done = true;
    waiting->changed.notify_one();
  });
  // Bounded by the call's own deadline.
  std::unique_lock lock(waiting->mutex);
  waiting->changed.wait(lock, [&] { return waiting->done; });
  return std::move(waiting->answer);
}

}  // namespace tremplin::rpc
