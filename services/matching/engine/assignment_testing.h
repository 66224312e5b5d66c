#ifndef TREMPLIN_SERVICES_MATCHING_ENGINE_ASSIGNMENT_TESTING_H_
#define TREMPLIN_SERVICES_MATCHING_ENGINE_ASSIGNMENT_TESTING_H_

#include <map>
#include <random>
#include <vector>

#include "services/matching/engine/assignment.h"
#include "services/matching/engine/graph.h"

// What the tests of assignment compare with: small random pools, and the optimum by trying all.
namespace tremplin::matching::engine {

struct Shape {
  int mentees = 7;
  int mentors = 7;
  int max_capacity = 2;
  int max_points = 5;
  int percent_possible = 60;
};

// A pool as rows of pairs, changed in the simplest way there is: what an Assignment is held against
// after each event.
struct PlainPool {
  std::vector<std::map<Index, Points>> rows;  // by mentee: points by mentor
  std::vector<Priority> priority;
  std::vector<int32_t> capacity;

  Graph ToGraph() const;
};

// Sizes from 0 to the shape's; distinct priorities.
PlainPool RandomPool(const Shape& shape, std::mt19937& random);

// The greatest value of any assignment, by dynamic programming over the places left: O(mentees ·
// Π(capacity + 1) · candidates).
Value BestByTryingAll(const Graph& graph, Objective objective);

// The same by points alone (of those that serve most, under kCoverage).
struct BestPoints {
  int64_t served = 0;
  int64_t points = 0;
};
BestPoints BestPointsByTryingAll(const Graph& graph, Objective objective);

}  // namespace tremplin::matching::engine

#endif  // TREMPLIN_SERVICES_MATCHING_ENGINE_ASSIGNMENT_TESTING_H_
