#ifndef TREMPLIN_COMMON_EVENTLOG_KAFKA_PRODUCER_H_
#define TREMPLIN_COMMON_EVENTLOG_KAFKA_PRODUCER_H_

#include <thread>

#include "common/eventlog/event_log.h"
#include "common/eventlog/kafka_config.h"

namespace tremplin::eventlog::kafka {

// An idempotent producer with one thread that serves its delivery reports. After a fatal error all
// that is outstanding is reported as failed, and Publish answers FAILED_PRECONDITION.
class KafkaProducer final : public Producer {
 public:
  explicit KafkaProducer(const KafkaOptions& options);
  // What is still outstanding is reported as failed.
  ~KafkaProducer() override;

  absl::Status Publish(absl::Span<const events::Event> events, const Delivered& delivered,
                       size_t* taken) override;
  absl::Status Flush(absl::Duration timeout) override;

  rd_kafka_t* handle() { return handle_.get(); }

 private:
  absl::Status PublishOne(const events::Event& event, const std::shared_ptr<const Delivered>& to);

  static void OnDelivery(rd_kafka_t* handle, const rd_kafka_message_t* message, void* self);
  static void OnError(rd_kafka_t* handle, int error, const char* reason, void* self);

  const std::shared_ptr<status::Condition> condition_;
  Handle handle_;
  std::jthread reports_;
};

}  // namespace tremplin::eventlog::kafka

#endif  // TREMPLIN_COMMON_EVENTLOG_KAFKA_PRODUCER_H_
