// The whole way of an event (outbox, relay, log, consumer, inbox) and of a timer, on each pair of
// database and event log that the product runs on.
#include <atomic>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/time/clock.h"
#include "common/database/postgres_database.h"
#include "common/database/sqlite_database.h"
#include "common/eventlog/kafka_event_log.h"
#include "common/eventlog/sqlite_event_log.h"
#include "common/ids/ids.h"
#include "common/inbox/inbox.h"
#include "common/outbox/outbox.h"
#include "common/text/text.h"
#include "common/timers/timers.h"
#include "gmock/gmock.h"
#include "google/protobuf/wrappers.pb.h"
#include "gtest/gtest.h"
#include "tests/support/postgres.h"
#include "tests/support/servers.h"
#include "tests/support/temp_dir.h"

namespace tremplin::inbox {
namespace {

using database::Tenant;
using ::testing::ElementsAre;
using ::testing::SizeIs;

constexpr int kPartitions = 3;
constexpr absl::Time kStart = absl::FromUnixSeconds(1764633600);

// Letters only, as a service's name: topics of a shared broker are told apart by it.
std::string UniqueService() {
  std::string name = "demo_";
  for (const char c : ids::New().substr(19)) {  // the random part
    if (c != '-') name.push_back(static_cast<char>(c <= '9' ? c - '0' + 'g' : c));
  }
  return name;
}

std::vector<database::Migration> Migrations() {
  return {{1, "outbox", outbox::kOutboxSchemaSql},
          {2, "inbox", kInboxSchemaSql},
          {3, "timers", timers::kTimersSchemaSql},
          {4, "effects",
           "CREATE TABLE {service}_effect (seq {identity}, key TEXT NOT NULL, value TEXT NOT "
           "NULL);\n"
           "CREATE TABLE {service}_counter (key TEXT PRIMARY KEY, n BIGINT NOT NULL);\n"}};
}

class Embedded {
 public:
  static bool Present() { return true; }
  explicit Embedded(const std::string& service) {
    auto file = database::OpenSqliteFile({.path = dir_.File("all.db")});
    EXPECT_TRUE(file.ok()) << file.status();
    EXPECT_TRUE(database::MigrateSqlite(**file, service, Migrations()).ok());
    EXPECT_TRUE(database::MigrateSqlite(**file, "log", eventlog::SqliteEventLogMigrations()).ok());
    db_ = database::MakeSqliteDatabase(*file, service);
    log_db_ = database::MakeSqliteDatabase(*file, "log");
    log_ = eventlog::MakeSqliteEventLog(*log_db_, kPartitions);
  }
  database::Database& db() { return *db_; }
  eventlog::EventLog& log() { return *log_; }

 private:
  testing::TempDir dir_;
  std::unique_ptr<database::Database> db_;
  std::unique_ptr<database::Database> log_db_;
  std::unique_ptr<eventlog::EventLog> log_;
};

class Distributed {
 public:
  static bool Present() {
    return !testing::PostgresServer().empty() && !testing::KafkaServer().empty();
  }
  explicit Distributed(const std::string& service) {
    const absl::Status migrated = database::MigratePostgres(postgres_.owner_uri(), service,
                                                            postgres_.runtime_role(), Migrations());
    EXPECT_TRUE(migrated.ok()) << migrated;
    db_ = database::MakePostgresDatabase({.uri = postgres_.runtime_uri(), .service = service});
    log_ = eventlog::MakeKafkaEventLog({.brokers = testing::KafkaServer(),
                                        .partitions = kPartitions,
                                        .client_id = service,
                                        .extra = {}});
  }
  database::Database& db() { return *db_; }
  eventlog::EventLog& log() { return *log_; }

