#include <string>
#include <utility>

#include "common/cache/buckets.h"
#include "common/cache/redis_connections.h"
#include "common/text/text.h"

namespace tremplin::cache {
namespace {

// {tokens given, milliseconds to the next one}. In one step, so that two replicas never take the
// same token.
constexpr char kTake[] = R"(
local rate, burst, wanted = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local held = redis.call('HMGET', KEYS[1], 'tokens', 'at')
local tokens = tonumber(held[1]) or burst
local gained = math.max(0, now - (tonumber(held[2]) or now)) * rate / 1000
tokens = math.min(burst, tokens + gained)
local given = math.min(wanted, math.floor(tokens))
tokens = tokens - given
redis.call('HSET', KEYS[1], 'tokens', tostring(tokens), 'at', tostring(now))
redis.call('PEXPIRE', KEYS[1], math.ceil(burst / rate * 1000) + 1000)
if given > 0 then return {given, 0} end
return {0, math.ceil((1 - tokens) * 1000 / rate)})";

class RedisBuckets final : public Buckets {
 public:
  explicit RedisBuckets(RedisOptions options) : redis_(std::move(options)) {}

  std::optional<Grant> Take(const std::string& key, const Rate& rate, int wanted) override {
    const RedisConnections::Reply reply =
        redis_.Run({"EVAL", kTake, "1", redis_.options().prefix + key, text::Cat(rate.per_second),
                    text::Cat(rate.burst), text::Cat(wanted)});
    const bool fits = reply != nullptr && reply->type == REDIS_REPLY_ARRAY &&
                      reply->elements == 2 && reply->element[0]->type == REDIS_REPLY_INTEGER &&
                      reply->element[1]->type == REDIS_REPLY_INTEGER;
    if (!fits) return std::nullopt;
    return Grant{static_cast<int>(reply->element[0]->integer),
                 absl::Milliseconds(reply->element[1]->integer)};
  }

 private:
  RedisConnections redis_;
};

}  // namespace

std::unique_ptr<Buckets> MakeRedisBuckets(const RedisOptions& options) {
  return std::make_unique<RedisBuckets>(options);
}

}  // namespace tremplin::cache
