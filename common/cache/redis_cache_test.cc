// A server that misbehaves: what the cache promises then.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "absl/time/clock.h"
#include "common/cache/redis_cache.h"
#include "gtest/gtest.h"

namespace tremplin::cache {
namespace {

constexpr absl::Duration kLong = absl::Minutes(10);
// Generous against the 50 ms that are promised: the machine may be busy.
constexpr absl::Duration kBound = absl::Seconds(2);

// Accepts connections and answers each command by `answer(connection number)`; nothing for "".
class FakeServer {
 public:
  explicit FakeServer(std::function<std::string(int)> answer)
      : answer_(std::move(answer)), listener_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(address);
    EXPECT_EQ(::bind(listener_, reinterpret_cast<sockaddr*>(&address), size), 0);
    EXPECT_EQ(::listen(listener_, 16), 0);
    EXPECT_EQ(::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size), 0);
    port_ = ntohs(address.sin_port);
    thread_ = std::jthread([this](const std::stop_token& stop) { Serve(stop); });
  }

  ~FakeServer() {
    thread_.request_stop();
    thread_.join();
    for (const int connection : connections_) ::close(connection);
    ::close(listener_);
  }

  int port() const { return port_; }
  int accepted() const { return accepted_; }

  // Sends on a connection whatever is wanted, whenever.
  void Send(size_t connection, const std::string& text) {
    const std::lock_guard lock(mutex_);
    if (connection < connections_.size()) {
      (void)!::send(connections_[connection], text.data(), text.size(), MSG_NOSIGNAL);
    }
  }

 private:
  void Serve(const std::stop_token& stop) {
    while (!stop.stop_requested()) {
      std::vector<pollfd> polled = {{listener_, POLLIN, 0}};
      {
        const std::lock_guard lock(mutex_);
        for (const int connection : connections_) polled.push_back({connection, POLLIN, 0});
      }
      if (::poll(polled.data(), polled.size(), 10) <= 0) continue;
      for (size_t i = 1; i < polled.size(); ++i) {
        if ((polled[i].revents & POLLIN) == 0) continue;
        std::string buffer(4096, '\0');
        if (::recv(polled[i].fd, buffer.data(), buffer.size(), MSG_DONTWAIT) <= 0) continue;
        const std::string text = answer_(static_cast<int>(i));
        if (!text.empty()) Send(i - 1, text);
      }
      if ((polled[0].revents & POLLIN) != 0) {
        const std::lock_guard lock(mutex_);
        connections_.push_back(::accept(listener_, nullptr, nullptr));
        ++accepted_;
      }
    }
  }

  const std::function<std::string(int)> answer_;
  const int listener_;
  int port_ = 0;
  std::atomic<int> accepted_ = 0;
  std::mutex mutex_;
  std::vector<int> connections_;
  std::jthread thread_;
};

RedisOptions Options(int port) {
  return {.host = "127.0.0.1",
          .port = port,
          .prefix = "test:",
          .timeout = absl::Milliseconds(50),
          .rest_after_error = absl::Minutes(1)};
}

TEST(RedisCache, AFrozenServerCostsOneTimeoutAndIsThenLeftAlone) {
  FakeServer server([](int) { return ""; });
  const auto cache = MakeRedisCache(Options(server.port()));
  const absl::Time begin = absl::Now();
  EXPECT_EQ(cache->Get("key"), std::nullopt);
  EXPECT_GE(absl::Now() - begin, absl::Milliseconds(45));
  for (int i = 0; i < 10000; ++i) {
    EXPECT_EQ(cache->Get("key"), std::nullopt);
    cache->Put("key", "value", kLong);
  }
  EXPECT_LT(absl::Now() - begin, kBound);
  EXPECT_EQ(server.accepted(), 1);
}

TEST(RedisCache, ADeadServerIsAMiss) {
  int port = 0;
  {
    port = FakeServer([](int) { return ""; }).port();
  }
  const auto cache = MakeRedisCache(Options(port));
  const absl::Time begin = absl::Now();
  cache->Put("key", "value", kLong);
  EXPECT_EQ(cache->Get("key"), std::nullopt);
  cache->Remove("key");
  EXPECT_LT(absl::Now() - begin, kBound);
}

