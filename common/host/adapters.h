#ifndef TREMPLIN_COMMON_HOST_ADAPTERS_H_
#define TREMPLIN_COMMON_HOST_ADAPTERS_H_

#include <memory>
#include <string>

#include "common/cache/cache.h"
#include "common/database/database.h"
#include "common/metrics/metrics.h"

namespace tremplin::host {

// Lane depth, batch size and commit time of a database as metrics.
database::LaneObserver ObserveLanes(metrics::Registry& metrics, const std::string& service);

// Counts hits and misses of `cache`.
std::unique_ptr<cache::Cache> CountCache(std::unique_ptr<cache::Cache> cache,
                                         metrics::Registry& metrics, const std::string& service);

}  // namespace tremplin::host

#endif  // TREMPLIN_COMMON_HOST_ADAPTERS_H_
