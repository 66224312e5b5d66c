#include "common/clock/clock.h"

#include <chrono>
#include <limits>

#include "absl/time/clock.h"

namespace tremplin::clock {

absl::Time SystemClock::SystemNow() const { return absl::Now(); }

absl::Time SystemClock::BusinessNow() const {
  int64_t frozen = business_us_.load(std::memory_order_relaxed);
  return frozen == kUnset ? absl::Now() : FromMicros(frozen);
}

absl::Duration SystemClock::SteadyNow() const {
  return absl::FromChrono(std::chrono::steady_clock::now().time_since_epoch());
}

void SystemClock::SetBusiness(absl::Time time) {
  business_us_.store(ToMicros(time), std::memory_order_relaxed);
}

ManualClock::ManualClock(absl::Time start)
    : system_us_(ToMicros(start)), business_us_(ToMicros(start)) {}

absl::Time ManualClock::SystemNow() const { return FromMicros(system_us_.load()); }
absl::Time ManualClock::BusinessNow() const { return FromMicros(business_us_.load()); }
absl::Duration ManualClock::SteadyNow() const { return absl::Microseconds(steady_us_.load()); }
void ManualClock::AdvanceSystem(absl::Duration by) {
  JumpSystem(by);
  steady_us_.fetch_add(absl::ToInt64Microseconds(by));
}
void ManualClock::JumpSystem(absl::Duration by) {
  system_us_.fetch_add(absl::ToInt64Microseconds(by));
}
void ManualClock::SetBusiness(absl::Time time) { business_us_.store(ToMicros(time)); }

int64_t ToMicros(absl::Time time) { return absl::ToUnixMicros(time); }

absl::Time FromMicros(int64_t micros) {
  // The ends of the range are what ToMicros makes of the two infinities.
  if (micros == std::numeric_limits<int64_t>::min()) return absl::InfinitePast();
  if (micros == std::numeric_limits<int64_t>::max()) return absl::InfiniteFuture();
  return absl::FromUnixMicros(micros);
}

}  // namespace tremplin::clock
