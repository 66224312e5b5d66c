#include "tests/bench/lanes.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/time/clock.h"
#include "common/database/postgres_database.h"
#include "common/database/sqlite_database.h"
#include "common/ids/ids.h"
#include "common/status/macros.h"
#include "tests/support/temp_dir.h"

namespace tremplin::bench {
namespace {

using database::Transaction;

constexpr int kThreads = 64;
constexpr database::Migration kSchema[] = {
    {1, "bench",
     "CREATE TABLE bench_thing (id TEXT PRIMARY KEY, body {bytes} NOT NULL);\n"
     "CREATE TABLE bench_fact (seq {identity}, id TEXT NOT NULL, body {bytes} NOT NULL);\n"}};

void Require(const absl::Status& status) {
  if (status.ok()) return;
  std::fprintf(stderr, "bench: %s\n", status.ToString().c_str());
  std::abort();
}

absl::Status ThreeStatements(Transaction& tx, const std::string& id) {
  const std::string body(200, 'x');
  TREMPLIN_RETURN_IF_ERROR(tx.Query("SELECT body FROM bench_thing WHERE id = $1", {id}).status());
  TREMPLIN_RETURN_IF_ERROR(tx.Execute("INSERT INTO bench_thing (id, body) VALUES ($1, $2)",
                                      {id, database::Bytes{body}}));
  return tx.Execute("INSERT INTO bench_fact (id, body) VALUES ($1, $2)",
                    {id, database::Bytes{body}});
}

}  // namespace

double RawLanes(database::Database& db, int64_t writes) {
  std::atomic<int64_t> left{writes};
  const absl::Time start = absl::Now();
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < kThreads; ++t) {
      threads.emplace_back([&] {
        while (--left >= 0) {
          const std::string id = ids::New();
          database::WriteOptions options;
          options.lane_key = id;
          options.tenant = database::Tenant::All();
          Require(db.Write(options, [&](Transaction& tx) { return ThreeStatements(tx, id); }));
        }
      });
    }
  }
  return static_cast<double>(writes) / absl::ToDoubleSeconds(absl::Now() - start);
}

double RawSqliteLanes(int64_t writes) {
  const testing::TempDir dir;
  database::SqliteOptions options;
  options.path = dir.File("raw.db");
  auto file = database::OpenSqliteFile(options);
  Require(file.status());
  Require(database::MigrateSqlite(**file, "bench", kSchema));
  return RawLanes(*database::MakeSqliteDatabase(*file, "bench"), writes);
}

double RawPostgresLanes(const std::string& uri, int64_t writes) {
  Require(database::EnsureRole(uri, "tremplin_bench", ""));
  Require(database::MigratePostgres(uri, "bench", "tremplin_bench", kSchema));
  database::PostgresOptions options;
  options.uri = absl::StrReplaceAll(uri, {{"postgres@", "tremplin_bench@"}});
  options.service = "bench";
  return RawLanes(*database::MakePostgresDatabase(options), writes);
}

double RawFlushMs() {
  constexpr size_t kFlushes = 200;
  const testing::TempDir dir;
  const std::string block(4096, 'x');
  const int file = open(dir.File("flush").c_str(), O_RDWR | O_CREAT, 0600);
  if (file < 0) std::abort();
  std::vector<double> times;
  for (size_t i = 0; i <= kFlushes; ++i) {
    if (pwrite(file, block.data(), block.size(), 0) < 0) std::abort();
    const absl::Time start = absl::Now();
    if (fdatasync(file) != 0) std::abort();
    if (i > 0) times.push_back(absl::ToDoubleMilliseconds(absl::Now() - start));  // 0: allocates
  }
  close(file);
  std::nth_element(times.begin(), times.begin() + kFlushes / 2, times.end());
  return times[kFlushes / 2];
}

}  // namespace tremplin::bench
