#ifndef TREMPLIN_COMMON_ENVIRONMENT_SIMULATED_H_
#define TREMPLIN_COMMON_ENVIRONMENT_SIMULATED_H_

#include <cstddef>
#include <cstdint>
#include <random>

#include "absl/time/time.h"
#include "common/clock/clock.h"
#include "common/environment/environment.h"

namespace tremplin::environment {

// The environment of the thread that makes it, until it is gone: every draw comes of `seed`, time
// is `clock`'s (which outlives it), and a wait moves the clock. The same calls in the same order
// draw the same on every machine. Nothing drawn is secret. Several on one thread are taken down in
// the reverse order, and on the thread that made them. Other threads keep the environment they
// have.
class Simulated final : public Environment {
 public:
  Simulated(uint64_t seed, clock::ManualClock& clock);
  ~Simulated() override;
  Simulated(const Simulated&) = delete;
  Simulated& operator=(const Simulated&) = delete;

  void Fill(unsigned char* out, size_t size) override;
  absl::Time SystemNow() override { return clock_.SystemNow(); }
  absl::Duration SteadyNow() override { return clock_.SteadyNow(); }
  void Sleep(absl::Duration duration) override { clock_.AdvanceSystem(duration); }
  uint64_t Ascending(uint64_t at_least) override;

 private:
  clock::ManualClock& clock_;
  std::mt19937_64 random_;  // the standard says what it draws
  uint64_t last_ = 0;
  Environment* const outer_;
};

}  // namespace tremplin::environment

#endif  // TREMPLIN_COMMON_ENVIRONMENT_SIMULATED_H_
