#include "common/lease/lease.h"

#include <functional>
#include <latch>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "common/database/sqlite_database.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/temp_dir.h"

namespace tremplin::lease {
namespace {

constexpr absl::Time kStart = absl::FromUnixSeconds(1764633600);

class LeasesTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto file = database::OpenSqliteFile({.path = dir_.File("lease.db")});
    ASSERT_TRUE(file.ok()) << file.status();
    const database::Migration migrations[] = {
        {1, "lease", kLeaseSchemaSql},
        {2, "effects", "CREATE TABLE demo_effect (value TEXT NOT NULL);\n"}};
    ASSERT_TRUE(database::MigrateSqlite(**file, "demo", migrations).ok());
    db_ = database::MakeSqliteDatabase(*std::move(file), "demo");
    one_ = std::make_unique<Leases>(LeaseOptions{"demo", "one"}, *db_, clock_);
    two_ = std::make_unique<Leases>(LeaseOptions{"demo", "two"}, *db_, clock_);
  }

  // A write that the lease protects.
  absl::Status Act(Leases& leases, int64_t epoch) {
    return db_->Write({.lane_key = "test", .tenant = database::Tenant::All()},
                      [&](database::Transaction& tx) -> absl::Status {
                        const absl::Status fenced = leases.Fence(tx, "p", epoch);
                        if (!fenced.ok()) return fenced;
                        return tx.Execute("INSERT INTO demo_effect (value) VALUES ('x')");
                      });
  }
  int64_t Effects() {
    const auto rows = database::ReadRows(*db_, {.tenant = database::Tenant::All()},
                                         "SELECT COUNT(*) FROM demo_effect");
    return rows.ok() ? rows->rows[0].Int(0) : -1;
  }

  testing::TempDir dir_;
  clock::ManualClock clock_{kStart};
  std::unique_ptr<database::Database> db_;
  std::unique_ptr<Leases> one_, two_;
};

TEST_F(LeasesTest, AreListedAsTheyStand) {
  ASSERT_TRUE(one_->Hold("p").ok());
  ASSERT_TRUE(two_->Take("p").ok());
  ASSERT_TRUE(one_->Hold("q").ok());
  const auto leases = List(*db_, "demo", 10);
  ASSERT_TRUE(leases.ok()) << leases.status();
  ASSERT_EQ(leases->size(), 2);
  EXPECT_EQ((*leases)[0].id, "p");
  EXPECT_EQ((*leases)[0].holder, "two");
  EXPECT_EQ((*leases)[0].epoch, 2);
  EXPECT_EQ((*leases)[0].expires, kStart + LeaseOptions().term);
  EXPECT_EQ((*leases)[1].holder, "one");
  EXPECT_EQ(List(*db_, "demo", 1)->size(), 1);
}

TEST_F(LeasesTest, OneHoldsItWhileItLastsAndEachNameIsItsOwn) {
  const auto epoch = one_->Hold("p");
  ASSERT_TRUE(epoch.ok() && epoch->has_value());
  EXPECT_EQ(*two_->Hold("p"), std::nullopt);
  EXPECT_TRUE(two_->Hold("q")->has_value());
  EXPECT_EQ(*one_->Hold("p"), *epoch);
  EXPECT_EQ(Act(*one_, **epoch), absl::OkStatus());
  EXPECT_EQ(Effects(), 1);
}

// Each asking for itself, all but the last would be refused what they then write.
TEST_F(LeasesTest, ThreadsThatAskAtOnceActUnderOneEpoch) {
  constexpr int kThreads = 8;
  for (const std::string id : {"p", "q", "r"}) {
    std::latch begin(kThreads);
    std::mutex mutex;
    std::set<int64_t> epochs;
    {
      std::vector<std::jthread> threads;
      for (int i = 0; i < kThreads; ++i) {
        threads.emplace_back([&] {
          begin.arrive_and_wait();
          const auto epoch = one_->Hold(id);
          const std::lock_guard lock(mutex);
          epochs.insert(epoch.ok() && epoch->has_value() ? **epoch : -1);
        });
      }
    }
    EXPECT_THAT(epochs, ::testing::ElementsAre(1)) << id;
  }
}

