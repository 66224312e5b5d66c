#include "common/rpc/executor.h"

#include <unistd.h>

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <set>
#include <thread>
#include <vector>

#include "gtest/gtest.h"
#include "tests/support/threads.h"

namespace tremplin::rpc {
namespace {

constexpr int kThreads = 8;
constexpr size_t kQueue = 1024;

// Where a number of threads wait until all of them are there.
class Meeting {
 public:
  explicit Meeting(int expected) : expected_(expected) {}
  void Join() {
    std::unique_lock lock(mutex_);
    if (--expected_ == 0) complete_.notify_all();
    complete_.wait(lock, [this] { return expected_ == 0; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable complete_;
  int expected_;
};

// The tasks wait for each other, so all threads have to be awake at once.
TEST(ExecutorTest, ABurstWakesAsManyThreadsAsItNeeds) {
  Executor executor(kThreads, kQueue);
  for (int round = 0; round < 50; ++round) {
    // Shared: some leave it after this thread has.
    const auto met = std::make_shared<Meeting>(kThreads + 1);
    for (int i = 0; i < kThreads; ++i) {
      ASSERT_TRUE(executor.TrySubmit([met] { met->Join(); }));
    }
    met->Join();
  }
}

TEST(ExecutorTest, TasksOfManySubmittersAllRun) {
  constexpr int kSubmitters = 4;
  constexpr int kEach = 2000;
  std::atomic<int> ran = 0;
  {
    Executor executor(kThreads, kSubmitters * kEach);
    std::vector<std::jthread> submitters;
    for (int s = 0; s < kSubmitters; ++s) {
      submitters.emplace_back([&] {
        for (int i = 0; i < kEach; ++i) ASSERT_TRUE(executor.TrySubmit([&ran] { ++ran; }));
      });
    }
    submitters.clear();
  }
  EXPECT_EQ(ran, kSubmitters * kEach);
}

TEST(ExecutorTest, AFullQueueRefusesWithNothingDone) {
  constexpr size_t kShort = 2;
  std::atomic<int> ran = 0;
  {
    Executor executor(1, kShort);
    const auto began = std::make_shared<Meeting>(2);
    const auto go_on = std::make_shared<Meeting>(2);
    ASSERT_TRUE(executor.TrySubmit([began, go_on] {
      began->Join();
      go_on->Join();
    }));
    began->Join();
    for (size_t i = 0; i < kShort; ++i) ASSERT_TRUE(executor.TrySubmit([&ran] { ++ran; }));
    EXPECT_FALSE(executor.TrySubmit([&ran] { ran += 100; }));
    go_on->Join();
  }
  EXPECT_EQ(ran, kShort);
}

// One task at a time, each begun when the one before is done and its thread sleeps again.
TEST(ExecutorTest, WorkThatDoesNotWaitStaysOnFewThreads) {
  Executor executor(kThreads, kQueue);
  std::mutex mutex;
  std::set<pid_t> used;
  std::atomic<int> done{0};
  const auto run_at_once = [&](int tasks) {
    done = 0;
    const auto met = std::make_shared<Meeting>(tasks);
    for (int i = 0; i < tasks; ++i) {
      ASSERT_TRUE(executor.TrySubmit([&, met] {
        {
          const std::lock_guard lock(mutex);
          used.insert(gettid());
        }
        met->Join();
        ++done;  // from here on a thread sleeps nowhere but in the executor
      }));
    }
    while (done != tasks) std::this_thread::yield();
    for (const pid_t thread : used) tremplin::testing::AwaitSleep(thread);
  };
  run_at_once(kThreads);  // all have begun
  EXPECT_EQ(used.size(), size_t{kThreads});
  used.clear();
  for (int i = 0; i < 200; ++i) run_at_once(1);
  EXPECT_EQ(used.size(), 1u);
}

TEST(ExecutorTest, WhatATaskHoldsGoesWhenItIsDone) {
  Executor executor(1, kQueue);
  auto held = std::make_shared<int>(1);
  const std::weak_ptr<int> watched = held;
  ASSERT_TRUE(executor.TrySubmit([held] {}));
  held.reset();
  const auto next = std::make_shared<Meeting>(2);
  ASSERT_TRUE(executor.TrySubmit([&watched, next] {
    EXPECT_TRUE(watched.expired());
    next->Join();
  }));
  next->Join();
}

}  // namespace
}  // namespace tremplin::rpc