 private:
  testing::TestPostgres postgres_;
  std::unique_ptr<database::Database> db_;
  std::unique_ptr<eventlog::EventLog> log_;
};

template <class Backend>
class DeliveryContract : public ::testing::Test {
 protected:
  void SetUp() override {
    const std::string servers = Backend::Present() ? "present" : "";
    TREMPLIN_REQUIRE_SERVER(servers);
    backend_ = std::make_unique<Backend>(service_);
    const absl::Status topics = log().EnsureTopics({events::TopicOf(service_)});
    ASSERT_TRUE(topics.ok()) << topics;
    outbox_ = std::make_unique<outbox::Outbox>(service_, log().Local());
    handlers_.On<google::protobuf::StringValue>(
        service_,
        [this](const events::Event& event, const google::protobuf::StringValue& payload)
            -> absl::StatusOr<Apply> { return Effect(event.key, payload.value()); },
        Handlers::Reads::kEventAlone);
  }

  database::Database& db() { return backend_->db(); }
  eventlog::EventLog& log() { return backend_->log(); }
  std::string Sql(std::string_view before, std::string_view after) const {
    return text::Cat(before, " ", service_, after);
  }
  static database::WriteOptions Writing(const std::string& key) {
    return {.lane_key = key, .tenant = Tenant::All(), .deadline = absl::Now() + absl::Seconds(20)};
  }

  Apply Effect(const std::string& key, const std::string& value) {
    return [this, key, value](database::Transaction& tx) {
      const absl::Status status =
          tx.Execute(Sql("INSERT INTO", "_effect (key, value) VALUES ($1, $2)"), {key, value});
      if (!status.ok()) return status;
      if (key == out_) return absl::UnavailableError("out");
      return value == broken_ ? absl::InternalError("broken") : absl::OkStatus();
    };
  }

  // Takes the key's next number and tells of it, in one transaction.
  absl::Status Append(const std::string& key) {
    return db().Write(Writing(key), [&](database::Transaction& tx) -> absl::Status {
      const auto counted = tx.Query(Sql("INSERT INTO",
                                        "_counter AS c (key, n) VALUES ($1, 1) ON "
                                        "CONFLICT (key) DO UPDATE SET n = c.n + 1 "
                                        "RETURNING n"),
                                    {key});
      if (!counted.ok()) return counted.status();
      google::protobuf::StringValue payload;
      payload.set_value(text::Cat(counted->rows.at(0).Int(0)));
      return outbox_->Append(tx, key, kStart, payload);
    });
  }

  std::unique_ptr<outbox::Relay> NewRelay(const std::string& holder = "a") {
    return std::make_unique<outbox::Relay>(service_, db(), log(), clock_,
                                           outbox::RelayOptions{.holder = holder, .batch = 32});
  }
  std::unique_ptr<ConsumerLoop> NewLoop() {
    return std::make_unique<ConsumerLoop>(
        ConsumerLoopOptions{
            .service = service_, .max_attempts = 2, .retry_pause = absl::Milliseconds(5)},
        db(), log().NewConsumer({.group = service_, .topics = handlers_.Topics()}), handlers_,
        clock_);
  }

  // Steps both until nothing is left to publish or to consume.
  bool Settle(outbox::Relay& relay, ConsumerLoop& loop) {
    const absl::Time deadline = absl::Now() + absl::Seconds(60);
    while (absl::Now() < deadline) {
      relay.Step();
      loop.Step(absl::Milliseconds(10));
      const auto stats = relay.Stats();
      const auto lag = loop.Lag();
      if (stats.ok() && stats->backlog == 0 && lag.ok() && *lag == 0) return true;
    }
    return false;
  }

  std::map<std::string, std::vector<std::string>> Effects() {
    std::map<std::string, std::vector<std::string>> effects;
    const auto result = database::ReadRows(db(), {.tenant = Tenant::All()},
                                           Sql("SELECT key, value FROM", "_effect ORDER BY seq"));
    EXPECT_TRUE(result.ok()) << result.status();
    if (result.ok()) {
      for (const database::Row& row : result->rows) effects[row.Text(0)].push_back(row.Text(1));
    }
    return effects;
  }

