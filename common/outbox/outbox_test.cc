#include "common/outbox/outbox.h"

#include <algorithm>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "common/database/sqlite_database.h"
#include "common/events/event.h"
#include "common/outbox/fake_event_log.h"
#include "common/text/text.h"
#include "common/trace/trace.h"
#include "gmock/gmock.h"
#include "google/protobuf/wrappers.pb.h"
#include "gtest/gtest.h"
#include "tests/support/temp_dir.h"

namespace tremplin::outbox {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr absl::Time kStart = absl::FromUnixSeconds(1764633600);

class OutboxTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto file = database::OpenSqliteFile({.path = dir_.File("outbox.db")});
    ASSERT_TRUE(file.ok()) << file.status();
    const database::Migration migrations[] = {{1, "outbox", kOutboxSchemaSql}};
    ASSERT_TRUE(database::MigrateSqlite(**file, "demo", migrations).ok());
    db_ = database::MakeSqliteDatabase(*std::move(file), "demo");
  }

  absl::Status Append(const std::string& key, const std::string& value) {
    google::protobuf::StringValue payload;
    payload.set_value(value);
    return db_->Write(
        All(), [&](database::Transaction& tx) { return outbox_.Append(tx, key, kStart, payload); });
  }

  void AppendAll(const std::vector<std::pair<std::string, std::string>>& events) {
    for (const auto& [key, value] : events) ASSERT_TRUE(Append(key, value).ok());
  }

  absl::Status Execute(std::string_view sql, database::Params params = {}) {
    return db_->Write(All(), [&](database::Transaction& tx) { return tx.Execute(sql, params); });
  }

  int64_t Rows() {
    const auto result = database::ReadRows(*db_, {.tenant = database::Tenant::All()},
                                           "SELECT COUNT(*) FROM demo_outbox");
    EXPECT_TRUE(result.ok()) << result.status();
    return result.ok() ? result->rows[0].Int(0) : -1;
  }

  std::unique_ptr<Relay> NewRelay(const std::string& holder = "a") {
    return std::make_unique<Relay>("demo", *db_, log_, clock_,
                                   RelayOptions{.holder = holder, .batch = 16, .in_flight = 64});
  }

  // Steps through business and backoff until nothing happens any more.
  void Settle(Relay& relay) {
    for (int i = 0; i < 200; ++i) {
      if (relay.Step() > absl::ZeroDuration()) clock_.AdvanceSystem(absl::Milliseconds(100));
    }
  }

  std::vector<std::string> Values() const {
    std::vector<std::string> values;
    for (const events::Event& event : log_.published()) {
      google::protobuf::StringValue payload;
      EXPECT_TRUE(payload.ParseFromString(event.data));
      values.push_back(payload.value());
    }
    return values;
  }

  // The first time each event was published, by key.
  std::map<std::string, std::vector<std::string>> ValuesByKey() const {
    std::map<std::string, std::vector<std::string>> by_key;
    std::set<std::string> seen;
    for (const events::Event& event : log_.published()) {
      google::protobuf::StringValue payload;
      EXPECT_TRUE(payload.ParseFromString(event.data));
      if (seen.insert(event.id).second) by_key[event.key].push_back(payload.value());
    }
    return by_key;
  }

  static database::WriteOptions All() {
    return {.lane_key = "test", .tenant = database::Tenant::All()};
  }

  testing::TempDir dir_;
  clock::ManualClock clock_{kStart};
  eventlog::FakeEventLog log_;
  std::unique_ptr<database::Database> db_;
  Outbox outbox_{"demo"};
};

TEST_F(OutboxTest, PublishesWhatWasCommittedInOrderAndDeletesIt) {
  int woken = 0;
  outbox_.OnAppended([&] { ++woken; });
  AppendAll({{"k1", "a"}, {"k2", "b"}, {"k1", "c"}});
  EXPECT_EQ(woken, 3);
  const auto relay = NewRelay();
  Settle(*relay);
  EXPECT_THAT(Values(), ElementsAre("a", "b", "c"));
  EXPECT_EQ(Rows(), 0);
  const events::Event& event = log_.published()[0];
  EXPECT_EQ(event.service, "demo");
  EXPECT_EQ(event.type, "google.protobuf.StringValue");
  EXPECT_EQ(event.key, "k1");
  EXPECT_EQ(event.time, kStart);
}

