#ifndef TREMPLIN_SERVICES_MATCHING_ENGINE_CANDIDATES_SCAN_H_
#define TREMPLIN_SERVICES_MATCHING_ENGINE_CANDIDATES_SCAN_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "services/matching/engine/score_packed.h"

// The innermost loop: one mentee against a run of mentors laid out in columns.
namespace tremplin::matching::engine {

// Mentors by lane. Each column is longer than there are mentors by kPadding, which is read, never
// reported.
struct Columns {
  static constexpr size_t kPadding = 32;

  std::vector<uint16_t> naics;
  std::vector<uint16_t> sector;
  std::vector<uint16_t> languages;
  std::vector<uint16_t> slots_low;
  std::vector<uint16_t> slots_high;
  std::vector<uint16_t> years;
  std::vector<uint16_t> goals;
  std::vector<uint16_t> attributes_low;
  std::vector<uint16_t> attributes_high;

  void Resize(size_t mentors);
  void Put(size_t lane, const Offer& offer);
  Offer At(size_t lane) const;
  size_t Bytes() const { return naics.size() * 9 * sizeof(uint16_t); }
};

struct Lanes {
  size_t begin = 0;
  size_t count = 0;
  uint16_t occupation = 0;              // units, of all of them
  const uint16_t* proximity = nullptr;  // units, by lane; padded as the columns
};

struct Hit {
  uint32_t lane = 0;
  uint16_t units = 0;
};

// kWide compares 16 mentors at once (AVX2); both give the same hits.
enum class ScanPath { kScalar, kWide };

// kWide where this processor can.
ScanPath BestScanPath();

// Writes the lanes that may meet the seeker and have at least `least` units, in their order, to
// `hits`, which has room for all; returns how many. `level`, `goals`: whether the policy compares
// them. kWide must only be asked for where BestScanPath is. Thread-safe.
size_t Scan(ScanPath path, const Seeker& seeker, const Columns& columns, const Lanes& lanes,
            uint16_t least, bool level, bool goals, Hit* hits);

}  // namespace tremplin::matching::engine

#endif  // TREMPLIN_SERVICES_MATCHING_ENGINE_CANDIDATES_SCAN_H_
