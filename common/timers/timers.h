#ifndef TREMPLIN_COMMON_TIMERS_TIMERS_H_
#define TREMPLIN_COMMON_TIMERS_TIMERS_H_

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
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

// The same for what takes long to find out: `Prepare` reads and computes outside any transaction
// and returns the effect, which runs inside the one that deletes the timer. What it was found out
// from may have changed by then: the effect looks again. ABORTED prepares anew at once, at most
// kPrepareTries times. An empty effect says that another replica serves the timer: it is left
// alone, and looked at again kLookAgain later.
using Effect = std::function<absl::Status(database::Transaction&)>;
using Prepare = std::function<absl::StatusOr<Effect>(const std::string& key, absl::Time due)>;

// Timers of one kind that wait.
struct KindWork {
  int64_t due = 0;          // by business time
  int64_t late = 0;         // of them, for longer than Timers::kLate
  absl::Duration lateness;  // of the most overdue
  std::optional<absl::Time> next;
};

struct TimerWork {
  std::map<std::string, KindWork> kinds;  // every kind that is handled, and every one that waits
  bool more = false;                      // than Timers::kMostCounted
};

class Timers {
 public:
  static constexpr int64_t kMostCounted = 10'000;
  static constexpr absl::Duration kLate = absl::Minutes(1);
  static constexpr int kPrepareTries = 3;
  static constexpr absl::Duration kLookAgain = absl::Milliseconds(500);  // of system time

  // `at_once` timers of one kind that are due at one moment, as thousands are at a midnight, are
  // served side by side, so that their commits are flushed together. With 1 each waits for the one
  // before.
  Timers(std::string service, database::Database& db, const clock::Clock& clock, int at_once = 1);

  // Before the loop starts; one of them a kind. `fire` may be called on several threads at once,
  // never for the same key; what is prepared is served alone.
  void Handle(std::string kind, Fire fire);
  void HandlePrepared(std::string kind, Prepare prepare);

  // Sets the timer (kind, key), replacing the due time of one that exists.
  absl::Status Set(database::Transaction& tx, std::string_view kind, std::string_view key,
                   absl::Time due) const;
  // The same, unless one exists that is due sooner. For what serves all that came until it is due:
  // one that is being served is then not moved away by what comes meanwhile.
  absl::Status SetSooner(database::Transaction& tx, std::string_view kind, std::string_view key,
                         absl::Time due) const;
  absl::Status Cancel(database::Transaction& tx, std::string_view kind, std::string_view key) const;

  // Fires up to 256 due timers in the order (due, kind), each in a Write of its own; a loser of a
  // race finds no row and does nothing. Not to be called twice at a time.
  // Returns how long to wait unless woken (zero: at once): until the next timer is due, as business
  // time passes by itself, kLookAgain at most, since other replicas set timers too. Where nothing
  // was due it asks the clock alone until then, or until one is set here.
  absl::Duration Step();

  // The due time of the next timer, nullopt when there is none.
  absl::StatusOr<std::optional<absl::Time>> NextDue();

  // What waits, of the kMostCounted timers that fall due first; an index alone is read.
  absl::StatusOr<TimerWork> Waiting();

  // Called (from any thread) after each commit that set a timer: wakes the loop. Before the loop
  // starts.
  void OnSet(std::function<void()> wake);

  // How far behind the most overdue timer is, by business time; zero when none is due.
  absl::Duration Lateness();

 private:
  struct Due {
    std::string kind;
    std::string key;
    int64_t due_us = 0;
    int attempts = 0;
  };
  enum class Fired { kDone, kFailed, kLeft };
  // Nothing is due before `due` (business time), as far as was known; asked anew at `look_again`
  // (steady time).
  struct Quiet {
    absl::Time due;
    absl::Duration look_again;
  };

  bool IsQuiet() const;
  absl::Duration UntilDue() const;
  void KeepQuiet();
  // Due at one moment, of one kind.
  std::vector<Fired> FireTogether(absl::Span<const Due> due);
  std::vector<Fired> FireAll(absl::Span<const Due> due);
  Fired FireOne(const Due& due);
  void WakeAfter(database::Transaction& tx) const;
  absl::StatusOr<Effect> PrepareOne(const Due& due);
  absl::Status Run(const Due& due, const Effect& effect);
  void Postpone(const Due& due, const absl::Status& why);

  std::string service_;
  database::Database& db_;
  const clock::Clock& clock_;
  const int at_once_;
  std::map<std::string, Prepare> prepare_;
  std::set<std::string> together_;  // kinds whose timers may be served side by side
  // One was set since the last look; hooks of commits hold it, which may outlive the timers.
  const std::shared_ptr<std::atomic<bool>> set_ = std::make_shared<std::atomic<bool>>(true);
  std::optional<Quiet> quiet_;  // of Step's thread
  // Timers that another replica serves, and when to look again. Of Step's thread.
  std::map<std::pair<std::string, std::string>, absl::Time> left_;
  std::function<void()> wake_;
  std::string set_sql_, sooner_sql_, cancel_sql_, due_sql_, delete_sql_, postpone_sql_, next_sql_,
      waiting_sql_;
};

}  // namespace tremplin::timers

#endif  // TREMPLIN_COMMON_TIMERS_TIMERS_H_
