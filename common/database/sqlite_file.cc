#include "common/database/sqlite_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/clock/clock.h"
#include "common/database/migration.h"
#include "common/database/sqlite_checkpoint.h"
#include "common/database/sqlite_page_cache.h"
#include "common/environment/environment.h"
#include "common/status/macros.h"

namespace tremplin::database {
namespace {

// Longest wait for a pooled connection of a caller without a deadline.
constexpr absl::Duration kLongestWait = absl::Seconds(30);

constexpr Dialect kDialect{"INTEGER PRIMARY KEY AUTOINCREMENT", "BLOB", " WITHOUT ROWID"};

// Its writes go without savepoints while none has to be undone (see SavepointGuard). A nested part
// is always under its own.
class SqliteLaneSession final : public LaneSession {
 public:
  // Without a checkpointer SQLite's own checkpoints run within COMMIT.
  SqliteLaneSession(std::unique_ptr<SqliteConnection> connection,
                    std::unique_ptr<SqliteCheckpointer> checkpointer)
      : connection_(std::move(connection)), checkpointer_(std::move(checkpointer)) {
    if (checkpointer_ != nullptr) connection_->WatchLog();
  }

  absl::Status Begin() override {
    lost_ = false;
    guard_.BatchBegins();
    return connection_->Run("BEGIN IMMEDIATE");
  }

  absl::Status Run(PendingWrite& write, const std::function<void()>& ran) override {
    const bool guarded = guard_.On();
    if (guarded) {
      if (absl::Status status = connection_->Run("SAVEPOINT one_write"); !status.ok()) {
        return Settle(status, false);
      }
    }
    const int64_t changes = connection_->Changes();
    const auto changed = [&] { return connection_->Changes() != changes; };
    connection_->SetPrefix(write.prefix);
    SqliteTransaction transaction(*connection_, write.after_commit);
    absl::Status status = (*write.fn)(transaction);
    transaction.EndPrefetched();
    ran();
    connection_->SetPrefix("");
    if (status.ok()) status = transaction.failed();
    if (guarded) {
      if (status.ok()) status = connection_->Run("RELEASE one_write");
      return Settle(status, changed());
    }
    const bool undo = !status.ok() && changed();
    return undo || !connection_->InTransaction() ? Lose(status) : status;
  }

  bool Lost() const override { return lost_; }

  CommitOutcome Commit(const std::function<bool()>& /*waited_for*/, absl::Status& error) override {
    error = connection_->Run("COMMIT");
    if (!error.ok()) return CommitOutcome::kNotCommitted;
    if (checkpointer_ != nullptr) checkpointer_->Committed(*connection_);
    return CommitOutcome::kCommitted;
  }

  void Rollback() override {
    if (connection_->InTransaction()) (void)connection_->Run("ROLLBACK");
    lost_ = false;
  }

 private:
  // Of a write under a savepoint.
  absl::Status Settle(absl::Status status, bool changed) {
    // A full disk or a failing one: SQLite has undone the whole batch by itself.
    if (!connection_->InTransaction()) return Lose(status);
    if (status.ok()) return status;
    bool undone = connection_->Run("ROLLBACK TO one_write").ok() &&
                  connection_->Run("RELEASE one_write").ok();
    if (changed) guard_.Undone();
    if (!undone) lost_ = true;
    return status;
  }

  absl::Status Lose(absl::Status status) {
    lost_ = true;
    guard_.Undone();
    return status.ok() ? absl::InternalError("the transaction is gone") : status;
  }

  const std::unique_ptr<SqliteConnection> connection_;
  const std::unique_ptr<SqliteCheckpointer> checkpointer_;
  SavepointGuard guard_;
  bool lost_ = false;
};

class SqliteReader final : public Reader {
 public:
  explicit SqliteReader(SqliteConnection& connection) : connection_(connection) {}

  absl::StatusOr<Result> Query(std::string_view sql, Params params) override {
    if (!failed_.ok()) return failed_;
    absl::StatusOr<Result> result = connection_.Query(sql, params);
    if (!result.ok()) failed_ = result.status();
    return result;
  }
  const absl::Status& failed() const { return failed_; }

