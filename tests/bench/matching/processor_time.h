#ifndef TREMPLIN_TESTS_BENCH_MATCHING_PROCESSOR_TIME_H_
#define TREMPLIN_TESTS_BENCH_MATCHING_PROCESSOR_TIME_H_

#include <time.h>

namespace tremplin::bench {

// Processor time of this thread, in seconds. All that is measured computes on one thread and waits
// for nothing, so on a free machine this is the time that passes.
inline double ProcessorSeconds() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

}  // namespace tremplin::bench

#endif  // TREMPLIN_TESTS_BENCH_MATCHING_PROCESSOR_TIME_H_
