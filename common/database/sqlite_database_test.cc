#include "common/database/sqlite_database.h"

#include <signal.h>
#include <sys/resource.h>

#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <thread>
#include <vector>

#include "absl/time/clock.h"
#include "common/status/macros.h"
#include "gtest/gtest.h"
#include "tests/support/temp_dir.h"

namespace tremplin::database {
namespace {

constexpr Migration kMigrations[] = {
    {1, "tables", "CREATE TABLE {service}_item (id TEXT PRIMARY KEY, payload {bytes});"}};
constexpr char kInsert[] = "INSERT INTO probe_item (id, payload) VALUES ($1, $2)";

class SqliteDatabaseTest : public ::testing::Test {
 protected:
  void Open(SqliteOptions options = {}) {
    db_.reset();
    file_.reset();
    options.path = dir_.File("data.db");
    absl::StatusOr<std::shared_ptr<SqliteFile>> file = OpenSqliteFile(options);
    ASSERT_EQ(file.status(), absl::OkStatus());
    file_ = *file;
    db_ = MakeSqliteDatabase(file_, "probe");
    ASSERT_EQ(MigrateSqlite(*file_, "probe", kMigrations), absl::OkStatus());
  }

  absl::Status Insert(const std::string& id, size_t size) {
    return db_->Write({.lane_key = id}, [&](Transaction& tx) {
      return tx.Execute(kInsert, {id, Bytes{std::string(size, 'x')}});
    });
  }

  int64_t Count() {
    return ReadRows(*db_, {}, "SELECT COUNT(*) FROM probe_item")->rows.at(0).Int(0);
  }

  testing::TempDir dir_;
  std::shared_ptr<SqliteFile> file_;
  std::unique_ptr<Database> db_;
};

TEST_F(SqliteDatabaseTest, SettingsAreTheDurableOnes) {
  Open();
  Result mode = *ReadRows(*db_, {}, "PRAGMA journal_mode");
  EXPECT_EQ(mode.rows.at(0).Text(0), "wal");
  ASSERT_EQ(db_->Write({},
                       [](Transaction& tx) {
                         TREMPLIN_ASSIGN_OR_RETURN(Result sync, tx.Query("PRAGMA synchronous"));
                         EXPECT_EQ(sync.rows.at(0).Int(0), 2);  // FULL
                         TREMPLIN_ASSIGN_OR_RETURN(Result keys, tx.Query("PRAGMA foreign_keys"));
                         EXPECT_EQ(keys.rows.at(0).Int(0), 1);
                         return absl::OkStatus();
                       }),
            absl::OkStatus());
}

TEST_F(SqliteDatabaseTest, FilesAreTheOwnersOnly) {
  Open();
  ASSERT_EQ(Insert("a", 1), absl::OkStatus());
  namespace fs = std::filesystem;
  for (const fs::directory_entry& file : fs::directory_iterator(dir_.path())) {
    EXPECT_EQ(file.status().permissions() & (fs::perms::group_all | fs::perms::others_all),
              fs::perms::none)
        << file.path();
  }
}

TEST_F(SqliteDatabaseTest, ASecondOpeningIsRefused) {
  Open();
  SqliteOptions options;
  options.path = dir_.File("data.db");
  EXPECT_EQ(OpenSqliteFile(options).status().code(), absl::StatusCode::kFailedPrecondition);
  Open();  // closed first: free again
}

TEST_F(SqliteDatabaseTest, WhatIsWrittenIsThereAfterReopening) {
  Open();
  ASSERT_EQ(Insert("a", 10), absl::OkStatus());
  Open();
  EXPECT_EQ(Count(), 1);
}

TEST_F(SqliteDatabaseTest, AFullDiskLeavesExactlyTheOthers) {
  const auto condition = std::make_shared<status::Condition>();
  Open({.max_pages = 64, .condition = condition});
  constexpr int kWrites = 24;
  std::vector<absl::Status> results(kWrites);
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < kWrites; ++i) {
      // Every fourth does not fit into 64 pages of 4 KiB, the others do.
      size_t size = i % 4 == 3 ? 400'000 : 100;
      threads.emplace_back([this, &results, i, size] {
        results[static_cast<size_t>(i)] = Insert(std::to_string(i), size);
      });
    }
  }
  for (int i = 0; i < kWrites; ++i) {
    const absl::Status& result = results[static_cast<size_t>(i)];
    EXPECT_EQ(result.code(),
              i % 4 == 3 ? absl::StatusCode::kResourceExhausted : absl::StatusCode::kOk)
        << i << " " << result;
    EXPECT_EQ(status::IsDiskFull(result), i % 4 == 3) << result;
  }
  EXPECT_TRUE(condition->Has(status::Trouble::kDiskFull));
  EXPECT_EQ(Count(), kWrites * 3 / 4);
  EXPECT_EQ(ReadRows(*db_, {}, "PRAGMA integrity_check")->rows.at(0).Text(0), "ok");
  EXPECT_EQ(Insert("after", 100), absl::OkStatus());
}

