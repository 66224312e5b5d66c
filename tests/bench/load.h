#ifndef TREMPLIN_TESTS_BENCH_LOAD_H_
#define TREMPLIN_TESTS_BENCH_LOAD_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "common/rpc/client.h"

namespace tremplin::bench {

// What one call is: method and request bytes, by its number.
using MakeCall = std::function<std::pair<std::string, std::string>(int64_t number)>;

struct LoadResult {
  int64_t answered = 0;
  int64_t failed = 0;
  absl::Duration elapsed;
  std::vector<double> milliseconds;  // of each answered call, sorted
  double PerSecond() const;
  double Percentile(double p) const;  // 0–100; 0 when there is none
};

// `in_flight` calls at a time over the clients (each a connection), until `count` calls are
// answered.
LoadResult Closed(const std::vector<std::unique_ptr<rpc::Client>>& clients, int in_flight,
                  int64_t count, int64_t first, const MakeCall& make);

// Calls begun at `rate` per second for `length`, whether or not earlier ones are answered (a closed
// loop hides stalls); the time of a call counts from when it should have begun.
LoadResult Open(const std::vector<std::unique_ptr<rpc::Client>>& clients, double rate,
                absl::Duration length, int64_t first, const MakeCall& make);

// Serves a bare gRPC echo (generic callback service, no runtime of ours) until killed: the peer of
// the read figures. Prints its port on standard output.
int ServeEcho();

}  // namespace tremplin::bench

#endif  // TREMPLIN_TESTS_BENCH_LOAD_H_
