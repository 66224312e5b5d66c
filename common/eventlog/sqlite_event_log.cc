#include "common/eventlog/sqlite_event_log.h"

#include <algorithm>
#include <limits>
#include <map>
#include <utility>

#include "absl/time/clock.h"
#include "common/environment/environment.h"
#include "common/eventlog/sqlite_log_state.h"
#include "common/logging/logging.h"
#include "common/status/macros.h"
#include "common/text/text.h"

namespace tremplin::eventlog {
namespace {

using PartitionId = SqliteLogState::PartitionId;

// In log_record the index ends with seq by itself, as the rows' key.
constexpr database::Migration kMigrations[] = {{1, "event log", R"sql(
CREATE TABLE log_topic (
  id {identity},
  name TEXT NOT NULL UNIQUE,
  partitions BIGINT NOT NULL
);
CREATE TABLE log_record (
  seq {identity},
  topic_id BIGINT NOT NULL,
  log_partition BIGINT NOT NULL,
  at_us BIGINT NOT NULL,
  headers {bytes} NOT NULL,
  key TEXT NOT NULL,
  value {bytes} NOT NULL
);
CREATE INDEX log_record_place ON log_record (topic_id, log_partition);
CREATE TABLE log_offset (
  group_name TEXT NOT NULL,
  topic_id BIGINT NOT NULL,
  log_partition BIGINT NOT NULL,
  seq BIGINT NOT NULL,
  PRIMARY KEY (group_name, topic_id, log_partition)
);
)sql"}};

constexpr std::string_view kTopics = "SELECT id, partitions FROM log_topic ORDER BY id";
// Up to where every group that ever read a partition has done.
constexpr std::string_view kDone =
    "SELECT topic_id, log_partition, min(seq) FROM log_offset GROUP BY topic_id, log_partition";
// The oldest records of a partition are looked at, and no others: numbers and times grow together.
constexpr std::string_view kTrim =
    "DELETE FROM log_record WHERE seq IN (SELECT r.seq FROM (SELECT seq, at_us FROM log_record "
    "WHERE topic_id = $1 AND log_partition = $2 AND seq <= $3 ORDER BY seq LIMIT $4) r "
    "WHERE r.at_us < $5)";

// Events of one transaction: more would keep other writes waiting for milliseconds.
constexpr size_t kAppendAtOnce = 256;
constexpr absl::Duration kSaveOffsetsEvery = absl::Milliseconds(200);

class SqliteProducer final : public Producer {
 public:
  explicit SqliteProducer(std::shared_ptr<SqliteLogState> state) : state_(std::move(state)) {}

  // Durable when it returns; reports come on this thread, before.
  absl::Status Publish(absl::Span<const events::Event> events, const Delivered& delivered,
                       size_t* taken) override {
    *taken = 0;
    while (*taken < events.size()) {
      const auto some = events.subspan(*taken, kAppendAtOnce);
      const absl::Status status = state_->Publish(some);
      // A failed precondition would tell the relay to make a new producer, which mends nothing.
      if (absl::IsFailedPrecondition(status)) return absl::InternalError(status.message());
      if (!status.ok()) return status;
      *taken += some.size();
      for (const events::Event& event : some) delivered(event.id, absl::OkStatus());
    }
    return absl::OkStatus();
  }

  absl::Status Flush(absl::Duration /*timeout*/) override { return absl::OkStatus(); }

 private:
  const std::shared_ptr<SqliteLogState> state_;
};

// Offsets are kept in memory by Commit and saved every 200 ms and at Close: after a crash some
// records come again, and the inbox drops them.
class SqliteConsumer final : public Consumer {
 public:
  SqliteConsumer(std::shared_ptr<SqliteLogState> state, ConsumerOptions options)
      : state_(std::move(state)),
        options_(std::move(options)),
        member_(state_->Join(options_.group)) {}
  ~SqliteConsumer() override { Close(); }

  absl::StatusOr<std::vector<Chunk>> Poll(size_t max_records, absl::Duration wait) override;
  absl::Status Commit(const Chunk& chunk) override;
  void Retry(const Chunk& chunk, absl::Duration delay) override;
  absl::StatusOr<std::vector<Lag>> Lags() override;
  void Close() override;

 private:
  struct Position {
    int64_t handed = 0;  // the last seq handed out
    int64_t done = 0;
    absl::Duration blocked_until = -absl::InfiniteDuration();  // steady time
  };

  // Takes the positions up when it has become this member's turn.
  absl::Status Follow();
  absl::StatusOr<std::vector<Chunk>> Next(size_t max_records);
  absl::Duration Wake(absl::Duration deadline) const;
  void SaveOffsets();

  const std::shared_ptr<SqliteLogState> state_;
  const ConsumerOptions options_;
  const SqliteLogState::MemberId member_;
  int64_t turn_ = 0;
  std::map<PartitionId, Position> positions_;
  PartitionId last_served_;
  bool unsaved_ = false;
  bool closed_ = false;
  absl::Duration saved_at_ = -absl::InfiniteDuration();  // steady time
};

absl::Status SqliteConsumer::Follow() {
  const int64_t turn = state_->Turn(options_.group, member_);
  if (turn == turn_) return absl::OkStatus();
  positions_.clear();
  if (turn != 0) {
    TREMPLIN_ASSIGN_OR_RETURN(
        const auto offsets,
        state_->LoadOffsets(options_.group, options_.topics, options_.start_at));
    for (const auto& [partition, seq] : offsets) {
      positions_[partition] = Position{.handed = seq, .done = seq};
    }
    unsaved_ = true;
  }
  turn_ = turn;
  return absl::OkStatus();
}

absl::StatusOr<std::vector<Chunk>> SqliteConsumer::Poll(size_t max_records, absl::Duration wait) {
  if (closed_) return absl::UnavailableError("consumer is closed");
  const auto deadline = environment::SteadyNow() + wait;
  while (true) {
    const uint64_t seen = state_->Published();
    // A topic that is not there yet is as good as a log that cannot be reached.
    if (absl::Status status = Follow(); !status.ok()) {
      return absl::UnavailableError(status.message());
    }
    absl::StatusOr<std::vector<Chunk>> chunks = Next(max_records);
    if (!chunks.ok()) return absl::UnavailableError(chunks.status().message());
    if (unsaved_ && environment::SteadyNow() - saved_at_ >= kSaveOffsetsEvery) SaveOffsets();
    if (!chunks->empty() || environment::SteadyNow() >= deadline) return chunks;
    state_->AwaitPublished(seen, Wake(deadline) - environment::SteadyNow());
  }
}

// Partitions take turns: the search begins behind the one served last.
absl::StatusOr<std::vector<Chunk>> SqliteConsumer::Next(size_t max_records) {
  std::vector<Chunk> chunks;
  size_t left = max_records;
  const auto now = environment::SteadyNow();
  auto next = positions_.upper_bound(last_served_);
  for (size_t i = 0; i < positions_.size() && left > 0; ++i, ++next) {
    if (next == positions_.end()) next = positions_.begin();
    Position& position = next->second;
    if (position.blocked_until > now) continue;
    absl::StatusOr<std::vector<Record>> records = state_->Read(next->first, position.handed, left);
    if (!records.ok()) {
      if (chunks.empty()) return records.status();
      break;  // what was read before is handed out
    }
    if (records->empty()) continue;
    left -= records->size();
    position.handed = records->back().offset;
    last_served_ = next->first;
    chunks.push_back({next->first.first, next->first.second, *std::move(records)});
  }
  return chunks;
}

// When to look again though nothing is published: a retry's delay is over, offsets are to be saved.
absl::Duration SqliteConsumer::Wake(absl::Duration deadline) const {
  const auto now = environment::SteadyNow();
  auto wake = deadline;
  for (const auto& [partition, position] : positions_) {
    if (position.blocked_until > now) wake = std::min(wake, position.blocked_until);
  }
  if (unsaved_) wake = std::min(wake, std::max(now, saved_at_ + kSaveOffsetsEvery));
  return wake;
}

absl::Status SqliteConsumer::Commit(const Chunk& chunk) {
  if (chunk.empty()) return absl::OkStatus();
  const PartitionId partition(chunk.topic, chunk.partition);
  const auto found = positions_.find(partition);
  const int64_t last = chunk.records.back().offset;
  if (closed_ || found == positions_.end() || last > found->second.handed ||
      state_->Turn(options_.group, member_) != turn_) {
    return absl::FailedPreconditionError("commit: the partition is no longer assigned");
  }
  if (last <= found->second.done) return absl::OkStatus();
  found->second.done = last;
  state_->SetOffset(options_.group, partition, last);
  unsaved_ = true;
  return absl::OkStatus();
}

void SqliteConsumer::Retry(const Chunk& chunk, absl::Duration delay) {
  const auto found = positions_.find({chunk.topic, chunk.partition});
  if (chunk.empty() || found == positions_.end()) return;
  if (chunk.records.back().offset > found->second.handed) return;  // of an earlier turn
  found->second.handed = chunk.records.front().offset - 1;
  found->second.blocked_until = environment::SteadyNow() + delay;
}

absl::StatusOr<std::vector<Lag>> SqliteConsumer::Lags() {
  if (closed_) return absl::UnavailableError("lag: the consumer is closed");
  if (absl::Status status = Follow(); !status.ok()) {
    return absl::UnavailableError(status.message());
  }
  std::vector<Lag> lags;
  for (const auto& [partition, position] : positions_) {
    const auto records = state_->CountAfter(partition, position.done);
    if (!records.ok()) return absl::UnavailableError(records.status().message());
    lags.push_back({partition.first, partition.second, *records});
  }
  if (!positions_.empty()) return lags;
  // Another member reads, or nobody yet.
  const auto offsets = state_->LoadOffsets(options_.group, options_.topics, options_.start_at);
  if (!offsets.ok()) return absl::UnavailableError(offsets.status().message());
  for (const auto& [partition, done] : *offsets) {
    const auto records = state_->CountAfter(partition, done);
    if (!records.ok()) return absl::UnavailableError(records.status().message());
    lags.push_back({partition.first, partition.second, *records, /*assigned=*/false});
  }
  return lags;
}

void SqliteConsumer::SaveOffsets() {
  saved_at_ = environment::SteadyNow();
  const absl::Status status = state_->SaveOffsets(options_.group);
  unsaved_ = !status.ok();
  if (!status.ok()) {
    logging::Warning("offsets not saved", {{"consumer", std::string_view(options_.group)}});
  }
}

void SqliteConsumer::Close() {
  if (closed_) return;
  if (unsaved_) SaveOffsets();
  closed_ = true;
  state_->Leave(options_.group, member_);
}

class SqliteEventLog final : public EventLog {
 public:
  SqliteEventLog(database::Database& db, int partitions)
      : state_(std::make_shared<SqliteLogState>(db, partitions)) {}

  absl::Status EnsureTopics(absl::Span<const std::string> topics) override {
    return state_->EnsureTopics(topics);
  }
  absl::Status CheckTopics(absl::Span<const std::string> topics) override {
    return state_->CheckTopics(topics);
  }
  std::unique_ptr<Producer> NewProducer() override {
    return std::make_unique<SqliteProducer>(state_);
  }
  LocalLog* Local() override { return state_.get(); }
  std::unique_ptr<Consumer> NewConsumer(const ConsumerOptions& options) override {
    return std::make_unique<SqliteConsumer>(state_, options);
  }
  void OnPublished(std::function<void(const std::string& topic)> wake) override {
    state_->OnPublished(std::move(wake));
  }

 private:
  const std::shared_ptr<SqliteLogState> state_;
};

}  // namespace

absl::Span<const database::Migration> SqliteEventLogMigrations() { return kMigrations; }

std::unique_ptr<EventLog> MakeSqliteEventLog(database::Database& db, int partitions) {
  return std::make_unique<SqliteEventLog>(db, partitions);
}

namespace {

// Every (topic, partition), and up to where all who ever read it have done: to the end where nobody
// did.
using Places = std::map<std::pair<int64_t, int64_t>, int64_t>;

absl::StatusOr<Places> PlacesOf(database::Transaction& tx) {
  Places places;
  TREMPLIN_ASSIGN_OR_RETURN(const database::Result topics, tx.Query(kTopics, {}));
  for (const database::Row& topic : topics.rows) {
    for (int64_t partition = 0; partition < topic.Int(1); ++partition) {
      places[{topic.Int(0), partition}] = std::numeric_limits<int64_t>::max();
    }
  }
  TREMPLIN_ASSIGN_OR_RETURN(const database::Result done, tx.Query(kDone, {}));
  for (const database::Row& row : done.rows) places[{row.Int(0), row.Int(1)}] = row.Int(2);
  return places;
}

}  // namespace

absl::StatusOr<int64_t> TrimSqliteEventLog(database::Database& db, absl::Time older_than,
                                           int limit) {
  int64_t deleted = 0;
  const database::WriteOptions options = {.lane_key = "log",
                                          .tenant = database::Tenant::All(),
                                          .deadline = absl::Now() + absl::Seconds(10)};
  const absl::Status status = db.Write(options, [&](database::Transaction& tx) -> absl::Status {
    deleted = 0;
    TREMPLIN_ASSIGN_OR_RETURN(const Places places, PlacesOf(tx));
    for (const auto& [place, done] : places) {
      if (deleted >= limit) break;
      TREMPLIN_ASSIGN_OR_RETURN(const database::Result result,
                                tx.Query(kTrim, {place.first, place.second, done, limit - deleted,
                                                 absl::ToUnixMicros(older_than)}));
      deleted += result.affected;
    }
    return absl::OkStatus();
  });
  if (!status.ok()) return status;
  return deleted;
}

}  // namespace tremplin::eventlog
