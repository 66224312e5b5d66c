#ifndef TREMPLIN_COMMON_DATABASE_SQLITE_FILE_H_
#define TREMPLIN_COMMON_DATABASE_SQLITE_FILE_H_

#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/database/database.h"
#include "common/database/lane.h"
#include "common/database/sqlite_connection.h"
#include "common/database/sqlite_database.h"

// Private to common/database.
namespace tremplin::database {

// The lock that keeps a second process (or a second opening) from the file: `<path>.lock`.
class FileLock {
 public:
  static absl::StatusOr<FileLock> Take(const std::string& path);
  FileLock(FileLock&& other) noexcept;
  FileLock& operator=(FileLock&&) = delete;
  ~FileLock();

 private:
  explicit FileLock(int descriptor) : descriptor_(descriptor) {}
  int descriptor_;
};

// A transaction of the lane; scripts are for migrations.
class SqliteTransaction final : public Transaction {
 public:
  SqliteTransaction(SqliteConnection& connection, std::vector<std::function<void()>>& after_commit)
      : connection_(connection), after_commit_(after_commit) {}

  absl::StatusOr<Result> Query(std::string_view sql, Params params) override;
  absl::Status Execute(std::string_view sql, Params params) override;
  void AfterCommit(std::function<void()> fn) override;
  absl::Status Nested(const std::function<absl::Status(Transaction&)>& fn) override;
  absl::Status RunScript(const std::string& script);

  // The first error: everything after it is refused, as PostgreSQL does.
  const absl::Status& failed() const { return failed_; }
  using Transaction::EndPrefetched;

 private:
  absl::Status Keep(absl::Status status);

  SqliteConnection& connection_;
  std::vector<std::function<void()>>& after_commit_;
  absl::Status failed_;
  bool nested_ = false;
};

class SqliteFile {
 public:
  static absl::StatusOr<std::shared_ptr<SqliteFile>> Open(const SqliteOptions& options);

  // As Database's, for the module with tables `prefix`_*; "" for all tables.
  absl::Status Write(const WriteOptions& options, std::string_view prefix, const WriteFn& fn);
  absl::Status Read(const ReadOptions& options, std::string_view prefix,
                    const std::function<absl::Status(Reader&)>& fn);

 private:
  SqliteFile(FileLock lock, std::vector<std::unique_ptr<SqliteConnection>> readers)
      : lock_(std::move(lock)), free_(std::move(readers)) {}

  absl::StatusOr<std::unique_ptr<SqliteConnection>> TakeReader(absl::Time deadline);
  void GiveBack(std::unique_ptr<SqliteConnection> reader);

  const FileLock lock_;
  std::mutex mutex_;
  std::condition_variable freed_;
  std::vector<std::unique_ptr<SqliteConnection>> free_;
  std::unique_ptr<Lane> lane_;
};

}  // namespace tremplin::database

#endif  // TREMPLIN_COMMON_DATABASE_SQLITE_FILE_H_
