#ifndef TREMPLIN_TESTS_SUPPORT_PROCESS_H_
#define TREMPLIN_TESTS_SUPPORT_PROCESS_H_

#include <sys/types.h>

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"

namespace tremplin::testing {

// A program of ours run as a process of its own; killed (SIGKILL) and reaped when it goes out of
// scope. Not thread-safe.
class Process {
 public:
  // Starts `argv` (argv[0] is a path); both outputs go to the file `log`, appended. Aborts the test
  // when it cannot be started at all.
  Process(std::vector<std::string> argv, const std::string& log);
  Process(Process&& other) noexcept;
  Process& operator=(Process&& other) noexcept;
  ~Process();

  void Signal(int signal) const;
  bool Running();
  // The exit code (128 + signal when a signal ended it), nullopt when it still runs after
  // `timeout`.
  std::optional<int> Wait(absl::Duration timeout);
  pid_t pid() const { return pid_; }

 private:
  pid_t pid_ = -1;
  std::optional<int> exit_;
};

struct Finished {
  int code = -1;
  std::string output;  // standard output
  std::string errors;  // standard error
};
// Runs a command to its end; its errors are shown as well. Ended with SIGKILL after `timeout` (code
// -1).
Finished Run(const std::vector<std::string>& argv, absl::Duration timeout = absl::Minutes(2));

// Polls until `done` is true or the timeout passes.
bool Eventually(const std::function<bool()>& done, absl::Duration timeout);

// A port that nobody listens on at this moment.
int FreePort();

// The folder of the programs under test ($TREMPLIN_BIN, set by ctest).
std::string BinDir();

std::string ReadFile(const std::string& path);

}  // namespace tremplin::testing

#endif  // TREMPLIN_TESTS_SUPPORT_PROCESS_H_
