#ifndef TREMPLIN_SERVICES_GATEWAY_HTTP_MESSAGE_H_
#define TREMPLIN_SERVICES_GATEWAY_HTTP_MESSAGE_H_

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

// Requests and answers apart from how they travel.
namespace tremplin::gateway::http {

using Headers = std::vector<std::pair<std::string, std::string>>;

// The first value of a header, whatever the case of its name; "" where there is none.
std::string_view Find(const Headers& headers, std::string_view name);

// A body that the handler reads as it comes, in constant memory.
class BodyReader {
 public:
  virtual ~BodyReader() = default;
  // The next bytes; "" at the end. On a thread that may wait, never twice at once, within the
  // handler or its answer's Stream::Next. DEADLINE_EXCEEDED when nothing came in time,
  // INVALID_ARGUMENT when what came is no HTTP, UNAVAILABLE when the client is gone. After an error
  // it is over.
  virtual absl::StatusOr<std::string> Read() = 0;
};

struct Request {
  std::string method = {};
  std::string target = {};  // path and query, as sent
  Headers headers = {};
  std::string body = {};
  std::shared_ptr<BodyReader> reader = nullptr;  // in place of `body`
  std::string peer = {};                         // address of who is connected
  absl::Duration waited = {};                    // for a thread of the handler's

  std::string_view Header(std::string_view name) const { return Find(headers, name); }
};

// A body that is made piece by piece, for as long as the client listens.
class Stream {
 public:
  struct Piece {
    std::string bytes;  // may be empty
    bool end = false;
    absl::Duration wait;  // before the next is asked for
  };
  virtual ~Stream() = default;
  // On a thread that may wait; never twice at once. `draining`: the server is ending, so this is to
  // be the last piece.
  virtual Piece Next(bool draining) = 0;
};

struct Response {
  int status = 200;
  Headers headers = {};
  std::string body = {};
  std::unique_ptr<Stream> stream = nullptr;  // in place of `body`
};

// Serves one request; on a thread that may wait, several at once.
using Handler = std::function<Response(const Request&)>;

}  // namespace tremplin::gateway::http

#endif  // TREMPLIN_SERVICES_GATEWAY_HTTP_MESSAGE_H_
