#ifndef TREMPLIN_SERVICES_NOTIFICATION_HTTP_POSTER_H_
#define TREMPLIN_SERVICES_NOTIFICATION_HTTP_POSTER_H_

#include <string>
#include <utility>
#include <vector>

#include "services/notification/domain/webhook.h"

namespace tremplin::notification {

struct PostRequest {
  std::string url;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
};

// What webhooks go out by. Thread-safe.
class Poster {
 public:
  // The error of a post that Cancel cut off: nothing that the address did.
  static constexpr char kCancelled[] = "cancelled";

  virtual ~Poster() = default;
  // Waits for the answer, kLongestAnswer at most. A redirect is an answer, and is not followed.
  virtual Answer Post(const PostRequest& request) = 0;
  // Cuts off what is under way, within a second or two, and whatever begins later.
  virtual void Cancel() = 0;
};

}  // namespace tremplin::notification

#endif  // TREMPLIN_SERVICES_NOTIFICATION_HTTP_POSTER_H_
