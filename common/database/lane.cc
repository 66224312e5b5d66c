#include "common/database/lane.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <utility>

#include "absl/time/clock.h"
#include "common/status/error.h"

namespace tremplin::database {
namespace {

constexpr int kReruns = 3;

thread_local bool inside_write = false;

class InsideWriteScope {
 public:
  InsideWriteScope() { inside_write = true; }
  ~InsideWriteScope() { inside_write = false; }
};

// Deadlocks, serialization failures and lock timeouts: gone when tried again.
bool WorthRerun(const absl::Status& status) {
  return absl::IsAborted(status) || absl::IsDeadlineExceeded(status);
}

absl::Status Expired() {
  return absl::DeadlineExceededError("the deadline passed before the write began");
}

}  // namespace

bool InsideWrite() { return inside_write; }

Lane::Lane(const LaneOptions& options, std::unique_ptr<LaneSession> session)
    : options_(options), session_(std::move(session)) {
  if (!options_.inline_lane) {
    thread_ = std::jthread([this](const std::stop_token& stop) { Loop(stop); });
  }
}

Lane::~Lane() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  thread_.request_stop();
  if (thread_.joinable()) thread_.join();
}

absl::Status Lane::Write(const WriteOptions& options, std::string_view prefix, const WriteFn& fn) {
  if (inside_write) {
#ifndef NDEBUG
    std::fprintf(stderr, "Database::Write inside the function of a Write\n");
    std::abort();
#else
    return absl::InternalError("Database::Write inside the function of a Write");
#endif
  }
  if (options.deadline <= absl::Now()) return Expired();
  if (options_.inline_lane) return WriteInline(options, prefix, fn);
  auto write = std::make_shared<PendingWrite>(options, prefix, fn);
  std::unique_lock lock(mutex_);
  if (stopping_) return absl::UnavailableError("the database is closing");
  if (queue_.size() >= options_.queue_limit) {
    return absl::ResourceExhaustedError("the queue of the database lane is full");
  }
  queue_.push_back(write);
  if (queue_.size() == 1) work_.notify_one();
  return Wait(lock, *write);
}

absl::Status Lane::Wait(std::unique_lock<std::mutex>& lock, PendingWrite& write) {
  using State = PendingWrite::State;
  auto answered = [&] { return write.state == State::kAnswered; };
  if (write.deadline == absl::InfiniteFuture()) {
    write.changed.wait(lock, answered);
    return std::move(write.answer);
  }
  if (write.changed.wait_until(lock, absl::ToChronoTime(write.deadline), answered)) {
    return std::move(write.answer);
  }
  write.caller_late = true;
  write.changed.wait(lock, [&] { return write.state != State::kRunning; });
  if (answered()) return std::move(write.answer);
  bool began = write.state == State::kRan;
  write.state = State::kAbandoned;
  if (began) return absl::UnavailableError("the write was not confirmed before its deadline");
  return outage_ || session_->Unreachable()
             ? absl::UnavailableError("the database cannot be reached")
             : Expired();
}

absl::Status Lane::WriteInline(const WriteOptions& options, std::string_view prefix,
                               const WriteFn& fn) {
  std::lock_guard lock(inline_mutex_);
  Batch batch{std::make_shared<PendingWrite>(options, prefix, fn)};
  RunBatch(batch);
  return std::move(batch.front()->answer);
}

void Lane::Loop(const std::stop_token& stop) {
  Batch batch;
  while (true) {
    size_t waiting = 0;
    {
      std::unique_lock lock(mutex_);
      work_.wait(lock, stop, [this] { return !queue_.empty(); });
      if (stop.stop_requested()) break;
      size_t count = std::min(queue_.size(), options_.batch_writes);
      batch.assign(queue_.begin(), queue_.begin() + static_cast<std::ptrdiff_t>(count));
      queue_.erase(queue_.begin(), queue_.begin() + static_cast<std::ptrdiff_t>(count));
      waiting = queue_.size();
    }
    RunBatch(batch);
    if (options_.observer) {
      options_.observer({options_.index, waiting, batch.size(), last_commit_});
    }
  }
  std::deque<std::shared_ptr<PendingWrite>> rest;
  {
    std::lock_guard lock(mutex_);
    rest.swap(queue_);
  }
  for (const auto& write : rest) {
    Answer(*write, absl::UnavailableError("the database is closing"));
  }
}

void Lane::RunBatch(Batch& batch) {
  absl::Status begun = session_->Begin();
  {
    std::lock_guard lock(mutex_);
    outage_ = !begun.ok();
  }
  if (!begun.ok()) {
    for (const auto& write : batch) write->outcome = begun;
    AnswerAll(batch);
    return;
  }
  absl::Status error;
  bool ran = RunAll(batch);
  CommitOutcome outcome = ran ? Commit(batch, error) : CommitOutcome::kNotCommitted;
  if (outcome == CommitOutcome::kUnknown) {
    error = absl::UnavailableError("it is not known whether the write was committed");
    for (const auto& write : batch) write->outcome = error;
  }
  if (outcome != CommitOutcome::kNotCommitted) {
    AnswerAll(batch);
    return;
  }
  session_->Rollback();
  // Errors are judged again too: they may have come of writes that are now undone.
  for (const auto& write : batch) RunSingly(*write);
}

