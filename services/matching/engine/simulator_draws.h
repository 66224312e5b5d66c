#ifndef TREMPLIN_SERVICES_MATCHING_ENGINE_SIMULATOR_DRAWS_H_
#define TREMPLIN_SERVICES_MATCHING_ENGINE_SIMULATOR_DRAWS_H_

#include <cstdint>
#include <initializer_list>
#include <string_view>

namespace tremplin::matching::engine {

// What chance decides in a simulated season. A draw is a hash of the seed and of what it is about,
// so that it does not depend on the order of draws: the same two people answer each other alike
// under every policy. The same on every machine. Immutable; thread-safe.
class Draws {
 public:
  using Words = std::initializer_list<std::string_view>;

  explicit Draws(uint64_t seed) : seed_(seed) {}

  // 64 bits: FNV-1a over the words, each after its length, then the finalizer of SplitMix64
  // (Steele, Lea and Flood 2014), since FNV alone leaves its upper bits too even.
  uint64_t Bits(Words about) const;
  // In [0, 1), in steps of 2^-53.
  double Unit(Words about) const;
  // low to high, each as likely.
  int Between(int low, int high, Words about) const;
  // Exponentially distributed days of that mean, rounded up: 1 to 36,500.
  int Days(double mean, Words about) const;

 private:
  uint64_t seed_;
};

}  // namespace tremplin::matching::engine

#endif  // TREMPLIN_SERVICES_MATCHING_ENGINE_SIMULATOR_DRAWS_H_
