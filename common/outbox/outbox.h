#ifndef TREMPLIN_COMMON_OUTBOX_OUTBOX_H_
#define TREMPLIN_COMMON_OUTBOX_OUTBOX_H_

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/clock/clock.h"
#include "common/database/database.h"
#include "common/eventlog/event_log.h"
#include "google/protobuf/message.h"

// The promise that nothing is lost, sending half: events are rows, written in the transaction of
// the state they tell of, published by a relay and deleted on the log's delivery report (design
// §3). Where the log is rows of the same file, its row is the event's only one, and there is
// nothing to relay.
namespace tremplin::outbox {

// `{service}_outbox` (seq identity, event_id, type, key, time_us, created_us, traceparent, data)
// and
// `{service}_relay_lease` (one row: holder, epoch, expires_us). To be the first migration of every
// service.
extern const std::string_view kOutboxSchemaSql;

// Appends events. Thread-safe.
class Outbox {
 public:
  // `log`, where there is one, takes the events in the outbox's place; it outlives this.
  explicit Outbox(std::string service, eventlog::LocalLog* log = nullptr);

  // Adds one event, published after the commit, once at least, and never if the transaction fails.
  // `key` is the aggregate's id. Without a traceparent (a timer) the event begins a trace.
  // INVALID_ARGUMENT beyond events::kMaxEventBytes, or where `key` is none (events::IsKey).
  absl::Status Append(database::Transaction& tx, std::string_view key, absl::Time business_time,
                      const google::protobuf::Message& payload,
                      std::string_view traceparent = "") const;

  // Called (from any thread) after each commit that left something to relay: wakes the relay.
  // Before the first Append.
  void OnAppended(std::function<void()> wake);

  const std::string& service() const { return service_; }

 private:
  std::string service_;
  eventlog::LocalLog* const log_;
  std::string insert_sql_;
  std::function<void()> wake_;
};

struct RelayStats {
  int64_t backlog = 0;        // rows not yet confirmed, counted up to 100,000
  absl::Duration oldest_age;  // of the oldest row, by system time; zero when empty
};

// Who relays.
struct RelayHolder {
  std::string holder;  // "" where nobody ever has
  int64_t epoch = 0;
  absl::Time expires;  // in the past: nobody does
};

struct RelayOptions {
  std::string holder;  // this process, for the lease
  absl::Duration lease = absl::Seconds(5);
  // Beside the wake-up after a commit, which other replicas' commits do not give; the longer one
  // once nothing has been published for `quiet_after`.
  absl::Duration poll = absl::Milliseconds(50);
  absl::Duration quiet_poll = absl::Milliseconds(200);
  absl::Duration quiet_after = absl::Seconds(2);
  // Rows that were delivered are deleted together, at most this often unless there are many: each
  // deletion is a commit, and none is urgent. Zero: at once, for a log that reports within Publish.
  absl::Duration confirm = absl::Milliseconds(20);
  int batch = 512;       // rows read at once
  int in_flight = 4096;  // rows handed to the log and not yet reported
};

// Publishes what is in the outbox, in order per key: rows are taken in the order of `seq` from
// *all* unpublished rows (never "seq > last": sequences commit out of order), leaving out in memory
// those in flight; a key with a failed row is held, with backoff, until that row is delivered, and
// other keys flow; a row is deleted (by its seq, which is never used again) on the delivery report
// of its event id only. Survives a fatal producer by making a new one. One relay per service is
// active: the lease is fenced by its epoch in the deleting transaction. Not thread-safe: one thread
// (or the simulator) drives Step.
class Relay {
 public:
  Relay(std::string service, database::Database& db, eventlog::EventLog& log,
        const clock::Clock& clock, RelayOptions options);
  ~Relay();

  // One round: confirm what was delivered, read what is new, hand it to the log. Returns how long
  // to wait before the next round unless woken (zero: at once).
  absl::Duration Step();

  // Stops publishing, waits for reports up to `timeout`, gives the lease up.
  void Drain(absl::Duration timeout);

  // Rows not yet confirmed. One query.
  absl::StatusOr<RelayStats> Stats();

  // The lease as it stands, whoever holds it. From any thread.
  absl::StatusOr<RelayHolder> Holder() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace tremplin::outbox

#endif  // TREMPLIN_COMMON_OUTBOX_OUTBOX_H_
