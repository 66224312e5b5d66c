#include "common/program/program_store.h"

#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "common/database/sqlite_database.h"
#include "common/status/error.h"
#include "gtest/gtest.h"
#include "tests/support/temp_dir.h"

namespace tremplin::program {
namespace {

absl::Time Day(int day) { return absl::FromUnixSeconds(1'757'000'000) + absl::Hours(24 * day); }

class ProgramStoreTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto file = database::OpenSqliteFile({.path = dir_.File("store.db")});
    ASSERT_TRUE(file.ok()) << file.status();
    const database::Migration migrations[] = {{1, "program", kProgramSchemaSql}};
    ASSERT_TRUE(database::MigrateSqlite(**file, "probe", migrations).ok());
    db_ = database::MakeSqliteDatabase(*file, "probe");
    store_ = std::make_unique<ProgramStore>("probe", *db_);
  }

  void Save(ProgramStore& store, int64_t version, absl::Time effective, const std::string& owner,
            const std::string& id = "p") {
    v1::ProgramDefinition definition;
    definition.set_id(id);
    definition.set_owner(owner);
    definition.set_time_zone("America/Toronto");
    ASSERT_TRUE(db_->Write({.lane_key = "p"},
                           [&](database::Transaction& tx) {
                             return store.Save(tx, id, version, effective, definition);
                           })
                    .ok());
  }
  int64_t InForce(absl::Time when) {
    const auto program = store_->InForce("p", when);
    return program.ok() ? (*program)->version : 0;
  }

  testing::TempDir dir_;
  std::unique_ptr<database::Database> db_;
  std::unique_ptr<ProgramStore> store_;
};

TEST_F(ProgramStoreTest, TheHighestEffectiveVersionIsInForce) {
  EXPECT_EQ(status::ReasonOf(store_->InForce("p", Day(0)).status()), "PROGRAM_NOT_FOUND");
  Save(*store_, 1, Day(1), "a");
  EXPECT_EQ(InForce(Day(0)), 0);
  EXPECT_EQ(InForce(Day(1)), 1);
  Save(*store_, 2, Day(5), "b");  // known at once where it was saved
  EXPECT_EQ(InForce(Day(4)), 1);
  EXPECT_EQ(InForce(Day(5)), 2);
  EXPECT_EQ((*store_->InForce("p", Day(5)))->time_zone.name(), "America/Toronto");
}

// Counts what it is asked.
class CountingReader final : public database::Reader {
 public:
  explicit CountingReader(database::Reader& below) : below_(below) {}
  absl::StatusOr<database::Result> Query(std::string_view sql, database::Params params) override {
    ++queries_;
    return below_.Query(sql, std::move(params));
  }
  int queries() const { return queries_; }

