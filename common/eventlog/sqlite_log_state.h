#ifndef TREMPLIN_COMMON_EVENTLOG_SQLITE_LOG_STATE_H_
#define TREMPLIN_COMMON_EVENTLOG_SQLITE_LOG_STATE_H_

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/database/database.h"
#include "common/eventlog/event_log.h"

namespace tremplin::eventlog {

// What producers and consumers of the embedded log share: where each partition ends, its last
// records, who reads for which group, and how far each group is. With it an idle poll asks nothing
// of the database, and a consumer that keeps up never reads from it. Thread-safe.
class SqliteLogState final : public LocalLog {
 public:
  using MemberId = int64_t;
  using PartitionId = std::pair<std::string, int32_t>;
  // Group, topic, partition: done up to and including this seq.
  using Offsets = std::map<PartitionId, int64_t>;

  SqliteLogState(database::Database& db, int partitions) : db_(db), partitions_(partitions) {}

  int partitions() const { return partitions_; }
  int32_t PartitionOf(std::string_view key) const;

  absl::Status EnsureTopics(absl::Span<const std::string> topics);
  absl::Status CheckTopics(absl::Span<const std::string> topics);
  void OnPublished(std::function<void(const std::string&)> wake);

  absl::Status Append(database::Transaction& tx, const events::Event& event) override;
  // Writes the events in a transaction of their own.
  absl::Status Publish(absl::Span<const events::Event> events);

  // Up to `max_records` records of the partition behind `after`.
  absl::StatusOr<std::vector<Record>> Read(const PartitionId& partition, int64_t after,
                                           size_t max_records);
  // The seq of the last record, 0 when there is none.
  absl::StatusOr<int64_t> LastSeq(const PartitionId& partition);
  absl::StatusOr<int64_t> CountAfter(const PartitionId& partition, int64_t after);

  // A group's newest member reads; when it leaves, the one before does.
  MemberId Join(const std::string& group);
  void Leave(const std::string& group, MemberId member);
  // Grows whenever the group's reader changes; 0 when `member` is not the reader.
  int64_t Turn(const std::string& group, MemberId member);

  // Offsets of the group, and where it begins without one.
  absl::StatusOr<Offsets> LoadOffsets(const std::string& group,
                                      const std::vector<std::string>& topics, StartAt start_at);
  void SetOffset(const std::string& group, const PartitionId& partition, int64_t seq);
  // Writes what was set since the last time.
  absl::Status SaveOffsets(const std::string& group);

  // Waits until something is published after `seen` (see Published) or the timeout passes.
  uint64_t Published();
  void AwaitPublished(uint64_t seen, absl::Duration timeout);

 private:
  using Wakers = std::vector<std::function<void(const std::string&)>>;
  struct Tail {
    int64_t last_seq = 0;
    int64_t floor = 0;  // `records` has everything behind it
    std::deque<std::shared_ptr<const Record>> records;
    size_t bytes = 0;
  };
  struct Topic {
    int64_t id = 0;
    std::vector<Tail> partitions;
  };
  struct Group {
    std::vector<MemberId> members;
    int64_t turn = 0;
    std::map<PartitionId, int64_t> offsets;
    std::map<PartitionId, int64_t> unsaved;
  };

  absl::StatusOr<Topic*> FindTopic(const std::string& name);  // mutex_ held
  absl::StatusOr<Tail*> FindTail(const PartitionId& partition);
  absl::StatusOr<int64_t> TopicId(const std::string& name);
  absl::StatusOr<int64_t> NextSeq();
  absl::Status LoadHighestSeq();  // mutex_ held
  void Appended(std::shared_ptr<Record> record);

  database::Database& db_;
  const int partitions_;
  std::mutex mutex_;
  std::condition_variable published_changed_;
  uint64_t published_ = 0;
  std::optional<int64_t> highest_seq_;  // given to a record; unknown until the first
  std::map<std::string, Topic> topics_;
  std::map<std::string, Group> groups_;
  MemberId next_member_ = 1;
  std::shared_ptr<const Wakers> wakers_ = std::make_shared<Wakers>();  // replaced, never changed
};

}  // namespace tremplin::eventlog

#endif  // TREMPLIN_COMMON_EVENTLOG_SQLITE_LOG_STATE_H_