// The first that fails is not under a savepoint, the later ones are.
TEST_F(SqliteDatabaseTest, AWriteThatFailsAfterAChangeLeavesNothingAndItsNeighboursStay) {
  constexpr int kWrites = 64;
  Open();
  for (int round = 0; round < 3; ++round) {
    std::vector<std::jthread> writers;
    for (int i = 0; i < kWrites; ++i) {
      writers.emplace_back([&, i, id = std::to_string(round * kWrites + i)] {
        const absl::Status wanted = i % 4 == 3 ? absl::CancelledError("no") : absl::OkStatus();
        EXPECT_EQ(db_->Write({.lane_key = id},
                             [&](Transaction& tx) {
                               TREMPLIN_RETURN_IF_ERROR(tx.Execute(kInsert, {id, Bytes{"x"}}));
                               return wanted;
                             }),
                  wanted);
      });
    }
    writers.clear();
    EXPECT_EQ(Count(), (round + 1) * kWrites * 3 / 4);
  }
}

TEST_F(SqliteDatabaseTest, AWriteThatFailsAfterAChangeOfTheSchemaLeavesNothing) {
  Open();
  for (const char* id : {"first", "guarded"}) {
    EXPECT_EQ(db_->Write({},
                         [](Transaction& tx) {
                           TREMPLIN_RETURN_IF_ERROR(tx.Execute("CREATE TABLE probe_new (id TEXT)"));
                           return absl::CancelledError("no");
                         })
                  .code(),
              absl::StatusCode::kCancelled);
    EXPECT_EQ(Insert(id, 1), absl::OkStatus());
  }
  EXPECT_EQ(ReadRows(*db_, {}, "SELECT COUNT(*) FROM sqlite_schema WHERE name = 'probe_new'")
                ->rows.at(0)
                .Int(0),
            0);
}

// The kernel refuses a file beyond this size while it lives.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(rlim_t bytes) : handler_(signal(SIGXFSZ, SIG_IGN)) {
    getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit limit{bytes, before_.rlim_max};
    setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~FileSizeLimit() {
    setrlimit(RLIMIT_FSIZE, &before_);
    signal(SIGXFSZ, handler_);
  }
  FileSizeLimit(const FileSizeLimit&) = delete;
  FileSizeLimit& operator=(const FileSizeLimit&) = delete;

 private:
  const sighandler_t handler_;
  rlimit before_{};
};

