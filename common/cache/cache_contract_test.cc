// What every adapter of the cache promises, run over all of them.
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/time/clock.h"
#include "common/cache/cache.h"
#include "common/cache/redis_cache.h"
#include "common/ids/ids.h"
#include "common/text/text.h"
#include "gtest/gtest.h"
#include "tests/support/servers.h"

namespace tremplin::cache {
namespace {

struct LruBackend {
  static std::string Server() { return "in this process"; }
  static std::unique_ptr<Cache> Make() { return MakeLruCache({}); }
};

RedisOptions OfServer() {
  const std::string server = testing::RedisServer();
  const size_t colon = server.rfind(':');
  // The timeout is for a machine busy with other tests; what is promised of it has its own test.
  return {.host = server.substr(0, colon),
          .port = std::stoi(server.substr(colon + 1)),
          .prefix = text::Cat("contract:", ids::New(), ":"),
          .timeout = absl::Seconds(5)};
}

struct RedisBackend {
  static std::string Server() { return testing::RedisServer(); }
  static std::unique_ptr<Cache> Make() { return MakeRedisCache(OfServer()); }
};

// The same server, which this user gets to with a password.
struct GuardedRedisBackend {
  static std::string Server() { return testing::RedisServer(); }
  static std::unique_ptr<Cache> Make() {
    RedisOptions options = OfServer();
    options.user = options.password = "guarded";
    return MakeRedisCache(options);
  }
};

template <class Backend>
class CacheContract : public ::testing::Test {
 protected:
  void SetUp() override {
    TREMPLIN_REQUIRE_SERVER(Backend::Server());
    cache_ = Backend::Make();
  }
  std::unique_ptr<Cache> cache_;
};

using Backends = ::testing::Types<LruBackend, RedisBackend, GuardedRedisBackend>;
TYPED_TEST_SUITE(CacheContract, Backends);

constexpr absl::Duration kLong = absl::Minutes(10);

TYPED_TEST(CacheContract, WhatWasPutIsFound) {
  EXPECT_EQ(this->cache_->Get("key"), std::nullopt);
  const std::string bytes("a\0\r\n\xff", 5);
  this->cache_->Put("key", bytes, kLong);
  EXPECT_EQ(this->cache_->Get("key"), bytes);
  EXPECT_EQ(this->cache_->Get("other"), std::nullopt);
}

TYPED_TEST(CacheContract, AnEmptyValueIsAValue) {
  this->cache_->Put("key", "", kLong);
  EXPECT_EQ(this->cache_->Get("key"), "");
}

TYPED_TEST(CacheContract, TheLastPutWins) {
  this->cache_->Put("key", "one", kLong);
  this->cache_->Put("key", "two", kLong);
  EXPECT_EQ(this->cache_->Get("key"), "two");
}

TYPED_TEST(CacheContract, WhatWasRemovedIsGone) {
  this->cache_->Put("key", "one", kLong);
  this->cache_->Remove("key");
  EXPECT_EQ(this->cache_->Get("key"), std::nullopt);
  this->cache_->Remove("never there");
}

TYPED_TEST(CacheContract, AnEntryEndsWithItsTime) {
  this->cache_->Put("brief", "value", absl::Milliseconds(40));
  this->cache_->Put("long", "value", kLong);
  const absl::Time deadline = absl::Now() + absl::Seconds(10);
  while (this->cache_->Get("brief").has_value() && absl::Now() < deadline) {
    absl::SleepFor(absl::Milliseconds(5));
  }
  EXPECT_EQ(this->cache_->Get("brief"), std::nullopt);
  EXPECT_EQ(this->cache_->Get("long"), "value");
}

TYPED_TEST(CacheContract, APutWithoutTimeRemovesWhatWasThere) {
  this->cache_->Put("key", "old", kLong);
  this->cache_->Put("key", "new", absl::ZeroDuration());
  EXPECT_EQ(this->cache_->Get("key"), std::nullopt);
}

TYPED_TEST(CacheContract, ThreadsMeetTheirOwnValues) {
  std::vector<std::jthread> threads;
  for (int t = 0; t < 8; ++t) {
    threads.emplace_back([this, t] {
      for (int i = 0; i < 50; ++i) {
        const std::string key = text::Cat("key-", t);
        const std::string value = text::Cat("value-", t, "-", i);
        this->cache_->Put(key, value, kLong);
        EXPECT_EQ(this->cache_->Get(key), value);
      }
    });
  }
}

TEST(RedisPassword, AnotherIsRefusedAndThatIsTold) {
  TREMPLIN_REQUIRE_SERVER(testing::RedisServer());
  RedisOptions options = OfServer();
  // Of the default user, who has none, the server does not ask for one.
  for (const std::string user : {"guarded", ""}) {
    options.user = user;
    options.password = "another";
    const auto condition = std::make_shared<status::Condition>();
    const auto cache = MakeRedisCache(options, condition);
    cache->Put("key", "value", kLong);
    EXPECT_EQ(cache->Get("key"), std::nullopt);
    EXPECT_TRUE(condition->Has(status::Trouble::kRefused)) << user;
  }
}

}  // namespace
}  // namespace tremplin::cache
