#ifndef TREMPLIN_SERVICES_MATCHING_ENGINE_LESSONS_H_
#define TREMPLIN_SERVICES_MATCHING_ENGINE_LESSONS_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "services/matching/engine/matcher.h"
#include "services/matching/engine/score.h"

// What a side's noes taught, as a number, so that whoever learnt the same is scored alike. Pure.
namespace tremplin::matching::engine {

// A digit from 0 to kMostLessons for each criterion of kTeachable, the first one least.
using Lessons = uint8_t;
inline constexpr Lessons kNoLessons = 0;
inline constexpr size_t kLessonsCount = 81;  // 3 to the power of 4

Lessons LessonsOf(const std::vector<std::string>& lessons);

// The lessons of a mentee and a mentor together: a digit from 0 to 2 · kMostLessons for each.
using SharedLessons = uint16_t;
inline constexpr size_t kSharedLessonsCount = 625;  // 5 to the power of 4

SharedLessons Together(Lessons mentee, Lessons mentor);

// The policy with the weights that count after these lessons.
Policy PolicyAfter(SharedLessons lessons, Policy policy);

}  // namespace tremplin::matching::engine

#endif  // TREMPLIN_SERVICES_MATCHING_ENGINE_LESSONS_H_