TEST_F(OutboxTest, WhatNoCallBeganBeginsATrace) {
  constexpr char kCall[] = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
  ASSERT_TRUE(db_->Write(All(),
                         [&](database::Transaction& tx) {
                           const google::protobuf::StringValue payload;
                           const absl::Status of_call =
                               outbox_.Append(tx, "k", kStart, payload, kCall);
                           return of_call.ok() ? outbox_.Append(tx, "k", kStart, payload) : of_call;
                         })
                  .ok());
  const auto relay = NewRelay();
  Settle(*relay);
  ASSERT_EQ(log_.published().size(), 2U);
  EXPECT_EQ(log_.published()[0].traceparent, kCall);
  EXPECT_TRUE(trace::IsTraceparent(log_.published()[1].traceparent));
}

TEST_F(OutboxTest, AWriteThatFailsPublishesNothing) {
  int woken = 0;
  outbox_.OnAppended([&] { ++woken; });
  const absl::Status status = db_->Write(All(), [&](database::Transaction& tx) {
    EXPECT_TRUE(outbox_.Append(tx, "k", kStart, google::protobuf::StringValue()).ok());
    return absl::InternalError("after all not");
  });
  EXPECT_FALSE(status.ok());
  const auto relay = NewRelay();
  Settle(*relay);
  EXPECT_THAT(Values(), IsEmpty());
  EXPECT_EQ(woken, 0);
}

