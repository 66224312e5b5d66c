#ifndef TREMPLIN_COMMON_CLOCK_CLOCK_H_
#define TREMPLIN_COMMON_CLOCK_CLOCK_H_

#include <atomic>
#include <cstdint>

#include "absl/time/time.h"

namespace tremplin::clock {

// Two clocks (design §3), and how time passes. Thread-safe.
// * System time feeds deadlines, leases, backoff, retention and credentials.
// * Business time feeds domain decisions only: it equals system time unless it has been set, which
// only
//   a system in demo mode or a simulation allows; once set it stands still until it is set again.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual absl::Time SystemNow() const = 0;
  virtual absl::Time BusinessNow() const = 0;
  // Since an arbitrary beginning; never jumps, whatever is done to the system's clock. For what is
  // kept for a while.
  virtual absl::Duration SteadyNow() const = 0;
};

// The real clock. SetBusiness freezes business time at `time`; the host calls it when the event
// BusinessTimeSet arrives and at start from the stored row.
class SystemClock final : public Clock {
 public:
  absl::Time SystemNow() const override;
  absl::Time BusinessNow() const override;
  absl::Duration SteadyNow() const override;
  void SetBusiness(absl::Time time);

 private:
  static constexpr int64_t kUnset = INT64_MIN;
  std::atomic<int64_t> business_us_{kUnset};
};

// Both clocks stand still until moved; for tests and simulation.
class ManualClock final : public Clock {
 public:
  explicit ManualClock(absl::Time start);
  absl::Time SystemNow() const override;
  absl::Time BusinessNow() const override;
  absl::Duration SteadyNow() const override;
  // Time passes.
  void AdvanceSystem(absl::Duration by);
  // The system's clock is set to another time, and none passes.
  void JumpSystem(absl::Duration by);
  void SetBusiness(absl::Time time);

 private:
  std::atomic<int64_t> system_us_;
  std::atomic<int64_t> steady_us_{0};
  std::atomic<int64_t> business_us_;
};

// Times are stored and sent as integer microseconds since the epoch, UTC.
int64_t ToMicros(absl::Time time);
absl::Time FromMicros(int64_t micros);

}  // namespace tremplin::clock

#endif  // TREMPLIN_COMMON_CLOCK_CLOCK_H_
