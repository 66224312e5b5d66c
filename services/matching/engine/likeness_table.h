#ifndef TREMPLIN_SERVICES_MATCHING_ENGINE_LIKENESS_TABLE_H_
#define TREMPLIN_SERVICES_MATCHING_ENGINE_LIKENESS_TABLE_H_

#include <cstddef>
#include <cstdint>

// The tables that likeness_generate writes while building; read through likeness.h.
namespace tremplin::matching::engine {

inline constexpr size_t kUnitGroupCount = 516;  // NOC 2021

extern const char kUnitGroups[kUnitGroupCount][6];                 // codes, ascending
extern const uint8_t kLikeness[kUnitGroupCount][kUnitGroupCount];  // [mentee][mentor], 0–100

}  // namespace tremplin::matching::engine

#endif  // TREMPLIN_SERVICES_MATCHING_ENGINE_LIKENESS_TABLE_H_
