#include "tests/support/threads.h"

#include <unistd.h>

#include <fstream>
#include <future>
#include <string>
#include <utility>

#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"

namespace tremplin::testing {
namespace {

// The state comes behind the name, which is in parentheses.
bool Sleeps(pid_t thread) {
  std::ifstream file("/proc/self/task/" + std::to_string(thread) + "/stat");
  std::string text;
  std::getline(file, text);
  const size_t name_end = text.rfind(") ");
  return name_end != std::string::npos && text[name_end + 2] == 'S';
}

}  // namespace

void AwaitSleep(pid_t thread) {
  const absl::Time limit = absl::Now() + absl::Seconds(10);
  while (!Sleeps(thread) && absl::Now() < limit) std::this_thread::yield();
  EXPECT_TRUE(Sleeps(thread)) << "the thread waits for nothing";
}

std::jthread StartAndAwaitSleep(std::function<void()> run) {
  std::promise<pid_t> started;
  std::future<pid_t> id = started.get_future();
  std::jthread thread([run = std::move(run), started = std::move(started)]() mutable {
    started.set_value(gettid());
    run();
  });
  AwaitSleep(id.get());
  return thread;
}

}  // namespace tremplin::testing
