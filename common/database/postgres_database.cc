#include "common/database/postgres_database.h"

#include <algorithm>
#include <condition_variable>
#include <functional>
#include <iterator>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include "absl/time/clock.h"
#include "common/database/lane.h"
#include "common/database/postgres_connection.h"
#include "common/database/postgres_session.h"
#include "common/status/macros.h"

namespace tremplin::database {
namespace {

// Longest wait for a pooled connection of a caller without a deadline.
constexpr absl::Duration kLongestWait = absl::Seconds(30);
// Readers hold no row locks, so their sessions may stand still for longer than the lanes'.
constexpr absl::Duration kReaderIdle = absl::Seconds(30);
constexpr absl::Duration kGrace = absl::Seconds(2);

class PostgresReader final : public Reader {
 public:
  PostgresReader(PostgresConnection& connection, const PostgresOptions& options,
                 absl::Time deadline)
      : connection_(connection), options_(options), deadline_(deadline) {}

  absl::StatusOr<Result> Query(std::string_view sql, Params params) override {
    if (!failed_.ok()) return failed_;
    connection_.Send(sql, params);
    return Settle();
  }

  const absl::Status& failed() const { return failed_; }
  bool interrupted() const { return interrupted_; }

 private:
  absl::StatusOr<Result> Settle() {
    absl::Time patience = absl::Now() + options_.statement_timeout + kGrace;
    absl::optional<PostgresConnection::Settled> settled =
        connection_.Settle(std::min(deadline_, patience));
    if (!settled.has_value()) {
      interrupted_ = true;
      failed_ = deadline_ < patience
                    ? absl::DeadlineExceededError("the deadline passed before the server answered")
                    : absl::UnavailableError("PostgreSQL does not answer");
      return failed_;
    }
    if (!settled->error.ok()) return failed_ = settled->error;
    std::move(settled->kept.begin(), settled->kept.end(), std::back_inserter(answers_));
    return std::move(settled->result);
  }

  size_t SendAhead(const Statement& statement) override {
    if (failed_.ok()) connection_.SendKept(statement.sql, statement.params);
    return asked_++;
  }

  absl::StatusOr<Result> TakeAhead(size_t number, const Statement& statement) override {
    if (!failed_.ok()) return failed_;
    if (number >= answers_.size()) TREMPLIN_RETURN_IF_ERROR(Settle().status());
    if (!answers_[number].has_value()) return Query(statement.sql, statement.params);
    return *std::exchange(answers_[number], std::nullopt);
  }

  PostgresConnection& connection_;
  const PostgresOptions& options_;
  const absl::Time deadline_;
  size_t asked_ = 0;                            // ahead
  std::vector<std::optional<Result>> answers_;  // to the first of them; none where it was taken
  absl::Status failed_;
  bool interrupted_ = false;
};

class PostgresDatabase final : public Database {
 public:
  explicit PostgresDatabase(const PostgresOptions& options) : options_(options) {
    for (int i = 0; i < std::clamp(options_.lanes, 1, 32); ++i) {
      LaneOptions lane{
          .index = i,
          .batch_writes = static_cast<size_t>(std::clamp(options_.batch_writes, 1, 64)),
          .queue_limit = static_cast<size_t>(std::max(options_.queue_limit, 1)),
          .observer = options_.observer,
          .condition = options_.condition};
      lanes_.push_back(
          std::make_unique<Lane>(lane, std::make_unique<PostgresLaneSession>(options_)));
    }
    free_.resize(static_cast<size_t>(std::clamp(options_.readers, 1, 64)));
  }

  absl::Status Write(const WriteOptions& options,
                     const std::function<absl::Status(Transaction&)>& fn) override {
    size_t lane = std::hash<std::string>()(options.lane_key) % lanes_.size();
    return lanes_[lane]->Write(options, "", fn);
  }

  absl::Status Read(const ReadOptions& options,
                    const std::function<absl::Status(Reader&)>& fn) override {
    TREMPLIN_ASSIGN_OR_RETURN(std::unique_ptr<PostgresConnection> connection,
                              TakeReader(options.deadline));
    absl::Status status = MakeReady(connection, options.deadline);
    if (status.ok()) status = ReadOn(connection, options, fn);
    GiveBack(std::move(connection));
    return status;
  }

  absl::Status Ping(absl::Duration timeout) override {
    return Read({Tenant::None(), absl::Now() + timeout},
                [](Reader& reader) { return reader.Query("SELECT 1").status(); });
  }

 private:
  // A slot of the pool; null where it has no connection yet.
  absl::StatusOr<std::unique_ptr<PostgresConnection>> TakeReader(absl::Time deadline) {
    absl::Time limit = std::min(deadline, absl::Now() + kLongestWait);
    std::unique_lock lock(mutex_);
    if (!freed_.wait_until(lock, absl::ToChronoTime(limit), [this] { return !free_.empty(); })) {
      return absl::ResourceExhaustedError("no read connection of the database is free");
    }
    std::unique_ptr<PostgresConnection> connection = std::move(free_.back());
    free_.pop_back();
    return connection;
  }

  void GiveBack(std::unique_ptr<PostgresConnection> connection) {
    {
      std::lock_guard lock(mutex_);
      free_.push_back(std::move(connection));
    }
    freed_.notify_one();
  }

  // Connected, and nothing of the reader before is left to be read.
  absl::Status MakeReady(std::unique_ptr<PostgresConnection>& connection,
                         absl::Time deadline) const {
    if (connection != nullptr && connection->HasPending()) {
      absl::Time limit = std::min(deadline, absl::Now() + options_.connect_timeout);
      absl::optional<PostgresConnection::Settled> settled = connection->Settle(limit);
      if (!settled.has_value() || !settled->error.ok()) connection.reset();
    }
    if (connection != nullptr && !connection->Alive()) connection.reset();
    if (connection == nullptr) {
      TREMPLIN_ASSIGN_OR_RETURN(connection,
                                PostgresConnection::Connect(options_, kReaderIdle, deadline));
    }
    return absl::OkStatus();
  }

  absl::Status ReadOn(std::unique_ptr<PostgresConnection>& connection, const ReadOptions& options,
                      const std::function<absl::Status(Reader&)>& fn) const {
    connection->Send("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
    connection->Send(kSetTenantSql, {options.tenant.value()});
    PostgresReader reader(*connection, options_, options.deadline);
    absl::Status status = fn(reader);
    if (status.ok()) status = reader.failed();
    if (reader.interrupted() || connection->broken()) {
      connection.reset();
      return status;
    }
    // Nothing depends on the answer: the next reader takes it off the connection.
    connection->Send("ROLLBACK");
    connection->Flush();
    return status;
  }

  const PostgresOptions options_;
  std::vector<std::unique_ptr<Lane>> lanes_;
  std::mutex mutex_;
  std::condition_variable freed_;
  std::vector<std::unique_ptr<PostgresConnection>> free_;
};

}  // namespace

std::unique_ptr<Database> MakePostgresDatabase(const PostgresOptions& options) {
  return std::make_unique<PostgresDatabase>(options);
}

}  // namespace tremplin::database
