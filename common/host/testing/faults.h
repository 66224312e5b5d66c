#ifndef TREMPLIN_COMMON_HOST_TESTING_FAULTS_H_
#define TREMPLIN_COMMON_HOST_TESTING_FAULTS_H_

#include <cstdint>
#include <random>

#include "common/host/host.h"

namespace tremplin::host::testing {

// What can go wrong at the ports, each for so many of a hundred calls. Whoever calls is told of an
// outage (UNAVAILABLE) in all but the last three.
struct FaultRates {
  // Database.
  int write_refused = 0;  // nothing is written
  int write_unknown = 0;  // all is written, and whoever wrote does not hear of it
  int read_refused = 0;
  // Peers.
  int call_refused = 0;  // nobody is reached
  int answer_lost = 0;   // it is done, and whoever asked does not hear of it
  // Event log. What concerns publishing is met in a system with `relayed` only.
  int publish_refused = 0;  // nothing is taken
  int report_lost = 0;      // the log has the event, and the relay hears that it may not
  int poll_refused = 0;
  int published_twice = 0;  // the log has the event twice
  int poll_late = 0;        // what is there comes another time
  int handed_again = 0;     // what a consumer has done comes once more
};

// Faults at the ports of systems in one process, drawn from a seed of their own: the same calls
// meet the same faults. None are met before Begin and after End. Outlives the systems. For one
// thread.
class Faults {
 public:
  Faults(uint64_t seed, const FaultRates& rates) : rates_(rates), random_(seed) {}
  Faults(const Faults&) = delete;
  Faults& operator=(const Faults&) = delete;

  // `options` with the faults before each port.
  InlineOptions Around(InlineOptions options);
  void Begin() { active_ = true; }
  void End() { active_ = false; }
  // How many were met so far.
  int met() const { return met_; }

  // For the ports: whether this call meets a fault that so many of a hundred meet.
  bool Meets(int of_a_hundred);
  const FaultRates& rates() const { return rates_; }

 private:
  const FaultRates rates_;
  std::mt19937_64 random_;
  bool active_ = false;
  int met_ = 0;
};

}  // namespace tremplin::host::testing

#endif  // TREMPLIN_COMMON_HOST_TESTING_FAULTS_H_
