#ifndef TREMPLIN_TESTS_BENCH_PROCESSOR_H_
#define TREMPLIN_TESTS_BENCH_PROCESSOR_H_

#include <sys/types.h>

namespace tremplin::bench {

// Microseconds of processor time that a process has used so far, its threads and the kernel for it
// together. Unlike a rate it says the same on a machine that others use too; in steps of 10 ms.
double ProcessorMicros(pid_t process);

}  // namespace tremplin::bench

#endif  // TREMPLIN_TESTS_BENCH_PROCESSOR_H_
