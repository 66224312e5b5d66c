#ifndef TREMPLIN_COMMON_RPC_EXECUTOR_H_
#define TREMPLIN_COMMON_RPC_EXECUTOR_H_

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace tremplin::rpc {

// A fixed number of threads and a bounded queue, first in first out. Thread-safe. The destructor
// runs what is queued, then ends.
class Executor {
 public:
  Executor(int threads, size_t queue_limit);
  ~Executor();
  Executor(const Executor&) = delete;
  Executor& operator=(const Executor&) = delete;

  // False, at once and with nothing done, when the queue is full.
  bool TrySubmit(std::function<void()> task);

 private:
  void Run();

  const size_t queue_limit_;
  std::mutex mutex_;
  std::condition_variable ready_;
  std::deque<std::function<void()>> queue_;
  bool stopping_ = false;
  std::vector<std::jthread> threads_;  // last: ends before the rest goes
};

}  // namespace tremplin::rpc

#endif  // TREMPLIN_COMMON_RPC_EXECUTOR_H_
