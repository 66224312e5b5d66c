#ifndef TREMPLIN_SERVICES_GATEWAY_TESTING_HTTP_CLIENT_H_
#define TREMPLIN_SERVICES_GATEWAY_TESTING_HTTP_CLIENT_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"
#include "services/gateway/http/message.h"

namespace tremplin::gateway::testing {

struct Answer {
  int status = 0;
  http::Headers headers;
  std::string body;

  std::string Header(std::string_view name) const { return std::string(http::Find(headers, name)); }
};

// One connection, on which a test may send what it likes, whole or in pieces. Not thread-safe.
class Connection {
 public:
  // To "127.0.0.1:port".
  explicit Connection(const std::string& address);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  bool Send(std::string_view bytes) const;
  // Closes with what is unread thrown away.
  void Reset();
  // The next answer, its body by length or chunks; nothing when the other side closes or `timeout`
  // passes first.
  std::optional<Answer> Read(absl::Duration timeout = absl::Seconds(30), bool head_only = false);
  // The next line of a body that streams, without its end and without chunks' marks.
  std::optional<std::string> ReadLine(absl::Duration timeout = absl::Seconds(30));
  // Only the head of an answer.
  std::optional<Answer> ReadHead(absl::Duration timeout = absl::Seconds(30));
  // Whether the other side closes within `timeout`.
  bool Closes(absl::Duration timeout = absl::Seconds(10));

 private:
  // Reads more; false at the end, or when `until` has passed.
  bool Fill(absl::Time until);
  std::optional<std::string> Line(absl::Time until);
  bool Chunk(absl::Time until, std::string& body);

  int socket_ = -1;
  std::string buffer_;
  std::string chunks_;
};

// The text of a request of HTTP/1.1.
std::string RequestText(std::string_view method, std::string_view target,
                        const http::Headers& headers = {}, std::string_view body = "");

// A request on a connection of its own; nothing when no whole answer comes.
std::optional<Answer> Fetch(const std::string& address, std::string_view method,
                            std::string_view target, const http::Headers& headers = {},
                            std::string_view body = "");

}  // namespace tremplin::gateway::testing

#endif  // TREMPLIN_SERVICES_GATEWAY_TESTING_HTTP_CLIENT_H_
