#ifndef TREMPLIN_TESTS_LOAD_DAY_H_
#define TREMPLIN_TESTS_LOAD_DAY_H_

#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "tests/load/arrivals.h"
#include "tests/support/deployment.h"

namespace tremplin::load {

// What comes in on an ordinary day: agencies' systems look their referrals up, follow their feed,
// ask who is eligible, push; staff list, search, decide, read the funnel. Eight agencies of the
// sample and one program, each with a connection of its own. Thread-safe, but for Prepare.
class Day {
 public:
  explicit Day(const testing::Deployment& deployment);

  // Pushes referrals to begin with. False when that fails.
  bool Prepare(int64_t referrals);
  // The kinds of calls, which call this.
  std::vector<Kind> Kinds();

 private:
  struct Referral {
    size_t agency = 0;
    std::string name;
  };
  void Keep(const std::string& answer);
  Call Push(int64_t number);
  Call LookUp(int64_t number);
  Call Decide(int64_t number);
  Referral Known(int64_t number);
  rpc::Client* Agency(int64_t number);

  std::vector<std::unique_ptr<rpc::Client>> agencies_;
  std::unique_ptr<rpc::Client> staff_;
  std::unique_ptr<rpc::Client> reports_;  // staff's, at the outcome service
  std::mutex mutex_;
  std::vector<Referral> known_;
  std::deque<std::string> undecided_;  // applications
};

}  // namespace tremplin::load

#endif  // TREMPLIN_TESTS_LOAD_DAY_H_
