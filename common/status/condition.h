#ifndef TREMPLIN_COMMON_STATUS_CONDITION_H_
#define TREMPLIN_COMMON_STATUS_CONDITION_H_

#include <atomic>
#include <chrono>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"

namespace tremplin::status {

// What a store, a log or a cache can be in that waiting alone does not end: somebody has to act. An
// outage (a server that is away) is none of these.
enum class Trouble {
  kDiskFull,    // nothing can be written until there is space
  kRefused,     // the server does not take this client: password, certificate, rights
  kStopped,     // reading has stopped where it would have had to leave something out
  kClientLost,  // the client library has failed for good, and making it anew has not helped so far
};

struct Standing {
  Trouble trouble = Trouble::kDiskFull;
  std::string cause;  // in the words of the server or the library; no personal data
  absl::Time since;
  absl::Duration lasting;  // until it was asked, by a clock that does not jump
};

// How something outside stands, as its use tells: adapters say what they meet and that it is over,
// whoever reports reads. Thread-safe; saying that what is not there has ended costs next to
// nothing.
class Condition {
 public:
  // The first cause and its moment stay until the trouble has ended.
  void Met(Trouble trouble, std::string_view cause);
  void Ended(Trouble trouble);
  // In the order of the enum; empty when all is well.
  std::vector<Standing> Now() const;
  bool Has(Trouble trouble) const;

 private:
  std::atomic<bool> any_ = false;
  mutable std::mutex mutex_;
  struct Entry {
    Standing standing;
    std::chrono::steady_clock::time_point begin;
  };
  std::map<Trouble, Entry> met_;
};

// RESOURCE_EXHAUSTED with the reason DISK_FULL: what a caller hears while nothing can be stored.
// `cause` is for operators and the log.
absl::Status DiskFullError(std::string_view cause);
bool IsDiskFull(const absl::Status& status);

// UNAVAILABLE with the reason SERVER_REFUSES: an outage for callers, who cannot do anything about
// it, and for operators a fault of the installation. `cause` as above.
absl::Status RefusedError(std::string_view cause);
bool IsRefused(const absl::Status& status);

// The cause given to one of these, else the status' own text.
std::string CauseOf(const absl::Status& status);

// How long a caller is to wait before trying again; zero where trying again does not help.
absl::Duration RetryAfter(const absl::Status& status);

}  // namespace tremplin::status

#endif  // TREMPLIN_COMMON_STATUS_CONDITION_H_
