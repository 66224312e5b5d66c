#ifndef TREMPLIN_COMMON_EVENTLOG_KAFKA_CONFIG_H_
#define TREMPLIN_COMMON_EVENTLOG_KAFKA_CONFIG_H_

#include <librdkafka/rdkafka.h>

#include <map>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/eventlog/kafka_event_log.h"

// What the producer, the consumer and the admin client have in common: settings and errors.
namespace tremplin::eventlog::kafka {

struct DestroyHandle {
  void operator()(rd_kafka_t* handle) const { rd_kafka_destroy(handle); }
};
struct DestroyPartitions {
  void operator()(rd_kafka_topic_partition_list_t* list) const {
    rd_kafka_topic_partition_list_destroy(list);
  }
};
using Handle = std::unique_ptr<rd_kafka_t, DestroyHandle>;
using Partitions = std::unique_ptr<rd_kafka_topic_partition_list_t, DestroyPartitions>;

using Settings = std::map<std::string, std::string>;

// Every setting that matters is named here; librdkafka's defaults are chosen for other purposes.
Settings ProducerSettings(const KafkaOptions& options);
Settings ConsumerSettings(const KafkaOptions& options, const ConsumerOptions& consumer);
Settings AdminSettings(const KafkaOptions& options);

// A configuration with the settings and our log callback; aborts the process on a name or value
// librdkafka does not know, which is a programming error.
rd_kafka_conf_t* MakeConf(const Settings& settings);

// A handle of the type; takes `conf`. Never null: what can fail here is configuration alone.
Handle MakeHandle(rd_kafka_type_t type, rd_kafka_conf_t* conf);

// The settings as the live handle reports them.
Settings Effective(rd_kafka_t* handle, const Settings& named);

// Whether brokers refuse the client for good: authentication, TLS, rights.
bool IsRefusal(rd_kafka_resp_err_t error);

// For conditions, which may be null: that brokers refuse the client, if that is what `error` says;
// that the client has failed for good; that it works.
void NoteError(status::Condition* condition, rd_kafka_resp_err_t error, std::string_view text);
void NoteWorks(status::Condition* condition);

// UNAVAILABLE for what passes by itself, else INTERNAL; OK for RD_KAFKA_RESP_ERR_NO_ERROR.
absl::Status ToStatus(rd_kafka_resp_err_t error, std::string_view doing);

}  // namespace tremplin::eventlog::kafka

#endif  // TREMPLIN_COMMON_EVENTLOG_KAFKA_CONFIG_H_
