#ifndef TREMPLIN_SERVICES_MATCHING_ENGINE_TESTING_POOLS_H_
#define TREMPLIN_SERVICES_MATCHING_ENGINE_TESTING_POOLS_H_

#include <cstdint>
#include <string_view>

#include "rapidcheck.h"
#include "services/matching/engine/matcher.h"

// Pools and policies for the engine's tests.
namespace tremplin::matching::engine::testing {

// Kilometres between areas named by a letter and two digits: the difference of the digits; -1 when
// either is not such a name.
double Kilometres(std::string_view a, std::string_view b);

// Few codes, so that ties, unknown values, full mentors, barred pairs, required wishes, lessons and
// people on both sides are all common. At least one of each side.
rc::Gen<Pool> AnyPool(int mentees, int mentors);
rc::Gen<Policy> AnyPolicy();
Pool RandomPool(uint64_t seed, int mentees, int mentors);
Policy RandomPolicy(uint64_t seed);

// Drawn evenly from more codes, the same for the same numbers.
Pool PoolOfOttawa(int mentees, int mentors);
Policy PolicyOfOttawa();

}  // namespace tremplin::matching::engine::testing

#endif  // TREMPLIN_SERVICES_MATCHING_ENGINE_TESTING_POOLS_H_
