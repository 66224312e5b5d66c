#ifndef TREMPLIN_COMMON_DATABASE_POSTGRES_DATABASE_H_
#define TREMPLIN_COMMON_DATABASE_POSTGRES_DATABASE_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "common/database/database.h"
#include "common/status/condition.h"

namespace tremplin::database {

struct PostgresOptions {
  std::string uri = {};      // libpq connection URI of the runtime role
  std::string service = {};  // schema and prefix
  int lanes = 4;             // 1–32
  int readers = 8;           // 1–64
  int batch_writes = 64;     // 1–64
  int queue_limit = 4096;    // per lane
  absl::Duration statement_timeout = absl::Seconds(5);
  // Longer than the server's deadlock_timeout (1 s, which only a superuser may change), so that of
  // writes that wait for each other one is ended as the victim of a deadlock, not all as late.
  absl::Duration lock_timeout = absl::Seconds(2);
  absl::Duration idle_in_transaction_timeout = absl::Seconds(1);
  absl::Duration connect_timeout = absl::Seconds(2);
  LaneObserver observer = nullptr;
  // Told of a full disk, and of a server that does not let the role in.
  std::shared_ptr<status::Condition> condition = nullptr;
};

// READ COMMITTED lanes in libpq's pipeline mode. Does not connect by itself: connections are made
// on first use and again, with backoff, after a loss; until then calls fail with UNAVAILABLE within
// their deadline.
std::unique_ptr<Database> MakePostgresDatabase(const PostgresOptions& options);

// Creates schema `service`, applies pending migrations as the role of `owner_uri` (an owner, which
// the runtime role is not) and grants the runtime role what it needs: it is neither owner,
// superuser nor BYPASSRLS. Safe to run from several processes at once (advisory lock for the length
// of the migration).
absl::Status MigratePostgres(const std::string& owner_uri, std::string_view service,
                             std::string_view runtime_role, absl::Span<const Migration> migrations);

// Creates the login role, or gives an existing one the password unless it is empty, and creates the
// database of the URI when missing. For tests and `tremplinctl
// migrate`.
absl::Status EnsureRole(const std::string& owner_uri, std::string_view role,
                        std::string_view password);

}  // namespace tremplin::database

#endif  // TREMPLIN_COMMON_DATABASE_POSTGRES_DATABASE_H_
