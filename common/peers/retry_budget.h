#ifndef TREMPLIN_COMMON_PEERS_RETRY_BUDGET_H_
#define TREMPLIN_COMMON_PEERS_RETRY_BUDGET_H_

#include <algorithm>
#include <mutex>

namespace tremplin::peers {

// Lets at most one retry pass for ten calls over time, so that retries cannot multiply the load of
// a peer that is in trouble. Thread-safe.
class RetryBudget {
 public:
  void CountCall() {
    std::lock_guard lock(mutex_);
    tokens_ = std::min(kMost, tokens_ + kPerCall);
  }

  // Whether a retry may be made; takes it from the budget.
  bool TakeRetry() {
    std::lock_guard lock(mutex_);
    if (tokens_ < 1) return false;
    tokens_ -= 1;
    return true;
  }

 private:
  static constexpr double kPerCall = 0.1;
  static constexpr double kMost = 10;  // saved up while all is well
  std::mutex mutex_;
  double tokens_ = kMost;
};

}  // namespace tremplin::peers

#endif  // TREMPLIN_COMMON_PEERS_RETRY_BUDGET_H_
