#ifndef TREMPLIN_TESTS_BENCH_SUBMIT_H_
#define TREMPLIN_TESTS_BENCH_SUBMIT_H_

#include <memory>
#include <string>
#include <vector>

#include "tests/bench/load.h"
#include "tests/support/deployment.h"

namespace tremplin::bench {

// A running, loaded deployment and its referral service, each connection an agency's own.
struct Bench {
  std::unique_ptr<testing::Deployment> deployment;
  std::vector<std::unique_ptr<rpc::Client>> clients;
};
// As it is run for real: ids are time-ordered, business time is the system's.
inline testing::DeploymentOptions Production() {
  return {.demo = false, .flags = {"--log-level", "warning"}};
}
// Ends the program when the deployment cannot be had.
Bench OpenBench(std::unique_ptr<testing::Deployment> deployment);

// SubmitReferral number `n`, from the agencies in turn: always a new person.
MakeCall SubmitCalls();

// Submits `count` from number `first`, and waits until every event of theirs is consumed;
// `consumed` gets the rate over all of it.
LoadResult SubmitAll(const Bench& bench, int64_t first, int64_t count, double* consumed);

}  // namespace tremplin::bench

#endif  // TREMPLIN_TESTS_BENCH_SUBMIT_H_
