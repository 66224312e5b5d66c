#ifndef TREMPLIN_COMMON_INBOX_INBOX_STORE_H_
#define TREMPLIN_COMMON_INBOX_INBOX_STORE_H_

#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/database/database.h"
#include "common/eventlog/event_log.h"

namespace tremplin::inbox {

// A key of a topic: among its events there is order.
using KeyRef = std::pair<std::string_view, std::string_view>;

// By what the inbox knows an event.
struct InboxKey {
  std::string source;    // the event's service; "topic/partition" where it cannot be decoded
  std::string event_id;  // the offset where it cannot be decoded
};

// A record as dead_letter and parked keep it, with what could be decoded of it.
struct Entry {
  eventlog::Record record;
  InboxKey inbox_key;
  std::string type;  // "" where it cannot be decoded
};

// The first of a key's queue: a dead letter, or (failed = false) a parked event whose turn it is.
struct Head {
  int64_t id = 0;
  Entry entry;
  std::string error;
  int attempts = 0;
  bool failed = false;
  int64_t parked_behind = 0;
  absl::Time at;
};

// The statements over a service's inbox tables. Thread-safe (constant).
//
// Whoever changes a queue first writes its head's row (Park counts itself there, Lock touches it),
// so that under READ COMMITTED a parker and a replayer wait for each other and neither misses what
// the other did.
class InboxStore {
 public:
  explicit InboxStore(const std::string& service);

  // False when the event was there already.
  absl::StatusOr<bool> Mark(database::Transaction& tx, InboxKey key, absl::Time now) const;
  // Marks events that are believed to be new, without waiting for the answer: where one was there
  // already, the write fails (ALREADY_EXISTS).
  absl::Status MarkNew(database::Transaction& tx, const std::vector<InboxKey>& keys,
                       absl::Time now) const;
  absl::Status AddDeadLetter(database::Transaction& tx, const Entry& entry, std::string_view error,
                             int attempts, absl::Time now) const;
  // False when the key has no head any more: nothing was parked.
  absl::StatusOr<bool> Park(database::Transaction& tx, const Entry& entry, absl::Time now) const;
  // False when the row is gone or stands for another event by now.
  absl::StatusOr<bool> Lock(database::Transaction& tx, const Head& head) const;
  absl::Status Fail(database::Transaction& tx, const Head& head, std::string_view error,
                    absl::Time now) const;
  // Ends the (locked) head: the first parked event takes its place, or the row goes. True when
  // there is a next.
  absl::StatusOr<bool> Promote(database::Transaction& tx, const Head& head, absl::Time now) const;
  // The head's event, who gave it up and why, for whoever asks later.
  absl::Status RecordDiscarded(database::Transaction& tx, const Head& head, std::string_view by,
                               std::string_view reason, absl::Time now) const;
  absl::Status Prune(database::Transaction& tx, absl::Time older_than) const;

  absl::StatusOr<bool> IsMarked(database::Reader& reader, InboxKey key) const;
  // Those of the keys that have a head.
  absl::StatusOr<std::set<KeyRef>> Blocked(database::Reader& reader,
                                           const std::set<KeyRef>& keys) const;
  // Oldest first; `type_filter` "" is any.
  absl::StatusOr<std::vector<Head>> Heads(database::Reader& reader, bool failed,
                                          std::string_view type_filter, int limit) const;
  absl::StatusOr<std::vector<Head>> HeadById(database::Reader& reader, int64_t id) const;
  absl::StatusOr<int64_t> CountDead(database::Reader& reader) const;
  // Events that wait for nothing but their turn.
  absl::StatusOr<int64_t> CountRunnable(database::Reader& reader) const;

 private:
  std::string service_;
  std::string mark_, is_marked_, add_, park_count_, park_, lock_, fail_, first_parked_, replace_,
      unpark_, remove_, any_, blocked_, heads_, head_by_id_, count_, runnable_, prune_;
  // Marks of 2^i events.
  std::vector<std::string> mark_new_;
};

// "CODE: text" of a failure, printable and at most 500 bytes.
std::string DescribeFailure(const absl::Status& status);

}  // namespace tremplin::inbox

#endif  // TREMPLIN_COMMON_INBOX_INBOX_STORE_H_
