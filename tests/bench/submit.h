#ifndef TREMPLIN_TESTS_BENCH_SUBMIT_H_
#define TREMPLIN_TESTS_BENCH_SUBMIT_H_

#include <memory>
#include <string>
#include <vector>

#include "tests/bench/load.h"
#include "tests/support/deployment.h"

namespace tremplin::bench {

// A running, loaded deployment and connections of an agency to its referral service.
struct Bench {
  std::unique_ptr<testing::Deployment> deployment;
  std::vector<std::unique_ptr<rpc::Client>> clients;
};
// Ends the program when the deployment cannot be had.
Bench OpenBench(std::unique_ptr<testing::Deployment> deployment);

// SubmitReferral number `n` of agency "ociso": always a new person.
MakeCall SubmitCalls();

// Submits `count` from number `first`, and waits until every event of theirs is consumed;
// `consumed` gets the rate over all of it.
LoadResult SubmitAll(const Bench& bench, int64_t first, int64_t count, double* consumed);

}  // namespace tremplin::bench

#endif  // TREMPLIN_TESTS_BENCH_SUBMIT_H_
