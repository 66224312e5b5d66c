#ifndef TREMPLIN_SERVICES_MATCHING_ENGINE_INPUT_HASH_H_
#define TREMPLIN_SERVICES_MATCHING_ENGINE_INPUT_HASH_H_

#include <array>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "services/matching/engine/matcher.h"

// A hash of a pool that follows its changes: the same pool has the same hash, whatever the order of
// its rows and of what happened to it.
namespace tremplin::matching::engine {

// 256 bits of a text, such as SHA-256. The engine links no cryptography; its caller gives it.
using Digest = std::function<std::array<uint8_t, 32>(std::string_view)>;

// The sum modulo 2^256 of the digests of every person and every bar between two of them. Adding a
// digest and taking it away again leaves the sum as it was, so a change costs what it changes.
//
// Two pools that differ by accident have the same hash with a chance of 2^-256. Somebody who
// chooses a hundred thousand rows for it could find such pools with less work than a collision of
// the digest costs (Wagner's generalized birthday): the hash says that a pool was reproduced; it is
// not a signature of one.
class InputHash {
 public:
  void Add(const std::array<uint8_t, 32>& digest);
  void Remove(const std::array<uint8_t, 32>& digest);

  // 64 hexadecimal digits, the most significant first.
  std::string ToHex() const;

  friend bool operator==(const InputHash&, const InputHash&) = default;

 private:
  std::array<uint64_t, 4> words_ = {};  // the least significant first
};

// What is digested of a person: every fact that the engine is told of them, enrolment and person
// included. Each text is preceded by its length, so no two people have the same bytes.
std::string FactsOf(const Mentee& mentee);
std::string FactsOf(const Mentor& mentor);
// Of a bar, by enrolments.
std::string FactsOfBar(std::string_view mentee, std::string_view mentor);

// Of everybody in the pool, and of the bars between two people who are both in it; not of its
// version and day. O(pool).
InputHash HashOf(const Pool& pool, const Digest& digest);

}  // namespace tremplin::matching::engine

#endif  // TREMPLIN_SERVICES_MATCHING_ENGINE_INPUT_HASH_H_
