#ifndef TREMPLIN_COMMON_EVENTLOG_SQLITE_EVENT_LOG_H_
#define TREMPLIN_COMMON_EVENTLOG_SQLITE_EVENT_LOG_H_

#include <memory>

#include "absl/types/span.h"
#include "common/database/database.h"
#include "common/eventlog/event_log.h"

namespace tremplin::eventlog {

// Migrations of the tables (prefix "log_": log_topic, log_record, log_offset) in the embedded
// store.
absl::Span<const database::Migration> SqliteEventLogMigrations();

// An append-only log in `db` (a view with prefix "log"), which must outlive it. `partitions` 1–64;
// the partition of a key is a hash of it. One process: a group has the members of this process, and
// each topic-partition belongs to the newest member of the group. A publisher's call returns when
// its events are durable, with its reports delivered before, on the same thread.
std::unique_ptr<EventLog> MakeSqliteEventLog(database::Database& db, int partitions);

// Deletes, oldest first, up to `limit` records that were published before `older_than` and that
// every group that ever read their partition has done; where none ever did, their age is enough.
// Returns how many: `limit` means that there may be more. In small steps: it holds the lane, and
// looks at no more records than it may delete.
absl::StatusOr<int64_t> TrimSqliteEventLog(database::Database& db, absl::Time older_than,
                                           int limit);

}  // namespace tremplin::eventlog

#endif  // TREMPLIN_COMMON_EVENTLOG_SQLITE_EVENT_LOG_H_
