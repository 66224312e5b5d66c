#ifndef TREMPLIN_TOOLS_TREMPLINCTL_WORKERS_H_
#define TREMPLIN_TOOLS_TREMPLINCTL_WORKERS_H_

#include <condition_variable>
#include <cstddef>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#include "absl/status/status.h"

namespace tremplin::ctl {

// A fixed number of threads that work off lists of independent jobs. Used from one thread.
class Workers {
 public:
  explicit Workers(int threads);
  ~Workers();

  // Runs fn(0) … fn(count - 1), several at once, and waits for all. The first error (by index) is
  // returned; after an error no further job begins.
  absl::Status ForEach(size_t count, const std::function<absl::Status(size_t)>& fn);

 private:
  void Work();

  std::mutex mutex_;
  std::condition_variable changed_;  // there is work, or the end
  std::condition_variable idle_;
  const std::function<absl::Status(size_t)>* fn_ = nullptr;
  size_t next_ = 0;
  size_t count_ = 0;
  size_t running_ = 0;
  size_t failed_at_ = 0;
  absl::Status failed_;
  bool ending_ = false;
  std::vector<std::jthread> threads_;  // last: joined before the rest goes
};

}  // namespace tremplin::ctl

#endif  // TREMPLIN_TOOLS_TREMPLINCTL_WORKERS_H_