TEST(RedisCache, IsAskedAgainAfterTheRest) {
  FakeServer server([](int connection) { return connection == 1 ? "" : "$5\r\nvalue\r\n"; });
  RedisOptions options = Options(server.port());
  options.rest_after_error = absl::Milliseconds(50);
  const auto cache = MakeRedisCache(options);
  EXPECT_EQ(cache->Get("key"), std::nullopt);
  const absl::Time deadline = absl::Now() + absl::Seconds(10);
  std::optional<std::string> value;
  while (!value.has_value() && absl::Now() < deadline) {
    value = cache->Get("key");
    absl::SleepFor(absl::Milliseconds(5));
  }
  EXPECT_EQ(value, "value");
}

TEST(RedisCache, ALateReplyNeverAnswersTheNextCommand) {
  FakeServer server([](int connection) { return connection == 1 ? "" : "$4\r\nmine\r\n"; });
  RedisOptions options = Options(server.port());
  options.rest_after_error = absl::ZeroDuration();
  options.timeout = absl::Milliseconds(200);
  const auto cache = MakeRedisCache(options);
  EXPECT_EQ(cache->Get("slow"), std::nullopt);
  server.Send(0, "$6\r\nothers\r\n");  // the answer to "slow", too late
  for (int i = 0; i < 20; ++i) EXPECT_EQ(cache->Get("key"), "mine");
  EXPECT_EQ(server.accepted(), 2);
}

TEST(RedisCache, AnErrorReplyIsAMissAndDropsTheConnection) {
  FakeServer server([](int connection) {
    return connection == 1 ? "-LOADING the data set\r\n" : "$5\r\nvalue\r\n";
  });
  RedisOptions options = Options(server.port());
  options.rest_after_error = absl::ZeroDuration();
  options.timeout = absl::Seconds(2);
  const auto cache = MakeRedisCache(options);
  EXPECT_EQ(cache->Get("key"), std::nullopt);
  EXPECT_EQ(cache->Get("key"), "value");
  EXPECT_EQ(server.accepted(), 2);
}

TEST(RedisCache, AServerThatRefusesIsToldOfUntilItDoesNot) {
  FakeServer server([](int connection) {
    return connection == 1 ? "-NOAUTH Authentication required.\r\n" : "$5\r\nvalue\r\n";
  });
  RedisOptions options = Options(server.port());
  options.rest_after_error = absl::ZeroDuration();
  options.timeout = absl::Seconds(2);
  const auto condition = std::make_shared<status::Condition>();
  const auto cache = MakeRedisCache(options, condition);
  EXPECT_EQ(cache->Get("key"), std::nullopt);
  ASSERT_TRUE(condition->Has(status::Trouble::kRefused));
  EXPECT_EQ(condition->Now()[0].cause, "redis NOAUTH");
  EXPECT_EQ(cache->Get("key"), "value");
  EXPECT_FALSE(condition->Has(status::Trouble::kRefused));
}

TEST(RedisCache, ManyThreadsOnAFrozenServerWaitNoLongerThanABound) {
  FakeServer server([](int) { return ""; });
  const auto cache = MakeRedisCache(Options(server.port()));
  const absl::Time begin = absl::Now();
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 32; ++i) {
      threads.emplace_back([&] { EXPECT_EQ(cache->Get("key"), std::nullopt); });
    }
  }
  EXPECT_LT(absl::Now() - begin, kBound);
  EXPECT_LE(server.accepted(), 4);
}

TEST(RedisCache, AValueThatIsTooLargeIsNotSent) {
  std::atomic<int> commands = 0;
  FakeServer server([&](int) {
    ++commands;
    return ":1\r\n";
  });
  RedisOptions options = Options(server.port());
  options.max_value_bytes = 10;
  options.timeout = absl::Seconds(2);
  const auto cache = MakeRedisCache(options);
  cache->Put("key", std::string(11, 'x'), kLong);
  EXPECT_EQ(commands, 1);  // the removal of what was there
}

}  // namespace
}  // namespace tremplin::cache
