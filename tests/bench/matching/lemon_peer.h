#ifndef TREMPLIN_TESTS_BENCH_MATCHING_LEMON_PEER_H_
#define TREMPLIN_TESTS_BENCH_MATCHING_LEMON_PEER_H_

#include <stddef.h>
#include <stdint.h>

// The same assignment by LEMON's minimum-cost flows, to compare values and times with. LEMON 1.3.1
// does not compile as C++20; its unit is C++17, so this header has nothing newer either.
namespace tremplin::bench {

// Candidates of mentee i: mentor[begin[i]], worth[begin[i]] to begin[i + 1] - 1.
struct LemonProblem {
  size_t mentees;
  size_t mentors;
  const uint32_t* begin;
  const uint32_t* mentor;
  const int64_t* worth;
  const int32_t* capacity;
};

enum class LemonAlgorithm { kNetworkSimplex, kCostScaling };

struct LemonAnswer {
  bool optimal;
  int64_t value;         // Σ worth, which must fit
  double build_seconds;  // making LEMON's graph and maps
  double solve_seconds;
};

LemonAnswer SolveWithLemon(const LemonProblem& problem, LemonAlgorithm algorithm);

}  // namespace tremplin::bench

#endif  // TREMPLIN_TESTS_BENCH_MATCHING_LEMON_PEER_H_
