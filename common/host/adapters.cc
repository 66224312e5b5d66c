#include "common/host/adapters.h"

#include <utility>

#include "absl/strings/numbers.h"
#include "common/host/secrets.h"
#include "common/status/macros.h"

namespace tremplin::host {
namespace {

class CountingCache final : public cache::Cache {
 public:
  CountingCache(std::unique_ptr<cache::Cache> cache, metrics::Registry& metrics,
                const std::string& service)
      : cache_(std::move(cache)),
        hits_(Counter(metrics, service, "hit")),
        misses_(Counter(metrics, service, "miss")) {}

  std::optional<std::string> Get(std::string_view key) override {
    std::optional<std::string> value = cache_->Get(key);
    (value.has_value() ? hits_ : misses_).Add();
    return value;
  }
  void Put(std::string_view key, std::string_view value, absl::Duration ttl) override {
    cache_->Put(key, value, ttl);
  }
  void Remove(std::string_view key) override { cache_->Remove(key); }

 private:
  static metrics::Counter& Counter(metrics::Registry& metrics, const std::string& service,
                                   const char* result) {
    return metrics.GetCounter("tremplin_cache_lookups_total", "Look-ups in the cache, by result.",
                              {{"service", service}, {"result", result}});
  }

  std::unique_ptr<cache::Cache> cache_;
  metrics::Counter& hits_;
  metrics::Counter& misses_;
};

}  // namespace

database::LaneObserver ObserveLanes(metrics::Registry& metrics, const std::string& service) {
  const metrics::Labels labels = {{"service", service}};
  metrics::Histogram& depth =
      metrics.GetSizes("tremplin_lane_depth_writes", "Writes waiting when a batch began.", labels);
  metrics::Histogram& batch =
      metrics.GetSizes("tremplin_lane_batch_writes", "Writes committed together.", labels);
  metrics::Histogram& commit =
      metrics.GetLatency("tremplin_lane_commit_seconds", "Time of a batch's COMMIT.", labels);
  return [&depth, &batch, &commit](const database::LaneBatch& done) {
    depth.Observe(static_cast<double>(done.waiting));
    batch.Observe(static_cast<double>(done.writes));
    commit.Observe(absl::ToDoubleSeconds(done.commit));
  };
}

std::unique_ptr<cache::Cache> CountCache(std::unique_ptr<cache::Cache> cache,
                                         metrics::Registry& metrics, const std::string& service) {
  return std::make_unique<CountingCache>(std::move(cache), metrics, service);
}

absl::StatusOr<cache::RedisOptions> RedisOf(const config::Config& config, std::string prefix) {
  cache::RedisOptions options;
  const size_t colon = config.redis.rfind(':');
  options.host = config.redis.substr(0, colon);
  (void)absl::SimpleAtoi(config.redis.substr(colon + 1), &options.port);  // checked by config
  options.prefix = std::move(prefix);
  options.user = config.redis_user;
  if (!config.redis_password_file.empty()) {
    TREMPLIN_ASSIGN_OR_RETURN(options.password,
                              ReadPrivateFile("redis password", config.redis_password_file));
  }
  return options;
}

}  // namespace tremplin::host
