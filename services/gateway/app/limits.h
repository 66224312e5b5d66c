#ifndef TREMPLIN_SERVICES_GATEWAY_APP_LIMITS_H_
#define TREMPLIN_SERVICES_GATEWAY_APP_LIMITS_H_

#include <cstddef>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>

#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "common/cache/buckets.h"
#include "common/cache/cache.h"
#include "common/peers/peers.h"
#include "services/gateway/http/message.h"
#include "services/gateway/transcoding/transcoder.h"

// How much of the gateway one client may have, and what goes first when there is not enough of it.
namespace tremplin::gateway {

// Token buckets by client, or by whom several of them act for. With shared buckets a replica takes
// a few tokens at a time, so that not every request asks; where they cannot be reached, its own
// count. Knows the clients seen last. Thread-safe.
class Limiter {
 public:
  using Clock = std::function<absl::Time()>;
  // `shared`, which may be null, outlives it.
  explicit Limiter(cache::Rate rate, cache::Buckets* shared = nullptr, size_t most_clients = 100000,
                   Clock clock = &absl::Now);

  bool limits() const { return rate_.per_second > 0; }
  // Zero when the request may go on, else how long to wait before the next.
  absl::Duration Take(const std::string& client);

 private:
  struct Bucket {
    std::string client;
    double tokens = 0;
    absl::Time at;   // when `tokens` was right
    int leased = 0;  // taken of the shared bucket, and not used yet
    absl::Time leased_until;
  };
  Bucket& BucketOf(const std::string& client);
  absl::Duration TakeOwn(Bucket& bucket, absl::Time now) const;

  const cache::Rate rate_;
  cache::Buckets* const shared_;
  const size_t most_clients_;
  const Clock clock_;
  std::mutex mutex_;
  std::list<Bucket> buckets_;  // the last used first
  std::unordered_map<std::string, std::list<Bucket>::iterator> by_client_;
};

// For which organization a client acts, as registration says it of the client's own credential, and
// remembered for a while: of a credential it does not change. Thread-safe.
class Tenants {
 public:
  // `services` outlives it.
  explicit Tenants(peers::Transport& services);
  // "" for who acts for none, for nobody known, and while registration does not answer. May wait
  // for registration, and not for long.
  std::string Of(const http::Request& request, const std::string& traceparent);

 private:
  peers::Transport& services_;
  const std::unique_ptr<cache::Cache> memory_;
  cache::LoadingCache known_;
};

// What a request is worth when there is more to do than can be done: what a person waits for goes
// before figures, and what would be lost before what can be asked again.
enum class Importance { kReport, kRead, kWrite };

// Of a method: a read that managers or funders may ask for, but neither agencies nor participants,
// is a report.
Importance ImportanceOf(const transcoding::Route& route);

// Whether a request that waited so long for a thread is to be refused. The longer requests wait,
// the more goes: first reports, then reads, then writes.
bool IsShed(Importance importance, absl::Duration waited);

}  // namespace tremplin::gateway

#endif  // TREMPLIN_SERVICES_GATEWAY_APP_LIMITS_H_
