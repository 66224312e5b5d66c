#ifndef TREMPLIN_COMMON_DATABASE_POSTGRES_CONNECTION_H_
#define TREMPLIN_COMMON_DATABASE_POSTGRES_CONNECTION_H_

#include <libpq-fe.h>

#include <atomic>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/optional.h"
#include "common/database/database.h"
#include "common/database/postgres_database.h"

// Private to common/database.
namespace tremplin::database {

// One connection in libpq's pipeline mode. Send only queues; Settle sends what is queued, marks a
// point of synchronization and reads every answer up to it. Never waits beyond the limit it is
// given: a settlement may be interrupted and resumed. Used by one thread at a time.
class PostgresConnection {
 public:
  // What a settlement brought.
  struct Settled {
    absl::Status error;        // of the first statement that failed; later ones were skipped
    std::string sql_state;     // of that error
    Result result;             // of the last statement sent
    std::vector<Result> kept;  // of the statements of SendKept, in order
    std::string command;       // its tag ("COMMIT", "INSERT 0 1")
  };

  // UNAVAILABLE when it cannot be had by `limit`. `idle_timeout` ends sessions that stand still
  // inside a transaction.
  static absl::StatusOr<std::unique_ptr<PostgresConnection>> Connect(const PostgresOptions& options,
                                                                     absl::Duration idle_timeout,
                                                                     absl::Time limit);
  ~PostgresConnection();
  PostgresConnection(const PostgresConnection&) = delete;
  PostgresConnection& operator=(const PostgresConnection&) = delete;

  // Queues one statement; `sql` is prepared at first use. An error in sending shows at Settle.
  void Send(std::string_view sql, const Params& params = {});

  // As Send; the first column of its answer (text) is kept as note() until the next SendNoted.
  void SendNoted(std::string_view sql, const Params& params);
  const std::string& note() const { return note_; }

  // As Send; its answer is among those kept.
  void SendKept(std::string_view sql, const Params& params);

  // Nothing when `limit` passed first: the settlement goes on with the next call. A lost connection
  // is UNAVAILABLE and broken().
  absl::optional<Settled> Settle(absl::Time limit);

  // As the first half of Settle: sends what is queued and does not wait for the answers.
  void Flush();

  // Whether statements were sent whose answers have not been read.
  bool HasPending() const { return !expected_.empty(); }
  bool broken() const { return broken_; }
  // False when the server has closed an idle connection. Looks at the socket only.
  bool Alive();

  // Time since which a thread waits for the server, InfinitePast when none does. Thread-safe.
  absl::Time WaitingSince() const;

 private:
  struct Prepared {
    std::string name;
    std::vector<Oid> types;
    bool confirmed = false;
  };
  struct Expected {
    enum class Kind { kPrepare, kStatement, kSync };
    Kind kind;
    std::string sql;
    Prepared* prepared = nullptr;
    bool answered = false;
    bool noted = false;
    bool kept = false;
  };

  explicit PostgresConnection(PGconn* connection) : connection_(connection) {}
  absl::Status FinishConnecting(absl::Time limit);
  absl::Status Refused() const;
  const Prepared* Prepare(std::string_view sql, const Params& params);
  void MarkSync();
  bool Advance(absl::Time limit);
  void Take(PGresult* result);
  void ForgetUnconfirmed();
  // Waits until the socket is ready; false at the limit.
  bool WaitReady(int events, absl::Time limit);
  void Break();

  PGconn* const connection_;
  bool broken_ = false;
  bool sync_marked_ = false;
  int next_name_ = 0;
  std::deque<Expected> expected_;
  Settled settled_;
  std::string note_;
  absl::flat_hash_map<std::string, std::vector<std::unique_ptr<Prepared>>> prepared_;
  std::atomic<int64_t> waiting_since_us_{0};
};

}  // namespace tremplin::database

#endif  // TREMPLIN_COMMON_DATABASE_POSTGRES_CONNECTION_H_
