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
// runs what is queued, then ends. Threads are woken one after another, each by the one before, and
// the one that fell asleep last first: a burst costs its submitter one wake-up, and work that does
// not wait stays on few threads, whose memory is warm.
class Executor {
 public:
  Executor(int threads, size_t queue_limit);
  ~Executor();
  Executor(const Executor&) = delete;
  Executor& operator=(const Executor&) = delete;

  // False, at once and with nothing done, when the queue is full.
  bool TrySubmit(std::function<void()> task);

 private:
  // A thread's place to sleep.
  struct Sleeper {
    std::condition_variable called;
    bool awake = true;
  };

  void Run(Sleeper& self);
  // False when the executor ends.
  bool Next(Sleeper& self, std::function<void()>& task);
  Sleeper* PickLocked();

  const size_t queue_limit_;
  std::mutex mutex_;
  std::deque<std::function<void()>> queue_;
  std::vector<Sleeper*> asleep_;  // the last to fall asleep at the end
  bool calling_ = false;          // one was called and has not come yet: it calls the next
  bool stopping_ = false;
  std::deque<Sleeper> sleepers_;
  std::vector<std::jthread> threads_;  // last: ends before the rest goes
};

}  // namespace tremplin::rpc

#endif  // TREMPLIN_COMMON_RPC_EXECUTOR_H_
