#ifndef TREMPLIN_TESTS_BENCH_MATCHING_CANDIDATES_BENCH_H_
#define TREMPLIN_TESTS_BENCH_MATCHING_CANDIDATES_BENCH_H_

#include <cstdint>
#include <string_view>

#include "services/matching/engine/matcher.h"
#include "tests/bench/report.h"

namespace tremplin::bench {

// A pool of a documented kind, the same for the same arguments: occupations by Zipf (exponent .9)
// over the 516 unit groups in an order of their own; an industry that goes with the occupation for
// two in three; English 75 %, French 10 %, both 15 %; 150 areas, those in the
// middle more populous (a spiral within 60 km of the middle); three to five of 21 weekly slots; one
// to three places.
matching::engine::Pool StructuredPool(int mentees, int mentors, uint64_t seed);
// Kilometres between its areas.
double StructuredKilometres(std::string_view a, std::string_view b);
matching::engine::Policy StructuredPolicy();

// Rates of scoring on one core, each the best of several runs: raw (every pair scored), in the
// scalar form too, and effective (pairs that need not be scored counted with them); rows, columns
// and memory; and groups of 2,700 mentees.
void MeasureCandidates(Report& report, bool quick);

}  // namespace tremplin::bench

#endif  // TREMPLIN_TESTS_BENCH_MATCHING_CANDIDATES_BENCH_H_
