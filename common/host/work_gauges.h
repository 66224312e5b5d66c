#ifndef TREMPLIN_COMMON_HOST_WORK_GAUGES_H_
#define TREMPLIN_COMMON_HOST_WORK_GAUGES_H_

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/clock/clock.h"
#include "common/database/database.h"
#include "common/host/module.h"
#include "common/metrics/metrics.h"

namespace tremplin::host {

// Work that waits for people, told as two gauges: how much, and since when the oldest, by program
// and one more label of a bounded set.
struct WorkGauge {
  std::string count_name, count_help;
  std::string age_name, age_help;  // in seconds, of business time
  std::string label;
  // Asked of each program in force, which is $1. Rows of the label's value, how many, and the time
  // (microseconds) of the oldest. By an index of what waits: never a walk over what is done with.
  std::string_view sql;
};

// Reads them from a module's own tables before a scrape, at most twice a minute. What cannot be
// read now stays as it was. Made by a module and destroyed with it, which ends the reading.
// Thread-safe.
class WorkGauges {
 public:
  using Programs = std::function<absl::StatusOr<std::vector<std::string>>()>;

  WorkGauges(database::Database& db, const clock::Clock& clock, Programs programs,
             metrics::Registry& metrics, std::vector<WorkGauge> gauges);
  // Of every program in force.
  WorkGauges(const ModuleContext& context, std::vector<WorkGauge> gauges);
  ~WorkGauges();

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace tremplin::host

#endif  // TREMPLIN_COMMON_HOST_WORK_GAUGES_H_
