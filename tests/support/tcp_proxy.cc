#include "tests/support/tcp_proxy.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <utility>

namespace tremplin::testing {
namespace {

constexpr int kTickMs = 20;

sockaddr_in AddressOf(const std::string& host, int port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<uint16_t>(port));
  inet_pton(AF_INET, host.c_str(), &address.sin_addr);
  return address;
}

// "" at the end of the stream.
std::string ReadSome(int socket) {
  char buffer[65536];
  ssize_t size = recv(socket, buffer, sizeof(buffer), 0);
  return size <= 0 ? "" : std::string(buffer, static_cast<size_t>(size));
}

bool WriteAll(int socket, std::string_view bytes) {
  while (!bytes.empty()) {
    ssize_t sent = send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<size_t>(sent));
  }
  return true;
}

}  // namespace

TcpProxy::TcpProxy(const std::string& host, int port)
    : host_(host == "localhost" ? "127.0.0.1" : host), server_port_(port) {
  listener_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address = AddressOf("127.0.0.1", 0);
  socklen_t size = sizeof(address);
  if (bind(listener_, reinterpret_cast<sockaddr*>(&address), size) != 0 ||
      listen(listener_, 64) != 0 ||
      getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
    std::perror("proxy");
    std::abort();
  }
  port_ = ntohs(address.sin_port);
  acceptor_ = std::jthread([this](const std::stop_token& stop) { Accept(stop); });
}

TcpProxy::~TcpProxy() {
  acceptor_.request_stop();
  acceptor_.join();
  close(listener_);
  connections_.clear();
}

void TcpProxy::SetJudge(Judge judge) {
  std::lock_guard lock(mutex_);
  judge_ = std::move(judge);
}

TcpProxy::Verdict TcpProxy::Judged(std::string_view bytes) {
  std::lock_guard lock(mutex_);
  return judge_ ? judge_(bytes) : Verdict::kForward;
}

void TcpProxy::Accept(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    pollfd ready{listener_, POLLIN, 0};
    if (poll(&ready, 1, kTickMs) <= 0) continue;
    int client = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (client < 0) continue;
    if (refusing_) {
      close(client);
      continue;
    }
    connections_.emplace_back([this, client](const std::stop_token& token) {
      Serve(token, client);
      close(client);
    });
  }
}

void TcpProxy::Serve(const std::stop_token& stop, int client) {
  int server = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address = AddressOf(host_, server_port_);
  bool open = connect(server, reinterpret_cast<sockaddr*>(&address), sizeof(address)) == 0;
  while (open && !stop.stop_requested()) {
    if (frozen_) {
      poll(nullptr, 0, kTickMs);
      continue;
    }
    pollfd ready[2] = {{client, POLLIN, 0}, {server, POLLIN, 0}};
    if (poll(ready, 2, kTickMs) <= 0) continue;
    if (ready[1].revents != 0) {
      std::string bytes = ReadSome(server);
      open = !bytes.empty() && WriteAll(client, bytes);
    }
    if (open && ready[0].revents != 0) {
      std::string bytes = ReadSome(client);
      Verdict verdict = bytes.empty() ? Verdict::kDrop : Judged(bytes);
      open = verdict != Verdict::kDrop && WriteAll(server, bytes);
      if (open && verdict == Verdict::kForwardThenDrop) {
        (void)ReadSome(server);  // so that the server has done it
        open = false;
      }
    }
  }
  close(server);
}

}  // namespace tremplin::testing
