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
// each topic-partition belongs to the newest member of the group.
std::unique_ptr<EventLog> MakeSqliteEventLog(database::Database& db, int partitions);

}  // namespace tremplin::eventlog

#endif  // TREMPLIN_COMMON_EVENTLOG_SQLITE_EVENT_LOG_H_
