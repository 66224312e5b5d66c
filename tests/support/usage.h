#ifndef TREMPLIN_TESTS_SUPPORT_USAGE_H_
#define TREMPLIN_TESTS_SUPPORT_USAGE_H_

#include <sys/types.h>

namespace tremplin::testing {

// What a process uses, as the kernel counts it; 0 of one that is gone.

// Processor time so far, of all its threads, in microseconds.
double ProcessorMicros(pid_t process);
double ResidentMegabytes(pid_t process);
int OpenFiles(pid_t process);
int Threads(pid_t process);

}  // namespace tremplin::testing

#endif  // TREMPLIN_TESTS_SUPPORT_USAGE_H_
