#ifndef TREMPLIN_COMMON_LEASE_LEASE_H_
#define TREMPLIN_COMMON_LEASE_LEASE_H_

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/clock/clock.h"
#include "common/database/database.h"

// Which of several replicas does a piece of work, as rows (design §2): a lease is fenced inside
// each transaction that it protects, never by a read before it.
namespace tremplin::lease {

// `{service}_lease` (id primary key, holder, epoch, expires_us).
extern const std::string_view kLeaseSchemaSql;

// A lease as it stands.
struct Standing {
  std::string id;
  std::string holder;
  int64_t epoch = 0;
  absl::Time expires;  // in the past: nobody holds it
};

// The leases of a service whose table is there, by id, at most `limit`.
absl::StatusOr<std::vector<Standing>> List(database::Database& db, const std::string& service,
                                           int limit);

struct LeaseOptions {
  std::string service;  // prefix of the table
  std::string holder;   // this process: never used by another, nor again after a restart
  // How long a holder that says nothing keeps the others waiting (system time).
  absl::Duration term = absl::Seconds(5);
};

// The leases of a service, one a name. A process may act under an epoch until another has taken the
// lease; it proves that in each transaction (Fence). A process that was frozen beyond its term
// finds its epoch gone, and what it then writes is refused. Thread-safe.
class Leases {
 public:
  Leases(LeaseOptions options, database::Database& db, const clock::Clock& clock);

  // The epoch under which this process may act, taking the lease when nobody has it, and prolonging
  // it when a third of its term is over. Nothing while another process holds it. Threads of this
  // process act under the same epoch.
  absl::StatusOr<std::optional<int64_t>> Hold(const std::string& id);

  // Takes the lease from whoever holds it: what they have begun under it will be refused.
  absl::StatusOr<int64_t> Take(const std::string& id);

  // Within a transaction that the lease protects: prolongs it, or ABORTED when the epoch is not in
  // force any more. Others who take the lease wait for this transaction to end.
  absl::Status Fence(database::Transaction& tx, const std::string& id, int64_t epoch);

  // Gives up all that this process holds, so that nobody waits until its term is over. One that
  // cannot be given up ends with its term.
  void Release();

 private:
  struct Held {
    int64_t epoch = 0;
    absl::Time expires;
  };
  enum class From { kNobody, kAnybody };

  absl::StatusOr<std::optional<int64_t>> Acquire(const std::string& id, From from);
  std::optional<Held> Known(const std::string& id);
  // The epoch of a lease that need not be prolonged yet.
  std::optional<int64_t> FreshEpoch(const std::string& id);
  void Remember(const std::string& id, const Held& held);
  void Forget(const std::string& id, int64_t epoch);

  const LeaseOptions options_;
  database::Database& db_;
  const clock::Clock& clock_;
  std::string acquire_sql_, take_sql_, fence_sql_, release_sql_;
  std::mutex asking_;  // held by who asks the database in Hold, at most its deadline
  std::mutex mutex_;
  std::map<std::string, Held> held_;
};

}  // namespace tremplin::lease

#endif  // TREMPLIN_COMMON_LEASE_LEASE_H_
