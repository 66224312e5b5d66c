#ifndef TREMPLIN_COMMON_CACHE_BUCKETS_H_
#define TREMPLIN_COMMON_CACHE_BUCKETS_H_

#include <memory>
#include <optional>
#include <string>

#include "absl/time/time.h"
#include "common/cache/cache.h"

namespace tremplin::cache {

// A bucket that holds `burst` tokens, full at first, and gets `per_second` of them; 0: no limit.
struct Rate {
  double per_second = 0;
  double burst = 0;
};

// Token buckets that all replicas share. Thread-safe.
class Buckets {
 public:
  struct Grant {
    int tokens = 0;       // at most what was wanted
    absl::Duration wait;  // for the next one, where there are none
  };
  virtual ~Buckets() = default;
  // Nothing when they cannot be reached, as a cache that cannot be is a miss.
  virtual std::optional<Grant> Take(const std::string& key, const Rate& rate, int wanted) = 0;
};

// By the server's clock; a bucket that is full again is forgotten.
std::unique_ptr<Buckets> MakeRedisBuckets(const RedisOptions& options);

}  // namespace tremplin::cache

#endif  // TREMPLIN_COMMON_CACHE_BUCKETS_H_
