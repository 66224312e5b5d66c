#ifndef TREMPLIN_COMMON_DATABASE_SQLITE_DATABASE_H_
#define TREMPLIN_COMMON_DATABASE_SQLITE_DATABASE_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "common/database/database.h"
#include "common/status/condition.h"

namespace tremplin::database {

struct SqliteOptions {
  std::string path = {};
  int readers = 4;           // pooled read connections, 1–64
  int batch_writes = 64;     // writes committed together, 1–64
  int queue_limit = 4096;    // writes waiting, beyond → RESOURCE_EXHAUSTED
  bool inline_lane = false;  // run writes on the caller's thread (simulation)
  int64_t max_pages = 0;     // bound of the file in pages of 4 KiB, 0 for none; full →
                             // RESOURCE_EXHAUSTED
  LaneObserver observer = nullptr;
  std::shared_ptr<status::Condition> condition = nullptr;  // told of a full disk
};

// One file, WAL, synchronous=FULL, one lane for all modules. The file is created when missing.
// Open fails with FAILED_PRECONDITION when another process holds it.
class SqliteFile;

absl::StatusOr<std::shared_ptr<SqliteFile>> OpenSqliteFile(const SqliteOptions& options);

// A module's view of the file. In builds with assertions an authorizer denies every table that does
// not begin with `prefix` + "_"; only `log_record`, the event log's, may be appended to by all.
std::unique_ptr<Database> MakeSqliteDatabase(std::shared_ptr<SqliteFile> file, std::string prefix);

// Applies the pending migrations of one service in one transaction each, records them in
// `<service>_schema_migration`. FAILED_PRECONDITION when a recorded checksum differs or the file is
// newer than the program.
absl::Status MigrateSqlite(SqliteFile& file, std::string_view service,
                           absl::Span<const Migration> migrations);

}  // namespace tremplin::database

#endif  // TREMPLIN_COMMON_DATABASE_SQLITE_DATABASE_H_
