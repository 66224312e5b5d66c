#include "common/cache/redis_cache.h"

#include <memory>
#include <string>
#include <utility>

#include "common/cache/redis_connections.h"
#include "common/text/text.h"

namespace tremplin::cache {
namespace {

class RedisCache final : public Cache {
 public:
  RedisCache(RedisOptions options, std::shared_ptr<status::Condition> condition)
      : redis_(std::move(options), std::move(condition)) {}

  std::optional<std::string> Get(std::string_view key) override {
    const RedisConnections::Reply reply = redis_.Run({"GET", Named(key)});
    if (reply == nullptr || reply->type != REDIS_REPLY_STRING) return std::nullopt;
    return std::string(reply->str, reply->len);
  }

  void Put(std::string_view key, std::string_view value, absl::Duration ttl) override {
    const int64_t ttl_ms = absl::ToInt64Milliseconds(ttl);
    if (ttl_ms <= 0 || value.size() > redis_.options().max_value_bytes) {
      Remove(key);  // what was there is not what was put last
      return;
    }
    redis_.Run({"SET", Named(key), std::string(value), "PX", text::Cat(ttl_ms)});
  }

  void Remove(std::string_view key) override { redis_.Run({"DEL", Named(key)}); }

 private:
  std::string Named(std::string_view key) const {
    return redis_.options().prefix + std::string(key);
  }

  RedisConnections redis_;
};

}  // namespace

std::unique_ptr<Cache> MakeRedisCache(const RedisOptions& options) {
  return MakeRedisCache(options, nullptr);
}

std::unique_ptr<Cache> MakeRedisCache(const RedisOptions& options,
                                      std::shared_ptr<status::Condition> condition) {
  return std::make_unique<RedisCache>(options, std::move(condition));
}

}  // namespace tremplin::cache
