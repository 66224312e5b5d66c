#include "common/database/sqlite_file_system.h"

#include <sqlite3.h>

#include <filesystem>
#include <string>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "tests/support/temp_dir.h"

namespace tremplin::database {
namespace {

class FileSystemTest : public ::testing::Test {
 protected:
  FileSystemTest() : writer_(Open(FileSystemName())), other_(Open(nullptr)) {
    Run("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = 10;"
        "CREATE TABLE item (id INTEGER PRIMARY KEY, body BLOB)");
  }
  ~FileSystemTest() override {
    sqlite3_close(other_);
    sqlite3_close(writer_);
  }

  sqlite3* Open(const char* vfs) {
    sqlite3* db = nullptr;
    EXPECT_EQ(sqlite3_open_v2(dir_.File("log.db").c_str(), &db,
                              SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, vfs),
              SQLITE_OK);
    return db;
  }

  void Run(const std::string& sql) {
    ASSERT_EQ(sqlite3_exec(writer_, sql.c_str(), nullptr, nullptr, nullptr), SQLITE_OK)
        << sqlite3_errmsg(writer_);
  }

  static std::string Ask(sqlite3* db, const char* sql) {
    sqlite3_stmt* statement = nullptr;
    sqlite3_prepare_v2(db, sql, -1, &statement, nullptr);
    sqlite3_step(statement);
    const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement, 0));
    std::string answer(text == nullptr ? "" : text);
    sqlite3_finalize(statement);
    return answer;
  }

  testing::TempDir dir_;
  sqlite3* const writer_;
  sqlite3* const other_;
};

// With ten pages of cache SQLite writes to the log before the commit, and reads from it again.
TEST_F(FileSystemTest, ACommitLargerThanTheCacheIsReadBackAndSeenByOthers) {
  Run("BEGIN");
  for (int i = 0; i < 400; ++i) {
    Run(absl::StrCat("INSERT INTO item VALUES (", i, ", randomblob(3000))"));
    if (i % 10 == 9) Run(absl::StrCat("UPDATE item SET body = zeroblob(3000) WHERE id = ", i / 2));
  }
  EXPECT_EQ(Ask(writer_, "SELECT COUNT(*) FROM item"), "400");
  EXPECT_EQ(Ask(other_, "SELECT COUNT(*) FROM item"), "0");
  Run("COMMIT");
  EXPECT_EQ(Ask(other_, "SELECT COUNT(*) FROM item WHERE body = zeroblob(3000)"), "40");
  EXPECT_EQ(Ask(other_, "PRAGMA integrity_check"), "ok");
}

TEST_F(FileSystemTest, ARollbackAndALaterCommitLeaveTheLaterOne) {
  Run("BEGIN");
  for (int i = 0; i < 100; ++i) {
    Run(absl::StrCat("INSERT INTO item VALUES (", i, ", randomblob(3000))"));
  }
  Run("ROLLBACK");
  Run("INSERT INTO item VALUES (1, 'kept')");
  EXPECT_EQ(Ask(other_, "SELECT COUNT(*) || group_concat(body) FROM item"), "1kept");
  EXPECT_EQ(Ask(other_, "PRAGMA integrity_check"), "ok");
}

// However little it is, a commit has been handed over when it returns.
TEST_F(FileSystemTest, TheLogHoldsEveryCommit) {
  const std::string log = dir_.File("log.db-wal");
  for (int i = 1; i <= 5; ++i) {
    const auto before = std::filesystem::file_size(log);
    Run(absl::StrCat("INSERT INTO item VALUES (", i, ", 'x')"));
    EXPECT_GE(std::filesystem::file_size(log), before + 4096);
    EXPECT_EQ(Ask(other_, "SELECT COUNT(*) FROM item"), absl::StrCat(i));
  }
}

// More than one piece, written twice over, and the file alone has it all.
TEST_F(FileSystemTest, WhatCheckpointsWroteIsInTheFile) {
  for (int round = 0; round < 2; ++round) {
    Run("BEGIN");
    for (int i = 0; i < 400; ++i) {
      Run(absl::StrCat("INSERT OR REPLACE INTO item VALUES (", i, ", zeroblob(", 3000 + round,
                       "))"));
    }
    Run("COMMIT; PRAGMA wal_checkpoint(TRUNCATE)");
  }
  EXPECT_EQ(std::filesystem::file_size(dir_.File("log.db-wal")), 0);
  std::filesystem::copy_file(dir_.File("log.db"), dir_.File("copy.db"));
  sqlite3* copy = nullptr;
  ASSERT_EQ(sqlite3_open(dir_.File("copy.db").c_str(), &copy), SQLITE_OK);
  EXPECT_EQ(Ask(copy, "SELECT COUNT(*) FROM item WHERE body = zeroblob(3001)"), "400");
  EXPECT_EQ(Ask(copy, "PRAGMA integrity_check"), "ok");
  sqlite3_close(copy);
}

}  // namespace
}  // namespace tremplin::database
