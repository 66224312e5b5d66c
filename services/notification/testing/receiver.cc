#include "services/notification/testing/receiver.h"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <list>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"

namespace tremplin::notification::testing {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using Tcp = asio::ip::tcp;

Received ToReceived(const http::request<http::string_body>& request) {
  Received received;
  received.method = std::string(request.method_string());
  received.target = std::string(request.target());
  for (const auto& field : request) {
    received.headers[absl::AsciiStrToLower(std::string(field.name_string()))] =
        std::string(field.value());
  }
  received.body = request.body();
  return received;
}

}  // namespace

struct Receiver::State {
  State(Answer what, const std::string& certificate)
      : answer(std::move(what)),
        acceptor(context, Tcp::endpoint(asio::ip::address_v4::loopback(), 0)) {
    if (certificate.empty()) return;
    tls.emplace(asio::ssl::context::tls_server);
    tls->use_certificate_chain_file(certificate);
    tls->use_private_key_file(certificate, asio::ssl::context::pem);
  }

  void Accept() {
    while (true) {
      auto socket = std::make_shared<Tcp::socket>(context);
      boost::system::error_code error;
      acceptor.accept(*socket, error);
      const std::lock_guard lock(mutex);
      if (error || ended) return;
      ++connections;
      sockets.push_back(socket);
      threads.emplace_back([this, socket] { Serve(*socket); });
    }
  }

  void Serve(Tcp::socket& socket) {
    boost::system::error_code error;
    if (tls.has_value()) {
      asio::ssl::stream<Tcp::socket&> stream(socket, *tls);
      stream.handshake(asio::ssl::stream_base::server, error);
      if (!error) Exchange(stream);
    } else {
      Exchange(socket);
    }
    socket.shutdown(Tcp::socket::shutdown_both, error);
  }

  template <class Stream>
  void Exchange(Stream& stream) {
    boost::beast::flat_buffer buffer;
    http::request<http::string_body> request;
    boost::system::error_code error;
    http::read(stream, buffer, request, error);
    if (error) return;
    const Received got = ToReceived(request);
    const std::string text = answer(got);
    {
      const std::lock_guard lock(mutex);
      received.push_back(got);
    }
    if (!text.empty()) {
      asio::write(stream, asio::buffer(text), error);
      return;
    }
    char byte = 0;
    stream.read_some(asio::buffer(&byte, 1), error);  // until the other side goes
  }

  void End() {
    std::list<std::jthread> serving;
    {
      const std::lock_guard lock(mutex);
      ended = true;
      for (const auto& socket : sockets) {
        boost::system::error_code error;
        socket->shutdown(Tcp::socket::shutdown_both, error);
      }
      serving.swap(threads);
    }
    // Wakes the accept, which then sees the end.
    boost::system::error_code error;
    Tcp::socket knock(context);
    knock.connect(acceptor.local_endpoint(), error);
    accepting.join();
  }

  const Answer answer;
  std::optional<asio::ssl::context> tls;
  asio::io_context context;
  Tcp::acceptor acceptor;
  mutable std::mutex mutex;
  bool ended = false;
  int connections = 0;
  std::vector<Received> received;
  std::list<std::shared_ptr<Tcp::socket>> sockets;
  std::list<std::jthread> threads;
  std::thread accepting;
};

Receiver::Receiver(Answer answer, const std::string& certificate)
    : state_(std::make_shared<State>(std::move(answer), certificate)) {
  state_->accepting = std::thread([state = state_.get()] { state->Accept(); });
}

Receiver::~Receiver() { state_->End(); }

int Receiver::port() const { return state_->acceptor.local_endpoint().port(); }

std::string Receiver::url() const { return absl::StrCat("http://127.0.0.1:", port(), "/hook"); }

std::vector<Received> Receiver::received() const {
  const std::lock_guard lock(state_->mutex);
  return state_->received;
}

int Receiver::connections() const {
  const std::lock_guard lock(state_->mutex);
  return state_->connections;
}

std::string Status(int status, const std::string& headers) {
  return absl::StrCat("HTTP/1.1 ", status, " Status\r\n", headers,
                      "Content-Length: 2\r\nConnection: close\r\n\r\nok");
}

}  // namespace tremplin::notification::testing
