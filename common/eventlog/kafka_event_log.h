#ifndef TREMPLIN_COMMON_EVENTLOG_KAFKA_EVENT_LOG_H_
#define TREMPLIN_COMMON_EVENTLOG_KAFKA_EVENT_LOG_H_

#include <map>
#include <memory>
#include <string>

#include "common/eventlog/event_log.h"
#include "common/status/condition.h"

namespace tremplin::eventlog {

struct KafkaOptions {
  std::string brokers;  // "host:port,host:port"
  int partitions = 12;  // of every topic
  int replication = 1;
  std::string client_id;  // the service's name
  // Further settings of librdkafka, which win over ours: security.protocol, sasl.*, ssl.*.
  std::map<std::string, std::string> extra;
  // Told of brokers that refuse the client and of one that has failed for good; the reading side
  // also of a committed offset that is gone.
  std::shared_ptr<status::Condition> publishing = nullptr;
  std::shared_ptr<status::Condition> reading = nullptr;
};

// What a file says, a line each of `name=value` (empty lines and those that begin with # aside), of
// TLS and authentication at the brokers: librdkafka's settings that begin with security., sasl. or
// ssl. FAILED_PRECONDITION with the line's number, never its value, for anything else, and where
// librdkafka cannot work with them (a certificate that is no file, say).
absl::StatusOr<std::map<std::string, std::string>> ParseKafkaSecurity(std::string_view text);

// Settings of design §4 are set explicitly; none is left to librdkafka's defaults.
std::unique_ptr<EventLog> MakeKafkaEventLog(const KafkaOptions& options);

// The effective settings of a producer and of a consumer, as librdkafka reports them: for the test
// that asserts them (reliability.md §0).
std::map<std::string, std::string> EffectiveProducerSettings(const KafkaOptions& options);
std::map<std::string, std::string> EffectiveConsumerSettings(const KafkaOptions& options,
                                                             const ConsumerOptions& consumer);

}  // namespace tremplin::eventlog

#endif  // TREMPLIN_COMMON_EVENTLOG_KAFKA_EVENT_LOG_H_