// False when the transaction is lost.
bool Lane::RunAll(Batch& batch) {
  for (const auto& write : batch) {
    if (!Claim(*write)) continue;
    RunOne(*write);
    if (session_->Lost()) return false;
  }
  return true;
}

void Lane::RunOne(PendingWrite& write) {
  for (int attempt = 0;; ++attempt) {
    write.after_commit.clear();
    bool released = false;
    {
      InsideWriteScope inside;
      write.outcome = session_->Run(write, [&] {
        Ran(write);
        released = true;
      });
    }
    if (!released) Ran(write);
    bool conflict = status::IsVersionConflict(write.outcome) && !session_->Lost();
    if (!conflict || attempt == kReruns || !Claim(write)) return;
  }
}

void Lane::RunSingly(PendingWrite& write) {
  for (int attempt = 0;; ++attempt) {
    absl::Status begun = session_->Begin();
    if (!begun.ok()) {
      std::lock_guard lock(mutex_);
      outage_ = true;
      write.outcome = begun;
      break;
    }
    if (!Claim(write)) {
      session_->Rollback();
      return;
    }
    RunOne(write);
    absl::Status error = write.outcome;
    CommitOutcome outcome = CommitOutcome::kNotCommitted;
    if (!session_->Lost()) {
      Batch alone{std::shared_ptr<PendingWrite>(std::shared_ptr<void>(), &write)};
      outcome = Commit(alone, error);
    }
    if (outcome == CommitOutcome::kCommitted) break;
    session_->Rollback();
    if (outcome == CommitOutcome::kUnknown) {
      error = absl::UnavailableError("it is not known whether the write was committed");
    }
    if (error.ok()) error = absl::UnavailableError("the transaction was lost");
    write.outcome = error;
    bool again = outcome == CommitOutcome::kNotCommitted && attempt < kReruns && WorthRerun(error);
    if (!again) break;
  }
  if (write.outcome.ok()) {
    for (const std::function<void()>& fn : write.after_commit) fn();
  }
  Answer(write, write.outcome);
}

CommitOutcome Lane::Commit(const Batch& batch, absl::Status& error) {
  absl::Time start = absl::Now();
  CommitOutcome outcome = session_->Commit([&] { return Waited(batch); }, error);
  last_commit_ = absl::Now() - start;
  return outcome;
}

// Makes the write kRunning; false when its caller has gone or its deadline has passed.
bool Lane::Claim(PendingWrite& write) {
  using State = PendingWrite::State;
  bool late = write.deadline <= absl::Now();
  std::unique_lock lock(mutex_);
  if (write.state == State::kAbandoned || write.state == State::kAnswered) return false;
  if (late) {
    write.answer = write.state == State::kRan
                       ? absl::UnavailableError("the write was not confirmed before its deadline")
                       : Expired();
    write.state = State::kAnswered;
    lock.unlock();
    write.changed.notify_one();
    return false;
  }
  write.state = State::kRunning;
  return true;
}

void Lane::Ran(PendingWrite& write) {
  bool late = false;
  {
    std::lock_guard lock(mutex_);
    write.state = PendingWrite::State::kRan;
    late = write.caller_late;
  }
  if (late) write.changed.notify_one();
}

bool Lane::Waited(const Batch& batch) {
  std::lock_guard lock(mutex_);
  if (stopping_) return false;
  return std::any_of(batch.begin(), batch.end(), [](const auto& write) {
    return write->state == PendingWrite::State::kRan && !write->caller_late;
  });
}

void Lane::Note(const absl::Status& outcome) const {
  if (options_.condition == nullptr || !status::IsDiskFull(outcome)) return;
  options_.condition->Met(status::Trouble::kDiskFull, status::CauseOf(outcome));
}

void Lane::AnswerAll(const Batch& batch) {
  for (const auto& write : batch) {
    Note(write->outcome);
    if (!write->outcome.ok()) continue;
    for (const std::function<void()>& fn : write->after_commit) fn();
  }
  {
    std::lock_guard lock(mutex_);
    for (const auto& write : batch) {
      using State = PendingWrite::State;
      if (write->state == State::kAbandoned || write->state == State::kAnswered) continue;
      write->answer = std::move(write->outcome);
      write->state = State::kAnswered;
    }
  }
  for (const auto& write : batch) write->changed.notify_one();
}

void Lane::Answer(PendingWrite& write, absl::Status status) {
  Note(status);
  {
    std::lock_guard lock(mutex_);
    if (write.state == PendingWrite::State::kAbandoned) return;
    write.answer = std::move(status);
    write.state = PendingWrite::State::kAnswered;
  }
  write.changed.notify_one();
}

}  // namespace tremplin::database
