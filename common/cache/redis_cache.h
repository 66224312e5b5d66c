#ifndef TREMPLIN_COMMON_CACHE_REDIS_CACHE_H_
#define TREMPLIN_COMMON_CACHE_REDIS_CACHE_H_

#include <memory>

#include "common/cache/cache.h"
#include "common/status/condition.h"

namespace tremplin::cache {

// As MakeRedisCache; `condition` is told of a server that refuses this client. Everything is a miss
// meanwhile.
std::unique_ptr<Cache> MakeRedisCache(const RedisOptions& options,
                                      std::shared_ptr<status::Condition> condition);

}  // namespace tremplin::cache

#endif  // TREMPLIN_COMMON_CACHE_REDIS_CACHE_H_
