#include "common/eventlog/kafka_config.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <utility>

#include "common/logging/logging.h"
#include "common/text/text.h"

namespace tremplin::eventlog::kafka {
namespace {

constexpr int kSyslogError = 3;
constexpr int kSyslogWarning = 4;

void WriteLog(const rd_kafka_t* /*handle*/, int level, const char* facility, const char* text) {
  const auto severity = level <= kSyslogError     ? logging::Level::kError
                        : level == kSyslogWarning ? logging::Level::kWarning
                                                  : logging::Level::kDebug;
  logging::Log(severity, "librdkafka",
               {{"facility", std::string_view(facility)}, {"text", std::string_view(text)}});
}

Settings CommonSettings(const KafkaOptions& options) {
  Settings settings = {
      {"bootstrap.servers", options.brokers},
      {"client.id", options.client_id.empty() ? "tremplin" : options.client_id},
      {"socket.keepalive.enable", "true"},
      {"socket.nagle.disable", "true"},
      {"socket.timeout.ms", "10000"},
      // A broker that comes back is found within a second; the default waits up to ten.
      {"reconnect.backoff.ms", "100"},
      {"reconnect.backoff.max.ms", "1000"},
      {"topic.metadata.refresh.interval.ms", "60000"},
      {"log.connection.close", "false"},
  };
  return settings;
}

Settings WithExtra(Settings settings, const KafkaOptions& options) {
  for (const auto& [name, value] : options.extra) settings[name] = value;
  return settings;
}

std::string Get(const rd_kafka_conf_t* conf, const std::string& name) {
  std::array<char, 1024> value{};
  size_t size = value.size();
  if (rd_kafka_conf_get(conf, name.c_str(), value.data(), &size) != RD_KAFKA_CONF_OK) return "";
  return value.data();
}

}  // namespace

Settings ProducerSettings(const KafkaOptions& options) {
  Settings settings = CommonSettings(options);
  settings.insert({
      {"enable.idempotence", "true"},
      {"acks", "all"},
      // A broker that knows nothing of this producer yet takes any first sequence number. Had it
      // refused a request (it had just been made leader, say), one sent behind that would be taken,
      // and the refused one come after it or, for a repeat by its number, never.
      {"max.in.flight.requests.per.connection", "1"},
      {"retries", "2147483647"},
      {"retry.backoff.ms", "50"},
      // Any limit would let a later event of a key pass an earlier one that timed out.
      {"message.timeout.ms", "0"},
      {"linger.ms", "0"},
      {"partitioner", "murmur2_random"},
      {"queue.buffering.max.messages", "20000"},
      {"queue.buffering.max.kbytes", "65536"},
      {"message.max.bytes", "1000000"},
      {"compression.codec", "none"},
  });
  return WithExtra(std::move(settings), options);
}

Settings ConsumerSettings(const KafkaOptions& options, const ConsumerOptions& consumer) {
  Settings settings = CommonSettings(options);
  settings.insert({
      {"group.id", consumer.group},
      // Offsets are stored after the database's commit and committed by the adapter.
      {"enable.auto.offset.store", "false"},
      {"enable.auto.commit", "false"},
      // Positions are always explicit (see KafkaConsumer::Assign), so what is left for a reset is a
      // committed offset that the log no longer has: never jump.
      {"auto.offset.reset", "error"},
      // Cooperative assignment loses partitions before librdkafka 2.10.
      {"partition.assignment.strategy", "range,roundrobin"},
      {"check.crcs", "true"},
      {"session.timeout.ms", "6000"},
      {"heartbeat.interval.ms", "2000"},
      {"max.poll.interval.ms", "300000"},
      {"allow.auto.create.topics", "false"},
      {"enable.partition.eof", "false"},
      {"fetch.min.bytes", "1"},
      {"fetch.wait.max.ms", "100"},
      {"fetch.error.backoff.ms", "100"},
      {"queued.min.messages", "1000"},
      {"queued.max.messages.kbytes", "16384"},
      {"coordinator.query.interval.ms", "10000"},
  });
  return WithExtra(std::move(settings), options);
}

Settings AdminSettings(const KafkaOptions& options) {
  return WithExtra(CommonSettings(options), options);
}

rd_kafka_conf_t* MakeConf(const Settings& settings) {
  rd_kafka_conf_t* conf = rd_kafka_conf_new();
  rd_kafka_conf_set_log_cb(conf, &WriteLog);
  std::array<char, 512> error{};
  for (const auto& [name, value] : settings) {
    if (rd_kafka_conf_set(conf, name.c_str(), value.c_str(), error.data(), error.size()) !=
        RD_KAFKA_CONF_OK) {
      logging::Error("librdkafka refuses a setting", {{"text", std::string_view(error.data())}});
      std::abort();
    }
  }
  return conf;
}

Handle MakeHandle(rd_kafka_type_t type, rd_kafka_conf_t* conf) {
  std::array<char, 512> error{};
  Handle handle(rd_kafka_new(type, conf, error.data(), error.size()));
  if (handle == nullptr) {
    logging::Error("librdkafka cannot start", {{"text", std::string_view(error.data())}});
    std::abort();
  }
  return handle;
}

Settings Effective(rd_kafka_t* handle, const Settings& named) {
  const rd_kafka_conf_t* conf = rd_kafka_conf(handle);
  Settings settings;
  size_t count = 0;
  const char** dump = rd_kafka_conf_dump(const_cast<rd_kafka_conf_t*>(conf), &count);
  for (size_t i = 0; i + 1 < count; i += 2) settings[dump[i]] = dump[i + 1];
  rd_kafka_conf_dump_free(dump, count);
  // The dump leaves out topic-level settings and aliases.
  for (const auto& [name, value] : named) settings[name] = Get(conf, name);
  return settings;
}

bool IsRefusal(rd_kafka_resp_err_t error) {
  constexpr std::array kRefusals = {RD_KAFKA_RESP_ERR__AUTHENTICATION,
                                    RD_KAFKA_RESP_ERR__SSL,
                                    RD_KAFKA_RESP_ERR_SASL_AUTHENTICATION_FAILED,
                                    RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED,
                                    RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED,
                                    RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED};
  return std::find(kRefusals.begin(), kRefusals.end(), error) != kRefusals.end();
}

void NoteError(status::Condition* condition, rd_kafka_resp_err_t error, std::string_view text) {
  const bool lost = error == RD_KAFKA_RESP_ERR__FATAL;
  if (condition == nullptr || (!lost && !IsRefusal(error))) return;
  condition->Met(lost ? status::Trouble::kClientLost : status::Trouble::kRefused,
                 text::Cat("kafka ", rd_kafka_err2name(error), ": ", text));
}

void NoteWorks(status::Condition* condition) {
  if (condition == nullptr) return;
  condition->Ended(status::Trouble::kRefused);
  condition->Ended(status::Trouble::kClientLost);
}

absl::Status ToStatus(rd_kafka_resp_err_t error, std::string_view doing) {
  if (error == RD_KAFKA_RESP_ERR_NO_ERROR) return absl::OkStatus();
  const std::string text = text::Cat(doing, ": ", rd_kafka_err2str(error));
  // Few errors are for good, and those are dealt with where they can occur.
  return error == RD_KAFKA_RESP_ERR__INVALID_ARG ? absl::InternalError(text)
                                                 : absl::UnavailableError(text);
}

}  // namespace tremplin::eventlog::kafka
