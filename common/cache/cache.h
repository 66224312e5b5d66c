#ifndef TREMPLIN_COMMON_CACHE_CACHE_H_
#define TREMPLIN_COMMON_CACHE_CACHE_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace tremplin::cache {

// The cache port. Holds immutable entries keyed by version and figures with a short life; never the
// truth, never credentials, never personal data. Thread-safe. No call fails: a cache that cannot be
// reached is a miss (bounded: one attempt within `timeout`, then the cache is left alone for a
// while).
class Cache {
 public:
  virtual ~Cache() = default;
  virtual std::optional<std::string> Get(std::string_view key) = 0;
  virtual void Put(std::string_view key, std::string_view value, absl::Duration ttl) = 0;
  virtual void Remove(std::string_view key) = 0;
};

struct LruOptions {
  size_t max_bytes = 16 << 20;  // keys and values
};
std::unique_ptr<Cache> MakeLruCache(const LruOptions& options);

struct RedisOptions {
  std::string host;
  int port = 6379;
  std::string prefix;                                  // "tremplin:"
  std::string user = {};                               // with a password only; "": the default one
  std::string password = {};                           // "": none is asked for
  absl::Duration timeout = absl::Milliseconds(50);     // connect and command
  absl::Duration rest_after_error = absl::Seconds(1);  // the cache is not asked meanwhile
  int connections = 4;
  size_t max_value_bytes = 1 << 20;
};
// On any error the connection is dropped (hiredis 0.14: a late reply would answer the next
// command). Ignores SIGPIPE in a process that does not handle it.
std::unique_ptr<Cache> MakeRedisCache(const RedisOptions& options);

// Looks `key` up, else computes it once for all threads of this process that ask meanwhile (no
// stampede) and stores it. An error of `compute` is returned to all that waited, and nothing is
// stored.
class LoadingCache {
 public:
  LoadingCache(Cache& cache, absl::Duration ttl);
  ~LoadingCache();
  absl::StatusOr<std::string> Get(const std::string& key,
                                  const std::function<absl::StatusOr<std::string>()>& compute);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace tremplin::cache

#endif  // TREMPLIN_COMMON_CACHE_CACHE_H_
