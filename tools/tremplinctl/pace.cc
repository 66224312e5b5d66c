#include "tools/tremplinctl/pace.h"

#include <cmath>
#include <cstdint>

namespace tremplin::ctl {
namespace {

constexpr double kMost = 0.99;

std::optional<absl::Duration> Percentile(const runtime::v1::CallWork& before,
                                         const runtime::v1::CallWork& now) {
  int64_t all = 0;
  for (int i = 0; i < now.counts_size(); ++i) {
    all += now.counts(i) - (i < before.counts_size() ? before.counts(i) : 0);
  }
  const auto wanted = static_cast<int64_t>(std::ceil(kMost * static_cast<double>(all)));
  int64_t below = 0;
  for (int i = 0; all > 0 && i < now.bounds_size() && i < now.counts_size(); ++i) {
    below += now.counts(i) - (i < before.counts_size() ? before.counts(i) : 0);
    if (below >= wanted) return absl::Seconds(now.bounds(i));
  }
  return std::nullopt;
}

}  // namespace

std::optional<Pace> PaceOf(const runtime::v1::CallWork& before, const runtime::v1::CallWork& now,
                           absl::Duration between) {
  const double seconds = absl::ToDoubleSeconds(between);
  const int64_t calls = now.answered() - before.answered();
  const int64_t failed = now.failed() + now.turned_away() - before.failed() - before.turned_away();
  if (seconds <= 0 || calls < 0 || failed < 0) return std::nullopt;
  return Pace{.calls = static_cast<double>(calls) / seconds,
              .failed = static_cast<double>(failed) / seconds,
              .p99 = Percentile(before, now)};
}

}  // namespace tremplin::ctl
