#ifndef TREMPLIN_SERVICES_MATCHING_ENGINE_GREEDY_H_
#define TREMPLIN_SERVICES_MATCHING_ENGINE_GREEDY_H_

#include <memory>

#include "services/matching/engine/matcher.h"
#include "services/matching/engine/score.h"

namespace tremplin::matching::engine {

// Whoever waits longest chooses first: mentees by (day since which they wait, business key), each
// the free mentor of the highest score, ties by business key. One pass, every pair scored once.
std::unique_ptr<Matcher> MakeGreedyMatcher(Distance distance);

}  // namespace tremplin::matching::engine

#endif  // TREMPLIN_SERVICES_MATCHING_ENGINE_GREEDY_H_
