// What every engine promises of its lanes: batches, tenants, reruns, deadlines, bounds. Part of the
// suite of database_contract_test.cc.
#include <atomic>
#include <future>
#include <string>
#include <thread>
#include <vector>

#include "absl/time/clock.h"
#include "common/database/contract_fixture.h"
#include "common/status/error.h"
#include "common/status/macros.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace tremplin::database {
namespace {

TEST_P(DatabaseContract, AFailingWriteInABatchLeavesExactlyTheOthers) {
  std::vector<std::function<absl::Status(Transaction&)>> writes;
  for (int i = 0; i < 6; ++i) {
    writes.push_back([i](Transaction& tx) {
      // The fourth says the third's id again; the fifth fails by itself.
      std::string id = std::to_string(i == 3 ? 2 : i);
      TREMPLIN_RETURN_IF_ERROR(tx.Execute(kInsertCounter, {id, int64_t{i}}));
      if (i == 4) return absl::OutOfRangeError("four");
      return absl::OkStatus();
    });
  }
  std::vector<absl::Status> results = Together(writes);
  // The third and the fourth arrive in either order; the later one loses.
  const bool third_won = results[2].ok();
  EXPECT_EQ(results[third_won ? 3 : 2].code(), absl::StatusCode::kAlreadyExists);
  EXPECT_EQ(results[third_won ? 2 : 3], absl::OkStatus());
  EXPECT_EQ(results[4].code(), absl::StatusCode::kOutOfRange) << results[4];
  for (size_t i : {0u, 1u, 5u}) EXPECT_EQ(results[i], absl::OkStatus()) << i;
  EXPECT_EQ(Number(kCountCounters), 4);
  EXPECT_EQ(Number("SELECT SUM(total) FROM probe_counter"), 0 + 1 + (third_won ? 2 : 3) + 5);
}

// Of 64 writes one says an id again in a statement that nobody waits for, and some only read and
// then return an error of their own.
TEST_P(DatabaseContract, APipelinedErrorInAFullBatchIsItsOwnWritesOnly) {
  ASSERT_EQ(Insert("taken"), absl::OkStatus());
  constexpr int kWrites = 64;
  constexpr int kFails = 20;
  // The first batch has to be undone; the second finds the lane expecting that.
  for (int round = 1; round <= 2; ++round) {
    std::vector<std::function<absl::Status(Transaction&)>> writes;
    for (int i = 0; i < kWrites; ++i) {
      writes.push_back([i, round](Transaction& tx) -> absl::Status {
        TREMPLIN_RETURN_IF_ERROR(tx.Query(kCountCounters).status());
        if (i % 8 == 3) return absl::OutOfRangeError(std::to_string(i));
        std::string id = std::to_string(round) + "/" + std::to_string(i);
        TREMPLIN_RETURN_IF_ERROR(tx.Execute(kInsertCounter, {id, int64_t{0}}));
        return tx.Execute(kInsertCounter, {i == kFails ? "taken" : id + "/", int64_t{0}});
      });
    }
    std::vector<absl::Status> results = Together(writes);
    for (int i = 0; i < kWrites; ++i) {
      const absl::Status& result = results[static_cast<size_t>(i)];
      if (i == kFails) {
        EXPECT_EQ(result.code(), absl::StatusCode::kAlreadyExists) << result;
      } else if (i % 8 == 3) {
        EXPECT_EQ(result, absl::OutOfRangeError(std::to_string(i)));
      } else {
        EXPECT_EQ(result, absl::OkStatus()) << i;
      }
    }
    EXPECT_EQ(Number(kCountCounters), 1 + round * 2 * (kWrites - kWrites / 8 - 1));
  }
}

TEST_P(DatabaseContract, AWriteThatOnlyReadAndFailsLeavesItsBatchAlone) {
  std::vector<int> runs(16, 0);
  std::vector<std::function<absl::Status(Transaction&)>> writes;
  for (size_t i = 0; i < runs.size(); ++i) {
    writes.push_back([&runs, i](Transaction& tx) -> absl::Status {
      ++runs[i];
      TREMPLIN_RETURN_IF_ERROR(tx.Query(kCountCounters).status());
      if (i % 2 == 1) return absl::NotFoundError(std::to_string(i));
      return tx.Execute(kInsertCounter, {std::to_string(i), int64_t{1}});
    });
  }
  std::vector<absl::Status> results = Together(writes);
  for (size_t i = 0; i < runs.size(); ++i) {
    EXPECT_EQ(results[i], i % 2 == 1 ? absl::NotFoundError(std::to_string(i)) : absl::OkStatus());
  }
  EXPECT_THAT(runs, ::testing::Each(1));
  EXPECT_EQ(Number(kCountCounters), 8);
}

TEST_P(DatabaseContract, AnErrorPipelinedBeforeTheNestedPartOfAnotherIsItsOwnWrites) {
  ASSERT_EQ(Insert("taken"), absl::OkStatus());
  absl::Status nested;
  std::vector<absl::Status> results =
      Together({[](Transaction& tx) {
                  return tx.Execute(kInsertCounter, {"taken", int64_t{0}});
                },
                [&](Transaction& tx) {
                  nested = tx.Nested([](Transaction& part) {
                    return part.Execute(kInsertCounter, {"inner", int64_t{0}});
                  });
                  return tx.Execute(kInsertCounter, {"outer", int64_t{0}});
                }});
  EXPECT_EQ(results[0].code(), absl::StatusCode::kAlreadyExists) << results[0];
  EXPECT_EQ(results[1], absl::OkStatus());
  EXPECT_EQ(nested, absl::OkStatus());
  EXPECT_EQ(Number(kCountCounters), 3);
}

TEST_P(DatabaseContract, TenantsOfOneBatchAreKeptApart) {
  std::vector<int64_t> seen(4, -1);
  auto insert_and_count = [&](size_t i, std::string id, std::string agency) {
    return [&seen, i, id, agency](Transaction& tx) {
      if (!id.empty()) {
        TREMPLIN_RETURN_IF_ERROR(
            tx.Execute("INSERT INTO probe_client (id, agency) VALUES ($1, $2)", {id, agency}));
      }
      TREMPLIN_ASSIGN_OR_RETURN(Result rows, tx.Query("SELECT COUNT(*) FROM probe_client"));
      seen[i] = rows.rows.at(0).Int(0);
      return absl::OkStatus();
    };
  };
  std::vector<absl::Status> results =
      Together({insert_and_count(0, "1", "north"), insert_and_count(1, "2", "south"),
                insert_and_count(2, "", ""), insert_and_count(3, "", "")},
               {Tenant::Of("north"), Tenant::Of("south"), Tenant::None(), Tenant::All()});
  for (const absl::Status& status : results) EXPECT_EQ(status, absl::OkStatus());
  if (engine_->HasRowSecurity()) {
    EXPECT_THAT(seen, ::testing::ElementsAre(1, 1, 0, 2));
    auto count = [&](Tenant tenant) {
      return ReadRows(db(), {.tenant = tenant}, "SELECT COUNT(*) FROM probe_client")
          ->rows.at(0)
          .Int(0);
    };
    EXPECT_EQ(count(Tenant::Of("north")), 1);
    EXPECT_EQ(count(Tenant::None()), 0);
    EXPECT_EQ(count(Tenant::All()), 2);
    EXPECT_FALSE(db().Write(Key("k", Tenant::Of("north")),
                            [](Transaction& tx) {
                              return tx.Execute(
                                  "INSERT INTO probe_client (id, agency) VALUES ($1, $2)",
                                  {"3", "south"});
                            })
                     .ok());
  }
}

// Two writes of each agency in turn, of which the first fails.
TEST_P(DatabaseContract, AFailedWriteLeavesTheTenantOfNoOtherBehind) {
  ExpectEachSeesItsOwn([](size_t i) { return i / 2 % 2 == 1; },
                       [](size_t i) { return i % 2 == 0; });
}

// Those of one agency go well, those of the other fail.
TEST_P(DatabaseContract, AWriteThatOnlyReadAndFailsLeavesItsTenantToNobody) {
  const auto odd = [](size_t i) { return i % 2 == 1; };
  ExpectEachSeesItsOwn(odd, odd);
}

TEST_P(DatabaseContract, AVersionConflictRunsAgainAtMostThreeTimes) {
  int runs = 0;
  absl::Status status = db().Write(Key("k"), [&](Transaction& tx) {
    ++runs;
    TREMPLIN_RETURN_IF_ERROR(
        tx.Execute(kInsertCounter, {"run" + std::to_string(runs), int64_t{1}}));
    return runs < 3 ? status::VersionConflict("counter") : absl::OkStatus();
  });
  EXPECT_EQ(status, absl::OkStatus());
  EXPECT_EQ(runs, 3);
  EXPECT_EQ(Number(kCountCounters), 1);

  runs = 0;
  status = db().Write(Key("k"), [&](Transaction&) {
    ++runs;
    return status::VersionConflict("counter");
  });
  EXPECT_EQ(runs, 4);
  EXPECT_TRUE(absl::IsAborted(status)) << status;
}

TEST_P(DatabaseContract, AWriteWhoseDeadlinePassedIsNotBegun) {
  std::promise<void> holding;
  std::promise<void> go;
  std::jthread holder([&] {
    (void)db().Write(Key("k"), [&](Transaction&) {
      holding.set_value();
      go.get_future().wait();
      return absl::OkStatus();
    });
  });
  holding.get_future().wait();
  std::atomic<bool> ran{false};
  WriteOptions options = Key("k");
  options.deadline = absl::Now() + absl::Milliseconds(30);
  absl::Status status = db().Write(options, [&](Transaction&) {
    ran = true;
    return absl::OkStatus();
  });
  EXPECT_EQ(status.code(), absl::StatusCode::kDeadlineExceeded) << status;
  options.deadline = absl::Now() - absl::Seconds(1);
  EXPECT_EQ(db().Write(options, [](Transaction&) { return absl::OkStatus(); }).code(),
            absl::StatusCode::kDeadlineExceeded);
  go.set_value();
  holder.join();
  // The lane has passed the abandoned write by now.
  EXPECT_EQ(Insert("a"), absl::OkStatus());
  EXPECT_FALSE(ran.load());
}

TEST_P(DatabaseContract, TheQueueIsBounded) {
  Reopen({.lanes = 1, .queue_limit = 2, .observer = {}});
  std::promise<void> holding;
  std::promise<void> go;
  auto nothing = [](Transaction&) { return absl::OkStatus(); };
  std::atomic<int> refused{0};
  std::atomic<int> ended{0};
  std::jthread holder([&] {
    (void)db().Write(Key("k"), [&](Transaction&) {
      holding.set_value();
      go.get_future().wait();
      return absl::OkStatus();
    });
  });
  holding.get_future().wait();
  std::vector<std::jthread> threads;
  for (int i = 0; i < 5; ++i) {
    threads.emplace_back([&] {
      absl::Status status = db().Write(Key("k"), nothing);
      if (absl::IsResourceExhausted(status)) ++refused;
      ++ended;
    });
  }
  absl::Time limit = absl::Now() + absl::Seconds(20);
  while (ended.load() < 3 && absl::Now() < limit) std::this_thread::yield();
  EXPECT_EQ(refused.load(), 3);
  go.set_value();
  threads.clear();
  EXPECT_EQ(refused.load(), 3);
}

TEST_P(DatabaseContract, AfterCommitRunsAfterTheCommitOnly) {
  std::atomic<int> ran{0};
  ASSERT_EQ(db().Write(Key("k"),
                       [&](Transaction& tx) {
                         tx.AfterCommit([&ran] { ++ran; });
                         EXPECT_EQ(ran.load(), 0);
                         return tx.Execute(kInsertCounter, {"a", int64_t{1}});
                       }),
            absl::OkStatus());
  EXPECT_EQ(ran.load(), 1);
  EXPECT_FALSE(db().Write(Key("k"),
                          [&](Transaction& tx) {
                            tx.AfterCommit([&ran] { ++ran; });
                            return tx.Execute(kInsertCounter, {"a", int64_t{1}});
                          })
                   .ok());
  int runs = 0;
  EXPECT_EQ(db().Write(Key("k"),
                       [&](Transaction& tx) {
                         tx.AfterCommit([&ran] { ++ran; });
                         return ++runs == 1 ? status::VersionConflict("x") : absl::OkStatus();
                       }),
            absl::OkStatus());
  EXPECT_EQ(ran.load(), 2);
}

TEST_P(DatabaseContract, ParallelCountersLoseNothing) {
  Reopen({.lanes = 4});
  ASSERT_EQ(Insert("shared"), absl::OkStatus());
  constexpr int kThreads = 8;
  constexpr int kEach = 25;
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < kThreads; ++t) {
      threads.emplace_back([&, t] {
        for (int i = 0; i < kEach; ++i) {
          // Keys of several lanes, so that the row's version has to hold them apart.
          absl::Status status;
          do {
            status = db().Write(Key(std::to_string(t)), [](Transaction& tx) {
              TREMPLIN_ASSIGN_OR_RETURN(
                  Result row,
                  tx.Query("SELECT version, total FROM probe_counter WHERE id = $1", {"shared"}));
              TREMPLIN_ASSIGN_OR_RETURN(
                  Result done,
                  tx.Query("UPDATE probe_counter SET version = version + 1, total = $3 "
                           "WHERE id = $1 AND version = $2",
                           {"shared", row.rows.at(0).Int(0), row.rows.at(0).Int(1) + 1}));
              return done.affected == 1 ? absl::OkStatus() : status::VersionConflict("shared");
            });
          } while (absl::IsAborted(status));
          EXPECT_EQ(status, absl::OkStatus());
        }
      });
    }
  }
  EXPECT_EQ(Number("SELECT total FROM probe_counter WHERE id = 'shared'"), kThreads * kEach);
  EXPECT_EQ(Number("SELECT version FROM probe_counter WHERE id = 'shared'"), kThreads * kEach + 1);
}

TEST_P(DatabaseContract, InsideWriteIsTold) {
  EXPECT_FALSE(InsideWrite());
  bool inside = false;
  EXPECT_EQ(db().Write(Key("k"),
                       [&](Transaction&) {
                         inside = InsideWrite();
                         return absl::OkStatus();
                       }),
            absl::OkStatus());
  EXPECT_TRUE(inside);
}

#if !defined(NDEBUG) && !defined(__SANITIZE_THREAD__)
TEST_P(DatabaseContract, AWriteInsideAWriteAborts) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_DEATH((void)db().Write(Key("k"), [&](Transaction&) { return Insert("inner"); }),
               "inside the function of a Write");
}
#endif

}  // namespace
}  // namespace tremplin::database
