#ifndef TREMPLIN_COMMON_DATABASE_CONTRACT_FIXTURE_H_
#define TREMPLIN_COMMON_DATABASE_CONTRACT_FIXTURE_H_

#include <atomic>
#include <functional>
#include <future>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/time/clock.h"
#include "common/database/contract_engine.h"
#include "common/database/database.h"
#include "gtest/gtest.h"
#include "tests/support/servers.h"
#include "tests/support/threads.h"

// The fixture of the contract suite, which is spread over several files. For tests only.
namespace tremplin::database {

inline constexpr Migration kMigrations[] = {{1, "tables", R"(
CREATE TABLE {service}_value (
  id TEXT PRIMARY KEY, number BIGINT, fraction DOUBLE PRECISION, words TEXT, payload {bytes});
CREATE TABLE {service}_counter (
  id TEXT PRIMARY KEY, version BIGINT NOT NULL, total BIGINT NOT NULL CHECK (total < 1000));
CREATE TABLE {service}_child (
  id {identity}, parent TEXT NOT NULL REFERENCES {service}_counter (id), name TEXT NOT NULL UNIQUE);
)"},
                                            {2, "clients", R"(
CREATE TABLE {service}_client (id TEXT PRIMARY KEY, agency TEXT NOT NULL);
-- tenant {service}_client agency
)"}};

inline constexpr char kInsertCounter[] =
    "INSERT INTO probe_counter (id, version, total) VALUES ($1, 1, $2)";
inline constexpr char kCountCounters[] = "SELECT COUNT(*) FROM probe_counter";

inline WriteOptions Key(std::string key, Tenant tenant = Tenant::All()) {
  return {.lane_key = std::move(key), .tenant = tenant};
}

class DatabaseContract : public ::testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    if (GetParam() == "postgres") {
      std::string server = testing::PostgresServer();
      TREMPLIN_REQUIRE_SERVER(server);
      engine_ = MakePostgresEngine();
    } else {
      engine_ = MakeSqliteEngine();
    }
    ASSERT_EQ(engine_->Migrate(kMigrations), absl::OkStatus());
    Reopen();
  }

  void Reopen(EngineOptions options = {}) {
    options.observer = [this](const LaneBatch& batch) {
      size_t seen = largest_batch_.load();
      while (batch.writes > seen && !largest_batch_.compare_exchange_weak(seen, batch.writes)) {
      }
    };
    engine_->Open(options);
  }

  Database& db() { return engine_->db(); }

  absl::Status Insert(const std::string& id, int64_t total = 0) {
    return db().Write(Key("k"), [&](Transaction& tx) {
      return tx.Execute(kInsertCounter, {id, total});
    });
  }

  int64_t Number(std::string_view sql, Params params = {}) {
    absl::StatusOr<Result> result =
        ReadRows(db(), {.tenant = Tenant::All()}, sql, std::move(params));
    EXPECT_EQ(result.status(), absl::OkStatus());
    return result.ok() && !result->rows.empty() ? result->rows[0].Int(0) : -1;
  }

  // Runs the writes at once behind one that holds the lane, until they all shared one batch.
  std::vector<absl::Status> Together(
      const std::vector<std::function<absl::Status(Transaction&)>>& writes,
      const std::vector<Tenant>& tenants = {}) {
    std::vector<absl::Status> results(writes.size());
    std::promise<void> holding;
    std::promise<void> go;
    {
      std::jthread holder([&] {
        EXPECT_EQ(db().Write(Key("k"),
                             [&](Transaction&) {
                               holding.set_value();
                               go.get_future().wait();
                               return absl::OkStatus();
                             }),
                  absl::OkStatus());
      });
      holding.get_future().wait();
      largest_batch_ = 0;
      std::vector<std::jthread> threads;
      for (size_t i = 0; i < writes.size(); ++i) {
        // One after another, so that the batch is in the order of the list.
        threads.push_back(testing::StartAndAwaitSleep([&, i] {
          results[i] =
              db().Write(Key("k", tenants.empty() ? Tenant::All() : tenants[i]), writes[i]);
        }));
      }
      go.set_value();
    }
    // The observer comes after the answers.
    absl::Time limit = absl::Now() + absl::Seconds(10);
    while (largest_batch_.load() < 2 && absl::Now() < limit) std::this_thread::yield();
    EXPECT_GT(largest_batch_.load(), 1u) << "the writes did not share a batch";
    return results;
  }

  // In one batch, writes of two agencies, of which some fail once they have read: whatever went
  // before it, each saw its own agency's clients. The functions tell which by the write's number.
  void ExpectEachSeesItsOwn(const std::function<bool(size_t)>& southern,
                            const std::function<bool(size_t)>& fails) {
    ASSERT_EQ(db().Write(Key("k"),
                         [](Transaction& tx) {
                           return tx.Execute(
                               "INSERT INTO probe_client (id, agency) VALUES ('1', 'north'), "
                               "('2', 'south'), ('3', 'south')");
                         }),
              absl::OkStatus());
    std::vector<std::function<absl::Status(Transaction&)>> writes;
    std::vector<Tenant> tenants;
    std::vector<int64_t> seen(32, -1);
    for (size_t i = 0; i < seen.size(); ++i) {
      tenants.push_back(Tenant::Of(southern(i) ? "south" : "north"));
      writes.push_back([&, i](Transaction& tx) {
        absl::StatusOr<Result> rows = tx.Query("SELECT COUNT(*) FROM probe_client");
        if (!rows.ok()) return rows.status();
        seen[i] = rows->rows.at(0).Int(0);
        return fails(i) ? absl::OutOfRangeError("fails") : absl::OkStatus();
      });
    }
    Together(writes, tenants);
    for (size_t i = 0; i < seen.size(); ++i) {
      const int64_t own = southern(i) ? 2 : 1;
      EXPECT_EQ(seen[i], engine_->HasRowSecurity() ? own : 3) << i;
    }
  }

  std::unique_ptr<Engine> engine_;
  std::atomic<size_t> largest_batch_{0};
};

}  // namespace tremplin::database

#endif  // TREMPLIN_COMMON_DATABASE_CONTRACT_FIXTURE_H_
