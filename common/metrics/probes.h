#ifndef TREMPLIN_COMMON_METRICS_PROBES_H_
#define TREMPLIN_COMMON_METRICS_PROBES_H_

#include <functional>
#include <memory>
#include <string>

#include "common/metrics/metrics.h"

namespace tremplin::metrics {

// As Health, for who can say why not: "" is yes, else a few words, which the answer ends with. One
// that is empty says yes.
struct Probes {
  std::function<std::string()> live;
  std::function<std::string()> ready;
};
std::unique_ptr<Endpoint> Serve(Registry& registry, const std::string& listen, Probes probes);

}  // namespace tremplin::metrics

#endif  // TREMPLIN_COMMON_METRICS_PROBES_H_
