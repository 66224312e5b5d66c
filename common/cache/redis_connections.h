#ifndef TREMPLIN_COMMON_CACHE_REDIS_CONNECTIONS_H_
#define TREMPLIN_COMMON_CACHE_REDIS_CONNECTIONS_H_

#include <hiredis/hiredis.h>

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "common/cache/cache.h"
#include "common/status/condition.h"

namespace tremplin::cache {

// A few connections to a Redis server that are used by one thread at a time. One that has seen any
// error is closed: a late reply would answer the next command, and one that became read-only in a
// failover stays so. After an error the server is left alone for a while, so that a dead one costs
// one timeout in that while and not one a call. Thread-safe.
class RedisConnections {
 public:
  struct FreeReply {
    void operator()(redisReply* reply) const { freeReplyObject(reply); }
  };
  using Reply = std::unique_ptr<redisReply, FreeReply>;

  // `condition`, if any, is told when the server refuses this client, and when it has it again.
  explicit RedisConnections(RedisOptions options,
                            std::shared_ptr<status::Condition> condition = nullptr);

  // Null when the server cannot be reached, is left alone, or answers by an error.
  Reply Run(const std::vector<std::string>& command);
  const RedisOptions& options() const { return options_; }

 private:
  struct FreeContext {
    void operator()(redisContext* context) const { redisFree(context); }
  };
  using Connection = std::unique_ptr<redisContext, FreeContext>;

  void Note(const redisReply* reply) const;
  Connection Take();
  void GiveBack(Connection connection);
  Connection Connect() const;
  bool SignIn(redisContext& connection) const;
  bool Resting() const { return std::chrono::steady_clock::now() < rest_until_; }

  const RedisOptions options_;
  const std::shared_ptr<status::Condition> condition_;
  std::mutex mutex_;
  std::condition_variable free_;
  std::vector<Connection> idle_;
  int in_use_ = 0;
  std::chrono::steady_clock::time_point rest_until_{};
};

}  // namespace tremplin::cache

#endif  // TREMPLIN_COMMON_CACHE_REDIS_CONNECTIONS_H_
