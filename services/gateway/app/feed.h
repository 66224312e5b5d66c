#ifndef TREMPLIN_SERVICES_GATEWAY_APP_FEED_H_
#define TREMPLIN_SERVICES_GATEWAY_APP_FEED_H_

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/messages/message.h"
#include "google/protobuf/message.h"
#include "services/gateway/http/message.h"
#include "services/gateway/transcoding/transcoder.h"

// Feeds that are followed: what a method tells by pages, as a stream.
namespace tremplin::gateway {

// A method that pages through what only grows: its request goes on from `cursor`, its answer has
// entries with a sequence, the next cursor, and whether there is more.
struct FeedShape {
  const google::protobuf::FieldDescriptor* cursor;
  const google::protobuf::FieldDescriptor* page_size;
  const google::protobuf::FieldDescriptor* entries;
  const google::protobuf::FieldDescriptor* sequence;  // of an entry
  const google::protobuf::FieldDescriptor* next_cursor;
  const google::protobuf::FieldDescriptor* more;

  // Nothing for another kind of method.
  static std::optional<FeedShape> Of(const transcoding::Route& route);
};

// The cursor that goes on behind the entry `sequence` of the feed of which `cursor` is any; "" when
// that is no cursor. Cursors are page tokens (common/resources) whose key is the sequence.
std::string CursorBehind(std::string_view cursor, int64_t sequence);

enum class FeedFormat { kEvents, kLines };

// text/event-stream when events are accepted, application/x-ndjson when lines are; nothing
// otherwise.
std::optional<FeedFormat> FormatOf(std::string_view accept);

using FeedPage = std::unique_ptr<google::protobuf::Message>;
using FeedCall = std::function<absl::StatusOr<FeedPage>(const google::protobuf::Message& request)>;

// The streams that are followed now. So many that a poll a second of each would be more than the
// services are to be asked, poll less often: ten thousand each ten seconds. Thread-safe.
class Followers {
 public:
  static constexpr int kPollsPerSecond = 1000;
  void Come() { ++count_; }
  void Go() { --count_; }
  absl::Duration Between() const { return absl::Seconds(1) * count_.load() / kPollsPerSecond; }

 private:
  std::atomic<int> count_ = 0;
};

struct FeedOptions {
  FeedFormat format = FeedFormat::kEvents;
  messages::Language language = messages::Language::kEnglish;
  absl::Duration poll = absl::Seconds(1);        // for what is new; more when there are many
  absl::Duration heartbeat = absl::Seconds(15);  // of silence
  absl::Duration longest = absl::Hours(1);       // then the client comes again
  std::shared_ptr<Followers> followers = std::make_shared<Followers>();  // this one is of
};

// The entries from `first` (the answer to `request`) on. Lines end with what there is; events go
// on: the id of each is its sequence, a comment is the heartbeat, and an outage of the services is
// waited out. The stream ends with a hint when to come again.
std::unique_ptr<http::Stream> FollowFeed(const FeedShape& shape, FeedCall call,
                                         std::unique_ptr<google::protobuf::Message> request,
                                         FeedPage first, const FeedOptions& options);

}  // namespace tremplin::gateway

#endif  // TREMPLIN_SERVICES_GATEWAY_APP_FEED_H_
