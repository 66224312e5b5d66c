#include "common/eventlog/kafka_consumer.h"

#include <algorithm>
#include <iterator>
#include <memory>

#include "common/logging/logging.h"
#include "common/text/text.h"

namespace tremplin::eventlog::kafka {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr size_t kBufferHigh = 512;  // records of one partition at which its fetching is paused
constexpr size_t kBufferLow = 64;
constexpr int kAskBrokerMs = 2000;
constexpr auto kSendOffsetsEvery = milliseconds(500);
constexpr auto kCloseWithin = std::chrono::seconds(5);

struct DestroyMessage {
  void operator()(rd_kafka_message_t* message) const { rd_kafka_message_destroy(message); }
};
using Message = std::unique_ptr<rd_kafka_message_t, DestroyMessage>;

struct DestroyQueue {
  void operator()(rd_kafka_queue_t* queue) const { rd_kafka_queue_destroy(queue); }
};
using Queue = std::unique_ptr<rd_kafka_queue_t, DestroyQueue>;

int Millis(absl::Duration duration) {
  return static_cast<int>(std::clamp<int64_t>(absl::ToInt64Milliseconds(duration), 0, 10'000));
}

std::vector<events::Header> ReadHeaders(const rd_kafka_message_t& message) {
  std::vector<events::Header> headers;
  rd_kafka_headers_t* list = nullptr;
  if (rd_kafka_message_headers(&message, &list) != RD_KAFKA_RESP_ERR_NO_ERROR) return headers;
  const char* name = nullptr;
  const void* value = nullptr;
  size_t size = 0;
  for (size_t i = 0;
       rd_kafka_header_get_all(list, i, &name, &value, &size) == RD_KAFKA_RESP_ERR_NO_ERROR; ++i) {
    headers.emplace_back(name, value == nullptr
                                   ? std::string()
                                   : std::string(static_cast<const char*>(value), size));
  }
  return headers;
}

std::string Text(const void* data, size_t size) {
  return data == nullptr ? std::string() : std::string(static_cast<const char*>(data), size);
}

Record ToRecord(const rd_kafka_message_t& message) {
  return Record{.topic = rd_kafka_topic_name(message.rkt),
                .partition = message.partition,
                .offset = message.offset,
                .headers = ReadHeaders(message),
                .key = Text(message.key, message.key_len),
                .value = Text(message.payload, message.len)};
}

}  // namespace

KafkaConsumer::KafkaConsumer(const KafkaOptions& options, const ConsumerOptions& consumer)
    : options_(options), consumer_(consumer) {
  Open();
}

KafkaConsumer::~KafkaConsumer() { Close(); }

void KafkaConsumer::Open() {
  rd_kafka_conf_t* conf = MakeConf(ConsumerSettings(options_, consumer_));
  rd_kafka_conf_set_opaque(conf, this);
  rd_kafka_conf_set_rebalance_cb(conf, &KafkaConsumer::OnRebalance);
  rd_kafka_conf_set_error_cb(conf, &KafkaConsumer::OnError);
  handle_ = MakeHandle(RD_KAFKA_CONSUMER, conf);
  rd_kafka_poll_set_consumer(handle_.get());
  const Partitions topics(
      rd_kafka_topic_partition_list_new(static_cast<int>(consumer_.topics.size())));
  for (const std::string& topic : consumer_.topics) {
    rd_kafka_topic_partition_list_add(topics.get(), topic.c_str(), RD_KAFKA_PARTITION_UA);
  }
  trouble_ = ToStatus(rd_kafka_subscribe(handle_.get(), topics.get()), "subscribe");
  reopen_ = false;
}

// Runs inside rd_kafka_consumer_poll, on the thread that calls Poll.
void KafkaConsumer::OnRebalance(rd_kafka_t* handle, rd_kafka_resp_err_t event,
                                rd_kafka_topic_partition_list_t* partitions, void* self) {
  auto* consumer = static_cast<KafkaConsumer*>(self);
  if (event == RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS && !consumer->closing_) {
    consumer->Assigned(*partitions);  // rd_kafka_assign follows once positions are known
    return;
  }
  consumer->Revoked();
  rd_kafka_assign(handle, nullptr);
}

void KafkaConsumer::OnError(rd_kafka_t* /*handle*/, int error, const char* reason, void* self) {
  auto* consumer = static_cast<KafkaConsumer*>(self);
  NoteError(consumer->options_.reading.get(), static_cast<rd_kafka_resp_err_t>(error), reason);
  if (error == RD_KAFKA_RESP_ERR__FATAL) consumer->reopen_ = true;
  if (error == RD_KAFKA_RESP_ERR__FATAL || error == RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN) {
    consumer->trouble_ = absl::UnavailableError(text::Cat("kafka: ", reason));
  }
}

void KafkaConsumer::Assigned(const rd_kafka_topic_partition_list_t& partitions) {
  partitions_.clear();
  assigned_.reset(rd_kafka_topic_partition_list_copy(&partitions));
  membership_ = Membership::kAssigned;
}

// What was handed out and not committed is the next owner's, whose inbox drops what was done.
void KafkaConsumer::Revoked() {
  SendOffsets(/*now=*/true);
  partitions_.clear();
  assigned_.reset();
  data_loss_ = absl::OkStatus();
  if (options_.reading != nullptr) options_.reading->Ended(status::Trouble::kStopped);
  membership_ = Membership::kJoining;
}

// Begins to fetch from the committed offsets. When the broker cannot tell them the next Poll tries
// again; until then nothing is fetched.
absl::Status KafkaConsumer::Position() {
  rd_kafka_topic_partition_list_t& list = *assigned_;
  if (list.cnt > 0) {
    if (absl::Status status = ReadCommitted(list); !status.ok()) return status;
  }
  for (int i = 0; i < list.cnt; ++i) {
    PartitionState& state = partitions_[{list.elems[i].topic, list.elems[i].partition}];
    state.fetched = state.done = list.elems[i].offset;
    state.handed = state.done - 1;
  }
  const auto error = rd_kafka_assign(handle_.get(), &list);
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR) return ToStatus(error, "assign");
  NoteWorks(options_.reading.get());
  membership_ = Membership::kPositioned;
  return absl::OkStatus();
}

// The offset from which the group goes on in each of the partitions.
absl::Status KafkaConsumer::ReadCommitted(rd_kafka_topic_partition_list_t& partitions) {
  const auto error = rd_kafka_committed(handle_.get(), &partitions, kAskBrokerMs);
  NoteError(options_.reading.get(), error, "committed offsets");
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR) return ToStatus(error, "committed offsets");
  for (int i = 0; i < partitions.cnt; ++i) {
    if (partitions.elems[i].err != RD_KAFKA_RESP_ERR_NO_ERROR) {
      return ToStatus(partitions.elems[i].err, "committed offset");
    }
  }
  return ResolveStarts(partitions);
}

