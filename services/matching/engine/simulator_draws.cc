#include "services/matching/engine/simulator_draws.h"

#include <algorithm>
#include <cmath>

namespace tremplin::matching::engine {
namespace {

constexpr uint64_t kFnvBasis = 0xCBF29CE484222325;
constexpr uint64_t kFnvPrime = 0x100000001B3;
constexpr double kMostDays = 36'500;

uint64_t AddNumber(uint64_t hash, uint64_t number) {
  for (int i = 0; i < 8; ++i) {
    hash = (hash ^ (number & 0xFF)) * kFnvPrime;
    number >>= 8;
  }
  return hash;
}

uint64_t Mix(uint64_t bits) {
  bits = (bits ^ (bits >> 30)) * 0xBF58476D1CE4E5B9;
  bits = (bits ^ (bits >> 27)) * 0x94D049BB133111EB;
  return bits ^ (bits >> 31);
}

}  // namespace

uint64_t Draws::Bits(Words about) const {
  uint64_t hash = AddNumber(kFnvBasis, seed_);
  for (const std::string_view word : about) {
    hash = AddNumber(hash, word.size());
    for (const char c : word) hash = (hash ^ static_cast<unsigned char>(c)) * kFnvPrime;
  }
  return Mix(hash);
}

double Draws::Unit(Words about) const { return static_cast<double>(Bits(about) >> 11) * 0x1.0p-53; }

int Draws::Between(int low, int high, Words about) const {
  return low + static_cast<int>(Unit(about) * (high - low + 1));
}

int Draws::Days(double mean, Words about) const {
  const double days = std::ceil(-mean * std::log1p(-Unit(about)));
  return static_cast<int>(std::clamp(days, 1.0, kMostDays));
}

}  // namespace tremplin::matching::engine
