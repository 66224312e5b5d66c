#include "common/rpc/executor.h"

#include <utility>

namespace tremplin::rpc {

Executor::Executor(int threads, size_t queue_limit)
    : queue_limit_(queue_limit), sleepers_(static_cast<size_t>(threads)) {
  threads_.reserve(sleepers_.size());
  for (Sleeper& sleeper : sleepers_) {
    threads_.emplace_back([this, &sleeper] { Run(sleeper); });
  }
}

Executor::~Executor() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
    for (Sleeper* sleeper : asleep_) sleeper->awake = true;
    asleep_.clear();
  }
  for (Sleeper& sleeper : sleepers_) sleeper.called.notify_one();
  threads_.clear();
}

bool Executor::TrySubmit(std::function<void()> task) {
  Sleeper* next = nullptr;
  {
    std::lock_guard lock(mutex_);
    if (queue_.size() >= queue_limit_) return false;
    queue_.push_back(std::move(task));
    next = PickLocked();
  }
  if (next != nullptr) next->called.notify_one();
  return true;
}

// Whom to call because of what is queued, if anyone. Nobody while a called thread is on its way:
// when it comes it takes a task and picks again.
Executor::Sleeper* Executor::PickLocked() {
  if (queue_.empty() || asleep_.empty() || calling_) return nullptr;
  Sleeper* const next = asleep_.back();
  asleep_.pop_back();
  next->awake = true;
  calling_ = true;
  return next;
}

bool Executor::Next(Sleeper& self, std::function<void()>& task) {
  Sleeper* next = nullptr;
  {
    std::unique_lock lock(mutex_);
    while (queue_.empty() && !stopping_) {
      self.awake = false;
      asleep_.push_back(&self);
      self.called.wait(lock, [&self] { return self.awake; });
      calling_ = false;
    }
    if (queue_.empty()) return false;
    task = std::move(queue_.front());
    queue_.pop_front();
    next = PickLocked();
  }
  if (next != nullptr) next->called.notify_one();
  return true;
}

void Executor::Run(Sleeper& self) {
  for (std::function<void()> task; Next(self, task); task = nullptr) task();
}

}  // namespace tremplin::rpc