// Bootstrap: a partition without a committed offset begins where the options say.
absl::Status KafkaConsumer::ResolveStarts(rd_kafka_topic_partition_list_t& partitions) {
  const Partitions fresh(rd_kafka_topic_partition_list_new(partitions.cnt));
  for (int i = 0; i < partitions.cnt; ++i) {
    const auto& one = partitions.elems[i];
    if (one.offset >= 0) continue;
    rd_kafka_topic_partition_list_add(fresh.get(), one.topic, one.partition)->offset =
        consumer_.start_at == StartAt::kEarliest ? RD_KAFKA_OFFSET_BEGINNING : RD_KAFKA_OFFSET_END;
  }
  if (fresh->cnt == 0) return absl::OkStatus();
  const auto error = rd_kafka_offsets_for_times(handle_.get(), fresh.get(), kAskBrokerMs);
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR) return ToStatus(error, "first offsets");
  for (int i = 0; i < fresh->cnt; ++i) {
    const auto& one = fresh->elems[i];
    if (one.err != RD_KAFKA_RESP_ERR_NO_ERROR) return ToStatus(one.err, "first offset");
    if (one.offset < 0) return absl::UnavailableError("first offset: unknown");
    rd_kafka_topic_partition_list_find(&partitions, one.topic, one.partition)->offset = one.offset;
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<Chunk>> KafkaConsumer::Poll(size_t max_records, absl::Duration wait) {
  if (closing_) return absl::UnavailableError("consumer is closed");
  if (reopen_) {
    Revoked();
    handle_.reset();
    Open();
  }
  const auto deadline = steady_clock::now() + milliseconds(Millis(wait));
  do {
    const auto left = std::chrono::ceil<milliseconds>(deadline - steady_clock::now());
    // Waits in slices: a partition may come out of its retry delay meanwhile.
    const auto slice =
        HasReady() ? milliseconds(0) : std::clamp(left, milliseconds(0), milliseconds(100));
    const absl::Status status = Fetch(max_records, absl::FromChrono(slice));
    if (membership_ == Membership::kAssigned) {
      if (absl::Status positioned = Position(); !positioned.ok()) trouble_ = positioned;
    }
    SendOffsets(/*now=*/false);
    if (!status.ok()) return status;
    if (std::vector<Chunk> chunks = TakeChunks(max_records); !chunks.empty()) return chunks;
    if (!trouble_.ok()) return std::exchange(trouble_, absl::OkStatus());
  } while (steady_clock::now() < deadline);
  return std::vector<Chunk>();
}

// Serves the client (membership, errors) and moves what has been fetched into the buffers.
absl::Status KafkaConsumer::Fetch(size_t max_records, absl::Duration wait) {
  int wait_ms = Millis(wait);
  for (size_t i = 0; i < max_records; ++i) {
    const Message message(rd_kafka_consumer_poll(handle_.get(), wait_ms));
    if (message == nullptr) break;
    wait_ms = 0;
    if (absl::Status status = Take(*message); !status.ok()) return status;
  }
  return data_loss_;
}

absl::Status KafkaConsumer::Take(const rd_kafka_message_t& message) {
  if (message.err != RD_KAFKA_RESP_ERR_NO_ERROR) return TakeError(message);
  const PartitionId id(rd_kafka_topic_name(message.rkt), message.partition);
  const auto found = partitions_.find(id);
  if (found == partitions_.end()) return absl::OkStatus();  // of an assignment that is over
  PartitionState& state = found->second;
  if (message.offset < state.fetched) return absl::OkStatus();  // fetched again after a pause
  state.fetched = message.offset + 1;
  state.buffer.push_back(ToRecord(message));
  Throttle(id, state);
  return absl::OkStatus();
}

absl::Status KafkaConsumer::TakeError(const rd_kafka_message_t& message) {
  const std::string text = text::Cat("kafka: ", rd_kafka_message_errstr(&message));
  if (message.err == RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET ||
      message.err == RD_KAFKA_RESP_ERR_OFFSET_OUT_OF_RANGE) {
    data_loss_ = absl::DataLossError(text);
    if (options_.reading != nullptr) options_.reading->Met(status::Trouble::kStopped, text);
    return data_loss_;
  }
  NoteError(options_.reading.get(), message.err, rd_kafka_message_errstr(&message));
  if (message.err == RD_KAFKA_RESP_ERR__FATAL) reopen_ = true;
  trouble_ = absl::UnavailableError(text);
  return absl::OkStatus();
}

void KafkaConsumer::Throttle(const PartitionId& id, PartitionState& state) {
  const bool pause = !state.paused && state.buffer.size() >= kBufferHigh;
  const bool resume = state.paused && state.buffer.size() <= kBufferLow;
  if (!pause && !resume) return;
  const Partitions list(rd_kafka_topic_partition_list_new(1));
  rd_kafka_topic_partition_list_add(list.get(), id.first.c_str(), id.second);
  const auto error = pause ? rd_kafka_pause_partitions(handle_.get(), list.get())
                           : rd_kafka_resume_partitions(handle_.get(), list.get());
  if (error == RD_KAFKA_RESP_ERR_NO_ERROR) state.paused = pause;
}

bool KafkaConsumer::HasReady() const {
  const auto now = steady_clock::now();
  return std::any_of(partitions_.begin(), partitions_.end(), [&](const auto& entry) {
    return !entry.second.buffer.empty() && entry.second.blocked_until <= now;
  });
}

// Partitions take turns: the search begins behind the one served last.
std::vector<Chunk> KafkaConsumer::TakeChunks(size_t max_records) {
  std::vector<Chunk> chunks;
  size_t left = max_records;
  const auto now = steady_clock::now();
  auto next = partitions_.upper_bound(last_served_);
  for (size_t i = 0; i < partitions_.size() && left > 0; ++i, ++next) {
    if (next == partitions_.end()) next = partitions_.begin();
    PartitionState& state = next->second;
    if (state.buffer.empty() || state.blocked_until > now) continue;
    chunks.push_back(TakeChunk(next->first, state, left));
    left -= chunks.back().records.size();
    last_served_ = next->first;
    Throttle(next->first, state);
  }
  return chunks;
}

Chunk KafkaConsumer::TakeChunk(const PartitionId& id, PartitionState& state, size_t max_records) {
  const auto count = static_cast<std::ptrdiff_t>(std::min(max_records, state.buffer.size()));
  const auto end = state.buffer.begin() + count;
  Chunk chunk{.topic = id.first, .partition = id.second, .records = {}};
  chunk.records.assign(std::make_move_iterator(state.buffer.begin()), std::make_move_iterator(end));
  state.buffer.erase(state.buffer.begin(), end);
  state.handed = chunk.records.back().offset;
  return chunk;
}

absl::Status KafkaConsumer::Commit(const Chunk& chunk) {
  if (chunk.empty()) return absl::OkStatus();
  const int64_t last = chunk.records.back().offset;
  const auto found = partitions_.find({chunk.topic, chunk.partition});
  // A chunk of an earlier assignment is beyond what this assignment has handed out.
  if (closing_ || found == partitions_.end() || last > found->second.handed) {
    return absl::FailedPreconditionError("commit: the partition is no longer assigned");
  }
  if (last < found->second.done) return absl::OkStatus();
  const Partitions list(rd_kafka_topic_partition_list_new(1));
  rd_kafka_topic_partition_list_add(list.get(), chunk.topic.c_str(), chunk.partition)->offset =
      last + 1;
  const auto error = rd_kafka_offsets_store(handle_.get(), list.get());
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR ||
      list->elems[0].err != RD_KAFKA_RESP_ERR_NO_ERROR) {  // ERR__STATE: being taken away
    return absl::FailedPreconditionError(text::Cat("commit: ", rd_kafka_err2str(error)));
  }
  found->second.done = last + 1;
  offsets_dirty_ = true;
  SendOffsets(/*now=*/false);
  return absl::OkStatus();
}

