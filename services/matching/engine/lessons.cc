#include "services/matching/engine/lessons.h"

#include <algorithm>
#include <iterator>

namespace tremplin::matching::engine {
namespace {

constexpr int kDigits = kMostLessons + 1;
constexpr int kSharedDigits = 2 * kMostLessons + 1;

static_assert(std::size(kTeachable) == 4 && kDigits == 3 && kSharedDigits == 5);

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
  int number = 0;
  int place = 1;
  int one = mentee;
  int other = mentor;
  for (size_t i = 0; i < std::size(kTeachable); ++i) {
    number += place * (one % kDigits + other % kDigits);
    place *= kSharedDigits;
    one /= kDigits;
    other /= kDigits;
  }
  return static_cast<SharedLessons>(number);
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
