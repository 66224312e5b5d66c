#include "common/eventlog/kafka_event_log.h"

#include <array>
#include <chrono>
#include <thread>
#include <utility>

#include "common/eventlog/kafka_config.h"
#include "common/eventlog/kafka_consumer.h"
#include "common/eventlog/kafka_producer.h"
#include "common/text/text.h"

namespace tremplin::eventlog {
namespace kafka {
namespace {

constexpr int kAskBrokerMs = 5000;
constexpr auto kVisibleWithin = std::chrono::seconds(15);

using Counts = std::map<std::string, int>;  // partitions by topic

absl::StatusOr<Counts> ReadTopics(rd_kafka_t* handle) {
  const rd_kafka_metadata_t* metadata = nullptr;
  const auto error = rd_kafka_metadata(handle, /*all_topics=*/1, nullptr, &metadata, kAskBrokerMs);
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR) return ToStatus(error, "topics");
  Counts counts;
  for (int i = 0; i < metadata->topic_cnt; ++i) {
    const rd_kafka_metadata_topic_t& topic = metadata->topics[i];
    if (topic.err == RD_KAFKA_RESP_ERR_NO_ERROR) counts[topic.topic] = topic.partition_cnt;
  }
  rd_kafka_metadata_destroy(metadata);
  return counts;
}

absl::Status CheckCounts(const Counts& counts, absl::Span<const std::string> topics,
                         int partitions) {
  for (const std::string& topic : topics) {
    const auto found = counts.find(topic);
    if (found == counts.end()) return absl::NotFoundError(text::Cat("no topic ", topic));
    if (found->second != partitions) {
      return absl::FailedPreconditionError(text::Cat("topic ", topic, " has ", found->second,
                                                     " partitions instead of ", partitions));
    }
  }
  return absl::OkStatus();
}

struct DestroyNewTopic {
  void operator()(rd_kafka_NewTopic_t* topic) const { rd_kafka_NewTopic_destroy(topic); }
};
struct DestroyQueue {
  void operator()(rd_kafka_queue_t* queue) const { rd_kafka_queue_destroy(queue); }
};
struct DestroyEvent {
  void operator()(rd_kafka_event_t* event) const { rd_kafka_event_destroy(event); }
};
struct DestroyAdminOptions {
  void operator()(rd_kafka_AdminOptions_t* options) const {
    rd_kafka_AdminOptions_destroy(options);
  }
};

absl::Status ReadCreated(rd_kafka_event_t* event) {
  if (event == nullptr) return absl::UnavailableError("create topics: no answer");
  if (rd_kafka_event_error(event) != RD_KAFKA_RESP_ERR_NO_ERROR) {
    return ToStatus(rd_kafka_event_error(event), "create topics");
  }
  const rd_kafka_CreateTopics_result_t* result = rd_kafka_event_CreateTopics_result(event);
  size_t count = 0;
  const rd_kafka_topic_result_t** topics = rd_kafka_CreateTopics_result_topics(result, &count);
  for (size_t i = 0; i < count; ++i) {
    const rd_kafka_resp_err_t error = rd_kafka_topic_result_error(topics[i]);
    if (error == RD_KAFKA_RESP_ERR_NO_ERROR || error == RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS) {
      continue;
    }
    return ToStatus(error, text::Cat("create topic ", rd_kafka_topic_result_name(topics[i])));
  }
  return absl::OkStatus();
}

absl::Status CreateTopics(rd_kafka_t* handle, const std::vector<std::string>& names,
                          const KafkaOptions& options) {
  std::vector<std::unique_ptr<rd_kafka_NewTopic_t, DestroyNewTopic>> owned;
  std::vector<rd_kafka_NewTopic_t*> topics;
  std::array<char, 256> error{};
  for (const std::string& name : names) {
    owned.emplace_back(rd_kafka_NewTopic_new(name.c_str(), options.partitions, options.replication,
                                             error.data(), error.size()));
    if (owned.back() == nullptr) {
      return absl::InvalidArgumentError(text::Cat("topic ", name, ": ", error.data()));
    }
    rd_kafka_NewTopic_set_config(owned.back().get(), "message.timestamp.type", "LogAppendTime");
    // What is acknowledged stands on two brokers at least, and one of them may be away.
    if (options.replication >= 3) {
      rd_kafka_NewTopic_set_config(owned.back().get(), "min.insync.replicas", "2");
    }
    topics.push_back(owned.back().get());
  }
  const std::unique_ptr<rd_kafka_AdminOptions_t, DestroyAdminOptions> admin(
      rd_kafka_AdminOptions_new(handle, RD_KAFKA_ADMIN_OP_CREATETOPICS));
  rd_kafka_AdminOptions_set_request_timeout(admin.get(), kAskBrokerMs, error.data(), error.size());
  const std::unique_ptr<rd_kafka_queue_t, DestroyQueue> queue(rd_kafka_queue_new(handle));
  rd_kafka_CreateTopics(handle, topics.data(), topics.size(), admin.get(), queue.get());
  const std::unique_ptr<rd_kafka_event_t, DestroyEvent> event(
      rd_kafka_queue_poll(queue.get(), 2 * kAskBrokerMs));
  return ReadCreated(event.get());
}

void OnAdminError(rd_kafka_t* /*handle*/, int error, const char* reason, void* condition) {
  NoteError(static_cast<status::Condition*>(condition), static_cast<rd_kafka_resp_err_t>(error),
            reason);
}

class KafkaEventLog final : public EventLog {
 public:
  explicit KafkaEventLog(KafkaOptions options) : options_(std::move(options)) {}

