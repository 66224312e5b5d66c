#include <atomic>
#include <latch>
#include <string>
#include <thread>
#include <vector>

#include "absl/time/clock.h"
#include "common/cache/cache.h"
#include "gtest/gtest.h"

namespace tremplin::cache {
namespace {

TEST(LoadingCache, ComputesOnceForAllWhoAskMeanwhile) {
  const auto below = MakeLruCache({});
  LoadingCache cache(*below, absl::Minutes(1));
  std::atomic<int> computed = 0;
  std::latch begin(8);
  std::vector<std::jthread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] {
      begin.arrive_and_wait();
      const auto value = cache.Get("key", [&]() -> absl::StatusOr<std::string> {
        ++computed;
        absl::SleepFor(absl::Milliseconds(20));
        return "value";
      });
      ASSERT_TRUE(value.ok());
      EXPECT_EQ(*value, "value");
    });
  }
  threads.clear();
  EXPECT_EQ(computed, 1);
}

TEST(LoadingCache, ReturnsAnErrorAndStoresNothing) {
  const auto below = MakeLruCache({});
  LoadingCache cache(*below, absl::Minutes(1));
  const auto failing = [] { return absl::StatusOr<std::string>(absl::UnavailableError("down")); };
  EXPECT_EQ(cache.Get("key", failing).status().code(), absl::StatusCode::kUnavailable);
  const auto value = cache.Get("key", [] { return absl::StatusOr<std::string>("value"); });
  ASSERT_TRUE(value.ok());
  EXPECT_EQ(*cache.Get("key", failing), "value");
}

TEST(LoadingCache, DoesNotMakeOneKeyWaitForAnother) {
  const auto below = MakeLruCache({});
  LoadingCache cache(*below, absl::Minutes(1));
  // The computation of one key asks for another: it would never end if keys waited for each other.
  const auto value = cache.Get("outer", [&] {
    return cache.Get("inner", [] { return absl::StatusOr<std::string>("value"); });
  });
  EXPECT_EQ(*value, "value");
}

}  // namespace
}  // namespace tremplin::cache
