#include "common/program/awaited.h"

#include <memory>
#include <string>

#include "common/clock/clock.h"
#include "common/database/sqlite_database.h"
#include "common/status/error.h"
#include "gtest/gtest.h"
#include "tests/support/temp_dir.h"

namespace tremplin::program {
namespace {

const absl::Time kStart = absl::FromUnixSeconds(1'757'000'000);

class AwaitedProgramsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto file = database::OpenSqliteFile({.path = dir_.File("store.db")});
    ASSERT_TRUE(file.ok()) << file.status();
    const database::Migration migrations[] = {{1, "program", kProgramSchemaSql}};
    ASSERT_TRUE(database::MigrateSqlite(**file, "probe", migrations).ok());
    db_ = database::MakeSqliteDatabase(*file, "probe");
    store_ = std::make_unique<ProgramStore>("probe", *db_);
    awaited_ = std::make_unique<AwaitedPrograms>(*store_, clock_);
  }
  void Publish(int64_t version) {
    v1::ProgramDefinition definition;
    definition.set_time_zone("America/Toronto");
    ASSERT_TRUE(db_->Write({.lane_key = "p"},
                           [&](database::Transaction& tx) {
                             return store_->Save(tx, "p", version, kStart, definition);
                           })
                    .ok());
  }

  testing::TempDir dir_;
  clock::ManualClock clock_{kStart};
  std::unique_ptr<database::Database> db_;
  std::unique_ptr<ProgramStore> store_;
  std::unique_ptr<AwaitedPrograms> awaited_;
};

TEST_F(AwaitedProgramsTest, WhatHasNotComeIsWaitedForAWhileAndNotForEver) {
  EXPECT_TRUE(status::IsOutage(awaited_->Version("p", 1).status())) << "a consumer waits";
  EXPECT_TRUE(status::IsOutage(awaited_->InForce("p", kStart).status()));
  clock_.AdvanceSystem(AwaitedPrograms::kPatience - absl::Seconds(1));
  EXPECT_TRUE(status::IsOutage(awaited_->Version("p", 1).status()));
  clock_.AdvanceSystem(absl::Seconds(1));
  for (const absl::Status& given_up :
       {awaited_->Version("p", 1).status(), awaited_->InForce("p", kStart).status()}) {
    EXPECT_TRUE(absl::IsNotFound(given_up)) << given_up;
    EXPECT_FALSE(status::IsOutage(given_up)) << "a consumer makes a dead letter of it";
  }
  EXPECT_TRUE(status::IsOutage(awaited_->Version("p", 2).status())) << "each has its own while";
}

TEST_F(AwaitedProgramsTest, WhatHasComeIsFoundAndWaitedForAnewOnlyWhenItWasNever) {
  EXPECT_TRUE(status::IsOutage(awaited_->Version("p", 1).status()));
  Publish(1);
  EXPECT_EQ((*awaited_->Version("p", 1))->version, 1);
  EXPECT_EQ((*awaited_->InForce("p", kStart))->version, 1);
  clock_.AdvanceSystem(2 * AwaitedPrograms::kPatience);
  EXPECT_EQ((*awaited_->Version("p", 1))->version, 1);
}

// A jump of the system's clock is no time that has passed.
TEST_F(AwaitedProgramsTest, AJumpOfTheClockEndsNoWait) {
  EXPECT_TRUE(status::IsOutage(awaited_->Version("p", 1).status()));
  clock_.JumpSystem(absl::Hours(24 * 400));
  EXPECT_TRUE(status::IsOutage(awaited_->Version("p", 1).status()));
}

}  // namespace
}  // namespace tremplin::program
