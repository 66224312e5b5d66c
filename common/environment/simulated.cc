#include "common/environment/simulated.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>

namespace tremplin::environment {

Simulated::Simulated(uint64_t seed, clock::ManualClock& clock)
    : clock_(clock), random_(seed), outer_(Exchange(this)) {}

Simulated::~Simulated() {
  if (Exchange(outer_) == this) return;
  std::fputs("environment: a simulation ends on another thread, or before one within it\n", stderr);
  std::abort();
}

void Simulated::Fill(unsigned char* out, size_t size) {
  for (size_t i = 0; i < size;) {
    uint64_t bits = random_();
    for (size_t end = std::min(i + sizeof(bits), size); i < end; ++i, bits >>= 8U) {
      out[i] = static_cast<unsigned char>(bits & 0xffU);
    }
  }
}

uint64_t Simulated::Ascending(uint64_t at_least) { return last_ = std::max(at_least, last_ + 1); }

}  // namespace tremplin::environment
