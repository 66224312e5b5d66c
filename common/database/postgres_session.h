#ifndef TREMPLIN_COMMON_DATABASE_POSTGRES_SESSION_H_
#define TREMPLIN_COMMON_DATABASE_POSTGRES_SESSION_H_

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
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

// The transaction of one write.
class PostgresTransaction final : public Transaction {
 public:
  // `unread` belongs to the batch: whether statements of its writes, this one or those before, were
  // sent whose errors are not known yet.
  PostgresTransaction(PostgresConnection& connection, const PostgresOptions& options,
                      PendingWrite& write, bool& unread)
      : connection_(connection), options_(options), write_(write), unread_(unread) {}

  absl::StatusOr<Result> Query(std::string_view sql, Params params) override;
  absl::Status Execute(std::string_view sql, Params params) override;
  void AfterCommit(std::function<void()> fn) override;
  absl::Status Nested(const std::function<absl::Status(Transaction&)>& fn) override;

  // After the function: goes on waiting for the answers at which its deadline passed, if it did, as
  // long as the server may take.
  void Resume();
  // As Resume, and reads all that is unread. The write's error, if it has one.
  absl::Status Finish();

  // The write's error, as far as it is known.
  const absl::Status& failed() const { return failed_; }
  // The answers that are outstanding cannot be had: the connection is of no more use.
  bool interrupted() const { return interrupted_; }
  // A statement failed, perhaps of an earlier write of the batch: PostgreSQL refuses every other
  // one until something is rolled back.
  bool aborted() const { return aborted_; }
  // Rolling back to a savepoint will not do.
  bool transaction_lost() const { return lost_; }
  // A statement was sent that may have changed something.
  bool changed() const { return changed_; }
  using Transaction::EndPrefetched;

 private:
  // Waits until the write's deadline at most, or, at its end, as long as the server may take.
  absl::StatusOr<Result> Settle(absl::Time limit);
  void Judge(const PostgresConnection::Settled& settled);
  size_t SendAhead(const Statement& statement) override;
  absl::StatusOr<Result> TakeAhead(size_t number, const Statement& statement) override;
  // What was asked ahead is good no longer: its answers, here or still to come, are nobody's.
  void DropAhead();
  void KeepAhead(std::vector<Result> kept);
  absl::Time Patience() const;

  PostgresConnection& connection_;
  const PostgresOptions& options_;
  PendingWrite& write_;
  bool& unread_;
  // The answers to what was asked ahead and is still good, by number from first_ahead_ on; none
  // where it is not read yet, which the last `unread_ahead_` are not, or was taken.
  std::vector<std::optional<Result>> answers_;
  size_t first_ahead_ = 0;
  size_t unread_ahead_ = 0;
  absl::Status failed_;
  bool interrupted_ = false;  // the write's deadline passed in the middle of a settlement
  bool aborted_ = false;
  bool lost_ = false;
  bool changed_ = false;
  bool nested_ = false;
};

// Writes go without savepoints while none has to be undone (see SavepointGuard), and without
// waiting for their own end: what a write has sent is settled by the first question of the next
// one, or by COMMIT. So an error that shows while a write runs may be that of another write before
// it, and is nobody's answer: the batch is given up, and under savepoints each error shows at its
// own write. An error of a function that only read leaves nothing to undo. A nested part is always
// under a savepoint of its own.
class PostgresLaneSession final : public LaneSession {
 public:
  // `options` outlives it.
  explicit PostgresLaneSession(const PostgresOptions& options);

  absl::Status Begin() override;
  absl::Status Run(PendingWrite& write, const std::function<void()>& ran) override;
  bool Lost() const override { return lost_; }
  CommitOutcome Commit(const std::function<bool()>& waited_for, absl::Status& error) override;
  void Rollback() override;
  bool Unreachable() const override;

 private:
  absl::Status Connect(absl::Time limit);
  void Drop();
  // The two ends of a write whose function has returned `status`.
  absl::Status EndGuarded(PendingWrite& write, PostgresTransaction& transaction,
                          absl::Status status);
  absl::Status EndUnguarded(PendingWrite& write, PostgresTransaction& transaction,
                            absl::Status status);
  absl::Status Lose(const PostgresTransaction& transaction, absl::Status status);
  CommitOutcome NotCommitted(absl::Status& error);
  CommitOutcome Resolve(const std::function<bool()>& waited_for, absl::Status& error);
  // Whether the batch whose COMMIT has no answer is there; nothing while that cannot be told.
  absl::optional<bool> IsCommitted();
  // Nothing when the server could not be asked.
  absl::optional<PostgresConnection::Settled> Ask(std::string_view sql, const Params& params);

  const PostgresOptions& options_;
  mutable std::mutex mutex_;  // guards the pointer against Unreachable()
  std::unique_ptr<PostgresConnection> connection_;
  std::atomic<bool> down_{true};  // not connected
  absl::Time next_attempt_ = absl::InfinitePast();
  int failures_ = 0;            // to connect, in a row
  std::string transaction_id_;  // of the batch whose COMMIT has no answer
  // Each batch leaves its number in the lane's row. The transaction's id alone does not tell a
  // batch: what a server had not made durable when it crashed, or not sent to the standby that took
  // its place, it never had, and the id is given to the next one.
  const std::string lane_;
  const std::string mark_sql_;
  int64_t batch_ = 0;
  bool is_new_ = false;  // the connection: it has not removed marks of lanes that are gone
  // What the transaction's statements act for just now, outside of a write's savepoint. Unknown
  // (none) after BEGIN.
  absl::optional<std::string> tenant_;
  bool unread_ = false;  // see PostgresTransaction
  SavepointGuard guard_;
  bool lost_ = false;
};

}  // namespace tremplin::database

#endif  // TREMPLIN_COMMON_DATABASE_POSTGRES_SESSION_H_
