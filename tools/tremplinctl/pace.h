#ifndef TREMPLIN_TOOLS_TREMPLINCTL_PACE_H_
#define TREMPLIN_TOOLS_TREMPLINCTL_PACE_H_

#include <optional>

#include "absl/time/time.h"
#include "tremplin/runtime/v1/operations.pb.h"

namespace tremplin::ctl {

// How calls went between two looks.
struct Pace {
  double calls = 0;   // a second
  double failed = 0;  // of them, by the system's doing or for want of room
  // Ninety-nine in a hundred took at most so long, to the bound of a class of CallWork; none where
  // nobody called, or the class has no bound.
  std::optional<absl::Duration> p99;
};

// Nothing where the process began anew between the looks, or no time passed.
std::optional<Pace> PaceOf(const runtime::v1::CallWork& before, const runtime::v1::CallWork& now,
                           absl::Duration between);

}  // namespace tremplin::ctl

#endif  // TREMPLIN_TOOLS_TREMPLINCTL_PACE_H_
