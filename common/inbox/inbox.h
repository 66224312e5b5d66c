#ifndef TREMPLIN_COMMON_INBOX_INBOX_H_
#define TREMPLIN_COMMON_INBOX_INBOX_H_

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/clock/clock.h"
#include "common/database/database.h"
#include "common/eventlog/event_log.h"
#include "common/events/event.h"

// The promise that nothing is lost, receiving half: each event has its effect once, in order per
// key (design §3).
namespace tremplin::inbox {

// `{service}_inbox` (consumer, source, event_id unique, received_us), `{service}_dead_letter` and
// `{service}_parked` (rows with provenance: topic, partition, offset, headers, key, value, error,
// attempts, at_us). A key of a topic has one row at most in dead_letter, the head of its queue:
// while there is one, later events of the key are parked. A head with failed = 0 is a formerly
// parked event whose turn it is.
extern const std::string_view kInboxSchemaSql;

// The effect of an event, inside the inbox's transaction. May run again, has no other effect. None
// (nullptr) where the event means nothing here: then nothing is written of it, not even that it
// came, since coming again it means as little.
using Apply = std::function<absl::Status(database::Transaction&)>;

// Handlers of a service by event type. Types without a handler are skipped and counted.
// Filled before the loop starts, read-only after.
class Handlers {
 public:
  // `prepare` may read and call peers, outside any transaction; it returns the effect. Events of
  // one key are prepared only after the earlier ones of that key were applied. An outage status
  // pauses the partition; any other error is tried `max_attempts` times, then dead-lettered.
  using Prepare = std::function<absl::StatusOr<Apply>(const events::Event&)>;

  // What `prepare` reads. One that reads nothing but the event may be prepared together with
  // earlier events of its key, so that a chunk needs one Write; one that reads is prepared after
  // those were applied, which costs a Write for each event of a key that comes close upon another.
  enum class Reads { kEventAlone, kMore };
  void Add(std::string topic_service, std::string type, Prepare prepare,
           Reads reads = Reads::kMore);

  // Typed form: `on(event, payload)` returns the effect.
  //   handlers.On<ReferralSubmitted>("referral", [this](const events::Event& e, const
  //   ReferralSubmitted& p) {…});
  template <class Payload, class Fn>
  void On(std::string topic_service, Fn on, Reads reads = Reads::kMore) {
    Add(
        std::move(topic_service), Payload::descriptor()->full_name(),
        [on = std::move(on)](const events::Event& event) -> absl::StatusOr<Apply> {
          Payload payload;
          if (!payload.ParseFromString(event.data)) {
            return absl::DataLossError("payload cannot be decoded");
          }
          return on(event, payload);
        },
        reads);
  }

  std::vector<std::string> Topics() const;
  // nullptr when there is none.
  const Prepare* Find(const std::string& type) const;
  bool ReadsEventAlone(const std::string& type) const;

 private:
  struct Handler {
    Prepare prepare;
    Reads reads = Reads::kMore;
  };
  std::map<std::string, Handler> by_type_;
  std::vector<std::string> services_;
};

struct ConsumerLoopOptions {
  std::string service;   // consumer group, prefix
  int max_attempts = 5;  // of an event whose handler fails for a reason of its own
  size_t chunk = 64;     // events applied in one Write, whatever their partitions, 1–64
  absl::Duration outage_pause = absl::Milliseconds(200);  // doubles up to 5 s
  absl::Duration retry_pause = absl::Milliseconds(50);    // between attempts; doubles up to 1 s
  // How long a repeat is recognized: more than the topics' retention and the longest replay.
  absl::Duration inbox_retention = absl::Hours(24 * 30);
};

// What a consumer has left to read of a partition.
struct PartitionWork {
  std::string topic;
  int32_t partition = 0;
  int64_t waiting = 0;  // records
  // How old the oldest of them is at most: since this consumer last had nothing to read there. None
  // where another member reads the partition.
  std::optional<absl::Duration> oldest_age;
  int64_t done = 0;      // records, by this consumer
  bool assigned = true;  // to this consumer
};

struct ConsumerWork {
  std::vector<PartitionWork> partitions;
  int64_t runnable = 0;  // parked events that could flow
};

// All of it together.
int64_t LagOf(const ConsumerWork& work);

struct DeadLetter {
  int64_t id = 0;
  std::string topic;
  int32_t partition = 0;
  int64_t offset = 0;
  std::string key;
  std::string event_id;
  std::string type;
  std::string error;  // code and text of the last failure; no personal data
  int attempts = 0;
  int64_t parked_behind = 0;  // later events of the key that wait
  absl::Time at;
};

// Reads what several partitions have ready, a chunk of each, and applies it as one Write: an event
// has its effect with its inbox row or not at all, and a failing event leaves the others done. (A
// key that comes twice needs a Write for each, see Handlers::Reads.) Undecodable (DATA_LOSS) → dead
// letter at once; failing for its own reasons → dead letter after max_attempts; later events of
// that key are parked behind it in order. Outage → the partition is paused and polled on, while the
// others flow; nothing is dead-lettered. Offsets are committed after the Write, for each partition.
// Not thread-safe.
class ConsumerLoop {
 public:
  ConsumerLoop(ConsumerLoopOptions options, database::Database& db,
               std::unique_ptr<eventlog::Consumer> consumer, const Handlers& handlers,
               const clock::Clock& clock);
  ~ConsumerLoop();

  // One round: poll (waiting up to `wait` for records), apply, commit. Returns how long to wait
  // before the next round unless woken (zero: at once).
  absl::Duration Step(absl::Duration wait);

  // What is left to read, by partition; UNAVAILABLE when unknown.
  absl::StatusOr<ConsumerWork> Waiting();

  // Records behind the end of the log plus parked events that could flow; UNAVAILABLE when unknown.
  absl::StatusOr<int64_t> Lag();

  void Close();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// Dead letters of a service, for operators. Thread-safe; may run beside the loops. `Replay` runs a
// dead letter's event through its handler; on success the row is deleted in the same transaction
// and the parked events of its key flow, in order.
class DeadLetters {
 public:
  DeadLetters(std::string service, database::Database& db, const Handlers& handlers,
              const clock::Clock& clock);
  absl::StatusOr<std::vector<DeadLetter>> List(int limit, std::string_view type_filter);
  absl::StatusOr<int64_t> Count();
  struct ReplayResult {
    int64_t id = 0;
    absl::Status status;
    int64_t parked_applied = 0;
  };
  // `dry_run` prepares and applies each but undoes it. At most `limit` letters, oldest first.
  absl::StatusOr<std::vector<ReplayResult>> Replay(std::string_view type_filter, int limit,
                                                   bool dry_run);
  // Gives up on a dead letter, for a reason: its row goes, a record of it with who said so and why
  // stays ({service}_discarded), and the parked events of its key flow, in order. NOT_FOUND when
  // there is no such letter.
  absl::StatusOr<ReplayResult> Discard(int64_t id, std::string_view by, std::string_view reason);

 private:
  std::string service_;
  database::Database& db_;
  const Handlers& handlers_;
  const clock::Clock& clock_;
};

}  // namespace tremplin::inbox

#endif  // TREMPLIN_COMMON_INBOX_INBOX_H_
