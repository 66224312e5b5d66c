#include <array>
#include <memory>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_split.h"
#include "common/eventlog/kafka_config.h"
#include "common/text/text.h"

namespace tremplin::eventlog {
namespace {

struct DestroyConf {
  void operator()(rd_kafka_conf_t* conf) const { rd_kafka_conf_destroy(conf); }
};
using Conf = std::unique_ptr<rd_kafka_conf_t, DestroyConf>;

absl::Status Fault(int line, std::string_view what) {
  return absl::FailedPreconditionError(text::Cat("kafka security file, line ", line, ": ", what));
}

bool IsOfSecurity(std::string_view name) {
  return name.starts_with("security.") || name.starts_with("sasl.") || name.starts_with("ssl.");
}

// What is wrong shows only when a client is made: files are read then.
absl::Status TryOut(Conf conf) {
  std::array<char, 512> error{};
  rd_kafka_t* const client =
      rd_kafka_new(RD_KAFKA_PRODUCER, conf.get(), error.data(), error.size());
  if (client == nullptr) {
    return absl::FailedPreconditionError(text::Cat("kafka security file: ", error.data()));
  }
  (void)conf.release();  // the client's
  rd_kafka_destroy(client);
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::map<std::string, std::string>> ParseKafkaSecurity(std::string_view text) {
  std::map<std::string, std::string> settings;
  // Nowhere, so that it is tried out without a word, and without a call.
  const Conf conf(kafka::MakeConf({{"bootstrap.servers", "127.0.0.1:1"}, {"log_level", "0"}}));
  int number = 0;
  for (const absl::string_view whole : absl::StrSplit(text::Absl(text), '\n')) {
    ++number;
    const absl::string_view line = absl::StripAsciiWhitespace(whole);
    if (line.empty() || line.front() == '#') continue;
    const std::pair<absl::string_view, absl::string_view> parts =
        absl::StrSplit(line, absl::MaxSplits('=', 1));
    const std::string name(absl::StripAsciiWhitespace(parts.first));
    const std::string value(absl::StripAsciiWhitespace(parts.second));
    if (!IsOfSecurity(name)) return Fault(number, "no security.*, sasl.* or ssl.* setting");
    std::array<char, 512> error{};
    // What librdkafka says of it may hold the value.
    if (rd_kafka_conf_set(conf.get(), name.c_str(), value.c_str(), error.data(), error.size()) !=
        RD_KAFKA_CONF_OK) {
      return Fault(number, text::Cat("librdkafka does not take this value of ", name));
    }
    if (!settings.emplace(name, value).second) return Fault(number, "is there twice");
  }
  if (absl::Status works = TryOut(Conf(rd_kafka_conf_dup(conf.get()))); !works.ok()) return works;
  return settings;
}

}  // namespace tremplin::eventlog