void KafkaConsumer::SendOffsets(bool now) {
  if (!offsets_dirty_) return;
  const auto time = steady_clock::now();
  if (!now && time - offsets_sent_ < kSendOffsetsEvery) return;
  // A commit that fails is made good by the next one; at worst records come again.
  rd_kafka_commit(handle_.get(), nullptr, /*async=*/1);
  offsets_dirty_ = false;
  offsets_sent_ = time;
}

void KafkaConsumer::Retry(const Chunk& chunk, absl::Duration delay) {
  const auto found = partitions_.find({chunk.topic, chunk.partition});
  if (chunk.empty() || found == partitions_.end()) return;
  PartitionState& state = found->second;
  if (chunk.records.back().offset > state.handed) return;  // of an earlier assignment
  state.buffer.insert(state.buffer.begin(), chunk.records.begin(), chunk.records.end());
  state.handed = chunk.records.front().offset - 1;
  state.blocked_until = steady_clock::now() + absl::ToChronoMilliseconds(delay);
  Throttle(found->first, state);
}

// The partitions that are not this member's, each with the offset committed for it.
absl::StatusOr<Partitions> KafkaConsumer::DoneByOthers() {
  Partitions others(rd_kafka_topic_partition_list_new(0));
  for (const std::string& topic : consumer_.topics) {
    for (int32_t partition = 0; partition < options_.partitions; ++partition) {
      if (partitions_.contains({topic, partition})) continue;
      rd_kafka_topic_partition_list_add(others.get(), topic.c_str(), partition);
    }
  }
  if (others->cnt == 0) return others;
  if (absl::Status status = ReadCommitted(*others); !status.ok()) return status;
  return others;
}

