#ifndef TREMPLIN_TESTS_LOAD_SOAK_H_
#define TREMPLIN_TESTS_LOAD_SOAK_H_

#include <ostream>
#include <thread>

#include "tests/support/deployment.h"

namespace tremplin::load {

// While it lives, writes every five seconds what each process of the deployment holds, as CSV:
// second, process, memory (MB, resident), files, threads, processor (percent of a core), and of the
// whole system events that wait (outbox and lag). The file and the deployment outlive it.
class Sampler {
 public:
  Sampler(testing::Deployment& deployment, std::ostream& out);

 private:
  std::jthread thread_;
};

}  // namespace tremplin::load

#endif  // TREMPLIN_TESTS_LOAD_SOAK_H_
