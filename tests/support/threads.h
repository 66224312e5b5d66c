#ifndef TREMPLIN_TESTS_SUPPORT_THREADS_H_
#define TREMPLIN_TESTS_SUPPORT_THREADS_H_

#include <sys/types.h>

#include <functional>
#include <thread>

namespace tremplin::testing {

// Returns once the thread (of gettid) sleeps in the kernel: it has come to where it waits for
// somebody, who is still held back (a queue, a lock). So tests arrange who comes after whom without
// waiting by the clock. Fails the test, and returns all the same, when it does not come to sleep
// within 10 s.
void AwaitSleep(pid_t thread);

// Starts `run` on a thread, and awaits that it sleeps.
std::jthread StartAndAwaitSleep(std::function<void()> run);

}  // namespace tremplin::testing

#endif  // TREMPLIN_TESTS_SUPPORT_THREADS_H_