  absl::Status EnsureTopics(absl::Span<const std::string> topics) override {
    const Handle handle = MakeHandle(RD_KAFKA_PRODUCER, MakeConf(AdminSettings(options_)));
    absl::StatusOr<Counts> counts = ReadTopics(handle.get());
    if (!counts.ok()) return counts.status();
    std::vector<std::string> missing;
    for (const std::string& topic : topics) {
      if (counts->count(topic) == 0) missing.push_back(topic);
    }
    if (!missing.empty()) {
      if (absl::Status created = CreateTopics(handle.get(), missing, options_); !created.ok()) {
        return created;
      }
    }
    return AwaitTopics(handle.get(), topics);
  }

  absl::Status CheckTopics(absl::Span<const std::string> topics) override {
    rd_kafka_conf_t* conf = MakeConf(AdminSettings(options_));
    rd_kafka_conf_set_opaque(conf, options_.reading.get());
    rd_kafka_conf_set_error_cb(conf, &OnAdminError);
    const Handle handle = MakeHandle(RD_KAFKA_PRODUCER, conf);
    const absl::StatusOr<Counts> counts = ReadTopics(handle.get());
    rd_kafka_poll(handle.get(), 0);  // tells what the brokers said
    if (!counts.ok()) return counts.status();
    NoteWorks(options_.reading.get());
    const absl::Status status = CheckCounts(*counts, topics, options_.partitions);
    // Missing topics are as much a fault of the installation as a wrong count.
    return absl::IsNotFound(status) ? absl::FailedPreconditionError(status.message()) : status;
  }

  std::unique_ptr<Producer> NewProducer() override {
    return std::make_unique<KafkaProducer>(options_);
  }
  std::unique_ptr<Consumer> NewConsumer(const ConsumerOptions& options) override {
    return std::make_unique<KafkaConsumer>(options_, options);
  }
  void OnPublished(std::function<void(const std::string& topic)> /*wake*/) override {}

 private:
  // A created topic reaches the brokers' metadata a moment later.
  absl::Status AwaitTopics(rd_kafka_t* handle, absl::Span<const std::string> topics) {
    const auto deadline = std::chrono::steady_clock::now() + kVisibleWithin;
    while (true) {
      const absl::StatusOr<Counts> counts = ReadTopics(handle);
      const absl::Status status =
          counts.ok() ? CheckCounts(*counts, topics, options_.partitions) : counts.status();
      const bool pending = absl::IsNotFound(status) || absl::IsUnavailable(status);
      if (!pending || std::chrono::steady_clock::now() >= deadline) {
        return absl::IsNotFound(status) ? absl::UnavailableError(status.message()) : status;
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
  }

  const KafkaOptions options_;
};

}  // namespace
}  // namespace kafka

std::unique_ptr<EventLog> MakeKafkaEventLog(const KafkaOptions& options) {
  return std::make_unique<kafka::KafkaEventLog>(options);
}

std::map<std::string, std::string> EffectiveProducerSettings(const KafkaOptions& options) {
  kafka::KafkaProducer producer(options);
  return kafka::Effective(producer.handle(), kafka::ProducerSettings(options));
}

std::map<std::string, std::string> EffectiveConsumerSettings(const KafkaOptions& options,
                                                             const ConsumerOptions& consumer) {
  kafka::KafkaConsumer member(options, consumer);
  return kafka::Effective(member.handle(), kafka::ConsumerSettings(options, consumer));
}

}  // namespace tremplin::eventlog
