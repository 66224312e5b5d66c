#include "services/matching/engine/lessons.h"

#include <array>
#include <iterator>

namespace tremplin::matching::engine {
namespace {

constexpr int kDigits = kMostLessons + 1;
constexpr int kSharedDigits = 2 * kMostLessons + 1;

static_assert(std::size(kTeachable) == 4 && kDigits == 3 && kSharedDigits == 5);

// One side's lessons among shared ones: a pair is looked up for each score.
constexpr std::array<SharedLessons, kLessonsCount> SharedOfOne() {
  std::array<SharedLessons, kLessonsCount> shared = {};
  for (size_t lessons = 0; lessons < kLessonsCount; ++lessons) {
    size_t left = lessons;
    for (size_t place = 1; place < kSharedLessonsCount; place *= kSharedDigits) {
      shared[lessons] = static_cast<SharedLessons>(shared[lessons] + left % kDigits * place);
      left /= kDigits;
    }
  }
  return shared;
}
constexpr std::array<SharedLessons, kLessonsCount> kSharedOfOne = SharedOfOne();

}  // namespace

Lessons LessonsOf(const std::vector<std::string>& lessons) {
  int number = 0;
  int place = 1;
  for (const std::string_view criterion : kTeachable) {
    number += place * LessonsOn(criterion, lessons);
    place *= kDigits;
  }
  return static_cast<Lessons>(number);
}

SharedLessons Together(Lessons mentee, Lessons mentor) {
  return static_cast<SharedLessons>(kSharedOfOne[mentee] + kSharedOfOne[mentor]);
}

Policy PolicyAfter(SharedLessons lessons, Policy policy) {
  int left = lessons;
  for (const std::string_view criterion : kTeachable) {
    for (Weight& weight : policy.weights) {
      if (weight.criterion != criterion) continue;
      weight.weight = Taught(weight.weight, left % kSharedDigits, policy);
    }
    left /= kSharedDigits;
  }
  return policy;
}

}  // namespace tremplin::matching::engine
