#include "tests/bench/web_load.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <memory>
#include <thread>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/time/clock.h"
#include "boost/asio/io_context.hpp"
#include "boost/asio/ip/tcp.hpp"
#include "boost/asio/strand.hpp"
#include "boost/beast/core.hpp"
#include "boost/beast/http.hpp"

namespace tremplin::bench {
namespace {

int Connect(const std::string& address) {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  to.sin_port = htons(static_cast<uint16_t>(std::stoi(address.substr(address.rfind(':') + 1))));
  const int yes = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof(yes));
  if (connect(fd, reinterpret_cast<const sockaddr*>(&to), sizeof(to)) != 0) {
    std::fprintf(stderr, "bench: cannot connect to %s\n", address.c_str());
    std::exit(1);
  }
  return fd;
}

// Bytes of the first answer in `bytes`, 0 while it is not whole. Answers have a length.
size_t Whole(const std::string& bytes) {
  const size_t head = bytes.find("\r\n\r\n");
  if (head == std::string::npos) return 0;
  size_t length = 0;
  const std::string lower = absl::AsciiStrToLower(bytes.substr(0, head));
  const size_t at = lower.find("\r\ncontent-length:");
  if (at == std::string::npos) return 0;
  length = std::strtoull(lower.c_str() + at + 17, nullptr, 10);
  return bytes.size() >= head + 4 + length ? head + 4 + length : 0;
}

struct Connection {
  int fd = -1;
  std::string read;
  absl::Time since;
};

void Send(Connection& connection, const std::string& request) {
  connection.since = absl::Now();
  size_t sent = 0;
  while (sent < request.size()) {
    const ssize_t count = send(connection.fd, request.data() + sent, request.size() - sent, 0);
    if (count <= 0) std::exit(1);
    sent += static_cast<size_t>(count);
  }
}

// Reads what is there; false when the other side closed.
bool Receive(Connection& connection) {
  std::array<char, 64 << 10> block;
  const ssize_t count = recv(connection.fd, block.data(), block.size(), 0);
  if (count <= 0) return false;
  connection.read.append(block.data(), static_cast<size_t>(count));
  return true;
}

namespace beast = boost::beast;
using boost::asio::ip::tcp;

// One connection of the bare server.
class Bare : public std::enable_shared_from_this<Bare> {
 public:
  Bare(tcp::socket socket, const std::string& body) : stream_(std::move(socket)), body_(body) {}
  void Read() {
    request_ = {};
    beast::http::async_read(stream_, buffer_, request_,
                            [self = shared_from_this()](beast::error_code error, size_t) {
                              if (!error) self->Write();
                            });
  }

 private:
  void Write() {
    response_ = {};
    response_.set(beast::http::field::content_type, "application/json; charset=utf-8");
    response_.body() = body_;
    response_.keep_alive(true);
    response_.prepare_payload();
    beast::http::async_write(stream_, response_,
                             [self = shared_from_this()](beast::error_code error, size_t) {
                               if (!error) self->Read();
                             });
  }

  beast::tcp_stream stream_;
  const std::string& body_;
  beast::flat_buffer buffer_;
  beast::http::request<beast::http::string_body> request_;
  beast::http::response<beast::http::string_body> response_;
};

void Accept(tcp::acceptor& acceptor, boost::asio::io_context& io, const std::string& body) {
  acceptor.async_accept(boost::asio::make_strand(io),
                        [&](boost::system::error_code error, tcp::socket socket) {
                          if (!error) {
                            socket.set_option(tcp::no_delay(true));
                            std::make_shared<Bare>(std::move(socket), body)->Read();
                          }
                          Accept(acceptor, io, body);
                        });
}

}  // namespace

LoadResult ClosedWeb(const std::string& address, int in_flight, int64_t count, int64_t first,
                     const MakeRequest& make) {
  std::vector<Connection> connections(static_cast<size_t>(in_flight));
  const int events = epoll_create1(EPOLL_CLOEXEC);
  LoadResult result;
  int64_t next = first;
  const absl::Time start = absl::Now();
  for (size_t i = 0; i < connections.size(); ++i) {
    connections[i].fd = Connect(address);
    epoll_event event{.events = EPOLLIN, .data = {.u64 = i}};
    epoll_ctl(events, EPOLL_CTL_ADD, connections[i].fd, &event);
    Send(connections[i], make(next++));
  }
  std::array<epoll_event, 64> ready;
  while (result.answered + result.failed < count) {
    const int found = epoll_wait(events, ready.data(), static_cast<int>(ready.size()), 10000);
    if (found <= 0) break;
    for (int i = 0; i < found; ++i) {
      Connection& connection = connections[ready[static_cast<size_t>(i)].data.u64];
      if (!Receive(connection)) std::exit(1);
      if (Whole(connection.read) == 0) continue;
      if (connection.read.compare(9, 3, "200") == 0) {
        ++result.answered;
        result.milliseconds.push_back(absl::ToDoubleMilliseconds(absl::Now() - connection.since));
      } else if (++result.failed <= 3) {
        std::fprintf(stderr, "  a request failed: %s\n", connection.read.c_str());
      }
      connection.read.clear();
      if (next < first + count) Send(connection, make(next++));
    }
  }
  result.elapsed = absl::Now() - start;
  for (const Connection& connection : connections) close(connection.fd);
  close(events);
  std::sort(result.milliseconds.begin(), result.milliseconds.end());
  return result;
}

std::string WebAnswer(const std::string& address, const std::string& request) {
  Connection connection{.fd = Connect(address), .read = {}, .since = {}};
  Send(connection, request);
  while (Whole(connection.read) == 0 && Receive(connection)) {
  }
  close(connection.fd);
  return connection.read;
}

int ServeBytes(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  const std::string body{std::istreambuf_iterator<char>(in), {}};
  boost::asio::io_context io;
  tcp::acceptor acceptor(io, tcp::endpoint(boost::asio::ip::address_v4::loopback(), 0));
  Accept(acceptor, io, body);
  std::printf("%d\n", acceptor.local_endpoint().port());
  std::fflush(stdout);
  const std::jthread other([&io] { io.run(); });
  io.run();
  return 0;
}

}  // namespace tremplin::bench
