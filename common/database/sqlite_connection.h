#ifndef TREMPLIN_COMMON_DATABASE_SQLITE_CONNECTION_H_
#define TREMPLIN_COMMON_DATABASE_SQLITE_CONNECTION_H_

#include <sqlite3.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/database/database.h"

// Private to common/database.
namespace tremplin::database {

// One connection with its prepared statements. Used by one thread at a time.
class SqliteConnection {
 public:
  enum class Mode { kReadWrite, kReadOnly };

  // The file is created when missing (kReadWrite). FAILED_PRECONDITION when it is no database.
  static absl::StatusOr<std::unique_ptr<SqliteConnection>> Open(const std::string& path, Mode mode);
  ~SqliteConnection();
  SqliteConnection(const SqliteConnection&) = delete;
  SqliteConnection& operator=(const SqliteConnection&) = delete;

  // Statements from now on belong to the module with this prefix: in builds with assertions every
  // other table is denied. "" allows all.
  void SetPrefix(std::string_view prefix);

  // A running statement ends with DEADLINE_EXCEEDED at `deadline`. Only of kReadOnly connections.
  void SetDeadline(absl::Time deadline) { deadline_ = deadline; }

  absl::StatusOr<Result> Query(std::string_view sql, const Params& params);
  absl::Status Execute(std::string_view sql, const Params& params);
  // Statements of ours without parameters or result (BEGIN, SAVEPOINT).
  absl::Status Run(std::string_view sql);
  // A text of several statements, not cached.
  absl::Status RunScript(const std::string& script);

  // From now on the log is copied into the file by Checkpoint() only, and LogPages() tells how long
  // it was after this connection's last COMMIT.
  void WatchLog();
  int LogPages() const { return log_pages_; }
  // Copies what can be copied without waiting for anyone.
  void Checkpoint();

  // Rows inserted, updated and deleted so far, and whatever else may have changed something: equal
  // numbers mean that nothing was changed in between. A rollback takes nothing off.
  int64_t Changes() const { return sqlite3_total_changes64(db_) + uncounted_; }
  // Whether a transaction is open.
  bool InTransaction() const { return sqlite3_get_autocommit(db_) == 0; }

 private:
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
  };
  struct Statement {
    std::unique_ptr<sqlite3_stmt, Finalize> handle;
    // Position of $1, $2, … among SQLite's parameters; 0 where the text does not name it.
    std::vector<int> positions;
    bool reads = false;
    bool counts_rows = false;  // SQLite counts what it changes
  };

  explicit SqliteConnection(sqlite3* db) : db_(db) {}
  absl::StatusOr<Statement*> Prepare(std::string_view sql);
  absl::Status Bind(const Statement& statement, const Params& params) const;
  absl::Status ErrorOf(std::string_view sql) const;
  static int Authorize(void* self, int action, const char* first, const char* second,
                       const char* database, const char* trigger);
  static int OnProgress(void* self);
  static int OnCommit(void* self, sqlite3* db, const char* name, int pages);

  sqlite3* db_;
  std::string prefix_;
  int log_pages_ = 0;
  int64_t uncounted_ = 0;  // runs of statements whose changes SQLite does not count
  absl::Time deadline_ = absl::InfiniteFuture();
  absl::flat_hash_map<std::string, std::unique_ptr<Statement>> statements_;
};

}  // namespace tremplin::database

#endif  // TREMPLIN_COMMON_DATABASE_SQLITE_CONNECTION_H_