TEST_F(LeasesTest, WhoeverHoldsItProlongsItByAskingAndByActing) {
  const auto epoch = one_->Hold("p");
  for (int i = 0; i < 5; ++i) {
    clock_.AdvanceSystem(absl::Seconds(3));
    EXPECT_EQ(*one_->Hold("p"), *epoch);
    EXPECT_EQ(*two_->Hold("p"), std::nullopt);
  }
  for (int i = 0; i < 5; ++i) {
    clock_.AdvanceSystem(absl::Seconds(4));
    EXPECT_EQ(Act(*one_, **epoch), absl::OkStatus());
    EXPECT_EQ(*two_->Hold("p"), std::nullopt);
  }
}

TEST_F(LeasesTest, WhoWasSilentBeyondTheTermIsRefusedAfterAnotherTookOver) {
  const auto late = one_->Hold("p");
  clock_.AdvanceSystem(absl::Seconds(6));
  const auto epoch = two_->Hold("p");
  ASSERT_TRUE(epoch.ok() && epoch->has_value());
  EXPECT_GT(**epoch, **late);
  EXPECT_TRUE(absl::IsAborted(Act(*one_, **late)));
  EXPECT_EQ(Effects(), 0);
  EXPECT_EQ(Act(*two_, **epoch), absl::OkStatus());
  EXPECT_EQ(*one_->Hold("p"), std::nullopt);
}

TEST_F(LeasesTest, WhoWasSilentActsOnWhenNobodyTookOver) {
  const auto epoch = one_->Hold("p");
  clock_.AdvanceSystem(absl::Seconds(60));
  EXPECT_EQ(Act(*one_, **epoch), absl::OkStatus());
  EXPECT_EQ(*two_->Hold("p"), std::nullopt);
}

TEST_F(LeasesTest, TakenFromItsHolderItRefusesThem) {
  const auto epoch = one_->Hold("p");
  const auto taken = two_->Take("p");
  ASSERT_TRUE(taken.ok());
  EXPECT_TRUE(absl::IsAborted(Act(*one_, **epoch)));
  EXPECT_EQ(*one_->Hold("p"), std::nullopt);
  EXPECT_EQ(Act(*two_, *taken), absl::OkStatus());
  EXPECT_EQ(**two_->Hold("p"), *taken);
}

TEST_F(LeasesTest, GivenUpItIsAnothersAtOnce) {
  const auto epoch = one_->Hold("p");
  ASSERT_TRUE(one_->Hold("q").ok());
  ASSERT_TRUE(two_->Hold("r").ok());
  one_->Release();
  EXPECT_EQ(Act(*one_, **epoch), absl::OkStatus()) << "as long as nobody else has it";
  one_->Release();
  const auto taken = two_->Hold("p");
  ASSERT_TRUE(taken.ok() && taken->has_value());
  EXPECT_TRUE(absl::IsAborted(Act(*one_, **epoch)));
  EXPECT_TRUE((*two_->Hold("q")).has_value());
  EXPECT_EQ(*one_->Hold("r"), std::nullopt);
}

TEST_F(LeasesTest, ARestartedProcessDoesNotGoOnUnderTheOldEpoch) {
  const auto epoch = one_->Hold("p");
  Leases again({"demo", "one-again"}, *db_, clock_);
  EXPECT_EQ(*again.Hold("p"), std::nullopt);
  clock_.AdvanceSystem(absl::Seconds(6));
  const auto taken = again.Hold("p");
  ASSERT_TRUE(taken.ok() && taken->has_value());
  EXPECT_GT(**taken, **epoch);
}

}  // namespace
}  // namespace tremplin::lease
