// What is the embedded log's alone: reports, wake-ups, offsets over restarts, trimming.
#include "common/eventlog/sqlite_event_log.h"

#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/time/clock.h"
#include "common/database/sqlite_database.h"
#include "common/ids/ids.h"
#include "common/text/text.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/temp_dir.h"

namespace tremplin::eventlog {
namespace {

using ::testing::ElementsAre;

// Counts reads, and may be out of order.
class WatchedDatabase final : public database::Database {
 public:
  explicit WatchedDatabase(std::unique_ptr<database::Database> below) : below_(std::move(below)) {}
  absl::Status Write(const database::WriteOptions& options,
                     const std::function<absl::Status(database::Transaction&)>& fn) override {
    return down ? absl::ResourceExhaustedError("disk is full") : below_->Write(options, fn);
  }
  absl::Status Read(const database::ReadOptions& options,
                    const std::function<absl::Status(database::Reader&)>& fn) override {
    ++reads;
    return below_->Read(options, fn);
  }
  absl::Status Ping(absl::Duration timeout) override { return below_->Ping(timeout); }
  int reads = 0;
  bool down = false;

 private:
  const std::unique_ptr<database::Database> below_;
};

class SqliteEventLogTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto file = database::OpenSqliteFile({.path = dir_.File("log.db")});
    ASSERT_TRUE(file.ok()) << file.status();
    file_ = *std::move(file);
    ASSERT_TRUE(database::MigrateSqlite(*file_, "log", SqliteEventLogMigrations()).ok());
    db_ = std::make_unique<WatchedDatabase>(database::MakeSqliteDatabase(file_, "log"));
    Restart();
    ASSERT_TRUE(log_->EnsureTopics({"tremplin.demo.v1"}).ok());
  }

  void Restart() { log_ = MakeSqliteEventLog(*db_, /*partitions=*/1); }

  static std::vector<events::Event> Events(int from, int to, const std::string& data = "") {
    std::vector<events::Event> events;
    for (int i = from; i < to; ++i) {
      events.push_back({.id = ids::New(),
                        .service = "demo",
                        .type = "tremplin.test.Happened",
                        .key = text::Cat(i),
                        .time = absl::UnixEpoch(),
                        .traceparent = "",
                        .data = data});
    }
    return events;
  }
  absl::Status Publish(const std::vector<events::Event>& events, int* reported = nullptr) {
    size_t taken = 0;
    return log_->NewProducer()->Publish(
        events,
        [&](const std::string&, const absl::Status& status) {
          if (status.ok() && reported != nullptr) ++*reported;
        },
        &taken);
  }
  std::unique_ptr<Consumer> NewConsumer(const std::string& group = "g") {
    return log_->NewConsumer({.group = group, .topics = {"tremplin.demo.v1"}});
  }
  // The log has one partition.
  static absl::StatusOr<Chunk> PollOne(Consumer& consumer, size_t max_records,
                                       absl::Duration wait) {
    auto chunks = consumer.Poll(max_records, wait);
    if (!chunks.ok()) return chunks.status();
    EXPECT_LE(chunks->size(), 1);
    return chunks->empty() ? Chunk() : std::move(chunks->front());
  }
  static std::vector<std::string> Keys(const absl::StatusOr<Chunk>& chunk) {
    std::vector<std::string> keys;
    EXPECT_TRUE(chunk.ok()) << chunk.status();
    if (chunk.ok()) {
      for (const Record& record : chunk->records) keys.push_back(record.key);
    }
    return keys;
  }

  testing::TempDir dir_;
  std::shared_ptr<database::SqliteFile> file_;
  std::unique_ptr<WatchedDatabase> db_;
  std::unique_ptr<EventLog> log_;
};

TEST_F(SqliteEventLogTest, AConsumerThatKeepsUpAndAnIdleOneAskTheDatabaseNothing) {
  const auto consumer = NewConsumer();
  (void)PollOne(*consumer, 64, absl::ZeroDuration());
  const int before = db_->reads;
  for (int i = 0; i < 20; ++i) {
    ASSERT_TRUE(Publish(Events(i, i + 1)).ok());
    const auto chunk = PollOne(*consumer, 64, absl::ZeroDuration());
    EXPECT_THAT(Keys(chunk), ElementsAre(text::Cat(i)));
    EXPECT_TRUE(consumer->Commit(*chunk).ok());
    EXPECT_TRUE(PollOne(*consumer, 64, absl::ZeroDuration())->empty());
  }
  EXPECT_EQ(db_->reads - before, 0);
}

