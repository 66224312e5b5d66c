#ifndef TREMPLIN_COMMON_EVENTLOG_KAFKA_CONSUMER_H_
#define TREMPLIN_COMMON_EVENTLOG_KAFKA_CONSUMER_H_

#include <chrono>
#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "common/eventlog/event_log.h"
#include "common/eventlog/kafka_config.h"

namespace tremplin::eventlog::kafka {

// A group member that hands out chunks, each of one partition. Records wait in a small buffer for
// each partition, so that one that is being retried does not stand in the way of the others; a
// buffer that is full pauses its partition's fetching.
//
// Positions are always explicit. On assignment the committed offset of each partition is asked for;
// where there is none (bootstrap) the offset of the options' start is resolved; and only then does
// fetching begin. With auto.offset.reset=error a committed offset that the log no longer has is
// DATA_LOSS, for good, instead of a silent jump.
//
// Offsets are stored by Commit and sent to the broker asynchronously, at most every 500 ms, and
// when the partition is given back.
class KafkaConsumer final : public Consumer {
 public:
  KafkaConsumer(const KafkaOptions& options, const ConsumerOptions& consumer);
  ~KafkaConsumer() override;

  absl::StatusOr<std::vector<Chunk>> Poll(size_t max_records, absl::Duration wait) override;
  absl::Status Commit(const Chunk& chunk) override;
  void Retry(const Chunk& chunk, absl::Duration delay) override;
  absl::StatusOr<std::vector<Lag>> Lags() override;
  void Close() override;

  rd_kafka_t* handle() { return handle_.get(); }

 private:
  using SteadyTime = std::chrono::steady_clock::time_point;
  using PartitionId = std::pair<std::string, int32_t>;
  struct PartitionState {
    int64_t fetched = -1;  // the next offset that a record may have
    int64_t handed = -1;   // the last offset handed out by Poll
    int64_t done = -1;     // everything below is done
    std::deque<Record> buffer;
    SteadyTime blocked_until{};
    bool paused = false;
  };
  // Whether fetching has begun.
  enum class Membership { kJoining, kAssigned, kPositioned };

  void Open();
  static void OnRebalance(rd_kafka_t* handle, rd_kafka_resp_err_t event,
                          rd_kafka_topic_partition_list_t* partitions, void* self);
  static void OnError(rd_kafka_t* handle, int error, const char* reason, void* self);
  void Assigned(const rd_kafka_topic_partition_list_t& partitions);
  void Revoked();
  absl::Status Position();
  absl::Status ReadCommitted(rd_kafka_topic_partition_list_t& partitions);
  absl::Status ResolveStarts(rd_kafka_topic_partition_list_t& partitions);
  absl::Status Fetch(size_t max_records, absl::Duration wait);
  absl::Status Take(const rd_kafka_message_t& message);
  absl::Status TakeError(const rd_kafka_message_t& message);
  bool HasReady() const;
  std::vector<Chunk> TakeChunks(size_t max_records);
  static Chunk TakeChunk(const PartitionId& id, PartitionState& state, size_t max_records);
  absl::StatusOr<Partitions> DoneByOthers();
  void Throttle(const PartitionId& id, PartitionState& state);
  void SendOffsets(bool now);

  const KafkaOptions options_;
  const ConsumerOptions consumer_;
  Handle handle_;
  Membership membership_ = Membership::kJoining;
  Partitions assigned_;  // of the last assignment
  std::map<PartitionId, PartitionState> partitions_;
  PartitionId last_served_;
  absl::Status trouble_;    // reported by the next Poll that has nothing else to give
  absl::Status data_loss_;  // stays until the assignment is taken away
  bool offsets_dirty_ = false;
  bool reopen_ = false;
  bool closing_ = false;
  SteadyTime offsets_sent_{};
};

}  // namespace tremplin::eventlog::kafka

#endif  // TREMPLIN_COMMON_EVENTLOG_KAFKA_CONSUMER_H_
