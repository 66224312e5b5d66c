#ifndef TREMPLIN_COMMON_INBOX_KEY_QUEUE_H_
#define TREMPLIN_COMMON_INBOX_KEY_QUEUE_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/clock/clock.h"
#include "common/database/database.h"
#include "common/events/event.h"
#include "common/inbox/inbox.h"
#include "common/inbox/inbox_store.h"

namespace tremplin::inbox {

// Settings of the transactions of loops and tools.
database::WriteOptions Writing(std::string lane_key);
database::ReadOptions Reading();

// Runs what waits in the queues of blocked keys: the one way for a dead letter's event to have its
// effect after all, used by the replay tool and by the consumer's loop. Thread-safe.
class KeyQueue {
 public:
  KeyQueue(const std::string& service, database::Database& db, const Handlers& handlers,
           const clock::Clock& clock);

  // What became of a head.
  struct Outcome {
    absl::Status status;  // of its event; ABORTED when another worker has dealt with it meanwhile
    bool next = false;    // a parked event has taken its place
  };

  // Applies the head's event and lets the next one of the key take its place, in one transaction.
  // Where it fails for its own reasons it becomes (or stays) a dead letter; an outage changes
  // nothing. A dry run changes nothing in any case.
  Outcome Run(const Head& head, bool dry_run) const;

  // Lets the next one take its place without applying it, and keeps a record of that.
  Outcome Discard(const Head& head, std::string_view by, std::string_view reason) const;

  // Runs the queue of a head's row while its turn is a parked event's. Returns how many had their
  // effect.
  int64_t Drain(int64_t id, int limit) const;

 private:
  Outcome RunEvent(const Head& head, const absl::StatusOr<events::Event>& event,
                   bool dry_run) const;
  absl::Status RecordFailure(const Head& head, const absl::Status& failure) const;

  const std::string service_;
  const InboxStore store_;
  database::Database& db_;
  const Handlers& handlers_;
  const clock::Clock& clock_;
};

}  // namespace tremplin::inbox

#endif  // TREMPLIN_COMMON_INBOX_KEY_QUEUE_H_
