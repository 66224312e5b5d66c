#ifndef TREMPLIN_COMMON_HOST_ADAPTERS_H_
#define TREMPLIN_COMMON_HOST_ADAPTERS_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "common/cache/cache.h"
#include "common/config/config.h"
#include "common/database/database.h"
#include "common/metrics/metrics.h"

namespace tremplin::host {

// Lane depth, batch size and commit time of a database as metrics.
database::LaneObserver ObserveLanes(metrics::Registry& metrics, const std::string& service);

// Counts hits and misses of `cache`.
std::unique_ptr<cache::Cache> CountCache(std::unique_ptr<cache::Cache> cache,
                                         metrics::Registry& metrics, const std::string& service);

// The Redis of the configuration, which names one, for keys that begin with `prefix`.
// FAILED_PRECONDITION where its password's file is none that nobody else may read.
absl::StatusOr<cache::RedisOptions> RedisOf(const config::Config& config, std::string prefix);

}  // namespace tremplin::host

#endif  // TREMPLIN_COMMON_HOST_ADAPTERS_H_
