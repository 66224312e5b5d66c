#include "common/eventlog/sqlite_log_state.h"

#include <algorithm>

#include "absl/time/clock.h"
#include "common/environment/environment.h"
#include "common/status/macros.h"
#include "common/text/text.h"

namespace tremplin::eventlog {
namespace {

constexpr absl::Duration kDatabaseDeadline = absl::Seconds(10);
constexpr size_t kTailBytes = 64 * 1024;  // kept in memory, of one partition
constexpr size_t kRecordOverheadBytes = 512;

constexpr std::string_view kAddTopic =
    "INSERT INTO log_topic (name, partitions) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING";
constexpr std::string_view kFindTopic = "SELECT id, partitions FROM log_topic WHERE name = $1";
constexpr std::string_view kAddRecord =
    "INSERT INTO log_record (seq, topic_id, log_partition, at_us, headers, key, value) "
    "VALUES ($1, $2, $3, $4, $5, $6, $7)";
// The offsets remember what was trimmed.
constexpr std::string_view kHighestSeq =
    "SELECT MAX(seq) FROM (SELECT MAX(seq) AS seq FROM log_record "
    "UNION ALL SELECT MAX(seq) FROM log_offset)";
constexpr std::string_view kLastSeq =
    "SELECT seq FROM log_record WHERE topic_id = $1 AND log_partition = $2 "
    "ORDER BY seq DESC LIMIT 1";
constexpr std::string_view kReadRecords =
    "SELECT seq, headers, key, value FROM log_record "
    "WHERE topic_id = $1 AND log_partition = $2 AND seq > $3 ORDER BY seq LIMIT $4";
constexpr std::string_view kCountRecords =
    "SELECT COUNT(*) FROM log_record WHERE topic_id = $1 AND log_partition = $2 AND seq > $3";
constexpr std::string_view kReadOffset =
    "SELECT seq FROM log_offset WHERE group_name = $1 AND topic_id = $2 AND log_partition = $3";
constexpr std::string_view kSaveOffset =
    "INSERT INTO log_offset (group_name, topic_id, log_partition, seq) VALUES ($1, $2, $3, $4) "
    "ON CONFLICT (group_name, topic_id, log_partition) DO UPDATE SET seq = excluded.seq";

database::WriteOptions Writing(std::string_view lane_key) {
  return {.lane_key = std::string(lane_key),
          .tenant = database::Tenant::All(),
          .deadline = absl::Now() + kDatabaseDeadline};
}

database::ReadOptions Reading() {
  return {.tenant = database::Tenant::All(), .deadline = absl::Now() + kDatabaseDeadline};
}

size_t BytesOf(const Record& record) {
  return record.key.size() + record.value.size() + kRecordOverheadBytes;
}

absl::Status CheckCount(const database::Result& found, const std::string& topic, int partitions) {
  if (found.rows.empty()) {
    return absl::FailedPreconditionError(text::Cat("no topic ", topic));
  }
  const int64_t count = found.rows[0].Int(1);
  if (count == partitions) return absl::OkStatus();
  return absl::FailedPreconditionError(
      text::Cat("topic ", topic, " has ", count, " partitions instead of ", partitions));
}

}  // namespace

// FNV-1a and a finalizer that spreads the last bytes over all bits: the same in every build, as the
// log outlives the process.
int32_t SqliteLogState::PartitionOf(std::string_view key) const {
  uint64_t hash = 14695981039346656037U;
  for (const char c : key) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211U;
  hash = (hash ^ (hash >> 33U)) * 0xff51afd7ed558ccdU;
  hash = (hash ^ (hash >> 33U)) * 0xc4ceb9fe1a85ec53U;
  hash ^= hash >> 33U;
  return static_cast<int32_t>(hash % static_cast<uint64_t>(partitions_));
}

absl::Status SqliteLogState::EnsureTopics(absl::Span<const std::string> topics) {
  TREMPLIN_RETURN_IF_ERROR(
      db_.Write(Writing("log/topics"), [&](database::Transaction& tx) -> absl::Status {
        for (const std::string& topic : topics) {
          TREMPLIN_RETURN_IF_ERROR(tx.Execute(kAddTopic, {topic, int64_t{partitions_}}));
          TREMPLIN_ASSIGN_OR_RETURN(const database::Result found, tx.Query(kFindTopic, {topic}));
          TREMPLIN_RETURN_IF_ERROR(CheckCount(found, topic, partitions_));
        }
        return absl::OkStatus();
      }));
  // Now, and not within the first write that appends.
  const std::lock_guard lock(mutex_);
  for (const std::string& topic : topics) TREMPLIN_RETURN_IF_ERROR(FindTopic(topic).status());
  return LoadHighestSeq();
}

absl::Status SqliteLogState::CheckTopics(absl::Span<const std::string> topics) {
  return db_.Read(Reading(), [&](database::Reader& reader) -> absl::Status {
    for (const std::string& topic : topics) {
      TREMPLIN_ASSIGN_OR_RETURN(const database::Result found, reader.Query(kFindTopic, {topic}));
      TREMPLIN_RETURN_IF_ERROR(CheckCount(found, topic, partitions_));
    }
    return absl::OkStatus();
  });
}

void SqliteLogState::OnPublished(std::function<void(const std::string&)> wake) {
  const std::lock_guard lock(mutex_);
  auto wakers = std::make_shared<Wakers>(*wakers_);
  wakers->push_back(std::move(wake));
  wakers_ = std::move(wakers);
}

// Loads a topic on first use. Publishers may commit meanwhile: Appended waits for the mutex and
// then passes over what the read has seen.
absl::StatusOr<SqliteLogState::Topic*> SqliteLogState::FindTopic(const std::string& name) {
  const auto known = topics_.find(name);
  if (known != topics_.end()) return &known->second;
  Topic topic;
  const absl::Status status = db_.Read(Reading(), [&](database::Reader& reader) -> absl::Status {
    TREMPLIN_ASSIGN_OR_RETURN(const database::Result found, reader.Query(kFindTopic, {name}));
    if (found.rows.empty()) return absl::NotFoundError(text::Cat("no topic ", name));
    topic.id = found.rows[0].Int(0);
    topic.partitions.assign(static_cast<size_t>(partitions_), Tail());
    for (int partition = 0; partition < partitions_; ++partition) {
      TREMPLIN_ASSIGN_OR_RETURN(const database::Result last,
                                reader.Query(kLastSeq, {topic.id, int64_t{partition}}));
      Tail& tail = topic.partitions[static_cast<size_t>(partition)];
      tail.last_seq = tail.floor = last.rows.empty() ? 0 : last.rows[0].Int(0);
    }
    return absl::OkStatus();
  });
  if (!status.ok()) return status;
  return &topics_.emplace(name, std::move(topic)).first->second;
}

absl::StatusOr<SqliteLogState::Tail*> SqliteLogState::FindTail(const PartitionId& partition) {
  TREMPLIN_ASSIGN_OR_RETURN(Topic* const topic, FindTopic(partition.first));
  return &topic->partitions.at(static_cast<size_t>(partition.second));
}

// Of a record to come, on the one lane that writes: in the order of the commits. Those of a write
// that fails are left out.
absl::StatusOr<int64_t> SqliteLogState::NextSeq() {
  const std::lock_guard lock(mutex_);
  TREMPLIN_RETURN_IF_ERROR(LoadHighestSeq());
  return ++*highest_seq_;
}

absl::Status SqliteLogState::LoadHighestSeq() {
  if (highest_seq_.has_value()) return absl::OkStatus();
  TREMPLIN_ASSIGN_OR_RETURN(const database::Result highest,
                            database::ReadRows(db_, Reading(), kHighestSeq));
  highest_seq_ = highest.rows.at(0).Int(0);
  return absl::OkStatus();
}

absl::StatusOr<int64_t> SqliteLogState::TopicId(const std::string& name) {
  const std::lock_guard lock(mutex_);
  TREMPLIN_ASSIGN_OR_RETURN(const Topic* const topic, FindTopic(name));
  return topic->id;
}

absl::Status SqliteLogState::Append(database::Transaction& tx, const events::Event& event) {
  auto record = std::make_shared<Record>();
  record->topic = events::TopicOf(event.service);
  record->partition = PartitionOf(event.key);
  record->headers = events::EncodeHeaders(event);
  record->key = event.key;
  record->value = event.data;
  TREMPLIN_ASSIGN_OR_RETURN(const int64_t topic_id, TopicId(record->topic));
  TREMPLIN_ASSIGN_OR_RETURN(record->offset, NextSeq());
  TREMPLIN_RETURN_IF_ERROR(
      tx.Execute(kAddRecord, {record->offset, topic_id, int64_t{record->partition},
                              absl::ToUnixMicros(environment::SystemNow()),
                              database::Bytes{events::PackHeaders(record->headers)}, record->key,
                              database::Bytes{record->value}}));
  // On the lane, so that the tails grow in the order of the commits.
  tx.AfterCommit([this, record] { Appended(record); });
  return absl::OkStatus();
}

absl::Status SqliteLogState::Publish(absl::Span<const events::Event> events) {
  return db_.Write(Writing("log"), [&](database::Transaction& tx) -> absl::Status {
    for (const events::Event& event : events) TREMPLIN_RETURN_IF_ERROR(Append(tx, event));
    return absl::OkStatus();
  });
}

void SqliteLogState::Appended(std::shared_ptr<Record> record) {
  const std::string topic = record->topic;
  std::shared_ptr<const Wakers> wakers;
  {
    const std::lock_guard lock(mutex_);
    wakers = wakers_;
    ++published_;
    Tail& tail = topics_.at(topic).partitions.at(static_cast<size_t>(record->partition));
    if (record->offset > tail.last_seq) {
      tail.last_seq = record->offset;
      tail.bytes += BytesOf(*record);
      tail.records.push_back(std::move(record));
      while (tail.bytes > kTailBytes) {
        tail.floor = tail.records.front()->offset;
        tail.bytes -= BytesOf(*tail.records.front());
        tail.records.pop_front();
      }
    }
  }
  published_changed_.notify_all();
  for (const auto& wake : *wakers) wake(topic);
}

absl::StatusOr<std::vector<Record>> SqliteLogState::Read(const PartitionId& partition,
                                                         int64_t after, size_t max_records) {
  std::vector<Record> records;
  {
    const std::lock_guard lock(mutex_);
    TREMPLIN_ASSIGN_OR_RETURN(const Tail* const tail, FindTail(partition));
    if (after >= tail->last_seq) return records;
    if (after >= tail->floor) {
      auto next = std::upper_bound(
          tail->records.begin(), tail->records.end(), after,
          [](int64_t seq, const std::shared_ptr<const Record>& r) { return seq < r->offset; });
      for (; next != tail->records.end() && records.size() < max_records; ++next) {
        records.push_back(**next);
      }
      return records;
    }
  }
  TREMPLIN_ASSIGN_OR_RETURN(const int64_t topic_id, TopicId(partition.first));
  TREMPLIN_ASSIGN_OR_RETURN(const database::Result result,
                            database::ReadRows(db_, Reading(), kReadRecords,
                                               {topic_id, int64_t{partition.second}, after,
                                                static_cast<int64_t>(max_records)}));
  for (const database::Row& row : result.rows) {
    TREMPLIN_ASSIGN_OR_RETURN(auto headers, events::UnpackHeaders(row.Blob(1)));
    records.push_back(Record{.topic = partition.first,
                             .partition = partition.second,
                             .offset = row.Int(0),
                             .headers = std::move(headers),
                             .key = row.Text(2),
                             .value = row.Blob(3)});
  }
  return records;
}

absl::StatusOr<int64_t> SqliteLogState::LastSeq(const PartitionId& partition) {
  const std::lock_guard lock(mutex_);
  TREMPLIN_ASSIGN_OR_RETURN(const Tail* const tail, FindTail(partition));
  return tail->last_seq;
}

absl::StatusOr<int64_t> SqliteLogState::CountAfter(const PartitionId& partition, int64_t after) {
  TREMPLIN_ASSIGN_OR_RETURN(const int64_t last, LastSeq(partition));
  if (after >= last) return 0;
  TREMPLIN_ASSIGN_OR_RETURN(const int64_t topic_id, TopicId(partition.first));
  TREMPLIN_ASSIGN_OR_RETURN(const database::Result result,
                            database::ReadRows(db_, Reading(), kCountRecords,
                                               {topic_id, int64_t{partition.second}, after}));
  return result.rows.at(0).Int(0);
}

SqliteLogState::MemberId SqliteLogState::Join(const std::string& group) {
  const std::lock_guard lock(mutex_);
  Group& joined = groups_[group];
  joined.members.push_back(next_member_);
  ++joined.turn;
  return next_member_++;
}

void SqliteLogState::Leave(const std::string& group, MemberId member) {
  const std::lock_guard lock(mutex_);
  Group& left = groups_[group];
  left.members.erase(std::remove(left.members.begin(), left.members.end(), member),
                     left.members.end());
  ++left.turn;
}

int64_t SqliteLogState::Turn(const std::string& group, MemberId member) {
  const std::lock_guard lock(mutex_);
  const Group& asked = groups_[group];
  return !asked.members.empty() && asked.members.back() == member ? asked.turn : 0;
}

absl::StatusOr<SqliteLogState::Offsets> SqliteLogState::LoadOffsets(
    const std::string& group, const std::vector<std::string>& topics, StartAt start_at) {
  Offsets offsets;
  const std::lock_guard lock(mutex_);
  Group& known = groups_[group];
  for (const std::string& name : topics) {
    TREMPLIN_ASSIGN_OR_RETURN(const Topic* const topic, FindTopic(name));
    for (int32_t partition = 0; partition < partitions_; ++partition) {
      const PartitionId id(name, partition);
      const auto kept = known.offsets.find(id);
      if (kept != known.offsets.end()) {
        offsets[id] = kept->second;
        continue;
      }
      TREMPLIN_ASSIGN_OR_RETURN(
          const database::Result saved,
          database::ReadRows(db_, Reading(), kReadOffset, {group, topic->id, int64_t{partition}}));
      int64_t seq = 0;
      if (!saved.rows.empty()) {
        seq = saved.rows[0].Int(0);
      } else {
        if (start_at == StartAt::kLatest) {
          seq = topic->partitions[static_cast<size_t>(partition)].last_seq;
        }
        known.unsaved[id] = seq;  // the log is trimmed no further than its slowest group
      }
      offsets[id] = known.offsets[id] = seq;
    }
  }
  return offsets;
}

void SqliteLogState::SetOffset(const std::string& group, const PartitionId& partition,
                               int64_t seq) {
  const std::lock_guard lock(mutex_);
  Group& moved = groups_[group];
  moved.offsets[partition] = moved.unsaved[partition] = seq;
}

absl::Status SqliteLogState::SaveOffsets(const std::string& group) {
  std::map<PartitionId, int64_t> unsaved;
  std::vector<database::Params> rows;
  {
    const std::lock_guard lock(mutex_);
    unsaved.swap(groups_[group].unsaved);
    for (const auto& [partition, seq] : unsaved) {
      TREMPLIN_ASSIGN_OR_RETURN(const Topic* const topic, FindTopic(partition.first));
      rows.push_back({group, topic->id, int64_t{partition.second}, seq});
    }
  }
  if (rows.empty()) return absl::OkStatus();
  const absl::Status status = db_.Write(Writing(group), [&](database::Transaction& tx) {
    for (const database::Params& row : rows) TREMPLIN_RETURN_IF_ERROR(tx.Execute(kSaveOffset, row));
    return absl::OkStatus();
  });
  if (!status.ok()) {
    const std::lock_guard lock(mutex_);
    groups_[group].unsaved.merge(unsaved);  // what was set meanwhile stays
  }
  return status;
}

uint64_t SqliteLogState::Published() {
  const std::lock_guard lock(mutex_);
  return published_;
}

void SqliteLogState::AwaitPublished(uint64_t seen, absl::Duration timeout) {
  std::unique_lock lock(mutex_);
  published_changed_.wait_for(lock, absl::ToChronoMicroseconds(timeout),
                              [&] { return published_ != seen; });
}

}  // namespace tremplin::eventlog
