#ifndef TREMPLIN_TESTS_FAULTS_WORKLOAD_H_
#define TREMPLIN_TESTS_FAULTS_WORKLOAD_H_

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/rpc/client.h"
#include "tests/support/deployment.h"
#include "tremplin/referral/v1/referral.pb.h"

namespace tremplin::testing {

// A client as a good partner writes it: one request id per intent, sent again until it is answered.
// Thread-safe.
class PersistentClient {
 public:
  PersistentClient(const Deployment& deployment, std::string credential);

  // Sends until answered by something other than an outage, at most for `patience`.
  template <class Response, class Request>
  absl::StatusOr<Response> Call(const std::string& service, const std::string& method,
                                const Request& request) {
    absl::StatusOr<Response> response;
    const absl::Time give_up = absl::Now() + kPatience;
    do {
      response = Client(service).template Call<Response>(method, request, kTimeout);
      if (response.ok() || !Outage(response.status())) return response;
      ++retries_;
      Pause();
    } while (absl::Now() < give_up);
    return response;
  }

  // One try.
  template <class Response, class Request>
  absl::StatusOr<Response> Once(const std::string& service, const std::string& method,
                                const Request& request, absl::Duration timeout) {
    return Client(service).template Call<Response>(method, request, timeout);
  }

  int retries() const { return retries_; }

 private:
  static constexpr absl::Duration kTimeout = absl::Seconds(5);
  static constexpr absl::Duration kPatience = absl::Minutes(2);
  static bool Outage(const absl::Status& status);
  static void Pause();
  rpc::Client& Client(const std::string& service);

  const Deployment& deployment_;
  std::string credential_;
  std::mutex mutex_;
  std::map<std::string, std::unique_ptr<rpc::Client>> clients_;
  std::atomic<int> retries_{0};
};

// A file that meets every criterion of the Ottawa program.
referral::v1::ReferralFile EligibleFile(int number);

// Keys for a test, made with the operator's.
std::string MakeKey(const Deployment& deployment, options::v1::Role role,
                    const std::string& organization = "", const std::string& person = "",
                    const std::string& program = "");

// Pushes referrals "W-<first>" … as agency `agency` from many threads, has each admitted, and
// remembers what was acknowledged. Thread-safe after construction.
class ReferralWorkload {
 public:
  ReferralWorkload(const Deployment& deployment, std::string agency);

  // Submits `count` and, if `admit`, has staff review and admit each; every step is retried until
  // answered. Failures end up in errors().
  void Run(int first, int count, int threads, bool admit);

  // After the storm: waits until the system has settled, then holds what it shows against what was
  // acknowledged. Each difference is a test failure.
  void Verify();

  const std::map<std::string, std::string>& acknowledged() const { return acknowledged_; }
  std::vector<std::string> errors() const { return errors_; }
  PersistentClient& agency_client() { return agency_client_; }
  PersistentClient& staff_client() { return staff_client_; }
  int retries() const { return agency_client_.retries() + staff_client_.retries(); }

 private:
  void One(int number, bool admit);
  void Failed(const std::string& step, const absl::Status& status);
  std::vector<referral::v1::StatusEntry> Feed();
  int64_t FunnelCount(const std::string& code);

  const Deployment& deployment_;
  std::string agency_;
  PersistentClient agency_client_;
  PersistentClient staff_client_;
  std::mutex mutex_;
  std::map<std::string, std::string> acknowledged_;  // external id → referral
  int admitted_ = 0;
  std::vector<std::string> errors_;
};

// Every module of the deployment: empty outbox, no lag, no due timer, no dead letter, twice in a
// row.
bool WaitSettled(const Deployment& deployment, absl::Duration timeout);
int64_t DeadLetters(const Deployment& deployment);
int64_t OutboxBacklog(const Deployment& deployment);

}  // namespace tremplin::testing

#endif  // TREMPLIN_TESTS_FAULTS_WORKLOAD_H_