TEST_F(SqliteEventLogTest, APollWakesWhenSomethingIsPublished) {
  const auto consumer = NewConsumer();
  (void)PollOne(*consumer, 64, absl::ZeroDuration());
  const absl::Time begin = absl::Now();
  const std::jthread publisher([&] {
    absl::SleepFor(absl::Milliseconds(20));
    EXPECT_TRUE(Publish(Events(0, 1)).ok());
  });
  EXPECT_THAT(Keys(PollOne(*consumer, 64, absl::Seconds(30))), ElementsAre("0"));
  EXPECT_LT(absl::Now() - begin, absl::Seconds(15));
}

TEST_F(SqliteEventLogTest, APublicationTellsThoseWhoAskedToBeWoken) {
  std::vector<std::string> topics;
  log_->OnPublished([&](const std::string& topic) { topics.push_back(topic); });
  ASSERT_TRUE(Publish(Events(0, 3)).ok());
  EXPECT_THAT(topics, ElementsAre("tremplin.demo.v1", "tremplin.demo.v1", "tremplin.demo.v1"));
}

TEST_F(SqliteEventLogTest, WhatAModuleAppendsIsThereWithItsWriteAndOnlyThen) {
  const auto module = database::MakeSqliteDatabase(file_, "demo");
  int woken = 0;
  log_->OnPublished([&](const std::string&) { ++woken; });
  const auto consumer = NewConsumer();
  const std::vector<events::Event> events = Events(0, 4);
  const auto append = [&](size_t event, const absl::Status& then) {
    return [&, event, then](database::Transaction& tx) {
      const absl::Status status = log_->Local()->Append(tx, events[event]);
      return status.ok() ? then : status;
    };
  };
  EXPECT_EQ(module->Write({}, append(0, absl::CancelledError("no"))), absl::CancelledError("no"));
  EXPECT_TRUE(PollOne(*consumer, 64, absl::ZeroDuration())->empty());
  EXPECT_EQ(woken, 0);
  EXPECT_EQ(module->Write({},
                          [&](database::Transaction& tx) {
                            EXPECT_TRUE(append(1, absl::OkStatus())(tx).ok());
                            EXPECT_FALSE(tx.Nested(append(2, absl::CancelledError("no"))).ok());
                            return append(3, absl::OkStatus())(tx);
                          }),
            absl::OkStatus());
  EXPECT_THAT(Keys(PollOne(*consumer, 64, absl::ZeroDuration())), ElementsAre("1", "3"));
  EXPECT_EQ(woken, 2);
  Restart();
  EXPECT_THAT(Keys(PollOne(*NewConsumer("other"), 64, absl::ZeroDuration())),
              ElementsAre("1", "3"));
}

TEST_F(SqliteEventLogTest, AnEventOfATopicThatWasNotMadeFailsItsWrite) {
  const auto module = database::MakeSqliteDatabase(file_, "demo");
  events::Event event = Events(0, 1).front();
  event.service = "nobody";
  EXPECT_EQ(
      module->Write({}, [&](database::Transaction& tx) { return log_->Local()->Append(tx, event); })
          .code(),
      absl::StatusCode::kNotFound);
}

TEST_F(SqliteEventLogTest, WhatFellOutOfMemoryIsReadFromTheFileInOrder) {
  ASSERT_TRUE(Publish(Events(0, 400, std::string(2000, 'x'))).ok());
  const auto consumer = NewConsumer();
  int next = 0;
  while (next < 400) {
    const auto chunk = PollOne(*consumer, 64, absl::ZeroDuration());
    ASSERT_TRUE(chunk.ok() && !chunk->empty());
    for (const Record& record : chunk->records) {
      EXPECT_EQ(record.key, text::Cat(next++));
      EXPECT_EQ(record.value.size(), 2000);
    }
  }
}

TEST_F(SqliteEventLogTest, AWriteThatFailsTakesNothingAndReportsNothing) {
  int reported = 0;
  ASSERT_TRUE(Publish(Events(0, 1), &reported).ok());
  db_->down = true;
  EXPECT_EQ(Publish(Events(1, 3), &reported).code(), absl::StatusCode::kResourceExhausted);
  db_->down = false;
  ASSERT_TRUE(Publish(Events(1, 2), &reported).ok());
  EXPECT_EQ(reported, 2);
  const auto consumer = NewConsumer();
  EXPECT_THAT(Keys(PollOne(*consumer, 64, absl::ZeroDuration())), ElementsAre("0", "1"));
}