TEST_F(SqliteDatabaseTest, ALogThatCannotGrowFailsTheWriteAndNothingElse) {
  constexpr size_t kLarge = 1'000'000;
  Open();
  ASSERT_EQ(Insert("before", 1000), absl::OkStatus());
  {
    const FileSizeLimit limit(std::filesystem::file_size(dir_.File("data.db-wal")) + 50'000);
    EXPECT_FALSE(Insert("large", kLarge).ok());
  }
  EXPECT_EQ(Count(), 1);
  EXPECT_EQ(Insert("large", kLarge), absl::OkStatus());
  Open();
  EXPECT_EQ(Count(), 2);
  EXPECT_EQ(ReadRows(*db_, {}, "PRAGMA integrity_check")->rows.at(0).Text(0), "ok");
}

TEST_F(SqliteDatabaseTest, TheLogIsCopiedAndStartsAnewWhileWritesGoOn) {
  Open();
  constexpr size_t kPiece = 200'000;
  constexpr size_t kLongest = 32'000 * 4096;  // the bound of the log
  std::string log = dir_.File("data.db-wal");
  uintmax_t written = 0;
  // Until more is in the file than ever was in the log: it has started anew.
  absl::Time limit = absl::Now() + absl::Seconds(60);
  while (std::filesystem::file_size(dir_.File("data.db")) <= std::filesystem::file_size(log) &&
         absl::Now() < limit) {
    ASSERT_EQ(Insert(std::to_string(written), kPiece), absl::OkStatus());
    written += kPiece;
  }
  EXPECT_GT(std::filesystem::file_size(dir_.File("data.db")), std::filesystem::file_size(log));
  EXPECT_LE(std::filesystem::file_size(log), kLongest);
  EXPECT_EQ(ReadRows(*db_, {}, "PRAGMA integrity_check")->rows.at(0).Text(0), "ok");
}

TEST_F(SqliteDatabaseTest, InlineLaneRunsOnTheCallersThread) {
  Open({.inline_lane = true});
  std::thread::id ran_on;
  bool hook = false;
  ASSERT_EQ(db_->Write({},
                       [&](Transaction& tx) {
                         ran_on = std::this_thread::get_id();
                         tx.AfterCommit([&hook] { hook = true; });
                         return tx.Execute(kInsert, {"a", Bytes{"x"}});
                       }),
            absl::OkStatus());
  EXPECT_EQ(ran_on, std::this_thread::get_id());
  EXPECT_TRUE(hook);
  EXPECT_EQ(Insert("a", 1).code(), absl::StatusCode::kAlreadyExists);
  EXPECT_EQ(Count(), 1);
}

TEST_F(SqliteDatabaseTest, ALongReadEndsAtItsDeadline) {
  Open();
  absl::Time start = absl::Now();
  absl::StatusOr<Result> result = ReadRows(
      *db_, {.deadline = start + absl::Milliseconds(50)},
      "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT COUNT(*) FROM n");
  EXPECT_EQ(result.status().code(), absl::StatusCode::kDeadlineExceeded) << result.status();
  EXPECT_LT(absl::Now() - start, absl::Seconds(20));
  EXPECT_EQ(Count(), 0);  // the connection is good again
}

#ifndef NDEBUG
TEST_F(SqliteDatabaseTest, TablesOfOtherModulesAreDenied) {
  Open();
  std::unique_ptr<Database> other = MakeSqliteDatabase(file_, "pro");
  EXPECT_EQ(ReadRows(*db_, {}, "SELECT id FROM probe_item").status(), absl::OkStatus());
  EXPECT_FALSE(ReadRows(*other, {}, "SELECT id FROM probe_item").ok());
  EXPECT_EQ(Insert("a", 1), absl::OkStatus());
  EXPECT_FALSE(
      other->Write({},
                   [](Transaction& tx) {
                     return tx.Execute(kInsert, {"b", Bytes{"x"}});
                   })
          .ok());
  EXPECT_EQ(Insert("c", 1), absl::OkStatus());
}
#endif

TEST_F(SqliteDatabaseTest, ANewerFormatOrForeignFileIsRefused) {
  std::string path = dir_.File("data.db");
  FILE* file = fopen(path.c_str(), "w");
  fputs("this is not a database, it only has the name of one. ............................", file);
  fclose(file);
  SqliteOptions options;
  options.path = path;
  EXPECT_EQ(OpenSqliteFile(options).status().code(), absl::StatusCode::kFailedPrecondition);
}

}  // namespace
}  // namespace tremplin::database
