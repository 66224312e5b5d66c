#ifndef TREMPLIN_COMMON_EVENTLOG_EVENT_LOG_TEST_SUPPORT_H_
#define TREMPLIN_COMMON_EVENTLOG_EVENT_LOG_TEST_SUPPORT_H_

#include <memory>
#include <string>

#include "common/database/sqlite_database.h"
#include "common/eventlog/event_log.h"
#include "common/eventlog/kafka_event_log.h"
#include "common/eventlog/sqlite_event_log.h"
#include "gtest/gtest.h"
#include "tests/support/servers.h"
#include "tests/support/temp_dir.h"

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

// One file for all logs of a test, as one broker serves them all.
struct SqliteBackend {
  static std::string Missing() { return ""; }
  std::unique_ptr<EventLog> Make(int partitions) {
    if (file_ == nullptr) {
      auto file = database::OpenSqliteFile({.path = directory_.path() + "/log.db"});
      EXPECT_TRUE(file.ok()) << file.status();
      file_ = *std::move(file);
      EXPECT_TRUE(database::MigrateSqlite(*file_, "log", SqliteEventLogMigrations()).ok());
      db_ = database::MakeSqliteDatabase(file_, "log");
    }
    return MakeSqliteEventLog(*db_, partitions);
  }

 private:
  testing::TempDir directory_;
  std::shared_ptr<database::SqliteFile> file_;
  std::unique_ptr<database::Database> db_;
};

using Backends = ::testing::Types<SqliteBackend, KafkaBackend>;

}  // namespace tremplin::eventlog

#define TREMPLIN_REQUIRE_BACKEND(Backend)                                    \
  do {                                                                       \
    const std::string present = Backend::Missing().empty() ? "present" : ""; \
    TREMPLIN_REQUIRE_SERVER(present);                                        \
  } while (false)

#endif  // TREMPLIN_COMMON_EVENTLOG_EVENT_LOG_TEST_SUPPORT_H_
