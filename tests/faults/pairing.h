#ifndef TREMPLIN_TESTS_FAULTS_PAIRING_H_
#define TREMPLIN_TESTS_FAULTS_PAIRING_H_

#include <cstdint>
#include <map>
#include <mutex>
#include <stop_token>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "tests/support/deployment.h"
#include "tests/support/staff.h"
#include "tremplin/matching/v1/matching.pb.h"

namespace tremplin::testing {

// Staff who orient whoever was admitted, run matching side by side over a few mentors' places, and
// note each side's answers; every call is retried until answered. What was acknowledged is
// remembered.
class PairingWorkload {
 public:
  // Creates `mentors` who take `capacity` each and are ready for it.
  PairingWorkload(const Deployment& deployment, int mentors, int capacity);

  // Orients everybody who was admitted so far.
  void OrientAll();

  // Works with two threads until asked to stop; what was begun is finished.
  void Run(const std::stop_token& stop);

  // After the storm and once settled: no place given twice, no mentee in two, every acknowledged
  // step as it was acknowledged, one engagement a match. Each difference is a test failure.
  void Verify();

  int oriented() const { return oriented_; }
  int matched() const;
  size_t proposals() const { return expected_.size(); }

 private:
  using State = matching::v1::Proposal::State;

  int Orient(int most);  // how many it met
  void Match(int round);
  State Carry(const matching::v1::Proposal& proposal, size_t way);
  bool Answer(const matching::v1::Proposal& proposal, program::v1::Subject side,
              matching::v1::Answer answer, const std::string& step);
  bool Meet(const std::string& proposal);
  void Failed(const std::string& step, const absl::Status& status);
  std::vector<matching::v1::Proposal> AllProposals();

  const int capacity_;
  Staff staff_;
  std::mutex mutex_;
  std::map<std::string, State> expected_;  // proposal → the state last acknowledged
  std::vector<std::string> errors_;
  int oriented_ = 0;
};

}  // namespace tremplin::testing

#endif  // TREMPLIN_TESTS_FAULTS_PAIRING_H_
