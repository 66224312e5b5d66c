#ifndef TREMPLIN_SERVICES_NOTIFICATION_DOMAIN_RETRY_H_
#define TREMPLIN_SERVICES_NOTIFICATION_DOMAIN_RETRY_H_

#include <cstdint>

#include "absl/time/time.h"

// How often what goes out is tried again, and for how long. Pure.
namespace tremplin::notification {

inline constexpr absl::Duration kFirstWait = absl::Seconds(10);
inline constexpr absl::Duration kLongestWait = absl::Hours(6);
inline constexpr absl::Duration kPatience = absl::Hours(72);

// `draw` is any number, which spreads the waits: the wait after the n-th failure is
// kFirstWait · 2^(n-1), kLongestWait at most, less up to a quarter.
absl::Duration WaitAfter(int failures, uint64_t draw);

}  // namespace tremplin::notification

#endif  // TREMPLIN_SERVICES_NOTIFICATION_DOMAIN_RETRY_H_
