#ifndef TREMPLIN_COMMON_TIMERS_TIMERS_H_
#define TREMPLIN_COMMON_TIMERS_TIMERS_H_

#include <functional>
#include <map>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/clock/clock.h"
#include "common/database/database.h"

// Deadlines of the domain (an agreement's, a follow-up's window) as rows, due in business time.
namespace tremplin::timers {

// `{service}_timer` (kind, key, due_us, attempts, next_try_us; primary key (kind, key), index on
// due_us).
extern const std::string_view kTimersSchemaSql;

// What a timer does when due: inside the transaction that deletes it. `due` is when it was due,
// which is what dates derive from, not the moment it is served. An error keeps the row, which is
// tried again with backoff (system time), at most every 5 minutes, forever: a timer is never
// dropped; its lateness is a metric.
using Fire =
    std::function<absl::Status(database::Transaction&, const std::string& key, absl::Time due)>;

class Timers {
 public:
  Timers(std::string service, database::Database& db, const clock::Clock& clock);

  // Before the loop starts.
  void Handle(std::string kind, Fire fire);

  // Sets the timer (kind, key), replacing the due time of one that exists.
  absl::Status Set(database::Transaction& tx, std::string_view kind, std::string_view key,
                   absl::Time due) const;
  absl::Status Cancel(database::Transaction& tx, std::string_view kind, std::string_view key) const;

  // Fires up to 64 due timers in the order (due, kind, key), each in a Write of its own; a loser of
  // a race finds no row and does nothing. Returns how long to wait unless woken (zero: at once), at
  // most 50 ms, because business time may be moved at any moment.
  absl::Duration Step();

  // The due time of the next timer, nullopt when there is none.
  absl::StatusOr<std::optional<absl::Time>> NextDue();

  // Called (from any thread) after each commit that set a timer: wakes the loop. Before the loop
  // starts.
  void OnSet(std::function<void()> wake);

  // How far behind the most overdue timer is, by business time; zero when none is due.
  absl::Duration Lateness();

 private:
  void FireOne(const std::string& kind, const std::string& key, int64_t due_us, int attempts);

  std::string service_;
  database::Database& db_;
  const clock::Clock& clock_;
  std::map<std::string, Fire> fire_;
  std::function<void()> wake_;
  std::string set_sql_, cancel_sql_, due_sql_, delete_sql_, postpone_sql_, next_sql_;
};

}  // namespace tremplin::timers

#endif  // TREMPLIN_COMMON_TIMERS_TIMERS_H_
