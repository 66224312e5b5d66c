#ifndef TREMPLIN_COMMON_HOST_LOOP_H_
#define TREMPLIN_COMMON_HOST_LOOP_H_

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "absl/time/time.h"

namespace tremplin::host {

// When a loop counts as stuck.
struct LoopBounds {
  absl::Duration failing = absl::Seconds(30);  // every step has thrown for so long
  absl::Duration step = absl::Minutes(5);      // a step has not ended for so long
};

// A thread that drives a step: runs it, waits as long as it says or until woken, runs it again.
// Thread-safe.
class Loop {
 public:
  // `step` returns how long to wait (zero: at once). `name` is for the log.
  Loop(std::string name, std::function<absl::Duration()> step, LoopBounds bounds = {});
  // Stops.
  ~Loop();
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  void Start();
  // Ends the wait, or makes the next one none. May be called before Start and after Stop.
  void Wake();
  // Waits for the step that runs to end.
  void Stop();

  // Why the loop does not go on, and since when; nullopt while it does. Every step is bounded, so
  // that one which never ends is a fault, as is one that always throws: a new process may help.
  struct Trouble {
    std::string cause;
    absl::Duration lasting;
  };
  std::optional<Trouble> Stuck() const;
  const std::string& name() const { return name_; }

 private:
  using SteadyTime = std::chrono::steady_clock::time_point;

  void Run(const std::stop_token& stop);
  absl::Duration RunStep();

  const std::string name_;
  const std::function<absl::Duration()> step_;
  const LoopBounds bounds_;
  mutable std::mutex mutex_;
  std::condition_variable_any changed_;
  bool woken_ = false;
  std::optional<SteadyTime> stepping_;  // since when a step runs
  std::optional<SteadyTime> failing_;   // since when every step has thrown
  std::string error_;                   // of the last one that threw
  std::jthread thread_;
};

}  // namespace tremplin::host

#endif  // TREMPLIN_COMMON_HOST_LOOP_H_
