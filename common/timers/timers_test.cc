#include "common/timers/timers.h"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "absl/time/clock.h"
#include "common/database/sqlite_database.h"
#include "common/text/text.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/temp_dir.h"

namespace tremplin::timers {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr absl::Time kStart = absl::FromUnixSeconds(1764633600);

class TimersTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto file = database::OpenSqliteFile({.path = dir_.File("timers.db")});
    ASSERT_TRUE(file.ok()) << file.status();
    const database::Migration migrations[] = {
        {1, "timers", kTimersSchemaSql},
        {2, "effects", "CREATE TABLE demo_effect (seq {identity}, value TEXT NOT NULL);\n"}};
    ASSERT_TRUE(database::MigrateSqlite(**file, "demo", migrations).ok());
    db_ = database::MakeSqliteDatabase(*std::move(file), "demo");
    timers_ = NewTimers();
  }

  std::unique_ptr<Timers> NewTimers() { return NewTimers(*db_, 1); }
  std::unique_ptr<Timers> NewTimers(database::Database& db, int at_once) {
    auto timers = std::make_unique<Timers>("demo", db, clock_, at_once);
    for (const char* kind : {"lapse", "remind"}) {
      timers->Handle(
          kind, [this, kind](database::Transaction& tx, const std::string& key, absl::Time due) {
            const std::string value =
                text::Cat(kind, " ", key, " ", absl::ToInt64Seconds(due - kStart));
            const absl::Status status =
                tx.Execute("INSERT INTO demo_effect (value) VALUES ($1)", {value});
            return status.ok() ? failure_ : status;
          });
    }
    return timers;
  }

  absl::Status Write(const std::function<absl::Status(database::Transaction&)>& fn) {
    return db_->Write({.lane_key = "test", .tenant = database::Tenant::All()}, fn);
  }
  void Set(const std::string& kind, const std::string& key, int seconds) {
    ASSERT_TRUE(Write([&](database::Transaction& tx) {
                  return timers_->Set(tx, kind, key, kStart + absl::Seconds(seconds));
                }).ok());
  }
  void MoveTo(int seconds) { clock_.SetBusiness(kStart + absl::Seconds(seconds)); }

  std::vector<std::string> Effects() {
    std::vector<std::string> values;
    const auto result = database::ReadRows(*db_, {.tenant = database::Tenant::All()},
                                           "SELECT value FROM demo_effect ORDER BY seq");
    EXPECT_TRUE(result.ok()) << result.status();
    if (result.ok()) {
      for (const database::Row& row : result->rows) values.push_back(row.Text(0));
    }
    return values;
  }

  testing::TempDir dir_;
  clock::ManualClock clock_{kStart};
  absl::Status failure_;
  std::unique_ptr<database::Database> db_;
  std::unique_ptr<Timers> timers_;
};

TEST_F(TimersTest, FiresWhatIsDueByBusinessTimeInOrderAndOnce) {
  Set("remind", "b", 20);
  Set("remind", "a", 20);
  Set("lapse", "z", 20);
  Set("lapse", "c", 10);
  Set("lapse", "later", 30);
  EXPECT_GT(timers_->Step(), absl::ZeroDuration());
  EXPECT_THAT(Effects(), IsEmpty());
  clock_.AdvanceSystem(absl::Hours(1));  // deadlines of the domain do not follow system time
  MoveTo(0);
  timers_->Step();
  EXPECT_THAT(Effects(), IsEmpty());
  MoveTo(25);
  EXPECT_EQ(timers_->Step(), absl::ZeroDuration());
  EXPECT_THAT(Effects(), ElementsAre("lapse c 10", "lapse z 20", "remind a 20", "remind b 20"));
  timers_->Step();
  EXPECT_THAT(Effects(), ::testing::SizeIs(4));
}

