#include "services/notification/domain/retry.h"

#include <algorithm>

namespace tremplin::notification {
namespace {

constexpr int kMostDoublings = 20;  // far beyond kLongestWait
constexpr uint64_t kSteps = 1024;   // that the spread is drawn in

}  // namespace

absl::Duration WaitAfter(int failures, uint64_t draw) {
  const int doublings = std::clamp(failures - 1, 0, kMostDoublings);
  const absl::Duration whole = std::min(kLongestWait, kFirstWait * (int64_t{1} << doublings));
  return whole - whole / 4 * static_cast<double>(draw % kSteps) / static_cast<double>(kSteps);
}

}  // namespace tremplin::notification
