#ifndef TREMPLIN_COMMON_EVENTLOG_EVENT_LOG_H_
#define TREMPLIN_COMMON_EVENTLOG_EVENT_LOG_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "common/events/event.h"

namespace tremplin::database {
class Transaction;
}  // namespace tremplin::database

// The event-log port: topics of partitions, an ordered log each. Adapters: Kafka (librdkafka), and
// an append-only table in the embedded store. At-least-once: a record may be delivered twice, never
// lost.
namespace tremplin::eventlog {

// A record as read. `headers`, `key`, `value` are raw: decoding is the consumer's, which
// dead-letters what cannot be decoded.
struct Record {
  std::string topic;
  int32_t partition = 0;
  int64_t offset = 0;
  std::vector<events::Header> headers;
  std::string key;
  std::string value;
};

// Writes events. Thread-safe.
class Producer {
 public:
  virtual ~Producer() = default;

  // Called once for each event given to Publish, from any thread, with OK when the log has it
  // durably. After an error the event may or may not be in the log: publish it again.
  using Delivered = std::function<void(const std::string& event_id, const absl::Status& status)>;

  // Hands events to the log in order. Order holds per key as long as the caller holds a key's later
  // events back after a failure of an earlier one. RESOURCE_EXHAUSTED when the client's queue is
  // full (nothing of the rest was taken; `*taken` says how many were). FAILED_PRECONDITION when the
  // producer has failed for good: what was handed in before is reported as failed; make a new one.
  // Does not wait for delivery.
  virtual absl::Status Publish(absl::Span<const events::Event> events, const Delivered& delivered,
                               size_t* taken) = 0;

  // Waits until all handed-in events were reported; DEADLINE_EXCEEDED when the timeout passes
  // first.
  virtual absl::Status Flush(absl::Duration timeout) = 0;
};

// The way into a log whose records are rows of the same file as the writers' own: an event needs no
// outbox to be written with the state it tells of. Thread-safe.
class LocalLog {
 public:
  virtual ~LocalLog() = default;

  // Adds the event within `tx`, a write to the log's file: consumers get it, and are woken, once
  // `tx` commits, and never if it does not. All events are in the order of the commits. An error
  // may be the transaction's; NOT_FOUND when the topic has not been made.
  virtual absl::Status Append(database::Transaction& tx, const events::Event& event) = 0;
};

// Records of one partition in offset order, at least one.
struct Chunk {
  std::string topic;
  int32_t partition = 0;
  std::vector<Record> records;
  bool empty() const { return records.empty(); }
};

// What a consumer group has left to read of a partition.
struct Lag {
  std::string topic;
  int32_t partition = 0;
  int64_t records = 0;
  bool assigned = true;  // to the member that was asked
};

// A member of a consumer group. Not thread-safe: one thread drives it.
class Consumer {
 public:
  virtual ~Consumer() = default;

  // What the assigned, unpaused partitions have ready: a chunk of each, in turn, until there are
  // `max_records` in all of them together. Waits up to `wait` for the first; empty when there is
  // none. Also keeps the membership alive, so it is called even while everything is paused (at
  // least every 10 s). UNAVAILABLE when the log cannot be reached; DATA_LOSS when the committed
  // offset is gone (never jumps).
  virtual absl::StatusOr<std::vector<Chunk>> Poll(size_t max_records, absl::Duration wait) = 0;

  // Records that everything up to and including the chunk's last record is done. Call after the
  // effect is committed. FAILED_PRECONDITION when the partition is no longer assigned (its new
  // owner will see the records again: the inbox drops them).
  virtual absl::Status Commit(const Chunk& chunk) = 0;

  // Gives a chunk back: Poll returns its records again, once `delay` has passed. Other partitions
  // flow on.
  virtual void Retry(const Chunk& chunk, absl::Duration delay) = 0;

  // What the group has left to read, every partition of its topics, from the log's end as known
  // now. A partition of another member counts from the offset that was committed for it: a member
  // that has died holds its partitions for a while, and nobody else would count them. UNAVAILABLE
  // when it cannot be told.
  virtual absl::StatusOr<std::vector<Lag>> Lags() = 0;

  // Leaves the group at once, so that others take over without waiting for a timeout.
  virtual void Close() = 0;
};

// Where a group begins that has no committed offset.
enum class StartAt { kEarliest, kLatest };

struct ConsumerOptions {
  std::string group;  // the service's name
  std::vector<std::string> topics;
  StartAt start_at = StartAt::kEarliest;
};

// Thread-safe.
class EventLog {
 public:
  virtual ~EventLog() = default;
  // Creates the topics that are missing; FAILED_PRECONDITION when one exists with another partition
  // count.
  virtual absl::Status EnsureTopics(absl::Span<const std::string> topics) = 0;
  // Checks that the topics exist with the expected partition count, changing nothing.
  virtual absl::Status CheckTopics(absl::Span<const std::string> topics) = 0;
  virtual std::unique_ptr<Producer> NewProducer() = 0;
  // nullptr where the log is elsewhere: its writers need an outbox and a relay.
  virtual LocalLog* Local() { return nullptr; }
  virtual std::unique_ptr<Consumer> NewConsumer(const ConsumerOptions& options) = 0;
  // Called from any thread when this process published to `topic`: lets embedded consumers wake at
  // once. Kafka's consumers are woken by their fetch, so there it is never called.
  virtual void OnPublished(std::function<void(const std::string& topic)> wake) = 0;
};

}  // namespace tremplin::eventlog

#endif  // TREMPLIN_COMMON_EVENTLOG_EVENT_LOG_H_
