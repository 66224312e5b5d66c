#include "services/gateway/http/server.h"

#include <chrono>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "boost/asio/executor_work_guard.hpp"
#include "boost/asio/io_context.hpp"
#include "boost/asio/ip/tcp.hpp"
#include "boost/asio/post.hpp"
#include "boost/asio/ssl/context.hpp"
#include "boost/asio/steady_timer.hpp"
#include "boost/asio/strand.hpp"
#include "common/logging/logging.h"
#include "common/status/macros.h"
#include "services/gateway/http/session.h"

namespace tremplin::gateway::http {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

constexpr std::chrono::milliseconds kAcceptPause(50);

class ServerImpl final : public Server {
 public:
  ServerImpl(Handler handler, Refuse refuse, const ServerOptions& options)
      : shared_(std::make_shared<Shared>(std::move(handler), std::move(refuse), options)),
        acceptor_(asio::make_strand(io_)),
        pause_(acceptor_.get_executor()) {}
  ~ServerImpl() override { Drain(absl::ZeroDuration()); }

  absl::Status Listen();
  std::string address() const override { return address_; }
  int Drain(absl::Duration grace) override;

 private:
  absl::Status LoadTls();
  void Accept();
  void AcceptLater();
  void Accepted(tcp::socket socket);
  void EndAll(bool now);

  asio::io_context io_;
  const std::shared_ptr<Shared> shared_;
  std::optional<asio::ssl::context> tls_;
  tcp::acceptor acceptor_;
  asio::steady_timer pause_;
  std::string address_;
  bool drained_ = false;
  std::vector<std::jthread> threads_;
};

absl::Status ServerImpl::LoadTls() {
  const ServerOptions& options = shared_->options;
  if (options.certificate.empty()) return absl::OkStatus();
  tls_.emplace(asio::ssl::context::tls_server);
  tls_->set_options(asio::ssl::context::default_workarounds | asio::ssl::context::no_tlsv1 |
                    asio::ssl::context::no_tlsv1_1);
  error_code error;
  tls_->use_certificate_chain_file(options.certificate, error);
  if (!error) tls_->use_private_key_file(options.key, asio::ssl::context::pem, error);
  return error ? absl::FailedPreconditionError(
                     "web-certificate, web-key: cannot be used together: " + error.message())
               : absl::OkStatus();
}

absl::Status ServerImpl::Listen() {
  TREMPLIN_RETURN_IF_ERROR(LoadTls());
  const std::string& listen = shared_->options.listen;
  const size_t colon = listen.rfind(':');
  const auto refused = [&listen](const error_code& why) {
    return absl::FailedPreconditionError(
        absl::StrCat("cannot listen on ", listen, ": ", why.message()));
  };
  std::string host = listen.substr(0, colon);
  if (host.size() > 2 && host.front() == '[') host = host.substr(1, host.size() - 2);
  error_code error;
  tcp::resolver resolver(io_);
  const auto found =
      resolver.resolve(host, listen.substr(colon + 1),
                       tcp::resolver::passive | tcp::resolver::numeric_service, error);
  if (error || found.empty()) return refused(error);
  const tcp::endpoint endpoint = *found.begin();
  if (!error) acceptor_.open(endpoint.protocol(), error);
  if (!error) acceptor_.set_option(asio::socket_base::reuse_address(true), error);
  if (!error) acceptor_.bind(endpoint, error);
  if (!error) acceptor_.listen(asio::socket_base::max_listen_connections, error);
  if (error) return refused(error);
  address_ = absl::StrCat(listen.substr(0, colon), ":", acceptor_.local_endpoint().port());
  asio::post(acceptor_.get_executor(), [this] { Accept(); });
  for (int i = 0; i < shared_->options.io_threads; ++i) {
    threads_.emplace_back([this] {
      const auto work = asio::make_work_guard(io_);
      io_.run();
    });
  }
  return absl::OkStatus();
}

void ServerImpl::Accept() {
  acceptor_.async_accept(asio::make_strand(io_), [this](error_code error, tcp::socket socket) {
    if (shared_->draining) return;
    if (error) return AcceptLater();
    Accepted(std::move(socket));
    Accept();
  });
}

// Out of descriptors, say: the requests of those who are there are answered meanwhile, and get some
// free.
void ServerImpl::AcceptLater() {
  logging::Warning("web: a connection could not be taken");
  pause_.expires_after(kAcceptPause);
  pause_.async_wait([this](error_code) {
    if (!shared_->draining) Accept();
  });
}

void ServerImpl::Accepted(tcp::socket socket) {
  {
    const std::lock_guard lock(shared_->mutex);
    if (shared_->sessions.size() >= shared_->options.max_connections) return;
  }
  error_code ignored;
  socket.set_option(tcp::no_delay(true), ignored);
  const auto session = MakeSession(shared_, std::move(socket), tls_.has_value() ? &*tls_ : nullptr);
  session->Join();
  session->Run();
}

void ServerImpl::EndAll(bool now) {
  std::vector<std::shared_ptr<SessionBase>> sessions;
  {
    const std::lock_guard lock(shared_->mutex);
    for (SessionBase* session : shared_->sessions) {
      if (auto held = session->weak_from_this().lock()) sessions.push_back(std::move(held));
    }
  }
  for (const auto& session : sessions) session->End(now);
}

int ServerImpl::Drain(absl::Duration grace) {
  if (drained_) return 0;
  drained_ = true;
  const auto deadline = std::chrono::steady_clock::now() + absl::ToChronoNanoseconds(grace);
  shared_->draining = true;
  asio::post(acceptor_.get_executor(), [this] {
    error_code ignored;
    acceptor_.close(ignored);
    pause_.cancel();
  });
  EndAll(false);
  int cut_off = 0;
  {
    std::unique_lock lock(shared_->mutex);
    const auto none = [this] { return shared_->sessions.empty(); };
    // A session that was answering when it was told to end is told again.
    while (!none() && std::chrono::steady_clock::now() < deadline) {
      shared_->changed.wait_for(lock, std::chrono::milliseconds(50), none);
      lock.unlock();
      EndAll(false);
      lock.lock();
    }
    for (SessionBase* session : shared_->sessions) cut_off += session->busy() ? 1 : 0;
  }
  EndAll(true);
  {
    std::unique_lock lock(shared_->mutex);
    shared_->changed.wait_for(lock, std::chrono::seconds(5),
                              [this] { return shared_->sessions.empty(); });
  }
  io_.stop();
  threads_.clear();
  // What the handler still does ends within its own deadline; its answers go nowhere.
  shared_->executor.reset();
  return cut_off;
}

}  // namespace

absl::StatusOr<std::unique_ptr<Server>> Server::Start(Handler handler, Refuse refuse,
                                                      const ServerOptions& options) {
  auto server = std::make_unique<ServerImpl>(std::move(handler), std::move(refuse), options);
  TREMPLIN_RETURN_IF_ERROR(server->Listen());
  return server;
}

}  // namespace tremplin::gateway::http