  const std::string service_ = UniqueService();
  clock::SystemClock clock_;
  std::unique_ptr<outbox::Outbox> outbox_;
  Handlers handlers_;
  std::string broken_ = "none";  // the value that fails
  std::string out_ = "none";     // the key that meets an outage
  std::unique_ptr<Backend> backend_;
};

using Backends = ::testing::Types<Embedded, Distributed>;
TYPED_TEST_SUITE(DeliveryContract, Backends);

TYPED_TEST(DeliveryContract, EventsOfManyWritersHaveTheirEffectOnceAndInOrder) {
  constexpr int kWriters = 6;
  constexpr int kWrites = 60;
  std::atomic<int> writing = kWriters;
  std::vector<std::jthread> writers;
  for (int w = 0; w < kWriters; ++w) {
    writers.emplace_back([this, w, &writing] {
      for (int i = 0; i < kWrites; ++i) {
        const absl::Status status = this->Append(text::Cat("key-", (w + i) % 5));
        EXPECT_TRUE(status.ok()) << status;
      }
      --writing;
    });
  }
  const auto loop = this->NewLoop();
  auto relay = this->NewRelay();
  for (int i = 0; writing > 0; ++i) {
    if (i % 10 == 9) relay = this->NewRelay();  // as if it had died between sending and deleting
    relay->Step();
    loop->Step(absl::Milliseconds(1));
  }
  ASSERT_TRUE(this->Settle(*relay, *loop));
  int total = 0;
  for (const auto& [key, values] : this->Effects()) {
    for (size_t i = 0; i < values.size(); ++i) EXPECT_EQ(values[i], text::Cat(i + 1)) << key;
    total += static_cast<int>(values.size());
  }
  EXPECT_EQ(total, kWriters * kWrites);
}

TYPED_TEST(DeliveryContract, ADeadLetterParksItsKeyAndAReplayLetsItFlow) {
  for (int i = 0; i < 4; ++i) ASSERT_TRUE(this->Append("a").ok());
  ASSERT_TRUE(this->Append("b").ok());
  this->broken_ = "2";
  const auto relay = this->NewRelay();
  const auto loop = this->NewLoop();
  ASSERT_TRUE(this->Settle(*relay, *loop));
  EXPECT_THAT(this->Effects()["a"], ElementsAre("1"));
  EXPECT_THAT(this->Effects()["b"], ElementsAre("1"));
  DeadLetters letters(this->service_, this->db(), this->handlers_, this->clock_);
  const auto list = letters.List(10, "");
  ASSERT_TRUE(list.ok()) << list.status();
  ASSERT_THAT(*list, SizeIs(1));
  EXPECT_EQ(list->front().parked_behind, 2);
  EXPECT_EQ(list->front().attempts, 2);
  this->broken_ = "none";
  const auto replayed = letters.Replay("", 10, /*dry_run=*/false);
  ASSERT_TRUE(replayed.ok()) << replayed.status();
  ASSERT_THAT(*replayed, SizeIs(1));
  EXPECT_TRUE(replayed->front().status.ok()) << replayed->front().status;
  EXPECT_EQ(replayed->front().parked_applied, 2);
  ASSERT_TRUE(this->Append("a").ok());
  ASSERT_TRUE(this->Settle(*relay, *loop));
  EXPECT_THAT(this->Effects()["a"], ElementsAre("1", "2", "3", "4", "5"));
  EXPECT_EQ(*letters.Count(), 0);
}

TYPED_TEST(DeliveryContract, AParkerAndAReplayerDoNotMissEachOther) {
  const auto relay = this->NewRelay();
  const auto loop = this->NewLoop();
  DeadLetters letters(this->service_, this->db(), this->handlers_, this->clock_);
  this->broken_ = "1";
  ASSERT_TRUE(this->Append("a").ok());
  ASSERT_TRUE(this->Settle(*relay, *loop));
  ASSERT_EQ(*letters.Count(), 1);
  this->broken_ = "none";
  for (int i = 0; i < 20; ++i) ASSERT_TRUE(this->Append("a").ok());
  {
    const std::jthread replayer([&] {
      const auto replayed = letters.Replay("", 10, /*dry_run=*/false);
      EXPECT_TRUE(replayed.ok()) << replayed.status();
    });
    for (int i = 0; i < 10; ++i) {
      relay->Step();
      loop->Step(absl::Milliseconds(1));
    }
  }
  ASSERT_TRUE(this->Settle(*relay, *loop));
  const auto values = this->Effects()["a"];
  ASSERT_THAT(values, SizeIs(21));
  for (size_t i = 0; i < values.size(); ++i) EXPECT_EQ(values[i], text::Cat(i + 1));
}

TYPED_TEST(DeliveryContract, AnOutageOfOnePartitionLetsTheOthersFlowAndLosesNothing) {
  constexpr int kKeys = 12;
  for (int round = 0; round < 3; ++round) {
    for (int i = 0; i < kKeys; ++i) ASSERT_TRUE(this->Append(text::Cat("key-", i)).ok());
  }
  this->out_ = "key-0";
  const auto relay = this->NewRelay();
  const auto loop = this->NewLoop();
  const absl::Time deadline = absl::Now() + absl::Seconds(60);
  size_t flowing = 0;
  while (flowing < 3 && absl::Now() < deadline) {
    relay->Step();
    loop->Step(absl::Milliseconds(10));
    flowing = 0;
    for (const auto& [key, values] : this->Effects()) flowing += values.size() == 3 ? 1 : 0;
  }
  EXPECT_GE(flowing, 3);
  EXPECT_FALSE(this->Effects().contains("key-0"));
  this->out_ = "none";
  ASSERT_TRUE(this->Settle(*relay, *loop));
  const auto effects = this->Effects();
  EXPECT_EQ(effects.size(), kKeys);
  for (const auto& [key, values] : effects) EXPECT_THAT(values, ElementsAre("1", "2", "3")) << key;
  DeadLetters letters(this->service_, this->db(), this->handlers_, this->clock_);
  EXPECT_EQ(*letters.Count(), 0);
}

TYPED_TEST(DeliveryContract, OneOfTwoRelaysIsActive) {
  this->outbox_ = std::make_unique<outbox::Outbox>(this->service_);  // one to relay, in any form
  ASSERT_TRUE(this->Append("a").ok());
  const auto a = this->NewRelay("a");
  const auto b = this->NewRelay("b");
  const auto loop = this->NewLoop();
  ASSERT_TRUE(this->Settle(*a, *loop));
  ASSERT_TRUE(this->Append("a").ok());
  for (int i = 0; i < 5; ++i) b->Step();
  EXPECT_EQ(b->Stats()->backlog, 1);
  a->Drain(absl::Seconds(5));
  ASSERT_TRUE(this->Settle(*b, *loop));
  EXPECT_THAT(this->Effects()["a"], ElementsAre("1", "2"));
}

TYPED_TEST(DeliveryContract, ATimerFiresOnceWithTwoLoops) {
  std::vector<std::unique_ptr<timers::Timers>> both;
  for (int i = 0; i < 2; ++i) {
    both.push_back(std::make_unique<timers::Timers>(this->service_, this->db(), this->clock_));
    both.back()->Handle("lapse", [this](database::Transaction& tx, const std::string& key,
                                        absl::Time) { return this->Effect(key, "lapsed")(tx); });
  }
  for (int i = 0; i < 20; ++i) {
    const std::string key = text::Cat("t", i);
    ASSERT_TRUE(this->db()
                    .Write(this->Writing(key),
                           [&](database::Transaction& tx) {
                             return both[0]->Set(tx, "lapse", key, kStart);
                           })
                    .ok());
  }
  {
    const std::jthread other([&] { both[1]->Step(); });
    both[0]->Step();
  }
  for (int i = 0; i < 20; ++i) {
    EXPECT_THAT(this->Effects()[text::Cat("t", i)], ElementsAre("lapsed"));
  }
  EXPECT_FALSE(both[0]->NextDue()->has_value());
}

}  // namespace
}  // namespace tremplin::inbox
