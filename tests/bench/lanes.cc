#include "tests/bench/lanes.h"

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

}  // namespace tremplin::bench
