#ifndef TREMPLIN_COMMON_DATABASE_POSTGRES_SESSION_H_
#define TREMPLIN_COMMON_DATABASE_POSTGRES_SESSION_H_

#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "absl/types/optional.h"
#include "common/database/lane.h"
#include "common/database/postgres_connection.h"
#include "common/database/postgres_database.h"

// Private to common/database.
namespace tremplin::database {

// The statement that sets the tenant for row-level security until the end of the transaction.
inline constexpr std::string_view kSetTenantSql = "SELECT set_config('tremplin.tenant', $1, true)";

// The transaction of one write, inside a savepoint that has been queued before.
class PostgresTransaction final : public Transaction {
 public:
  PostgresTransaction(PostgresConnection& connection, const PostgresOptions& options,
                      PendingWrite& write)
      : connection_(connection), options_(options), write_(write) {}

  absl::StatusOr<Result> Query(std::string_view sql, Params params) override;
  absl::Status Execute(std::string_view sql, Params params) override;
  void AfterCommit(std::function<void()> fn) override;
  absl::Status Nested(const std::function<absl::Status(Transaction&)>& fn) override;

  // Reads the answers that are outstanding, waiting for the server as long as it may take. The
  // write's error, if it has one.
  absl::Status Finish();
  bool transaction_lost() const { return lost_; }

 private:
  // Waits until the write's deadline at most, or, at its end, as long as the server may take.
  absl::StatusOr<Result> Settle(absl::Time limit);
  absl::Time Patience() const;

  PostgresConnection& connection_;
  const PostgresOptions& options_;
  PendingWrite& write_;
  absl::Status failed_;
  bool unread_ = false;       // statements were sent whose errors are not known yet
  bool interrupted_ = false;  // the write's deadline passed in the middle of a settlement
  bool lost_ = false;
  bool nested_ = false;
};

class PostgresLaneSession final : public LaneSession {
 public:
  // `options` outlives it.
  explicit PostgresLaneSession(const PostgresOptions& options) : options_(options) {}

  absl::Status Begin() override;
  absl::Status Run(PendingWrite& write, const std::function<void()>& ran) override;
  bool Lost() const override { return lost_; }
  CommitOutcome Commit(const std::function<bool()>& waited_for, absl::Status& error) override;
  void Rollback() override;
  bool Unreachable() const override;

 private:
  absl::Status Connect(absl::Time limit);
  void Drop();
  CommitOutcome Resolve(const std::function<bool()>& waited_for, absl::Status& error);
  // "" when the server could not be asked.
  std::string AskOutcome();

  const PostgresOptions& options_;
  mutable std::mutex mutex_;  // guards the pointer against Unreachable()
  std::unique_ptr<PostgresConnection> connection_;
  std::atomic<bool> down_{true};  // not connected
  absl::Time next_attempt_ = absl::InfinitePast();
  absl::Duration backoff_ = absl::ZeroDuration();
  std::string transaction_id_;
  // What the transaction's statements act for just now, outside of a write's savepoint. Unknown
  // (none) after BEGIN.
  absl::optional<std::string> tenant_;
  bool lost_ = false;
};

}  // namespace tremplin::database

#endif  // TREMPLIN_COMMON_DATABASE_POSTGRES_SESSION_H_
