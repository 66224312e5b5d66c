#include "common/database/postgres_session.h"

#include <algorithm>
#include <thread>
#include <utility>

#include "absl/time/clock.h"
#include "common/clock/clock.h"
#include "common/database/postgres_values.h"
#include "common/environment/backoff.h"
#include "common/ids/ids.h"
#include "common/status/macros.h"

namespace tremplin::database {
namespace {

// How long past statement_timeout an answer may take before the server counts as dead.
constexpr absl::Duration kGrace = absl::Seconds(2);
// A wait this long is told as an outage to those who queue behind it.
constexpr absl::Duration kSuspicious = absl::Milliseconds(500);
constexpr environment::Backoff kBackoff{absl::Milliseconds(50), absl::Milliseconds(500)};
constexpr absl::Duration kAskAgain = absl::Milliseconds(20);
constexpr absl::Duration kMarksKept = absl::Hours(24);
// The server has not come to such a transaction.
constexpr std::string_view kInFuture = "22023";

absl::Time PatienceOf(const PostgresOptions& options) {
  return absl::Now() + options.statement_timeout + kGrace;
}

// Answers with the transaction's id.
std::string MarkSql(const std::string& service) {
  return absl::StrCat("INSERT INTO ", service,
                      "_lane (lane, batch, at_us) VALUES ($1, $2, $3) ON CONFLICT (lane) DO UPDATE "
                      "SET batch = excluded.batch, at_us = excluded.at_us "
                      "RETURNING pg_current_xact_id()::text");
}

}  // namespace

absl::Time PostgresTransaction::Patience() const { return PatienceOf(options_); }

absl::StatusOr<Result> PostgresTransaction::Settle(absl::Time limit) {
  absl::optional<PostgresConnection::Settled> settled = connection_.Settle(limit);
  if (!settled.has_value()) {
    interrupted_ = true;
    failed_ = absl::Now() >= write_.deadline
                  ? absl::DeadlineExceededError("the deadline passed before the server answered")
                  : absl::UnavailableError("PostgreSQL does not answer");
    return failed_;
  }
  Judge(*settled);
  failed_ = settled->error;
  if (failed_.ok() && settled->kept.size() < unread_ahead_) {
    failed_ = absl::InternalError("an answer is missing");
  }
  if (!failed_.ok()) return failed_;
  KeepAhead(std::move(settled->kept));
  return std::move(settled->result);
}

void PostgresTransaction::Judge(const PostgresConnection::Settled& settled) {
  unread_ = false;
  if (settled.error.ok()) return;
  aborted_ = true;
  lost_ = lost_ || connection_.broken() || EndsTransaction(settled.sql_state);
}

size_t PostgresTransaction::SendAhead(const Statement& statement) {
  if (!failed_.ok()) {
    DropAhead();
    return first_ahead_++;  // never sent: asked at Get, should a nested part have failed alone
  }
  connection_.SendKept(statement.sql, statement.params);
  unread_ = true;
  answers_.emplace_back();
  ++unread_ahead_;
  return first_ahead_ + answers_.size() - 1;
}

absl::StatusOr<Result> PostgresTransaction::TakeAhead(size_t number, const Statement& statement) {
  if (!failed_.ok()) return failed_;
  const size_t place = number - first_ahead_;
  if (number >= first_ahead_ && place + unread_ahead_ >= answers_.size()) {
    TREMPLIN_RETURN_IF_ERROR(Settle(std::min(write_.deadline, Patience())).status());
  }
  if (number < first_ahead_ || !answers_[place].has_value()) {
    return Query(statement.sql, statement.params);
  }
  return *std::exchange(answers_[place], std::nullopt);
}

// Before ours may be answers to what was dropped, or to what earlier writes of the batch never
// took.
void PostgresTransaction::KeepAhead(std::vector<Result> kept) {
  for (; unread_ahead_ > 0; --unread_ahead_) {
    answers_[answers_.size() - unread_ahead_] = std::move(kept[kept.size() - unread_ahead_]);
  }
}

void PostgresTransaction::DropAhead() {
  first_ahead_ += answers_.size();
  answers_.clear();
  unread_ahead_ = 0;
}

absl::StatusOr<Result> PostgresTransaction::Query(std::string_view sql, Params params) {
  if (!failed_.ok()) return failed_;
  if (!OnlyReads(sql)) {
    changed_ = true;
    DropAhead();
  }
  connection_.Send(sql, params);
  return Settle(std::min(write_.deadline, Patience()));
}

absl::Status PostgresTransaction::Execute(std::string_view sql, Params params) {
  if (!failed_.ok()) return failed_;
  DropAhead();
  connection_.Send(sql, params);
  changed_ = true;
  unread_ = true;
  return absl::OkStatus();
}

void PostgresTransaction::AfterCommit(std::function<void()> fn) {
  write_.after_commit.push_back(std::move(fn));
}

absl::Status PostgresTransaction::Nested(const std::function<absl::Status(Transaction&)>& fn) {
  if (!failed_.ok()) return failed_;
  if (nested_) return failed_ = absl::InternalError("Nested inside Nested");
  DropAhead();
  if (unread_) {
    TREMPLIN_RETURN_IF_ERROR(Settle(std::min(write_.deadline, Patience())).status());
  }
  connection_.Send("SAVEPOINT nested_part");
  const bool changed = changed_;
  size_t hooks = write_.after_commit.size();
  nested_ = true;
  absl::Status status = fn(*this);
  nested_ = false;
  DropAhead();
  if (failed_.ok() && unread_) (void)Settle(std::min(write_.deadline, Patience()));
  if (status.ok()) status = failed_;
  if (status.ok()) {
    connection_.Send("RELEASE SAVEPOINT nested_part");
    return status;
  }
  write_.after_commit.resize(hooks);
  ForgetMemos();
  if (lost_ || interrupted_) {
    failed_ = status;
    return status;
  }
  failed_ = absl::OkStatus();
  aborted_ = false;
  changed_ = changed;
  connection_.Send("ROLLBACK TO SAVEPOINT nested_part");
  connection_.Send("RELEASE SAVEPOINT nested_part");
  return status;
}

void PostgresTransaction::Resume() {
  if (!interrupted_) return;
  // The caller has gone; the connection is good again once the answer is in.
  absl::optional<PostgresConnection::Settled> settled = connection_.Settle(Patience());
  interrupted_ = !settled.has_value();
  lost_ = lost_ || interrupted_;
  if (settled.has_value()) Judge(*settled);
}

absl::Status PostgresTransaction::Finish() {
  if (!interrupted_ && unread_) (void)Settle(Patience());
  Resume();
  return failed_;
}

PostgresLaneSession::PostgresLaneSession(const PostgresOptions& options)
    : options_(options), lane_(ids::New()), mark_sql_(MarkSql(options.service)) {}

bool PostgresLaneSession::Unreachable() const {
  if (down_) return true;
  std::lock_guard lock(mutex_);
  if (connection_ == nullptr) return false;
  absl::Time since = connection_->WaitingSince();
  return since != absl::InfinitePast() && absl::Now() - since > kSuspicious;
}

void PostgresLaneSession::Drop() {
  down_ = true;
  std::lock_guard lock(mutex_);
  connection_.reset();
}

absl::Status PostgresLaneSession::Connect(absl::Time limit) {
  if (absl::Now() < next_attempt_) return absl::UnavailableError("PostgreSQL cannot be reached");
  absl::StatusOr<std::unique_ptr<PostgresConnection>> connection =
      PostgresConnection::Connect(options_, options_.idle_in_transaction_timeout, limit);
  if (!connection.ok()) {
    down_ = true;
    next_attempt_ = absl::Now() + kBackoff.After(++failures_);
    return connection.status();
  }
  failures_ = 0;
  down_ = false;
  is_new_ = true;
  std::lock_guard lock(mutex_);
  connection_ = *std::move(connection);
  return absl::OkStatus();
}

absl::Status PostgresLaneSession::Begin() {
  lost_ = false;
  unread_ = false;
  guard_.BatchBegins();
  if (connection_ != nullptr && !connection_->Alive()) Drop();
  if (connection_ == nullptr) {
    TREMPLIN_RETURN_IF_ERROR(Connect(absl::Now() + options_.connect_timeout));
  }
  tenant_.reset();
  connection_->Send("BEGIN");
  // Known before COMMIT is sent: should its answer be lost, these name what to ask for.
  const int64_t now = clock::ToMicros(absl::Now());
  connection_->SendNoted(mark_sql_, {lane_, ++batch_, now});
  if (std::exchange(is_new_, false)) {
    connection_->Send(
        absl::StrCat("DELETE FROM ", options_.service, "_lane WHERE lane IN (SELECT lane FROM ",
                     options_.service, "_lane WHERE at_us < $1 LIMIT 100 FOR UPDATE SKIP LOCKED)"),
        {now - absl::ToInt64Microseconds(kMarksKept)});
  }
  return absl::OkStatus();
}

absl::Status PostgresLaneSession::Run(PendingWrite& write, const std::function<void()>& ran) {
  const bool guarded = guard_.On();
  if (guarded) connection_->Send("SAVEPOINT one_write");
  if (tenant_ != write.tenant) connection_->Send(kSetTenantSql, {write.tenant});
  PostgresTransaction transaction(*connection_, options_, write, unread_);
  absl::Status status = (*write.fn)(transaction);
  transaction.EndPrefetched();
  ran();
  return guarded ? EndGuarded(write, transaction, std::move(status))
                 : EndUnguarded(write, transaction, std::move(status));
}

absl::Status PostgresLaneSession::EndUnguarded(PendingWrite& write,
                                               PostgresTransaction& transaction,
                                               absl::Status status) {
  // Whether the write fails or not: there is no savepoint to bring the one before back.
  tenant_ = write.tenant;
  transaction.Resume();
  if (status.ok()) status = transaction.failed();
  const bool undo = !status.ok() && transaction.changed();
  const bool lost = transaction.aborted() || transaction.transaction_lost();
  if (undo || lost || connection_->broken()) return Lose(transaction, std::move(status));
  return status;
}

absl::Status PostgresLaneSession::EndGuarded(PendingWrite& write, PostgresTransaction& transaction,
                                             absl::Status status) {
  absl::Status settled = transaction.Finish();
  if (status.ok()) status = settled;
  if (transaction.transaction_lost() || connection_->broken()) {
    return Lose(transaction, std::move(status));
  }
  // The setting outlives RELEASE, and ROLLBACK TO brings the one before it back.
  if (status.ok()) {
    tenant_ = write.tenant;
  } else {
    connection_->Send("ROLLBACK TO SAVEPOINT one_write");
    if (transaction.aborted() || transaction.changed()) guard_.Undone();
  }
  connection_->Send("RELEASE SAVEPOINT one_write");
  return status;
}

absl::Status PostgresLaneSession::Lose(const PostgresTransaction& transaction,
                                       absl::Status status) {
  lost_ = true;
  guard_.Undone();
  // Unread answers would be taken for those of the next statements.
  if (connection_->broken() || transaction.interrupted()) Drop();
  return status.ok() ? absl::UnavailableError("the connection to PostgreSQL was lost") : status;
}

CommitOutcome PostgresLaneSession::NotCommitted(absl::Status& error) {
  if (error.ok()) error = absl::UnavailableError("PostgreSQL does not answer");
  guard_.Undone();
  return CommitOutcome::kNotCommitted;
}

CommitOutcome PostgresLaneSession::Commit(const std::function<bool()>& waited_for,
                                          absl::Status& error) {
  if (unread_ && connection_->note().empty()) {
    // No write has asked anything, so not even the transaction's id is known yet.
    absl::optional<PostgresConnection::Settled> ran = connection_->Settle(PatienceOf(options_));
    if (ran.has_value()) error = ran->error;
    if (!ran.has_value() || connection_->broken()) Drop();
    if (connection_ == nullptr || !error.ok()) return NotCommitted(error);
  }
  connection_->Send("COMMIT");
  absl::optional<PostgresConnection::Settled> settled = connection_->Settle(PatienceOf(options_));
  if (!settled.has_value() || connection_->broken()) {
    transaction_id_ = connection_->note();
    Drop();
    return Resolve(waited_for, error);
  }
  error = settled->error;
  if (!error.ok()) return NotCommitted(error);
  if (settled->command == "COMMIT") return CommitOutcome::kCommitted;
  error = absl::AbortedError("PostgreSQL rolled the transaction back");
  return NotCommitted(error);
}

CommitOutcome PostgresLaneSession::Resolve(const std::function<bool()>& waited_for,
                                           absl::Status& error) {
  error = absl::AbortedError("the connection was lost and the transaction with it");
  // No answer at all has come since BEGIN, so no statement of a write was in it.
  if (transaction_id_.empty()) return CommitOutcome::kNotCommitted;
  while (waited_for()) {
    if (const absl::optional<bool> committed = IsCommitted(); committed.has_value()) {
      return *committed ? CommitOutcome::kCommitted : CommitOutcome::kNotCommitted;
    }
    std::this_thread::sleep_for(absl::ToChronoMilliseconds(kAskAgain));
  }
  return CommitOutcome::kUnknown;
}

absl::optional<bool> PostgresLaneSession::IsCommitted() {
  const auto status = Ask("SELECT pg_xact_status($1::text::xid8)", {transaction_id_});
  if (!status.has_value()) return absl::nullopt;
  if (!status->error.ok()) {
    if (status->sql_state == kInFuture) return false;
    return absl::nullopt;
  }
  const std::string outcome = status->result.rows.empty() ? "" : status->result.rows[0].Text(0);
  if (outcome == "aborted") return false;
  // The server works on the COMMIT, or has not noticed yet that we are gone. Or another's
  // transaction has the id.
  if (outcome == "in progress") return absl::nullopt;
  // Asked after that: whatever was committed under the id is seen.
  const auto mark =
      Ask(absl::StrCat("SELECT batch FROM ", options_.service, "_lane WHERE lane = $1"), {lane_});
  if (!mark.has_value() || !mark->error.ok()) return absl::nullopt;
  return !mark->result.rows.empty() && mark->result.rows[0].Int(0) == batch_;
}

absl::optional<PostgresConnection::Settled> PostgresLaneSession::Ask(std::string_view sql,
                                                                     const Params& params) {
  if (connection_ == nullptr && !Connect(absl::Now() + options_.connect_timeout).ok()) {
    return absl::nullopt;
  }
  connection_->Send(sql, params);
  absl::optional<PostgresConnection::Settled> settled =
      connection_->Settle(absl::Now() + options_.connect_timeout);
  if (settled.has_value() && !connection_->broken()) return settled;
  Drop();
  return absl::nullopt;
}

void PostgresLaneSession::Rollback() {
  lost_ = false;
  if (connection_ == nullptr) return;
  connection_->Send("ROLLBACK");
  absl::optional<PostgresConnection::Settled> settled = connection_->Settle(PatienceOf(options_));
  bool clean = settled.has_value() && !connection_->broken();
  if (clean && !settled->error.ok()) {
    // What was queued before failed and took the ROLLBACK with it.
    connection_->Send("ROLLBACK");
    settled = connection_->Settle(PatienceOf(options_));
    clean = settled.has_value() && settled->error.ok() && !connection_->broken();
  }
  if (!clean) Drop();
}

}  // namespace tremplin::database