absl::StatusOr<std::vector<Lag>> KafkaConsumer::Lags() {
  if (membership_ != Membership::kPositioned || closing_) {
    return absl::UnavailableError("lag: no assignment yet");
  }
  const absl::StatusOr<Partitions> others = DoneByOthers();
  if (!others.ok()) return others.status();
  const Partitions ends(rd_kafka_topic_partition_list_copy(others->get()));
  for (const auto& [id, state] : partitions_) {
    rd_kafka_topic_partition_list_add(ends.get(), id.first.c_str(), id.second);
  }
  std::vector<Lag> lags;
  if (ends->cnt == 0) return lags;
  for (int i = 0; i < ends->cnt; ++i) ends->elems[i].offset = RD_KAFKA_OFFSET_END;
  const auto error = rd_kafka_offsets_for_times(handle_.get(), ends.get(), kAskBrokerMs);
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR) return ToStatus(error, "lag");
  for (int i = 0; i < ends->cnt; ++i) {
    const auto& end = ends->elems[i];
    if (end.err != RD_KAFKA_RESP_ERR_NO_ERROR || end.offset < 0) {
      return absl::UnavailableError("lag: a partition's end is unknown");
    }
    const auto mine = partitions_.find({end.topic, end.partition});
    const bool assigned = mine != partitions_.end();
    const int64_t done = assigned ? mine->second.done : others->get()->elems[i].offset;
    lags.push_back(Lag{.topic = end.topic,
                       .partition = end.partition,
                       .records = std::max<int64_t>(0, end.offset - done),
                       .assigned = assigned});
  }
  NoteWorks(options_.reading.get());
  return lags;
}

// rd_kafka_consumer_close may wait for a broker that is gone; this is the form with a bound.
void KafkaConsumer::Close() {
  if (closing_) return;
  SendOffsets(/*now=*/true);
  closing_ = true;
  const Queue queue(rd_kafka_queue_get_consumer(handle_.get()));
  rd_kafka_error_t* error = rd_kafka_consumer_close_queue(handle_.get(), queue.get());
  if (error != nullptr) {
    rd_kafka_error_destroy(error);
  } else {
    const auto deadline = steady_clock::now() + kCloseWithin;
    while (rd_kafka_consumer_closed(handle_.get()) == 0 && steady_clock::now() < deadline) {
      const Message dropped(rd_kafka_consume_queue(queue.get(), 20));
    }
  }
  partitions_.clear();
  rd_kafka_destroy_flags(handle_.release(), RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE);
}

}  // namespace tremplin::eventlog::kafka
