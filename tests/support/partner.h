#ifndef TREMPLIN_TESTS_SUPPORT_PARTNER_H_
#define TREMPLIN_TESTS_SUPPORT_PARTNER_H_

#include <array>
#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "common/rpc/client.h"
#include "tests/support/deployment.h"
#include "tremplin/options/v1/options.pb.h"
#include "tremplin/referral/v1/referral.pb.h"

// What a partner's system and an operator do toward a running deployment.
namespace tremplin::testing {

inline constexpr char kOttawa[] = "programs/ottawa-career-mentoring";
// Those of the sample that refer to it.
inline constexpr std::array kAgencies = {"ociso",   "lasi-world-skills", "ymca-ywca-ncr", "cesoc",
                                         "la-cite", "algonquin",         "occsc",         "pqchc"};

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

// Gives a fact, in place of what was given of it before.
void GiveFact(referral::v1::ReferralFile* file, const std::string& name,
              const std::vector<std::string>& values);

// A file that meets every criterion of the Ottawa program.
referral::v1::ReferralFile EligibleFile(int number);

// The operator's credential.
std::string OperatorKey(const Deployment& deployment);

// A key made with the operator's. Ends the program when it cannot be had.
std::string MakeKey(const Deployment& deployment, options::v1::Role role,
                    const std::string& organization = "", const std::string& person = "",
                    const std::string& program = "");

// Every module of the deployment: empty outbox, no lag, no due timer, no dead letter, twice in a
// row.
bool WaitSettled(const Deployment& deployment, absl::Duration timeout);
int64_t DeadLetters(const Deployment& deployment);
int64_t OutboxBacklog(const Deployment& deployment);
// In outboxes and in topics; -1 where it cannot be told.
int64_t EventsWaiting(const Deployment& deployment);

}  // namespace tremplin::testing

#endif  // TREMPLIN_TESTS_SUPPORT_PARTNER_H_
