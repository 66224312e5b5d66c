#ifndef TREMPLIN_TESTS_FAULTS_WORKLOAD_H_
#define TREMPLIN_TESTS_FAULTS_WORKLOAD_H_

#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "tests/support/deployment.h"
#include "tests/support/partner.h"
#include "tests/support/staff.h"
#include "tremplin/referral/v1/referral.pb.h"

namespace tremplin::testing {

// Pushes referrals "W-<first>" … as agency `agency` from many threads, has each admitted, and
// remembers what was acknowledged. Thread-safe after construction.
class ReferralWorkload {
 public:
  ReferralWorkload(const Deployment& deployment, std::string agency);

  // Submits `count` and, if `admit`, has staff review and admit each; every step is retried until
  // answered. Failures end up in errors().
  void Run(int first, int count, int threads, bool admit);

  // After the storm: waits until the system has settled, then holds what it shows against what was
  // acknowledged. `ready` of the admitted were made ready for matching and `matched` of those
  // matched. Each difference is a test failure.
  void Verify(int ready = 0, int matched = 0);

  const std::map<std::string, std::string>& acknowledged() const { return acknowledged_; }
  // While Run goes on.
  size_t acknowledged_count() {
    const std::lock_guard lock(mutex_);
    return acknowledged_.size();
  }
  std::vector<std::string> errors() const { return errors_; }
  PersistentClient& agency_client() { return agency_client_; }
  PersistentClient& staff_client() { return staff_.client(); }
  int retries() { return agency_client_.retries() + staff_.client().retries(); }

 private:
  void One(int number, bool admit);
  void Failed(const std::string& step, const absl::Status& status);
  std::vector<referral::v1::StatusEntry> Feed();
  int64_t FunnelCount(const std::string& code);

  const Deployment& deployment_;
  std::string agency_;
  PersistentClient agency_client_;
  Staff staff_;
  std::mutex mutex_;
  std::map<std::string, std::string> acknowledged_;  // external id → referral
  int admitted_ = 0;
  std::vector<std::string> errors_;
};

}  // namespace tremplin::testing

#endif  // TREMPLIN_TESTS_FAULTS_WORKLOAD_H_
