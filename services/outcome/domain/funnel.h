#ifndef TREMPLIN_SERVICES_OUTCOME_DOMAIN_FUNNEL_H_
#define TREMPLIN_SERVICES_OUTCOME_DOMAIN_FUNNEL_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "services/outcome/domain/disclosure.h"

// Which counts of the funnel may be shown to who sees aggregates only, as disclosure.h for the
// kinds of answers: by releases. Pure.
//
// A step shows what its last release does. It is released anew, with the count that stands, when
// that differs from nobody and from every count it ever showed by nobody or by the least cell at
// least; so no small number is the difference of two days. Nor of two steps: beside a step that
// counts some of another's (ready of enrolled), or beside several that share another among them
// (completed and ended early of started), what is left is nobody or the least cell at least. What
// has once been shown is never forgotten, since somebody may have kept it.
namespace tremplin::outcome {

struct ShownCount {
  int64_t count = 0;
  absl::Time at;
};
// By step, the first release first.
using ShownCounts = std::map<std::string, std::vector<ShownCount>>;

// The releases to add now: at most one a step. `counters` are what stands; a step that is not among
// them counts nobody.
std::map<std::string, int64_t> NextReleases(const std::map<std::string, int64_t>& counters,
                                            const ShownCounts& shown, int64_t least_cell);

// The same of one count of which the whole history is known: its last release after `changes`,
// which are in the order of their times; nullopt before the first.
std::optional<ShownCount> LastRelease(const std::vector<KindChange>& changes, int64_t least_cell);

}  // namespace tremplin::outcome

#endif  // TREMPLIN_SERVICES_OUTCOME_DOMAIN_FUNNEL_H_
