#ifndef TREMPLIN_COMMON_DATABASE_SQLITE_CHECKPOINT_H_
#define TREMPLIN_COMMON_DATABASE_SQLITE_CHECKPOINT_H_

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>

#include "common/database/sqlite_connection.h"

// Private to common/database.
namespace tremplin::database {

// Copies the write-ahead log into the file beside the lane, which would otherwise stand still for
// tens of milliseconds every few thousand pages. The log starts anew only when it has been copied
// to its last page with no commit in between, so the lane does the short rest itself.
class SqliteCheckpointer {
 public:
  explicit SqliteCheckpointer(std::unique_ptr<SqliteConnection> connection);
  ~SqliteCheckpointer();
  SqliteCheckpointer(const SqliteCheckpointer&) = delete;
  SqliteCheckpointer& operator=(const SqliteCheckpointer&) = delete;

  // Called by the lane after each COMMIT.
  void Committed(SqliteConnection& lane);

 private:
  void Loop(const std::stop_token& stop);

  const std::unique_ptr<SqliteConnection> connection_;
  std::mutex mutex_;
  std::condition_variable_any wake_;
  bool requested_ = false;
  std::atomic<bool> busy_{false};
  std::atomic<bool> rest_is_short_{false};
  std::jthread thread_;  // last: it uses all of the above
};

}  // namespace tremplin::database

#endif  // TREMPLIN_COMMON_DATABASE_SQLITE_CHECKPOINT_H_
