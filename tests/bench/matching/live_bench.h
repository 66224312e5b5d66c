#ifndef TREMPLIN_TESTS_BENCH_MATCHING_LIVE_BENCH_H_
#define TREMPLIN_TESTS_BENCH_MATCHING_LIVE_BENCH_H_

#include "tests/bench/report.h"

namespace tremplin::bench {

// The whole memory of a pool (live_pool.h), rows, optimum and all: what each kind of event costs,
// with what must be so after a batch checked every thousand events; what it takes to build, and to
// answer; and memory a person. `event_ms`: what is aimed for at the 99th percentile, 0 for nothing.
// Exits when memory and batch differ.
void MeasureLivePool(Report& report, int mentees, double event_ms, bool quick);

// How long a pool of 20,000 people takes to be built.
void MeasureRebuild(Report& report);

// Percentiles of an arrival, in milliseconds.
struct ArrivalMs {
  double p50 = 0;
  double p99 = 0;
};
ArrivalMs MeasureArrivals(int mentees, int arrivals);

}  // namespace tremplin::bench

#endif  // TREMPLIN_TESTS_BENCH_MATCHING_LIVE_BENCH_H_
