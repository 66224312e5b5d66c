#include "common/database/sqlite_checkpoint.h"

#include <utility>

namespace tremplin::database {
namespace {

// Pages of the log at which copying begins. Pages that nearly every commit changes are copied once
// a round, however often the log holds them.
constexpr int kBeginPages = 8000;
// Pages at which the lane copies whatever is left: the bound of the log, unless a reader holds an
// old snapshot.
constexpr int kBoundPages = 32'000;
// The second pass takes what came in during the first.
constexpr int kPasses = 2;

}  // namespace

SqliteCheckpointer::SqliteCheckpointer(std::unique_ptr<SqliteConnection> connection)
    : connection_(std::move(connection)),
      thread_([this](const std::stop_token& stop) { Loop(stop); }) {}

SqliteCheckpointer::~SqliteCheckpointer() {
  thread_.request_stop();
  thread_.join();
}

void SqliteCheckpointer::Committed(SqliteConnection& lane) {
  int pages = lane.LogPages();
  if (rest_is_short_.exchange(false) || (pages >= kBoundPages && !busy_)) {
    lane.Checkpoint();
    return;
  }
  if (pages < kBeginPages || busy_.exchange(true)) return;
  {
    std::lock_guard lock(mutex_);
    requested_ = true;
  }
  wake_.notify_one();
}

void SqliteCheckpointer::Loop(const std::stop_token& stop) {
  while (true) {
    {
      std::unique_lock lock(mutex_);
      wake_.wait(lock, stop, [this] { return requested_; });
      if (stop.stop_requested()) return;
      requested_ = false;
    }
    for (int pass = 0; pass < kPasses; ++pass) connection_->Checkpoint();
    rest_is_short_ = true;
    busy_ = false;
  }
}

}  // namespace tremplin::database
