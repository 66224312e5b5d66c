// What every engine of the Database port promises, run over SQLite and PostgreSQL: values, errors,
// reads, migrations. Lanes are in database_lanes_contract_test.cc.
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

TEST_P(DatabaseContract, EveryKindOfValueComesBack) {
  std::string zeros("a\0b\0", 4);
  std::string text = "Étienne — 漢字 '$1'";
  constexpr char kInsert[] =
      "INSERT INTO probe_value (id, number, fraction, words, payload) VALUES ($1, $2, $3, $4, $5)";
  ASSERT_EQ(db().Write(
                Key("k"),
                [&](Transaction& tx) {
                  // NULL first: the types of a statement's parameters are not fixed by it.
                  TREMPLIN_RETURN_IF_ERROR(
                      tx.Execute(kInsert, {"null", std::monostate(), std::monostate(),
                                           TextOrNull(""), TimeOrNull(absl::InfinitePast())}));
                  TREMPLIN_RETURN_IF_ERROR(tx.Execute(
                      kInsert, {"full", int64_t{-9'007'199'254'740'993}, 0.1, text, Bytes{zeros}}));
                  return tx.Execute(kInsert, {"empty", int64_t{0}, 0.0, "", Bytes{""}});
                }),
            absl::OkStatus());
  absl::StatusOr<Result> result = ReadRows(
      db(), {}, "SELECT id, number, fraction, words, payload FROM probe_value ORDER BY id");
  ASSERT_EQ(result.status(), absl::OkStatus());
  ASSERT_EQ(result->rows.size(), 3u);
  const Row& empty = result->rows[0];
  EXPECT_FALSE(empty.IsNull(3));
  EXPECT_FALSE(empty.IsNull(4));
  EXPECT_EQ(empty.Text(3), "");
  EXPECT_EQ(empty.Blob(4), "");
  const Row& full = result->rows[1];
  EXPECT_EQ(full.Int(1), -9'007'199'254'740'993);
  EXPECT_EQ(full.Real(2), 0.1);
  EXPECT_EQ(full.Text(3), text);
  EXPECT_EQ(full.Blob(4), zeros);
  const Row& null = result->rows[2];
  for (size_t column = 1; column < 5; ++column) EXPECT_TRUE(null.IsNull(column)) << column;
  EXPECT_EQ(null.Text(3), "");
  EXPECT_EQ(null.Time(1), absl::InfinitePast());
}

TEST_P(DatabaseContract, ExpressionsHaveTheSameTypesInBothEngines) {
  ASSERT_EQ(Insert("a", 3), absl::OkStatus());
  ASSERT_EQ(Insert("b", 4), absl::OkStatus());
  absl::StatusOr<Result> result =
      ReadRows(db(), {},
               "SELECT SUM(total), AVG(total), COUNT(*), MAX(total) > $1, SUM(total) + $2, $3, "
               "EXISTS (SELECT 1 FROM probe_counter WHERE id = $4) FROM probe_counter",
               {int64_t{3}, int64_t{1}, int64_t{1'700'000'000'000'000}, "b"});
  ASSERT_EQ(result.status(), absl::OkStatus());
  const Row& row = result->rows.at(0);
  EXPECT_EQ(row.Int(0), 7);
  EXPECT_EQ(row.Real(1), 3.5);
  EXPECT_EQ(row.Int(2), 2);
  EXPECT_EQ(row.Int(3), 1);
  EXPECT_EQ(row.Int(4), 8);
  EXPECT_EQ(row.Int(5), 1'700'000'000'000'000);
  EXPECT_EQ(row.Int(6), 1);
}

TEST_P(DatabaseContract, ParametersMayRepeatAndStandInAnyOrder) {
  ASSERT_EQ(Insert("a", 3), absl::OkStatus());
  EXPECT_EQ(Number("SELECT COUNT(*) FROM probe_counter WHERE total = $2 AND id = $1 AND total = $2",
                   {"a", int64_t{3}}),
            1);
}

TEST_P(DatabaseContract, ReturningAndAffected) {
  ASSERT_EQ(Insert("a"), absl::OkStatus());
  int64_t first = 0;
  EXPECT_EQ(
      db().Write(Key("k"),
                 [&](Transaction& tx) {
                   TREMPLIN_ASSIGN_OR_RETURN(
                       Result made,
                       tx.Query("INSERT INTO probe_child (parent, name) VALUES ($1, $2), ($1, $3) "
                                "RETURNING id",
                                {"a", "x", "y"}));
                   EXPECT_EQ(made.rows.size(), 2u);
                   EXPECT_EQ(made.affected, 2);
                   first = made.rows.at(0).Int(0);
                   TREMPLIN_ASSIGN_OR_RETURN(
                       Result again,
                       tx.Query("INSERT INTO probe_child (parent, name) VALUES ($1, $2) "
                                "ON CONFLICT (name) DO NOTHING",
                                {"a", "x"}));
                   EXPECT_EQ(again.affected, 0);
                   TREMPLIN_ASSIGN_OR_RETURN(Result read, tx.Query("SELECT id FROM probe_child"));
                   EXPECT_EQ(read.affected, 0);
                   TREMPLIN_ASSIGN_OR_RETURN(Result gone, tx.Query("DELETE FROM probe_child"));
                   EXPECT_EQ(gone.affected, 2);
                   return absl::OkStatus();
                 }),
      absl::OkStatus());
  EXPECT_EQ(db().Write(Key("k"),
                       [&](Transaction& tx) {
                         TREMPLIN_ASSIGN_OR_RETURN(
                             Result made, tx.Query("INSERT INTO probe_child (parent, name) "
                                                   "VALUES ($1, $2) RETURNING id",
                                                   {"a", "z"}));
                         // Identities of deleted rows are not used again.
                         EXPECT_GT(made.rows.at(0).Int(0), first + 1);
                         return absl::OkStatus();
                       }),
            absl::OkStatus());
}

TEST_P(DatabaseContract, ViolationsHaveTheirCodes) {
  ASSERT_EQ(Insert("a"), absl::OkStatus());
  absl::Status twice = Insert("a");
  EXPECT_EQ(twice.code(), absl::StatusCode::kAlreadyExists) << twice;
  EXPECT_NE(ConstraintOf(twice), "");
  absl::Status check = Insert("b", 1000);
  EXPECT_EQ(check.code(), absl::StatusCode::kFailedPrecondition) << check;
  EXPECT_NE(ConstraintOf(check), "");
  absl::Status orphan = db().Write(Key("k"), [&](Transaction& tx) {
    return tx.Query("INSERT INTO probe_child (parent, name) VALUES ($1, $2)", {"none", "x"})
        .status();
  });
  EXPECT_EQ(orphan.code(), absl::StatusCode::kFailedPrecondition) << orphan;
  absl::Status wrong =
      db().Write(Key("k"), [&](Transaction& tx) { return tx.Execute("SELEKT 1"); });
  EXPECT_EQ(wrong.code(), absl::StatusCode::kInternal) << wrong;
  EXPECT_EQ(ConstraintOf(wrong), "");
  EXPECT_EQ(ConstraintOf(absl::OkStatus()), "");
}

TEST_P(DatabaseContract, TextWithAZeroByteIsRefused) {
  absl::Status status = Insert(std::string("a\0b", 3));
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << status;
}

TEST_P(DatabaseContract, ErrorsHoldNoValues) {
  ASSERT_EQ(Insert("secret-name"), absl::OkStatus());
  absl::Status twice = Insert("secret-name");
  EXPECT_THAT(twice.ToString(), ::testing::Not(::testing::HasSubstr("secret-name")));
}

TEST_P(DatabaseContract, AnErrorLeavesNothingOfTheWrite) {
  absl::Status status = db().Write(Key("k"), [&](Transaction& tx) {
    TREMPLIN_RETURN_IF_ERROR(tx.Execute(kInsertCounter, {"a", int64_t{1}}));
    TREMPLIN_ASSIGN_OR_RETURN(Result rows, tx.Query(kCountCounters));
    EXPECT_EQ(rows.rows.at(0).Int(0), 1);
    return absl::NotFoundError("by the function");
  });
  EXPECT_EQ(status, absl::NotFoundError("by the function"));
  EXPECT_EQ(Number(kCountCounters), 0);
}

TEST_P(DatabaseContract, AfterAFailedStatementTheWriteIsLost) {
  ASSERT_EQ(Insert("a"), absl::OkStatus());
  absl::Status status = db().Write(Key("k"), [&](Transaction& tx) {
    EXPECT_FALSE(tx.Query(kInsertCounter, {"a", int64_t{1}}).ok());
    EXPECT_EQ(tx.Query(kCountCounters).status().code(), absl::StatusCode::kAlreadyExists);
    return absl::OkStatus();
  });
  EXPECT_EQ(status.code(), absl::StatusCode::kAlreadyExists) << status;
  EXPECT_EQ(Insert("b"), absl::OkStatus());
  // The error of a statement whose result nobody waits for is the write's too.
  EXPECT_EQ(Insert("a").code(), absl::StatusCode::kAlreadyExists);
}

TEST_P(DatabaseContract, NestedUndoesItsOwnPartOnly) {
  std::atomic<int> hooks{0};
  absl::Status status = db().Write(Key("k"), [&](Transaction& tx) {
    hooks = 0;
    TREMPLIN_RETURN_IF_ERROR(tx.Execute(kInsertCounter, {"outer", int64_t{1}}));
    absl::Status inner = tx.Nested([&](Transaction& nested) {
      nested.AfterCommit([&hooks] { hooks += 100; });
      TREMPLIN_RETURN_IF_ERROR(nested.Execute(kInsertCounter, {"inner", int64_t{1}}));
      return nested.Execute(kInsertCounter, {"outer", int64_t{1}});
    });
    EXPECT_EQ(inner.code(), absl::StatusCode::kAlreadyExists) << inner;
    absl::Status ignored = tx.Nested([&](Transaction& nested) {
      EXPECT_FALSE(nested.Query(kInsertCounter, {"outer", int64_t{1}}).ok());
      return absl::OkStatus();
    });
    EXPECT_EQ(ignored.code(), absl::StatusCode::kAlreadyExists) << ignored;
    EXPECT_EQ(tx.Nested([](Transaction&) { return absl::NotFoundError("own"); }),
              absl::NotFoundError("own"));
    TREMPLIN_RETURN_IF_ERROR(tx.Nested([&](Transaction& nested) {
      nested.AfterCommit([&hooks] { hooks += 1; });
      return nested.Execute(kInsertCounter, {"second", int64_t{1}});
    }));
    return tx.Execute(kInsertCounter, {"last", int64_t{1}});
  });
  EXPECT_EQ(status, absl::OkStatus());
  EXPECT_EQ(hooks.load(), 1);
  EXPECT_EQ(Number(kCountCounters), 3);
  EXPECT_EQ(Number("SELECT COUNT(*) FROM probe_counter WHERE id = 'inner'"), 0);
}

TEST_P(DatabaseContract, AnErrorPipelinedBeforeNestedIsTheWrites) {
  ASSERT_EQ(Insert("a"), absl::OkStatus());
  bool ran = false;
  absl::Status status = db().Write(Key("k"), [&](Transaction& tx) {
    (void)tx.Execute(kInsertCounter, {"a", int64_t{1}});
    (void)tx.Nested([&](Transaction&) {
      ran = true;
      return absl::OkStatus();
    });
    return absl::OkStatus();
  });
  EXPECT_EQ(status.code(), absl::StatusCode::kAlreadyExists) << status;
  EXPECT_FALSE(ran);
}

TEST_P(DatabaseContract, AReadSeesOneSnapshot) {
  ASSERT_EQ(Insert("a"), absl::OkStatus());
  EXPECT_EQ(db().Read({.tenant = Tenant::All()},
                      [&](Reader& reader) {
                        TREMPLIN_ASSIGN_OR_RETURN(Result before, reader.Query(kCountCounters));
                        EXPECT_EQ(Insert("b"), absl::OkStatus());
                        TREMPLIN_ASSIGN_OR_RETURN(Result after, reader.Query(kCountCounters));
                        EXPECT_EQ(before.rows.at(0).Int(0), after.rows.at(0).Int(0));
                        return absl::OkStatus();
                      }),
            absl::OkStatus());
  EXPECT_EQ(Number(kCountCounters), 2);
}

TEST_P(DatabaseContract, AReadCannotWriteAndItsErrorsAreItsOwn) {
  absl::Status written = db().Read({.tenant = Tenant::All()}, [](Reader& reader) {
    return reader.Query(kInsertCounter, {"a", int64_t{1}}).status();
  });
  EXPECT_FALSE(written.ok());
  EXPECT_EQ(db().Read({}, [](Reader&) { return absl::NotFoundError("x"); }),
            absl::NotFoundError("x"));
  EXPECT_EQ(Number(kCountCounters), 0);
}

TEST_P(DatabaseContract, ReadsAreBoundedByThePool) {
  std::atomic<int> inside{0};
  std::promise<void> go;
  std::shared_future<void> gone = go.get_future().share();
  std::vector<std::jthread> threads;
  for (int i = 0; i < 4; ++i) {  // the pool of the engines here
    threads.emplace_back([&] {
      EXPECT_EQ(db().Read({},
                          [&](Reader&) {
                            ++inside;
                            gone.wait();
                            return absl::OkStatus();
                          }),
                absl::OkStatus());
    });
  }
  while (inside.load() < 4) std::this_thread::yield();
  absl::Status status = db().Read({.deadline = absl::Now() + absl::Milliseconds(30)},
                                  [](Reader&) { return absl::OkStatus(); });
  EXPECT_EQ(status.code(), absl::StatusCode::kResourceExhausted) << status;
  go.set_value();
  threads.clear();
  EXPECT_EQ(db().Ping(absl::Seconds(5)), absl::OkStatus());
}

TEST_P(DatabaseContract, MigrationsGoForwardOnly) {
  EXPECT_EQ(engine_->Migrate(kMigrations), absl::OkStatus());
  EXPECT_EQ(Number("SELECT COUNT(*) FROM probe_schema_migration"), 2);
  Migration more[] = {
      kMigrations[0],
      kMigrations[1],
      {3, "third",
       "CREATE TABLE {service}_third (id TEXT PRIMARY KEY);\nINSERT INTO {service}_third (id) "
       "VALUES ('x');"}};
  EXPECT_EQ(engine_->Migrate(more), absl::OkStatus());
  EXPECT_EQ(Number("SELECT COUNT(*) FROM probe_third"), 1);
  // The file is newer than the program.
  EXPECT_EQ(engine_->Migrate(kMigrations).code(), absl::StatusCode::kFailedPrecondition);
  Migration changed[] = {kMigrations[0], {2, "clients", "SELECT 1;"}, more[2]};
  EXPECT_EQ(engine_->Migrate(changed).code(), absl::StatusCode::kFailedPrecondition);
  Migration gap[] = {more[0], more[1], more[2], {5, "five", "SELECT 1;"}};
  EXPECT_EQ(engine_->Migrate(gap).code(), absl::StatusCode::kFailedPrecondition);
  // One that fails leaves nothing.
  Migration broken[] = {
      more[0],
      more[1],
      more[2],
      {4, "broken", "CREATE TABLE {service}_half (id TEXT PRIMARY KEY);\nSELEKT 1;"}};
  EXPECT_FALSE(engine_->Migrate(broken).ok());
  EXPECT_EQ(Number("SELECT COUNT(*) FROM probe_schema_migration"), 3);
  EXPECT_FALSE(ReadRows(db(), {}, "SELECT * FROM probe_half").ok());
}

INSTANTIATE_TEST_SUITE_P(Engines, DatabaseContract, ::testing::Values("sqlite", "postgres"),
                         [](const auto& engine) { return engine.param; });

}  // namespace
}  // namespace tremplin::database
