#include <hiredis/hiredis.h>
#include <sys/time.h>

#include <chrono>
#include <condition_variable>
#include <csignal>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "common/cache/cache.h"
#include "common/logging/logging.h"
#include "common/text/text.h"

namespace tremplin::cache {
namespace {

using std::chrono::steady_clock;

struct FreeContext {
  void operator()(redisContext* context) const { redisFree(context); }
};
struct FreeReply {
  void operator()(redisReply* reply) const { freeReplyObject(reply); }
};
using Connection = std::unique_ptr<redisContext, FreeContext>;
using Reply = std::unique_ptr<redisReply, FreeReply>;

// A few connections that are used by one thread at a time. One that has seen any error is closed: a
// late reply would answer the next command. After an error the server is left alone for a while, so
// that a dead one costs one timeout in that while and not one a call.
class RedisCache final : public Cache {
 public:
  explicit RedisCache(RedisOptions options) : options_(std::move(options)) {}

  std::optional<std::string> Get(std::string_view key) override {
    const Reply reply = Run({"GET", options_.prefix + std::string(key)});
    if (reply == nullptr || reply->type != REDIS_REPLY_STRING) return std::nullopt;
    return std::string(reply->str, reply->len);
  }

  void Put(std::string_view key, std::string_view value, absl::Duration ttl) override {
    const int64_t ttl_ms = absl::ToInt64Milliseconds(ttl);
    if (ttl_ms <= 0 || value.size() > options_.max_value_bytes) {
      Remove(key);  // what was there is not what was put last
      return;
    }
    Run({"SET", options_.prefix + std::string(key), std::string(value), "PX", text::Cat(ttl_ms)});
  }

  void Remove(std::string_view key) override { Run({"DEL", options_.prefix + std::string(key)}); }

 private:
  Reply Run(const std::vector<std::string>& command) {
    Connection connection = Take();
    if (connection == nullptr) return nullptr;
    std::vector<const char*> parts;
    std::vector<size_t> sizes;
    for (const std::string& part : command) {
      parts.push_back(part.data());
      sizes.push_back(part.size());
    }
    Reply reply(static_cast<redisReply*>(redisCommandArgv(
        connection.get(), static_cast<int>(parts.size()), parts.data(), sizes.data())));
    const bool fine = reply != nullptr && connection->err == 0 && reply->type != REDIS_REPLY_ERROR;
    if (!fine) reply.reset();
    GiveBack(fine ? std::move(connection) : nullptr);
    return reply;
  }

  // A connection of one's own, nullptr while the server is left alone or when none gets free within
  // the timeout.
  Connection Take() {
    {
      std::unique_lock lock(mutex_);
      const auto free = [this] { return Resting() || in_use_ < options_.connections; };
      if (!free_.wait_for(lock, absl::ToChronoMilliseconds(options_.timeout), free)) return nullptr;
      if (Resting()) return nullptr;
      ++in_use_;
      if (!idle_.empty()) {
        Connection connection = std::move(idle_.back());
        idle_.pop_back();
        return connection;
      }
    }
    Connection connection = Connect();
    if (connection == nullptr) GiveBack(nullptr);
    return connection;
  }

  void GiveBack(Connection connection) {
    std::vector<Connection> closing;
    {
      const std::lock_guard lock(mutex_);
      --in_use_;
      if (connection != nullptr) {
        idle_.push_back(std::move(connection));
      } else {
        rest_until_ = steady_clock::now() + absl::ToChronoMilliseconds(options_.rest_after_error);
        closing.swap(idle_);  // opened before the error, hence likely as dead
      }
    }
    if (connection == nullptr && !closing.empty()) logging::Warning("redis failed, left alone");
    free_.notify_all();
  }

  Connection Connect() const {
    const timeval timeout = absl::ToTimeval(options_.timeout);
    Connection connection(redisConnectWithTimeout(options_.host.c_str(), options_.port, timeout));
    if (connection == nullptr || connection->err != 0) return nullptr;
    if (redisSetTimeout(connection.get(), timeout) != REDIS_OK) return nullptr;
    return connection;
  }

  bool Resting() const { return steady_clock::now() < rest_until_; }

  const RedisOptions options_;
  std::mutex mutex_;
  std::condition_variable free_;
  std::vector<Connection> idle_;
  int in_use_ = 0;
  steady_clock::time_point rest_until_{};
};

}  // namespace

std::unique_ptr<Cache> MakeRedisCache(const RedisOptions& options) {
  // hiredis writes to a connection the server has closed without suppressing the signal.
  const auto before = std::signal(SIGPIPE, SIG_IGN);
  if (before != SIG_DFL && before != SIG_ERR) std::signal(SIGPIPE, before);
  return std::make_unique<RedisCache>(options);
}

}  // namespace tremplin::cache
