#include "tools/tremplinctl/workers.h"

namespace tremplin::ctl {

Workers::Workers(int threads) {
  for (int i = 0; i < threads; ++i) threads_.emplace_back([this] { Work(); });
}

Workers::~Workers() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  changed_.notify_all();
}

absl::Status Workers::ForEach(size_t count, const std::function<absl::Status(size_t)>& fn) {
  if (count == 0) return absl::OkStatus();
  if (count == 1) return fn(0);
  std::unique_lock lock(mutex_);
  fn_ = &fn;
  next_ = 0;
  count_ = count;
  failed_ = absl::OkStatus();
  changed_.notify_all();
  idle_.wait(lock, [this] { return next_ >= count_ && running_ == 0; });
  fn_ = nullptr;
  count_ = 0;
  return failed_;
}

void Workers::Work() {
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [this] { return ending_ || next_ < count_; });
    if (ending_) return;
    const size_t index = next_++;
    ++running_;
    lock.unlock();
    absl::Status status = (*fn_)(index);
    lock.lock();
    --running_;
    if (!status.ok()) {
      if (failed_.ok() || index < failed_at_) {
        failed_ = std::move(status);
        failed_at_ = index;
      }
      next_ = count_;
    }
    if (next_ >= count_ && running_ == 0) idle_.notify_one();
  }
}

}  // namespace tremplin::ctl