 private:
  SqliteConnection& connection_;
  absl::Status failed_;
};

absl::StatusOr<std::unique_ptr<SqliteConnection>> OpenLaneConnection(const SqliteOptions& options) {
  TREMPLIN_ASSIGN_OR_RETURN(
      std::unique_ptr<SqliteConnection> connection,
      SqliteConnection::Open(options.path, SqliteConnection::Mode::kReadWrite));
  std::string pragmas = absl::StrCat(
      "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -65536; "
      "PRAGMA journal_size_limit = 67108864;");
  if (options.max_pages > 0) {
    absl::StrAppend(&pragmas, "PRAGMA max_page_count = ", options.max_pages, ";");
  }
  TREMPLIN_RETURN_IF_ERROR(connection->RunScript(pragmas));
  return connection;
}

}  // namespace

absl::StatusOr<FileLock> FileLock::Take(const std::string& path) {
  std::string name = path + ".lock";
  int descriptor = open(name.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (descriptor < 0) {
    return absl::FailedPreconditionError(absl::StrCat("cannot create ", name));
  }
  if (flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
    close(descriptor);
    return absl::FailedPreconditionError(
        absl::StrCat(path, " is in use by another process (", name, " is locked)"));
  }
  return FileLock(descriptor);
}

FileLock::FileLock(FileLock&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}

FileLock::~FileLock() {
  if (descriptor_ >= 0) close(descriptor_);
}

absl::Status SqliteTransaction::Keep(absl::Status status) {
  if (!status.ok()) failed_ = status;
  return status;
}

absl::StatusOr<Result> SqliteTransaction::Query(std::string_view sql, Params params) {
  if (!failed_.ok()) return failed_;
  absl::StatusOr<Result> result = connection_.Query(sql, params);
  if (!result.ok()) failed_ = result.status();
  return result;
}

absl::Status SqliteTransaction::Execute(std::string_view sql, Params params) {
  if (!failed_.ok()) return failed_;
  return Keep(connection_.Execute(sql, params));
}

absl::Status SqliteTransaction::RunScript(const std::string& script) {
  if (!failed_.ok()) return failed_;
  return Keep(connection_.RunScript(script));
}

void SqliteTransaction::AfterCommit(std::function<void()> fn) {
  after_commit_.push_back(std::move(fn));
}

absl::Status SqliteTransaction::Nested(const std::function<absl::Status(Transaction&)>& fn) {
  if (!failed_.ok()) return failed_;
  if (nested_) return Keep(absl::InternalError("Nested inside Nested"));
  TREMPLIN_RETURN_IF_ERROR(Keep(connection_.Run("SAVEPOINT nested_part")));
  size_t hooks = after_commit_.size();
  nested_ = true;
  absl::Status status = fn(*this);
  nested_ = false;
  if (status.ok()) status = std::exchange(failed_, absl::OkStatus());
  if (status.ok()) return Keep(connection_.Run("RELEASE nested_part"));
  after_commit_.resize(hooks);
  ForgetMemos();
  failed_ = absl::OkStatus();
  bool undone = connection_.InTransaction() && connection_.Run("ROLLBACK TO nested_part").ok() &&
                connection_.Run("RELEASE nested_part").ok();
  if (!undone) failed_ = status;
  return status;
}

absl::StatusOr<std::shared_ptr<SqliteFile>> SqliteFile::Open(const SqliteOptions& options) {
  // Must come before first use. The counters of allocations are one lock for the whole process.
  static const bool configured =
      sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0) == SQLITE_OK && RememberGreatestPage();
  (void)configured;  // slower without
  TREMPLIN_ASSIGN_OR_RETURN(FileLock lock, FileLock::Take(options.path));
  // Readable by its owner only; the log beside it takes the same mode from it.
  int created = open(options.path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (created >= 0) close(created);
  TREMPLIN_ASSIGN_OR_RETURN(std::unique_ptr<SqliteConnection> writer, OpenLaneConnection(options));
  std::vector<std::unique_ptr<SqliteConnection>> readers;
  for (int i = 0; i < options.readers; ++i) {
    TREMPLIN_ASSIGN_OR_RETURN(
        std::unique_ptr<SqliteConnection> reader,
        SqliteConnection::Open(options.path, SqliteConnection::Mode::kReadOnly));
    readers.push_back(std::move(reader));
  }
  std::shared_ptr<SqliteFile> file(new SqliteFile(std::move(lock), std::move(readers)));
  LaneOptions lane{.index = 0,
                   .batch_writes = static_cast<size_t>(std::clamp(options.batch_writes, 1, 64)),
                   .queue_limit = static_cast<size_t>(std::max(options.queue_limit, 1)),
                   .inline_lane = options.inline_lane,
                   .observer = options.observer,
                   .condition = options.condition};
  std::unique_ptr<SqliteCheckpointer> checkpointer;
  if (!options.inline_lane) {
    TREMPLIN_ASSIGN_OR_RETURN(
        std::unique_ptr<SqliteConnection> copier,
        SqliteConnection::Open(options.path, SqliteConnection::Mode::kReadWrite));
    TREMPLIN_RETURN_IF_ERROR(copier->RunScript("PRAGMA synchronous = FULL;"));
    checkpointer = std::make_unique<SqliteCheckpointer>(std::move(copier));
  }
  file->lane_ = std::make_unique<Lane>(
      lane, std::make_unique<SqliteLaneSession>(std::move(writer), std::move(checkpointer)));
  return file;
}

absl::Status SqliteFile::Write(const WriteOptions& options, std::string_view prefix,
                               const WriteFn& fn) {
  return lane_->Write(options, prefix, fn);
}

absl::StatusOr<std::unique_ptr<SqliteConnection>> SqliteFile::TakeReader(absl::Time deadline) {
  absl::Time limit = std::min(deadline, absl::Now() + kLongestWait);
  std::unique_lock lock(mutex_);
  if (!freed_.wait_until(lock, absl::ToChronoTime(limit), [this] { return !free_.empty(); })) {
    return absl::ResourceExhaustedError("no read connection of the database is free");
  }
  std::unique_ptr<SqliteConnection> reader = std::move(free_.back());
  free_.pop_back();
  return reader;
}

void SqliteFile::GiveBack(std::unique_ptr<SqliteConnection> reader) {
  {
    std::lock_guard lock(mutex_);
    free_.push_back(std::move(reader));
  }
  freed_.notify_one();
}

absl::Status SqliteFile::Read(const ReadOptions& options, std::string_view prefix,
                              const std::function<absl::Status(Reader&)>& fn) {
  TREMPLIN_ASSIGN_OR_RETURN(std::unique_ptr<SqliteConnection> connection,
                            TakeReader(options.deadline));
  connection->SetPrefix("");
  connection->SetDeadline(absl::InfiniteFuture());
  absl::Status status = connection->Run("BEGIN");
  if (status.ok()) {
    connection->SetPrefix(prefix);
    connection->SetDeadline(options.deadline);
    SqliteReader reader(*connection);
    status = fn(reader);
    if (status.ok()) status = reader.failed();
    connection->SetPrefix("");
    connection->SetDeadline(absl::InfiniteFuture());
    absl::Status ended = connection->Run(connection->InTransaction() ? "COMMIT" : "SELECT 1");
    if (status.ok()) status = ended;
  }
  GiveBack(std::move(connection));
  return status;
}

absl::StatusOr<std::shared_ptr<SqliteFile>> OpenSqliteFile(const SqliteOptions& options) {
  return SqliteFile::Open(options);
}

absl::Status MigrateSqlite(SqliteFile& file, std::string_view service,
                           absl::Span<const Migration> migrations) {
  std::string table(std::string(service) + "_schema_migration");
  std::vector<AppliedMigration> applied;
  WriteOptions options{.lane_key = table, .tenant = Tenant::All()};
  TREMPLIN_RETURN_IF_ERROR(file.Write(options, service, [&](Transaction& tx) {
    applied.clear();
    TREMPLIN_RETURN_IF_ERROR(tx.Execute(MigrationTableSql(service)));
    TREMPLIN_ASSIGN_OR_RETURN(
        Result rows, tx.Query("SELECT version, checksum FROM " + table + " ORDER BY version"));
    for (const Row& row : rows.rows) applied.push_back({row.Int(0), row.Text(1)});
    return absl::OkStatus();
  }));
  TREMPLIN_ASSIGN_OR_RETURN(absl::Span<const Migration> pending,
                            PendingMigrations(service, migrations, applied));
  for (const Migration& migration : pending) {
    TREMPLIN_RETURN_IF_ERROR(file.Write(options, service, [&](Transaction& tx) {
      auto& transaction = static_cast<SqliteTransaction&>(tx);
      TREMPLIN_RETURN_IF_ERROR(
          transaction.RunScript(ExpandTokens(migration.sql, service, kDialect)));
      return tx.Execute(
          "INSERT INTO " + table + " (version, name, checksum, applied_us) VALUES ($1, $2, $3, $4)",
          {int64_t{migration.version}, std::string(migration.name), ChecksumOf(migration),
           clock::ToMicros(environment::SystemNow())});
    }));
  }
  return absl::OkStatus();
}

}  // namespace tremplin::database
