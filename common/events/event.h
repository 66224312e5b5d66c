#ifndef TREMPLIN_COMMON_EVENTS_EVENT_H_
#define TREMPLIN_COMMON_EVENTS_EVENT_H_

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

// Events are facts in the past tense, with ids, codes and times, never personal data (design §4).
namespace tremplin::events {

// A CloudEvents 1.0 event whose data is a protobuf message.
struct Event {
  std::string id;       // ce_id: unique for the source; the inbox drops a repeat by it
  std::string service;  // ce_source is "/tremplin/<service>"; the topic is "tremplin.<service>.v1"
  std::string type;     // ce_type: full name of the payload message
  std::string key;      // ce_subject and the record's key: the aggregate's id; order holds per key
  absl::Time time;      // ce_time: business time of the fact, microseconds
  std::string traceparent;  // W3C, "" when there is none
  std::string data;         // the serialized payload
};

// Largest payload accepted by the outbox, in bytes.
inline constexpr size_t kMaxEventBytes = 256 * 1024;

inline constexpr std::string_view kTypeHeader = "ce_type";

// Whether `type` could be a payload message's full name.
bool IsTypeName(std::string_view type);

std::string TopicOf(std::string_view service);

// Whether `key` may be an event's key: 1–256 printable ASCII characters without spaces.
bool IsKey(std::string_view key);

using Header = std::pair<std::string, std::string>;

// Kafka protocol binding, binary mode: `ce_*` headers and `content-type: application/protobuf`.
std::vector<Header> EncodeHeaders(const Event& event);

// The inverse. INVALID_ARGUMENT naming the header when one is missing, doubled or malformed: this
// parser meets the outside and is fuzzed. `key` and `data` are the record's.
absl::StatusOr<Event> DecodeEvent(const std::vector<Header>& headers, std::string key,
                                  std::string data);

// Headers as one string, to be kept in a column, and back. INVALID_ARGUMENT for what PackHeaders
// did not make.
std::string PackHeaders(const std::vector<Header>& headers);
absl::StatusOr<std::vector<Header>> UnpackHeaders(std::string_view packed);

}  // namespace tremplin::events

#endif  // TREMPLIN_COMMON_EVENTS_EVENT_H_
