#ifndef TREMPLIN_COMMON_INBOX_INBOX_TEST_SUPPORT_H_
#define TREMPLIN_COMMON_INBOX_INBOX_TEST_SUPPORT_H_

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/clock.h"
#include "common/database/sqlite_database.h"
#include "common/eventlog/sqlite_event_log.h"
#include "common/ids/ids.h"
#include "common/inbox/inbox.h"
#include "google/protobuf/wrappers.pb.h"
#include "gtest/gtest.h"
#include "tests/support/temp_dir.h"

namespace tremplin::inbox {

// A database that counts what is asked of it.
class CountingDatabase final : public database::Database {
 public:
  explicit CountingDatabase(std::unique_ptr<database::Database> below) : below_(std::move(below)) {}
  absl::Status Write(const database::WriteOptions& options,
                     const std::function<absl::Status(database::Transaction&)>& fn) override {
    ++writes;
    return down ? absl::UnavailableError("database is down") : below_->Write(options, fn);
  }
  absl::Status Read(const database::ReadOptions& options,
                    const std::function<absl::Status(database::Reader&)>& fn) override {
    ++reads;
    return below_->Read(options, fn);
  }
  absl::Status Ping(absl::Duration timeout) override { return below_->Ping(timeout); }

  int writes = 0;
  int reads = 0;
  bool down = false;

 private:
  const std::unique_ptr<database::Database> below_;
};

// A service "demo" that hears of "peer": an event's effect is a row (key, value) in demo_effect.
class InboxFixture : public ::testing::Test {
 protected:
  static constexpr absl::Time kStart = absl::FromUnixSeconds(1764633600);
  static constexpr const char* kType = "google.protobuf.StringValue";

  void SetUp() override {
    auto file = database::OpenSqliteFile({.path = dir_.File("inbox.db")});
    ASSERT_TRUE(file.ok()) << file.status();
    const database::Migration migrations[] = {
        {1, "inbox", kInboxSchemaSql},
        {2, "effects",
         "CREATE TABLE demo_effect (seq {identity}, key TEXT NOT NULL, value TEXT NOT NULL);\n"}};
    ASSERT_TRUE(database::MigrateSqlite(**file, "demo", migrations).ok());
    ASSERT_TRUE(database::MigrateSqlite(**file, "log", eventlog::SqliteEventLogMigrations()).ok());
    db_ = std::make_unique<CountingDatabase>(database::MakeSqliteDatabase(*file, "demo"));
    log_db_ = database::MakeSqliteDatabase(*file, "log");
    OpenLog();
    ASSERT_TRUE(log_->EnsureTopics({events::TopicOf("peer")}).ok());
  }

  // As a new process finds it: what was not saved of the offsets is forgotten.
  void OpenLog() { log_ = eventlog::MakeSqliteEventLog(*log_db_, /*partitions=*/2); }

  events::Event MakeEvent(const std::string& key, const std::string& value) const {
    google::protobuf::StringValue payload;
    payload.set_value(value);
    return {.id = ids::New(),
            .service = "peer",
            .type = kType,
            .key = key,
            .time = kStart,
            .traceparent = "",
            .data = payload.SerializeAsString()};
  }

  void Publish(const std::vector<events::Event>& events) {
    size_t taken = 0;
    const auto ignore = [](const std::string&, const absl::Status&) {};
    ASSERT_TRUE(log_->NewProducer()->Publish(events, ignore, &taken).ok());
  }
  void PublishAll(const std::vector<std::pair<std::string, std::string>>& events) {
    std::vector<events::Event> all;
    for (const auto& [key, value] : events) all.push_back(MakeEvent(key, value));
    Publish(all);
  }

  // The plain handler: `verdict` decides in Apply, after the effect was written.
  using Verdict = std::function<absl::Status(const std::string& key, const std::string& value)>;
  static Apply Effect(const events::Event& event, const std::string& value,
                      const Verdict& verdict) {
    return [key = event.key, value, verdict](database::Transaction& tx) {
      const absl::Status status =
          tx.Execute("INSERT INTO demo_effect (key, value) VALUES ($1, $2)", {key, value});
      if (!status.ok()) return status;
      return verdict ? verdict(key, value) : absl::OkStatus();
    };
  }
  void HandlePlainly(Verdict verdict = nullptr,
                     Handlers::Reads reads = Handlers::Reads::kEventAlone) {
    handlers_.On<google::protobuf::StringValue>(
        "peer",
        [verdict = std::move(verdict)](const events::Event& event,
                                       const google::protobuf::StringValue& payload)
            -> absl::StatusOr<Apply> { return Effect(event, payload.value(), verdict); },
        reads);
  }

  std::unique_ptr<ConsumerLoop> NewLoop() {
    return std::make_unique<ConsumerLoop>(
        ConsumerLoopOptions{.service = "demo",
                            .max_attempts = 3,
                            .outage_pause = absl::Milliseconds(20),
                            .retry_pause = absl::Milliseconds(5)},
        *db_, log_->NewConsumer({.group = "demo", .topics = handlers_.Topics()}), handlers_,
        clock_);
  }

  // Steps until the condition holds; false when it does not within the time.
  static bool StepUntil(ConsumerLoop& loop, const std::function<bool()>& condition) {
    const absl::Time deadline = absl::Now() + absl::Seconds(20);
    while (!condition()) {
      if (absl::Now() > deadline) return false;
      loop.Step(absl::Milliseconds(10));
    }
    return true;
  }
  static bool StepToEnd(ConsumerLoop& loop) {
    return StepUntil(loop, [&] {
      const auto lag = loop.Lag();
      return lag.ok() && *lag == 0;
    });
  }

  std::vector<std::string> Values(const std::string& sql, database::Params params = {}) {
    std::vector<std::string> values;
    const auto result =
        database::ReadRows(*db_, {.tenant = database::Tenant::All()}, sql, std::move(params));
    EXPECT_TRUE(result.ok()) << result.status();
    if (result.ok()) {
      for (const database::Row& row : result->rows) values.push_back(row.Text(0));
    }
    return values;
  }
  std::vector<std::string> EffectsOf(const std::string& key) {
    return Values("SELECT value FROM demo_effect WHERE key = $1 ORDER BY seq", {key});
  }
  int64_t Count(const std::string& table) {
    const auto result = database::ReadRows(*db_, {.tenant = database::Tenant::All()},
                                           "SELECT COUNT(*) FROM demo_" + table);
    EXPECT_TRUE(result.ok()) << result.status();
    return result.ok() ? result->rows[0].Int(0) : -1;
  }
  absl::Status Execute(std::string_view sql, database::Params params = {}) {
    return db_->Write({.lane_key = "test", .tenant = database::Tenant::All()},
                      [&](database::Transaction& tx) { return tx.Execute(sql, params); });
  }

  testing::TempDir dir_;
  clock::ManualClock clock_{kStart};
  std::unique_ptr<CountingDatabase> db_;
  std::unique_ptr<database::Database> log_db_;
  std::unique_ptr<eventlog::EventLog> log_;
  Handlers handlers_;
};

}  // namespace tremplin::inbox

#endif  // TREMPLIN_COMMON_INBOX_INBOX_TEST_SUPPORT_H_
