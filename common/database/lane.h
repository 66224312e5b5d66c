#ifndef TREMPLIN_COMMON_DATABASE_LANE_H_
#define TREMPLIN_COMMON_DATABASE_LANE_H_

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "common/database/database.h"
#include "common/status/condition.h"

// The part of Database::Write that is the same in both engines: a bounded queue, one thread that
// takes what waits as a batch, write by write, one COMMIT, then the answers. Private to
// common/database.
namespace tremplin::database {

using WriteFn = std::function<absl::Status(Transaction&)>;

// One call of Write. Between the caller and the lane: `fn` lives on the caller's stack, so the lane
// may use it only while the state is kRunning, during which the caller does not return.
struct PendingWrite {
  enum class State { kQueued, kRunning, kRan, kAnswered, kAbandoned };

  PendingWrite(const WriteOptions& write_options, std::string_view write_prefix,
               const WriteFn& write_fn)
      : prefix(write_prefix),
        tenant(write_options.tenant.value()),
        deadline(write_options.deadline),
        fn(&write_fn) {}

  const std::string prefix;  // SQLite: the module's table prefix
  const std::string tenant;
  const absl::Time deadline;
  const WriteFn* const fn;

  // Of the lane's thread.
  absl::Status outcome;
  std::vector<std::function<void()>> after_commit;

  // Under the lane's mutex.
  State state = State::kQueued;
  bool caller_late = false;
  absl::Status answer;
  std::condition_variable changed;
};

// How a COMMIT ended.
enum class CommitOutcome {
  kCommitted,
  kNotCommitted,  // for certain: the writes may run again
  kUnknown        // and nobody waits any more for the answer
};

// Whether the writes of a batch go under savepoints. A savepoint costs something with every write
// (SQLite copies each page changed behind it, PostgreSQL is asked and answers once more), and
// nearly no write fails once it has changed something. So writes go without, until one does: then
// its whole batch is undone and runs again one write at a time (see Lane), each under a savepoint,
// as do the batches after it for a while.
class SavepointGuard {
 public:
  void BatchBegins() {
    if (batches_ > 0) --batches_;
  }
  bool On() const { return batches_ > 0; }
  // A write had to be undone, or its batch.
  void Undone() { batches_ = kBatches; }

 private:
  // So many that running one batch write by write, each with a flush of its own, is little beside
  // them.
  static constexpr int kBatches = 1000;
  int batches_ = 0;  // with this one
};

// What a lane needs of its connection. Called from the lane's thread only (or, inline, from one
// thread at a time).
class LaneSession {
 public:
  virtual ~LaneSession() = default;
  // Connects where needed and opens a transaction. An error is every waiting write's.
  virtual absl::Status Begin() = 0;
  // Runs the write's function. An error has undone the write's own statements, unless Lost() says
  // that the batch as a whole is gone: then what any of its writes was told, this one too, may have
  // come of another, and holds no longer. Calls `ran` once the function is not needed any more,
  // which may be before the statements are settled; statements of a write that is OK may even be
  // settled by a later Run, or by Commit.
  virtual absl::Status Run(PendingWrite& write, const std::function<void()>& ran) = 0;
  // Whether everything since Begin is gone or has to be given up.
  virtual bool Lost() const = 0;
  // `waited_for` says whether any caller still waits. `error` is why it was not committed.
  virtual CommitOutcome Commit(const std::function<bool()>& waited_for, absl::Status& error) = 0;
  virtual void Rollback() = 0;
  // Whether the server does not answer just now; from any thread.
  virtual bool Unreachable() const { return false; }
};

struct LaneOptions {
  int index = 0;
  size_t batch_writes = 64;
  size_t queue_limit = 4096;
  bool inline_lane = false;
  LaneObserver observer = nullptr;
  // Told when a write meets a full disk. Whoever reads it finds out when there is space again: that
  // a write went well says so only where it needed any.
  std::shared_ptr<status::Condition> condition = nullptr;
};

// Thread-safe.
class Lane {
 public:
  Lane(const LaneOptions& options, std::unique_ptr<LaneSession> session);
  // Writes still waiting fail with UNAVAILABLE.
  ~Lane();
  Lane(const Lane&) = delete;
  Lane& operator=(const Lane&) = delete;

  absl::Status Write(const WriteOptions& options, std::string_view prefix, const WriteFn& fn);

 private:
  using Batch = std::vector<std::shared_ptr<PendingWrite>>;

  absl::Status WriteInline(const WriteOptions& options, std::string_view prefix, const WriteFn& fn);
  absl::Status Wait(std::unique_lock<std::mutex>& lock, PendingWrite& write);
  void Loop(const std::stop_token& stop);
  void RunBatch(Batch& batch);
  void RunSingly(PendingWrite& write);
  bool RunAll(Batch& batch);
  void RunOne(PendingWrite& write);
  bool Claim(PendingWrite& write);
  void Ran(PendingWrite& write);
  bool Waited(const Batch& batch);
  CommitOutcome Commit(const Batch& batch, absl::Status& error);
  void Note(const absl::Status& outcome) const;
  void AnswerAll(const Batch& batch);
  void Answer(PendingWrite& write, absl::Status status);

  const LaneOptions options_;
  const std::unique_ptr<LaneSession> session_;
  std::mutex mutex_;
  std::condition_variable_any work_;
  std::deque<std::shared_ptr<PendingWrite>> queue_;
  bool stopping_ = false;
  bool outage_ = false;  // the last Begin failed or the connection was lost
  absl::Duration last_commit_;
  std::mutex inline_mutex_;
  std::jthread thread_;  // last: it uses all of the above
};

}  // namespace tremplin::database

#endif  // TREMPLIN_COMMON_DATABASE_LANE_H_
