#include "services/gateway/testing/http_client.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "absl/time/clock.h"
#include "common/text/text.h"

namespace tremplin::gateway::testing {

Connection::Connection(const std::string& address) : socket_(socket(AF_INET, SOCK_STREAM, 0)) {
  const size_t colon = address.rfind(':');
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(static_cast<uint16_t>(std::atoi(address.c_str() + colon + 1)));
  inet_pton(AF_INET, "127.0.0.1", &to.sin_addr);
  if (connect(socket_, reinterpret_cast<sockaddr*>(&to), sizeof(to)) != 0) Reset();
}

Connection::~Connection() {
  if (socket_ >= 0) close(socket_);
}

bool Connection::Send(std::string_view bytes) const {
  while (!bytes.empty()) {
    const ssize_t sent = send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<size_t>(sent));
  }
  return true;
}

void Connection::Reset() {
  if (socket_ < 0) return;
  const linger at_once{.l_onoff = 1, .l_linger = 0};
  setsockopt(socket_, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
  close(socket_);
  socket_ = -1;
}

bool Connection::Fill(absl::Time until) {
  const absl::Duration left = until - absl::Now();
  pollfd waits{.fd = socket_, .events = POLLIN, .revents = 0};
  const int timeout = static_cast<int>(std::max<int64_t>(0, absl::ToInt64Milliseconds(left)));
  if (socket_ < 0 || poll(&waits, 1, timeout) <= 0) return false;
  char bytes[16384];
  const ssize_t got = recv(socket_, bytes, sizeof(bytes), 0);
  if (got <= 0) return false;
  buffer_.append(bytes, static_cast<size_t>(got));
  return true;
}

std::optional<std::string> Connection::Line(absl::Time until) {
  size_t end = 0;
  while ((end = buffer_.find("\r\n")) == std::string::npos) {
    if (!Fill(until)) return std::nullopt;
  }
  std::string line = buffer_.substr(0, end);
  buffer_.erase(0, end + 2);
  return line;
}

std::optional<Answer> Connection::ReadHead(absl::Duration timeout) {
  const absl::Time until = absl::Now() + timeout;
  const std::optional<std::string> first = Line(until);
  Answer answer;
  if (!first.has_value() || first->size() < 12 ||
      !absl::SimpleAtoi(first->substr(9, 3), &answer.status)) {
    return std::nullopt;
  }
  for (;;) {
    const std::optional<std::string> line = Line(until);
    if (!line.has_value()) return std::nullopt;
    if (line->empty()) return answer;
    const size_t colon = line->find(':');
    answer.headers.emplace_back(line->substr(0, colon),
                                absl::StripAsciiWhitespace(line->substr(colon + 1)));
  }
}

// Appends one chunk; false at the last one or when it does not come whole.
bool Connection::Chunk(absl::Time until, std::string& body) {
  const std::optional<std::string> size = Line(until);
  uint32_t bytes = 0;
  if (!size.has_value() || !absl::SimpleHexAtoi(*size, &bytes)) return false;
  while (buffer_.size() < bytes + 2) {
    if (!Fill(until)) return false;
  }
  body.append(buffer_, 0, bytes);
  buffer_.erase(0, bytes + 2);
  return bytes > 0;
}

std::optional<Answer> Connection::Read(absl::Duration timeout, bool head_only) {
  const absl::Time until = absl::Now() + timeout;
  std::optional<Answer> answer = ReadHead(timeout);
  if (!answer.has_value() || head_only || answer->status < 200) return answer;
  if (answer->Header("transfer-encoding") == "chunked") {
    while (Chunk(until, answer->body)) {
    }
    return answer;
  }
  size_t length = 0;
  (void)absl::SimpleAtoi(answer->Header("content-length"), &length);
  while (buffer_.size() < length) {
    if (!Fill(until)) return std::nullopt;
  }
  answer->body = buffer_.substr(0, length);
  buffer_.erase(0, length);
  return answer;
}

std::optional<std::string> Connection::ReadLine(absl::Duration timeout) {
  const absl::Time until = absl::Now() + timeout;
  size_t end = 0;
  while ((end = chunks_.find('\n')) == std::string::npos) {
    if (!Chunk(until, chunks_)) return std::nullopt;
  }
  std::string line = chunks_.substr(0, end);
  chunks_.erase(0, end + 1);
  return line;
}

bool Connection::Closes(absl::Duration timeout) {
  const absl::Time until = absl::Now() + timeout;
  while (Fill(until)) {
  }
  return absl::Now() < until;
}

std::string RequestText(std::string_view method, std::string_view target,
                        const http::Headers& headers, std::string_view body) {
  std::string text = text::Cat(method, " ", target, " HTTP/1.1\r\nHost: test\r\n");
  for (const auto& [name, value] : headers) text += text::Cat(name, ": ", value, "\r\n");
  if (!body.empty()) {
    text += text::Cat("Content-Type: application/json\r\nContent-Length: ", body.size(), "\r\n");
  }
  return text + "\r\n" + std::string(body);
}

std::optional<Answer> Fetch(const std::string& address, std::string_view method,
                            std::string_view target, const http::Headers& headers,
                            std::string_view body) {
  Connection connection(address);
  if (!connection.Send(RequestText(method, target, headers, body))) return std::nullopt;
  return connection.Read();
}

}  // namespace tremplin::gateway::testing