TEST_F(SqliteEventLogTest, OffsetsOutliveTheProcess) {
  ASSERT_TRUE(Publish(Events(0, 4)).ok());
  {
    const auto consumer = NewConsumer();
    ASSERT_TRUE(consumer->Commit(*PollOne(*consumer, 3, absl::ZeroDuration())).ok());
    consumer->Close();
  }
  Restart();
  const auto consumer = NewConsumer();
  EXPECT_THAT(Keys(PollOne(*consumer, 64, absl::ZeroDuration())), ElementsAre("3"));
}

TEST_F(SqliteEventLogTest, TheNewestMemberReadsAndGivesBackWhenItLeaves) {
  ASSERT_TRUE(Publish(Events(0, 4)).ok());
  const auto old = NewConsumer();
  const auto held = PollOne(*old, 2, absl::ZeroDuration());
  EXPECT_THAT(Keys(held), ElementsAre("0", "1"));
  const auto heir = NewConsumer();
  EXPECT_TRUE(PollOne(*old, 2, absl::ZeroDuration())->empty());
  EXPECT_EQ(old->Commit(*held).code(), absl::StatusCode::kFailedPrecondition);
  const auto again = PollOne(*heir, 1, absl::ZeroDuration());
  EXPECT_THAT(Keys(again), ElementsAre("0"));
  ASSERT_TRUE(heir->Commit(*again).ok());
  heir->Close();
  EXPECT_THAT(Keys(PollOne(*old, 64, absl::ZeroDuration())), ElementsAre("1", "2", "3"));
}

TEST_F(SqliteEventLogTest, TrimmingDeletesWhatIsOldAndDoneByAllInSmallSteps) {
  ASSERT_TRUE(Publish(Events(0, 10)).ok());
  const auto fast = NewConsumer("fast");
  const auto slow = NewConsumer("slow");
  ASSERT_TRUE(fast->Commit(*PollOne(*fast, 10, absl::ZeroDuration())).ok());
  ASSERT_TRUE(slow->Commit(*PollOne(*slow, 6, absl::ZeroDuration())).ok());
  fast->Close();
  slow->Close();
  const absl::Time old = absl::Now() + absl::Hours(1);
  EXPECT_EQ(*TrimSqliteEventLog(*db_, absl::Now() - absl::Hours(1), 100), 0);
  EXPECT_EQ(*TrimSqliteEventLog(*db_, old, 4), 4);
  EXPECT_EQ(*TrimSqliteEventLog(*db_, old, 100), 2);
  EXPECT_EQ(*TrimSqliteEventLog(*db_, old, 100), 0);
  Restart();
  const auto heir = NewConsumer("slow");
  EXPECT_THAT(Keys(PollOne(*heir, 64, absl::ZeroDuration())), ElementsAre("6", "7", "8", "9"));
}

TEST_F(SqliteEventLogTest, WhatNobodyConsumesGoesByItsAge) {
  ASSERT_TRUE(Publish(Events(0, 5)).ok());
  EXPECT_EQ(*TrimSqliteEventLog(*db_, absl::Now() - absl::Hours(1), 100), 0);
  EXPECT_EQ(*TrimSqliteEventLog(*db_, absl::Now() + absl::Hours(1), 100), 5);
}

TEST_F(SqliteEventLogTest, NumbersGoOnAfterEverythingWasTrimmed) {
  ASSERT_TRUE(Publish(Events(0, 3)).ok());
  auto consumer = NewConsumer();
  ASSERT_TRUE(consumer->Commit(*PollOne(*consumer, 10, absl::ZeroDuration())).ok());
  consumer->Close();
  EXPECT_EQ(*TrimSqliteEventLog(*db_, absl::Now() + absl::Hours(1), 100), 3);
  Restart();
  consumer = NewConsumer();
  ASSERT_TRUE(Publish(Events(3, 4)).ok());
  EXPECT_THAT(Keys(PollOne(*consumer, 64, absl::ZeroDuration())), ElementsAre("3"));
}

}  // namespace
}  // namespace tremplin::eventlog
