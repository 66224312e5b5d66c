#ifndef TREMPLIN_COMMON_HOST_BUSINESS_TIME_H_
#define TREMPLIN_COMMON_HOST_BUSINESS_TIME_H_

#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "common/database/database.h"
#include "common/inbox/inbox.h"

namespace tremplin::host {

// `{service}_followed_time`: one row, the business time that this service has followed to.
extern const std::string_view kBusinessTimeSchemaSql;

// The process's business time, which its modules hear of one after the other: it only moves
// forward, however the news arrive. Thread-safe.
class BusinessTime {
 public:
  // `set` moves the clock. Not `enabled` (no demo mode): nothing ever moves it.
  BusinessTime(bool enabled, std::function<void(absl::Time)> set);

  bool enabled() const { return enabled_; }
  // Moves the clock to `time` unless it was set to a later one before.
  void Advance(absl::Time time);

 private:
  const bool enabled_;
  const std::function<void(absl::Time)> set_;
  std::mutex mutex_;
  std::optional<absl::Time> last_;
};

// Follows BusinessTimeSet of registration's topic: keeps the time in the service's row, moves
// `time` after the commit, then runs `moved`. Without demo mode the event is ignored with a
// warning.
void FollowBusinessTime(const std::string& service, BusinessTime& time, std::function<void()> moved,
                        inbox::Handlers& handlers);

// Moves `time` to what the service's row says, at start.
absl::Status LoadBusinessTime(const std::string& service, database::Database& db,
                              BusinessTime& time);

}  // namespace tremplin::host

#endif  // TREMPLIN_COMMON_HOST_BUSINESS_TIME_H_
