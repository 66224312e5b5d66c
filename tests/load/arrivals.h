#ifndef TREMPLIN_TESTS_LOAD_ARRIVALS_H_
#define TREMPLIN_TESTS_LOAD_ARRIVALS_H_

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "common/rpc/client.h"

// Load as a public meets a service with: callers come when they come, whether or not those before
// them were answered.
namespace tremplin::load {

// A connection, method and request bytes, by the number of the call.
struct Call {
  rpc::Client* client = nullptr;
  std::string method;
  std::string request;
};

// What callers come for.
struct Kind {
  std::string name;  // "push a referral"
  double share = 0;  // of all calls; relative to the others'
  std::function<Call(int64_t number)> make;
  // On a thread of gRPC, with what the call was answered; it does not block.
  std::function<void(const std::string& answer)> answered = nullptr;
};

// Times count from when a call should have begun, in milliseconds.
struct Tally {
  int64_t offered = 0;
  int64_t good = 0;                         // answered in time
  std::map<std::string, int64_t> errors;    // by reason, or by code where there is none
  std::vector<double> good_ms, refused_ms;  // sorted; refused: too many calls, shed
  void Add(const Tally& other);
};

struct Second {
  int64_t offered = 0;  // calls that should have begun in it
  int64_t good = 0;     // of those, answered in time
  double worst_ms = 0;  // of those
};

struct Outcome {
  std::map<std::string, Tally> kinds;
  std::vector<Second> seconds;
  double late_ms = 0;  // p99 of how late calls began: what the generator itself adds
  absl::Duration length;
  Tally All() const;
  double GoodPerSecond() const;
};

// 0–100 of sorted times; 0 when there are none.
double Percentile(const std::vector<double>& sorted, double p);

// Calls come at random (exponential gaps) at `rate` a second for `length`; each waits `patience` at
// most. `first` is the number of the first call. A call that would be the `most_open`th under way
// is not made: it counts as an error of the generator.
struct Plan {
  double rate = 100;
  absl::Duration length = absl::Seconds(10);
  absl::Duration patience = absl::Seconds(2);
  int64_t first = 0;
  uint64_t seed = 1;
  int64_t most_open = 20'000;
};
Outcome Run(const std::vector<Kind>& kinds, const Plan& plan);

}  // namespace tremplin::load

#endif  // TREMPLIN_TESTS_LOAD_ARRIVALS_H_