TEST_F(OutboxTest, RefusesWhatNoConsumerCouldRead) {
  EXPECT_EQ(Append("k", std::string(events::kMaxEventBytes, 'x')).code(),
            absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(Append("", "a").code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(Append("two words", "a").code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(Rows(), 0);
}

TEST_F(OutboxTest, AFailureHoldsTheLaterEventsOfItsKeyAndNoOthers) {
  AppendAll({{"k1", "1"}, {"k2", "1"}, {"k1", "2"}, {"k2", "2"}});
  bool failed = false;
  log_.OnEach([&](const events::Event& event) {
    if (event.key != "k1" || failed) return absl::OkStatus();
    failed = true;
    return absl::UnavailableError("the first of k1");
  });
  const auto relay = NewRelay();
  relay->Step();
  relay->Step();
  // "2" of k1 was handed in with "1", before its failure was known; what comes now is held.
  AppendAll({{"k1", "3"}, {"k2", "3"}});
  relay->Step();
  EXPECT_THAT(ValuesByKey()["k2"], ElementsAre("1", "2", "3"));
  const std::vector<std::string> values = Values();
  EXPECT_EQ(std::count(values.begin(), values.end(), "3"), 1);
  Settle(*relay);
  EXPECT_THAT(ValuesByKey()["k1"], SizeIs(3));
  EXPECT_EQ(ValuesByKey()["k1"].back(), "3");
  EXPECT_EQ(Rows(), 0);
}

TEST_F(OutboxTest, APoisonRowDoesNotStopOtherKeys) {
  for (int i = 0; i < 100; ++i) AppendAll({{"poison", text::Cat(i)}});
  for (int i = 0; i < 30; ++i) AppendAll({{text::Cat("k", i % 3), text::Cat(i)}});
  bool healed = false;
  log_.OnEach([&](const events::Event& event) {
    return event.key == "poison" && !healed ? absl::InternalError("poison") : absl::OkStatus();
  });
  const auto relay = NewRelay();
  Settle(*relay);
  EXPECT_THAT(Values(), SizeIs(30));
  EXPECT_EQ(Rows(), 100);
  healed = true;
  clock_.AdvanceSystem(absl::Minutes(1));
  for (int i = 0; i < 5; ++i) Settle(*relay);
  EXPECT_EQ(Rows(), 0);
  const auto poison = ValuesByKey()["poison"];
  ASSERT_THAT(poison, SizeIs(100));
  for (int i = 0; i < 100; ++i) EXPECT_EQ(poison[static_cast<size_t>(i)], text::Cat(i));
}

TEST_F(OutboxTest, ACrashBetweenSendingAndDeletingRepeatsAndLosesNothing) {
  AppendAll({{"k1", "1"}, {"k2", "2"}});
  {
    const auto relay = NewRelay();
    relay->Step();  // published and reported, but not yet deleted
  }
  EXPECT_EQ(Rows(), 2);
  const auto relay = NewRelay();
  Settle(*relay);
  EXPECT_EQ(Rows(), 0);
  EXPECT_THAT(Values(), ElementsAre("1", "2", "1", "2"));
  EXPECT_EQ(log_.published()[0].id, log_.published()[2].id);
}

TEST_F(OutboxTest, ARowCommittedLateWithALowerNumberIsPublished) {
  constexpr std::string_view kInsert =
      "INSERT INTO demo_outbox (seq, event_id, type, key, time_us, created_us, traceparent, data) "
      "VALUES ($1, $2, 'google.protobuf.StringValue', 'k', 0, 0, '', $3)";
  const auto insert = [&](int64_t seq) {
    return Execute(kInsert, {seq, text::Cat("id-", seq), database::Bytes{""}});
  };
  ASSERT_TRUE(insert(10).ok());
  const auto relay = NewRelay();
  Settle(*relay);
  ASSERT_TRUE(insert(4).ok());
  Settle(*relay);
  ASSERT_THAT(log_.published(), SizeIs(2));
  EXPECT_EQ(log_.published()[1].id, "id-4");
  EXPECT_EQ(Rows(), 0);
}

TEST_F(OutboxTest, OneRelayOfTwoIsActiveUntilItsLeaseRunsOut) {
  AppendAll({{"k", "1"}});
  const auto a = NewRelay("a");
  const auto b = NewRelay("b");
  a->Step();
  EXPECT_GT(b->Step(), absl::ZeroDuration());
  EXPECT_THAT(Values(), ElementsAre("1"));
  a->Step();
  AppendAll({{"k", "2"}});
  clock_.AdvanceSystem(absl::Seconds(6));
  b->Step();
  EXPECT_THAT(Values(), ElementsAre("1", "2"));
  a->Step();  // finds out, and does nothing
  AppendAll({{"k", "3"}});
  a->Step();
  EXPECT_THAT(Values(), ElementsAre("1", "2"));
}

TEST_F(OutboxTest, ADeleteUnderAnOldEpochIsRefused) {
  AppendAll({{"k", "1"}});
  const auto a = NewRelay("a");
  log_.HoldReports(true);
  a->Step();
  // Another took over while this one was frozen, with a lease it still believes in.
  ASSERT_TRUE(Execute("UPDATE demo_relay_lease SET holder = 'b', epoch = epoch + 1").ok());
  log_.HoldReports(false);
  a->Step();
  EXPECT_EQ(Rows(), 1);
  AppendAll({{"k", "2"}});
  a->Step();
  EXPECT_THAT(Values(), ElementsAre("1"));
}

TEST_F(OutboxTest, DrainConfirmsAndHandsTheLeaseOver) {
  AppendAll({{"k", "1"}});
  const auto a = NewRelay("a");
  log_.HoldReports(true);
  a->Step();
  a->Drain(absl::Seconds(1));  // the fake's Flush brings the reports
  EXPECT_EQ(Rows(), 0);
  log_.HoldReports(false);
  AppendAll({{"k", "2"}});
  const auto b = NewRelay("b");
  b->Step();
  EXPECT_THAT(Values(), ElementsAre("1", "2"));
}

TEST_F(OutboxTest, SurvivesAProducerThatFailsForGood) {
  AppendAll({{"k1", "1"}, {"k2", "1"}, {"k1", "2"}});
  log_.HoldReports(true);
  const auto relay = NewRelay();
  relay->Step();
  log_.FailProducer();
  log_.HoldReports(false, /*deliver=*/false);
  AppendAll({{"k1", "3"}});
  Settle(*relay);
  EXPECT_EQ(Rows(), 0);
  EXPECT_EQ(log_.producers(), 2);
  EXPECT_THAT(ValuesByKey()["k1"], ElementsAre("1", "2", "3"));
  EXPECT_THAT(ValuesByKey()["k2"], ElementsAre("1"));
}

TEST_F(OutboxTest, AFullClientIsTriedAgainWithTheRest) {
  for (int i = 0; i < 40; ++i) AppendAll({{"k", text::Cat(i)}});
  log_.LimitTo(5);
  const auto relay = NewRelay();
  Settle(*relay);
  EXPECT_EQ(Rows(), 0);
  ASSERT_THAT(Values(), SizeIs(40));
  for (int i = 0; i < 40; ++i) EXPECT_EQ(Values()[static_cast<size_t>(i)], text::Cat(i));
}

TEST_F(OutboxTest, BoundsWhatIsInFlight) {
  for (int i = 0; i < 200; ++i) AppendAll({{"k", text::Cat(i)}});
  log_.HoldReports(true);
  const auto relay = NewRelay();
  Settle(*relay);
  EXPECT_THAT(Values(), SizeIs(64));
  log_.HoldReports(false);
  Settle(*relay);
  EXPECT_THAT(Values(), SizeIs(200));
  EXPECT_EQ(Rows(), 0);
}

TEST_F(OutboxTest, WhatIsDeliveredIsDeletedTogether) {
  const auto relay = NewRelay();
  AppendAll({{"k1", "1"}});
  EXPECT_EQ(relay->Step(), absl::Milliseconds(20));  // published; its report is looked at then
  relay->Step();
  EXPECT_EQ(Rows(), 0);  // nothing had been deleted lately
  for (int i = 0; i < 3; ++i) {
    AppendAll({{"k1", "2"}, {"k2", "2"}});
    relay->Step();
  }
  relay->Step();
  EXPECT_THAT(Values(), SizeIs(7));  // each once, deleted or not
  EXPECT_EQ(Rows(), 6);
  clock_.AdvanceSystem(absl::Milliseconds(20));
  EXPECT_EQ(relay->Step(), absl::Milliseconds(20));
  EXPECT_EQ(Rows(), 0);
  EXPECT_EQ(relay->Step(), absl::Milliseconds(50));
}

// Another replica's commit wakes nobody here.
TEST_F(OutboxTest, ARelayThatWasQuietLooksLessOftenUntilSomethingComes) {
  const auto relay = NewRelay();
  const auto wait_after_an_event = [&] {
    AppendAll({{"k", "1"}});
    relay->Step();
    clock_.AdvanceSystem(absl::Milliseconds(20));
    relay->Step();
    return relay->Step();
  };
  const RelayOptions options;
  EXPECT_EQ(wait_after_an_event(), options.poll);
  clock_.AdvanceSystem(options.quiet_after);
  EXPECT_EQ(relay->Step(), options.quiet_poll);
  EXPECT_EQ(wait_after_an_event(), options.poll);
  EXPECT_THAT(Values(), SizeIs(2));
}

TEST_F(OutboxTest, ManyDeliveredRowsAreDeletedAtOnce) {
  const auto relay = NewRelay();  // has 64 in flight at most
  AppendAll({{"k", "first"}});
  relay->Step();
  relay->Step();
  for (int i = 0; i < 64; ++i) AppendAll({{"k", text::Cat(i)}});
  for (int i = 0; i < 6; ++i) relay->Step();
  EXPECT_THAT(Values(), SizeIs(65));
  EXPECT_LE(Rows(), 16);
}

TEST_F(OutboxTest, StatsTellBacklogAndAge) {
  const auto relay = NewRelay();
  auto stats = relay->Stats();
  ASSERT_TRUE(stats.ok());
  EXPECT_EQ(stats->backlog, 0);
  EXPECT_EQ(stats->oldest_age, absl::ZeroDuration());
  AppendAll({{"k", "1"}, {"k", "2"}});
  ASSERT_TRUE(Execute("UPDATE demo_outbox SET created_us = $1",
                      {clock::ToMicros(kStart - absl::Seconds(7))})
                  .ok());
  stats = relay->Stats();
  ASSERT_TRUE(stats.ok());
  EXPECT_EQ(stats->backlog, 2);
  EXPECT_EQ(stats->oldest_age, absl::Seconds(7));
}

}  // namespace
}  // namespace tremplin::outbox