 private:
  database::Reader& below_;
  int queries_ = 0;
};

// A page asks for the version that each of its rows is pinned to.
TEST_F(ProgramStoreTest, APageReadsTheVersionsOfAProgramOnce) {
  for (int version = 1; version <= 5; ++version) Save(*store_, version, Day(version), "a");
  ASSERT_EQ(db_->Read({},
                      [&](database::Reader& reader) {
                        CountingReader counting(reader);
                        const auto first = store_->Version(counting, "p", 2);
                        for (int row = 0; row < 100; ++row) {
                          const auto again = store_->Version(counting, "p", 2);
                          EXPECT_TRUE(again.ok()) << again.status();
                          EXPECT_EQ(*again, *first) << "the very same, parsed once";
                        }
                        EXPECT_EQ(counting.queries(), 1);
                        return absl::OkStatus();
                      }),
            absl::OkStatus());
}

TEST_F(ProgramStoreTest, WhatASnapshotToldIsNotTakenForWhatIsInForce) {
  Save(*store_, 1, Day(1), "a");
  ASSERT_EQ(db_->Read({},
                      [&](database::Reader& reader) {
                        EXPECT_EQ((*store_->Version(reader, "p", 1))->version, 1);
                        Save(*store_, 2, Day(2), "b");  // after the snapshot
                        EXPECT_EQ((*store_->Version(reader, "p", 1))->version, 1);
                        return absl::OkStatus();
                      }),
            absl::OkStatus());
  EXPECT_EQ(InForce(Day(2)), 2) << "known at once where it was saved";
}

TEST_F(ProgramStoreTest, WhatATransactionReadIsNotKept) {
  const absl::Status undone = db_->Write({.lane_key = "p"}, [&](database::Transaction& tx) {
    v1::ProgramDefinition definition;
    definition.set_time_zone("America/Toronto");
    EXPECT_TRUE(store_->Save(tx, "p", 1, Day(1), definition).ok());
    EXPECT_TRUE(store_->Version(tx, "p", 1).ok());
    return absl::CancelledError("no");
  });
  EXPECT_FALSE(undone.ok());
  EXPECT_TRUE(absl::IsNotFound(store_->Version("p", 1).status()));
}

TEST_F(ProgramStoreTest, AllThatAreInForceAreListedById) {
  const auto all = [&](int day) {
    const auto programs = store_->AllInForce(Day(day));
    EXPECT_TRUE(programs.ok()) << programs.status();
    std::string names;
    if (programs.ok()) {
      for (const auto& each : *programs) names += each->id + std::to_string(each->version) + " ";
    }
    return names;
  };
  EXPECT_EQ(all(0), "");
  Save(*store_, 1, Day(1), "a", "q");
  Save(*store_, 1, Day(3), "a", "p");  // known at once, though the list was just read
  EXPECT_EQ(all(0), "");
  EXPECT_EQ(all(2), "q1 ");
  Save(*store_, 2, Day(3), "a", "q");
  EXPECT_EQ(all(3), "p1 q2 ");
}

TEST_F(ProgramStoreTest, AVersionNeverChanges) {
  Save(*store_, 1, Day(1), "a");
  Save(*store_, 1, Day(3), "b");
  const auto program = store_->Version("p", 1);
  ASSERT_TRUE(program.ok()) << program.status();
  EXPECT_EQ((*program)->definition.owner(), "a");
  EXPECT_EQ((*program)->effective_from, Day(1));
  EXPECT_EQ(status::ReasonOf(store_->Version("p", 2).status()), "PROGRAM_NOT_FOUND");
}

TEST_F(ProgramStoreTest, APinnedVersionOfAnotherProcessIsFound) {
  Save(*store_, 1, Day(1), "a");
  EXPECT_EQ(InForce(Day(1)), 1);
  ProgramStore other("probe", *db_);
  Save(other, 2, Day(1), "b");
  const auto pinned = store_->Version("p", 2);
  ASSERT_TRUE(pinned.ok()) << pinned.status();
  EXPECT_EQ((*pinned)->definition.owner(), "b");
}

TEST_F(ProgramStoreTest, AProgramKnowsTheFactsItIsBoundTo) {
  v1::ProgramDefinition definition;
  definition.set_time_zone("UTC");
  definition.mutable_registry()->add_facts()->set_name("shoe_size");
  ASSERT_TRUE(db_->Write({.lane_key = "p"},
                         [&](database::Transaction& tx) {
                           return store_->Save(tx, "p", 1, Day(1), definition);
                         })
                  .ok());
  const auto program = store_->InForce("p", Day(1));
  ASSERT_TRUE(program.ok()) << program.status();
  ASSERT_NE((*program)->registry.Find("shoe_size"), nullptr);
  EXPECT_EQ((*program)->registry.Find("hat_size"), nullptr);
}

TEST_F(ProgramStoreTest, ATransactionSeesWhatItSaved) {
  const absl::Status status =
      db_->Write({.lane_key = "p"}, [&](database::Transaction& tx) -> absl::Status {
        v1::ProgramDefinition definition;
        definition.set_time_zone("UTC");
        EXPECT_TRUE(store_->Save(tx, "p", 1, Day(1), definition).ok());
        EXPECT_TRUE(store_->InForce(tx, "p", Day(1)).ok());
        EXPECT_TRUE(store_->Version(tx, "p", 1).ok());
        return absl::CancelledError("undone");
      });
  EXPECT_TRUE(absl::IsCancelled(status));
  EXPECT_FALSE(store_->Version("p", 1).ok());  // nothing of it was kept
}

}  // namespace
}  // namespace tremplin::program
