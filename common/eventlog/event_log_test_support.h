#ifndef TREMPLIN_COMMON_EVENTLOG_EVENT_LOG_TEST_SUPPORT_H_
#define TREMPLIN_COMMON_EVENTLOG_EVENT_LOG_TEST_SUPPORT_H_

#include <memory>
#include <string>

#include "common/eventlog/event_log.h"
#include "common/eventlog/kafka_event_log.h"
#include "gtest/gtest.h"
#include "tests/support/servers.h"

// The adapters the contract suite runs over.
namespace tremplin::eventlog {

struct KafkaBackend {
  static std::string Missing() { return testing::KafkaServer().empty() ? "kafka" : ""; }
  std::unique_ptr<EventLog> Make(int partitions) {
    return MakeKafkaEventLog({.brokers = testing::KafkaServer(),
                              .partitions = partitions,
                              .replication = 1,
                              .client_id = "contract",
                              .extra = {}});
  }
};

using Backends = ::testing::Types<KafkaBackend>;

}  // namespace tremplin::eventlog

#define TREMPLIN_REQUIRE_BACKEND(Backend)                                    \
  do {                                                                       \
    const std::string present = Backend::Missing().empty() ? "present" : ""; \
    TREMPLIN_REQUIRE_SERVER(present);                                        \
  } while (false)

#endif  // TREMPLIN_COMMON_EVENTLOG_EVENT_LOG_TEST_SUPPORT_H_
