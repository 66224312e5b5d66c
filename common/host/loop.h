#ifndef TREMPLIN_COMMON_HOST_LOOP_H_
#define TREMPLIN_COMMON_HOST_LOOP_H_

#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

#include "absl/time/time.h"

namespace tremplin::host {

// A thread that drives a step: runs it, waits as long as it says or until woken, runs it again.
// Thread-safe.
class Loop {
 public:
  // `step` returns how long to wait (zero: at once). `name` is for the log.
  Loop(std::string name, std::function<absl::Duration()> step);
  // Stops.
  ~Loop();
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  void Start();
  // Ends the wait, or makes the next one none. May be called before Start and after Stop.
  void Wake();
  // Waits for the step that runs to end.
  void Stop();

 private:
  void Run(const std::stop_token& stop);

  const std::string name_;
  const std::function<absl::Duration()> step_;
  std::mutex mutex_;
  std::condition_variable_any changed_;
  bool woken_ = false;
  std::jthread thread_;
};

}  // namespace tremplin::host

#endif  // TREMPLIN_COMMON_HOST_LOOP_H_
