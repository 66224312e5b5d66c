#include "common/environment/backoff.h"

#include <algorithm>
#include <cstdint>

#include "common/environment/environment.h"

namespace tremplin::environment {
namespace {

constexpr int kMostDoublings = 30;

}  // namespace

absl::Duration Backoff::After(int failures) const {
  if (failures <= 0) return absl::ZeroDuration();
  const int64_t factor = int64_t{1} << std::min(failures - 1, kMostDoublings);
  return std::min(longest, first * factor);
}

absl::Duration Jittered(absl::Duration wait) {
  constexpr double kOne = 1ULL << 53U;
  const double part = static_cast<double>(PublicBits() >> 11U) / kOne;  // of [0, 1)
  return wait * (0.5 + part);
}

}  // namespace tremplin::environment
