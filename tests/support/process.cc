#include "tests/support/process.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <random>
#include <thread>
#include <utility>

#include "absl/time/clock.h"

extern char** environ;

namespace tremplin::testing {
namespace {

constexpr absl::Duration kPollEvery = absl::Milliseconds(5);

pid_t Spawn(const std::vector<std::string>& argv, int out, int err) {
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, err, STDERR_FILENO);
  std::vector<char*> args;
  for (const std::string& arg : argv) args.push_back(const_cast<char*>(arg.c_str()));
  args.push_back(nullptr);
  pid_t pid = -1;
  const int error = posix_spawn(&pid, argv[0].c_str(), &actions, nullptr, args.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  if (error != 0) {
    std::fprintf(stderr, "cannot start %s: error %d\n", argv[0].c_str(), error);
    std::abort();
  }
  return pid;
}

}  // namespace

Process::Process(std::vector<std::string> argv, const std::string& log) {
  const int file = open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  if (file < 0) std::abort();
  pid_ = Spawn(argv, file, file);
  close(file);
}

Process::Process(Process&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)), exit_(std::exchange(other.exit_, std::nullopt)) {}

Process& Process::operator=(Process&& other) noexcept {
  std::swap(pid_, other.pid_);
  std::swap(exit_, other.exit_);
  return *this;
}

Process::~Process() {
  if (pid_ < 0 || exit_.has_value()) return;
  kill(pid_, SIGKILL);
  Wait(absl::InfiniteDuration());
}

void Process::Signal(int signal) const {
  if (pid_ > 0 && !exit_.has_value()) kill(pid_, signal);
}

bool Process::Running() { return pid_ > 0 && !Wait(absl::ZeroDuration()).has_value(); }

std::optional<int> Process::Wait(absl::Duration timeout) {
  const absl::Time deadline = absl::Now() + timeout;
  while (!exit_.has_value()) {
    int status = 0;
    const pid_t ended = waitpid(pid_, &status, WNOHANG);
    if (ended == pid_) {
      exit_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    } else if (absl::Now() >= deadline) {
      return std::nullopt;
    } else {
      absl::SleepFor(kPollEvery);
    }
  }
  return exit_;
}

namespace {

// A pipe whose writing end a child gets, read to its end on a thread of its own.
class Captured {
 public:
  explicit Captured(bool shown) : shown_(shown) {
    if (pipe2(ends_, O_CLOEXEC) != 0) std::abort();
  }
  int writing_end() const { return ends_[1]; }
  // After the child was started.
  void Begin() {
    close(ends_[1]);
    reader_ = std::thread([this] {
      char buffer[4096];
      for (ssize_t n = 0; (n = read(ends_[0], buffer, sizeof(buffer))) > 0;) {
        text_.append(buffer, static_cast<size_t>(n));
        if (shown_) std::fwrite(buffer, 1, static_cast<size_t>(n), stderr);
      }
    });
  }
  // Once, after the child ended.
  std::string End() {
    reader_.join();
    close(ends_[0]);
    return std::move(text_);
  }

 private:
  const bool shown_;
  int ends_[2];
  std::thread reader_;
  std::string text_;
};

}  // namespace

Finished Run(const std::vector<std::string>& argv, absl::Duration timeout) {
  Captured output(/*shown=*/false);
  Captured errors(/*shown=*/true);
  const pid_t pid = Spawn(argv, output.writing_end(), errors.writing_end());
  output.Begin();
  errors.Begin();
  const absl::Time deadline = absl::Now() + timeout;
  int status = 0;
  while (waitpid(pid, &status, WNOHANG) == 0) {
    if (absl::Now() >= deadline) {
      kill(pid, SIGKILL);
      waitpid(pid, &status, 0);
      break;
    }
    absl::SleepFor(kPollEvery);
  }
  return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, output.End(), errors.End()};
}

bool Eventually(const std::function<bool()>& done, absl::Duration timeout) {
  const absl::Time deadline = absl::Now() + timeout;
  while (!done()) {
    if (absl::Now() >= deadline) return false;
    absl::SleepFor(kPollEvery * 4);
  }
  return true;
}

// Below the range that the kernel gives to outgoing connections, so that a process can be started
// again on its port.
int FreePort() {
  static std::mt19937 random(std::random_device{}());
  for (;;) {
    const int port = std::uniform_int_distribution<int>(20000, 31999)(random);
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const bool free = bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof(address)) == 0;
    close(fd);
    if (free) return port;
  }
}

std::string BinDir() {
  const char* dir = std::getenv("TREMPLIN_BIN");
  return dir == nullptr ? "build/dev/bin" : dir;
}

std::string ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

}  // namespace tremplin::testing