TEST_F(TimersTest, AMissedDayIsCaughtUpAfterARestartWithTheTimeItWasDue) {
  Set("lapse", "a", 10);
  timers_.reset();
  MoveTo(100'000);
  timers_ = NewTimers();
  timers_->Step();
  EXPECT_THAT(Effects(), ElementsAre("lapse a 10"));
}

TEST_F(TimersTest, SettingAgainMovesTheTimerAndCancellingEndsIt) {
  Set("lapse", "a", 10);
  Set("lapse", "a", 50);
  Set("lapse", "b", 10);
  ASSERT_TRUE(
      Write([&](database::Transaction& tx) { return timers_->Cancel(tx, "lapse", "b"); }).ok());
  MoveTo(20);
  timers_->Step();
  EXPECT_THAT(Effects(), IsEmpty());
  MoveTo(50);
  timers_->Step();
  EXPECT_THAT(Effects(), ElementsAre("lapse a 50"));
}

TEST_F(TimersTest, TellsWhatIsDueLateAndNextByKind) {
  const int64_t now = 10'000;
  Set("lapse", "a", now - 61);
  Set("lapse", "b", now - 60);
  Set("lapse", "c", now + 5);
  Set("lapse", "d", now + 6);
  MoveTo(now);
  const auto work = timers_->Waiting();
  ASSERT_TRUE(work.ok()) << work.status();
  const KindWork& lapse = work->kinds.at("lapse");
  EXPECT_EQ(lapse.due, 2);
  EXPECT_EQ(lapse.late, 1);
  EXPECT_EQ(lapse.lateness, absl::Seconds(61));
  ASSERT_TRUE(lapse.next.has_value());
  EXPECT_EQ(*lapse.next - clock_.BusinessNow(), absl::Seconds(5));
  EXPECT_FALSE(work->more);
}

TEST_F(TimersTest, AFailureKeepsTheTimerAndIsTriedAgainLater) {
  Set("lapse", "a", 10);
  MoveTo(10);
  failure_ = absl::InternalError("not yet");
  timers_->Step();
  EXPECT_THAT(Effects(), IsEmpty());
  failure_ = absl::OkStatus();
  timers_->Step();
  EXPECT_THAT(Effects(), IsEmpty());  // backoff
  clock_.AdvanceSystem(absl::Seconds(1));
  MoveTo(11);
  timers_->Step();
  EXPECT_THAT(Effects(), ElementsAre("lapse a 10"));
}

TEST_F(TimersTest, IsNeverDroppedAndTriedAtLeastEveryFiveMinutes) {
  Set("lapse", "a", 10);
  failure_ = absl::InternalError("for a day");
  for (int i = 0; i < 60; ++i) {
    clock_.AdvanceSystem(absl::Minutes(5));
    MoveTo(10 + i);
    timers_->Step();
  }
  failure_ = absl::OkStatus();
  clock_.AdvanceSystem(absl::Minutes(5));
  MoveTo(100);
  timers_->Step();
  EXPECT_THAT(Effects(), ElementsAre("lapse a 10"));
}

TEST_F(TimersTest, AKindWithoutAHandlerWaitsAndStopsNoOther) {
  Set("unknown", "a", 5);
  Set("lapse", "b", 10);
  MoveTo(10);
  timers_->Step();
  EXPECT_THAT(Effects(), ElementsAre("lapse b 10"));
  EXPECT_EQ(timers_->NextDue()->value(), kStart + absl::Seconds(5));
}

TEST_F(TimersTest, SettingSoonerNeverMovesATimerAway) {
  const auto set_sooner = [&](int seconds) {
    ASSERT_TRUE(Write([&](database::Transaction& tx) {
                  return timers_->SetSooner(tx, "lapse", "a", kStart + absl::Seconds(seconds));
                }).ok());
  };
  set_sooner(30);
  set_sooner(50);
  EXPECT_EQ(timers_->NextDue()->value(), kStart + absl::Seconds(30));
  set_sooner(10);
  EXPECT_EQ(timers_->NextDue()->value(), kStart + absl::Seconds(10));
  MoveTo(60);
  timers_->Step();
  EXPECT_THAT(Effects(), ElementsAre("lapse a 10"));
}

// What is found out before the transaction of its effect.
class PreparedTimersTest : public TimersTest {
 protected:
  void SetUp() override {
    TimersTest::SetUp();
    timers_->HandlePrepared("run", [this](const std::string& key, absl::Time) {
      ++prepared_;
      EXPECT_FALSE(database::InsideWrite());
      if (elsewhere_) return absl::StatusOr<Effect>(Effect());
      return absl::StatusOr<Effect>([this, key](database::Transaction& tx) -> absl::Status {
        const absl::Status status =
            tx.Execute("INSERT INTO demo_effect (value) VALUES ($1)", {text::Cat("run ", key)});
        if (!status.ok()) return status;
        return prepared_ < good_from_ ? absl::AbortedError("changed meanwhile") : absl::OkStatus();
      });
    });
  }

  int prepared_ = 0;
  int good_from_ = 1;  // the preparation whose effect does not find a change
  bool elsewhere_ = false;
};

TEST_F(PreparedTimersTest, ItIsPreparedOutsideTheTransactionOfItsEffect) {
  Set("run", "a", 10);
  MoveTo(10);
  EXPECT_EQ(timers_->Step(), absl::ZeroDuration());
  EXPECT_EQ(prepared_, 1);
  EXPECT_THAT(Effects(), ElementsAre("run a"));
  EXPECT_FALSE(timers_->NextDue()->has_value());
}

TEST_F(PreparedTimersTest, WhatChangedMeanwhileIsPreparedAnew) {
  Set("run", "a", 10);
  MoveTo(10);
  good_from_ = Timers::kPrepareTries;
  timers_->Step();
  EXPECT_EQ(prepared_, Timers::kPrepareTries);
  EXPECT_THAT(Effects(), ElementsAre("run a"));
}

TEST_F(PreparedTimersTest, AnotherReplicasTimerIsLeftAloneAndStopsNoOther) {
  for (int i = 0; i < 300; ++i) Set("run", text::Cat(i), 10);
  Set("lapse", "b", 11);
  MoveTo(11);
  elsewhere_ = true;
  for (int i = 0; i < 3; ++i) timers_->Step();
  EXPECT_THAT(Effects(), ElementsAre("lapse b 11"));
  const int looked = prepared_;
  EXPECT_GT(timers_->Step(), absl::ZeroDuration());
  EXPECT_EQ(prepared_, looked);
  elsewhere_ = false;  // the other replica is gone
  clock_.AdvanceSystem(Timers::kLookAgain);
  for (int i = 0; i < 3; ++i) timers_->Step();
  EXPECT_THAT(Effects(), ::testing::SizeIs(301));
}

// Counts reads, and how many writes are under way at once.
class WatchedDatabase final : public database::Database {
 public:
  explicit WatchedDatabase(database::Database& db) : db_(db) {}
  absl::Status Write(const database::WriteOptions& options,
                     const std::function<absl::Status(database::Transaction&)>& fn) override {
    Begin();
    const absl::Status status = db_.Write(options, fn);
    const std::lock_guard lock(mutex_);
    --open_;
    return status;
  }
  absl::Status Read(const database::ReadOptions& options,
                    const std::function<absl::Status(database::Reader&)>& fn) override {
    ++reads;
    return db_.Read(options, fn);
  }
  absl::Status Ping(absl::Duration timeout) override { return db_.Ping(timeout); }

  // Writes wait from now on until so many are under way; after five seconds none waits any more.
  void Gather(int writes) { gather_ = writes; }
  int most() const { return most_; }
  int reads = 0;

 private:
  void Begin() {
    std::unique_lock lock(mutex_);
    most_ = std::max(most_, ++open_);
    gathered_.notify_all();
    if (!gathered_.wait_for(lock, std::chrono::seconds(5), [this] { return most_ >= gather_; })) {
      gather_ = 0;
    }
  }

  database::Database& db_;
  std::mutex mutex_;
  std::condition_variable gathered_;
  int gather_ = 0;
  int open_ = 0;
  int most_ = 0;
};

TEST_F(TimersTest, ManyOfOneMomentAreServedSideBySide_AndThoseOfALaterOneAfterThem) {
  WatchedDatabase watched(*db_);
  timers_ = NewTimers(watched, 4);
  for (int i = 0; i < 40; ++i) Set("lapse", text::Cat(10 + i), 10);
  Set("remind", "after", 11);
  MoveTo(11);
  watched.Gather(4);
  timers_->Step();
  EXPECT_EQ(watched.most(), 4);
  const std::vector<std::string> effects = Effects();
  ASSERT_THAT(effects, ::testing::SizeIs(41));
  EXPECT_EQ(effects.back(), "remind after 11");
}

TEST_F(TimersTest, AsksTheClockAloneUntilSomethingCanBeDue) {
  WatchedDatabase watched(*db_);
  Timers timers("demo", watched, clock_);
  int fired = 0;
  timers.Handle("lapse", [&](database::Transaction&, const std::string&, absl::Time) {
    ++fired;
    return absl::OkStatus();
  });
  Set("lapse", "a", 10);
  MoveTo(0);
  timers.Step();
  const int looked = watched.reads;
  for (int i = 0; i < 20; ++i) EXPECT_GT(timers.Step(), absl::ZeroDuration());
  EXPECT_EQ(watched.reads, looked);
  MoveTo(10);
  timers.Step();
  EXPECT_EQ(fired, 1);
  timers.Step();
  // Set by another replica, of whom nobody tells.
  Set("lapse", "b", 5);
  timers.Step();
  EXPECT_EQ(fired, 1);
  clock_.AdvanceSystem(Timers::kLookAgain);
  timers.Step();
  EXPECT_EQ(fired, 2);
  timers.Step();
  // Set here.
  ASSERT_TRUE(
      Write([&](database::Transaction& tx) { return timers.Set(tx, "lapse", "c", kStart); }).ok());
  timers.Step();
  EXPECT_EQ(fired, 3);
}

TEST_F(TimersTest, TwoLoopsFireATimerOnce) {
  for (int i = 0; i < 100; ++i) Set("lapse", text::Cat(100 + i), 10);
  MoveTo(10);
  const auto other = NewTimers();
  {
    const std::jthread one([&] {
      for (int i = 0; i < 4; ++i) timers_->Step();
    });
    const std::jthread two([&] {
      for (int i = 0; i < 4; ++i) other->Step();
    });
  }
  EXPECT_THAT(Effects(), ::testing::SizeIs(100));
}

TEST_F(TimersTest, TellsTheNextAndHowLateItIs) {
  EXPECT_FALSE(timers_->NextDue()->has_value());
  EXPECT_EQ(timers_->Lateness(), absl::ZeroDuration());
  Set("lapse", "a", 10);
  Set("lapse", "b", 5);
  EXPECT_EQ(timers_->NextDue()->value(), kStart + absl::Seconds(5));
  EXPECT_EQ(timers_->Lateness(), absl::ZeroDuration());
  MoveTo(12);
  EXPECT_EQ(timers_->Lateness(), absl::Seconds(7));
}

TEST_F(TimersTest, ACommitThatSetATimerWakesTheLoop) {
  int woken = 0;
  timers_->OnSet([&] { ++woken; });
  Set("lapse", "a", 10);
  EXPECT_EQ(woken, 1);
  EXPECT_FALSE(Write([&](database::Transaction& tx) {
                 EXPECT_TRUE(timers_->Set(tx, "lapse", "b", kStart).ok());
                 return absl::InternalError("after all not");
               }).ok());
  EXPECT_EQ(woken, 1);
}

}  // namespace
}  // namespace tremplin::timers
