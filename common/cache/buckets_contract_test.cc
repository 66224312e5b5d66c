// Shared token buckets on a real server: what one replica takes another has not.

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "absl/time/clock.h"
#include "common/cache/buckets.h"
#include "common/ids/ids.h"
#include "common/text/text.h"
#include "gtest/gtest.h"
#include "tests/support/servers.h"

namespace tremplin::cache {
namespace {

RedisOptions Options(const std::string& prefix) {
  const std::string server = testing::RedisServer();
  const size_t colon = server.rfind(':');
  return {.host = server.substr(0, colon),
          .port = std::stoi(server.substr(colon + 1)),
          .prefix = prefix,
          .timeout = absl::Seconds(5)};
}

TEST(RedisBuckets, TwoReplicasTakeEachTokenOnce) {
  TREMPLIN_REQUIRE_SERVER(testing::RedisServer());
  const std::string prefix = text::Cat("buckets:", ids::New(), ":");
  const Rate rate{.per_second = 0.001, .burst = 100};
  std::atomic<int> taken = 0;
  {
    std::vector<std::jthread> replicas;
    for (int i = 0; i < 4; ++i) {
      replicas.emplace_back([&] {
        const auto buckets = MakeRedisBuckets(Options(prefix));
        for (int j = 0; j < 20; ++j) {
          const auto grant = buckets->Take("a", rate, 3);
          ASSERT_TRUE(grant.has_value());
          taken += grant->tokens;
        }
      });
    }
  }
  EXPECT_EQ(taken, 100);
  const auto buckets = MakeRedisBuckets(Options(prefix));
  const auto empty = buckets->Take("a", rate, 1);
  ASSERT_TRUE(empty.has_value());
  EXPECT_EQ(empty->tokens, 0);
  EXPECT_GT(empty->wait, absl::Minutes(1));
  EXPECT_EQ(buckets->Take("b", rate, 1)->tokens, 1) << "another client's is its own";
}

TEST(RedisBuckets, TokensComeBackAtTheRate) {
  TREMPLIN_REQUIRE_SERVER(testing::RedisServer());
  const auto buckets = MakeRedisBuckets(Options(text::Cat("buckets:", ids::New(), ":")));
  const Rate rate{.per_second = 100, .burst = 2};
  EXPECT_EQ(buckets->Take("a", rate, 5)->tokens, 2);
  int back = 0;
  for (const absl::Time end = absl::Now() + absl::Seconds(10); back < 2 && absl::Now() < end;) {
    back += buckets->Take("a", rate, 1)->tokens;
  }
  EXPECT_EQ(back, 2);
}

TEST(RedisBuckets, OneThatCannotBeReachedSaysNothing) {
  const auto buckets = MakeRedisBuckets(
      {.host = "127.0.0.1", .port = 1, .prefix = "", .timeout = absl::Milliseconds(50)});
  EXPECT_FALSE(buckets->Take("a", {.per_second = 1, .burst = 1}, 1).has_value());
}

}  // namespace
}  // namespace tremplin::cache
