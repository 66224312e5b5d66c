#ifndef TREMPLIN_SERVICES_MATCHING_ENGINE_STABLE_H_
#define TREMPLIN_SERVICES_MATCHING_ENGINE_STABLE_H_

#include <cstdint>
#include <span>
#include <vector>

#include "services/matching/engine/graph.h"

namespace tremplin::matching::engine {

// Both sides' own preferences. A pair is possible if it is a candidate of the graph. A mentee
// prefers more points, then the mentor of lower index. What a mentor thinks of a pair stands beside
// the candidate, by position: more is better, then the mentee of greater priority, then of lower
// index. So both orders are strict.
struct Preferences {
  GraphView graph;
  std::span<const Points> of_mentors;  // as long as graph.candidates
};

// Mentee-proposing deferred acceptance with capacities (Gale and Shapley 1962): by mentee, their
// mentor or kNobody. It has no blocking pair, and of all assignments without one it is the best for
// every mentee. The answer follows from the preferences alone, whatever the order of a row.
// O(candidates · log of a row's length and of a capacity).
std::vector<Index> SolveStable(const Preferences& preferences);

// Candidates whose two sides would both rather have each other than what the assignment gives them:
// the mentee than their mentor or nobody, the mentor than one of their mentees or a free place.
// The assignment must keep the graph's capacities. O(candidates).
int64_t CountBlockingPairs(const Preferences& preferences, std::span<const Index> assigned);

// How many mentees are in a blocking pair.
int64_t CountBlockingMentees(const Preferences& preferences, std::span<const Index> assigned);

}  // namespace tremplin::matching::engine

#endif  // TREMPLIN_SERVICES_MATCHING_ENGINE_STABLE_H_
