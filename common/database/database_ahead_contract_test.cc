// What every engine promises of WriteOptions::ahead: the same answers with it as without. Part of
// the suite of database_contract_test.cc.
#include <string>
#include <vector>

#include "common/database/contract_fixture.h"
#include "common/status/error.h"
#include "common/status/macros.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace tremplin::database {
namespace {

using ::testing::ElementsAre;

constexpr char kTotal[] = "SELECT total FROM probe_counter WHERE id = $1";

// The number in the answer, -1 where there is no row.
absl::StatusOr<int64_t> Ask(Transaction& tx, std::string_view sql, Params params = {}) {
  TREMPLIN_ASSIGN_OR_RETURN(Result result, tx.Query(sql, std::move(params)));
  return result.rows.empty() ? -1 : result.rows[0].Int(0);
}

WriteOptions Ahead(std::vector<Statement> ahead) {
  WriteOptions options = Key("k");
  options.ahead = std::move(ahead);
  return options;
}

TEST_P(DatabaseContract, WhatIsAskedAheadHasTheSameAnswers) {
  ASSERT_EQ(Insert("a", 1), absl::OkStatus());
  ASSERT_EQ(Insert("b", 2), absl::OkStatus());
  for (const WriteOptions& options :
       {Key("k"), Ahead({{kTotal, {"a"}}, {kTotal, {"b"}}, {kTotal, {"c"}}, {kCountCounters}})}) {
    std::vector<int64_t> answers;
    EXPECT_EQ(db().Write(options,
                         [&](Transaction& tx) {
                           answers.clear();
                           for (const char* id : {"a", "b", "c"}) {
                             TREMPLIN_ASSIGN_OR_RETURN(int64_t total, Ask(tx, kTotal, {id}));
                             answers.push_back(total);
                           }
                           TREMPLIN_ASSIGN_OR_RETURN(int64_t count, Ask(tx, kCountCounters));
                           answers.push_back(count);
                           // Asked once more than was said.
                           TREMPLIN_ASSIGN_OR_RETURN(int64_t again, Ask(tx, kTotal, {"a"}));
                           answers.push_back(again);
                           return absl::OkStatus();
                         }),
              absl::OkStatus());
    EXPECT_THAT(answers, ElementsAre(1, 2, -1, 2, 1));
  }
}

TEST_P(DatabaseContract, WhatIsNotAskedAsSaidIsAskedAnew) {
  ASSERT_EQ(Insert("a", 1), absl::OkStatus());
  ASSERT_EQ(Insert("b", 2), absl::OkStatus());
  std::vector<int64_t> answers;
  // Another parameter, another order, another statement.
  EXPECT_EQ(db().Write(Ahead({{kTotal, {"a"}}, {kCountCounters}}),
                       [&](Transaction& tx) {
                         for (const char* id : {"b", "a"}) {
                           TREMPLIN_ASSIGN_OR_RETURN(int64_t total, Ask(tx, kTotal, {id}));
                           answers.push_back(total);
                         }
                         TREMPLIN_ASSIGN_OR_RETURN(int64_t count, Ask(tx, kCountCounters));
                         answers.push_back(count);
                         return absl::OkStatus();
                       }),
            absl::OkStatus());
  EXPECT_THAT(answers, ElementsAre(2, 1, 2));
}

// What the first of two writes leaves unasked is not taken for the other's.
TEST_P(DatabaseContract, WhatIsNeverAskedIsNobodysAnswer) {
  ASSERT_EQ(Insert("a", 1), absl::OkStatus());
  ASSERT_EQ(Insert("b", 2), absl::OkStatus());
  std::vector<int64_t> answers(3, 0);
  auto ask = [&](size_t i, const char* id) {
    return [&answers, i, id](Transaction& tx) {
      TREMPLIN_ASSIGN_OR_RETURN(answers[i], Ask(tx, kTotal, {id}));
      return absl::OkStatus();
    };
  };
  std::vector<absl::Status> results =
      Together({[](Transaction&) { return absl::OkStatus(); }, ask(0, "b"),
                [](Transaction& tx) {
                  return tx.Execute(kInsertCounter, {"c", int64_t{3}});
                },
                ask(1, "c"), ask(2, "a")},
               {},
               {{{kTotal, {"a"}}, {kTotal, {"a"}}},
                {{kTotal, {"b"}}},
                {{kTotal, {"a"}}},
                {{kTotal, {"c"}}, {kTotal, {"a"}}},
                {}});
  EXPECT_THAT(results, ::testing::Each(absl::OkStatus()));
  EXPECT_THAT(answers, ElementsAre(2, 3, 1));
}

TEST_P(DatabaseContract, AChangeMakesWhatWasAskedAheadBeAskedAnew) {
  ASSERT_EQ(Insert("a", 1), absl::OkStatus());
  const std::vector<Statement> ahead = {{kTotal, {"a"}}, {kCountCounters}};
  int64_t count = 0;
  EXPECT_EQ(db().Write(Ahead(ahead),
                       [&](Transaction& tx) {
                         TREMPLIN_RETURN_IF_ERROR(Ask(tx, kTotal, {"a"}).status());
                         TREMPLIN_RETURN_IF_ERROR(tx.Execute(kInsertCounter, {"b", int64_t{1}}));
                         TREMPLIN_ASSIGN_OR_RETURN(count, Ask(tx, kCountCounters));
                         return absl::OkStatus();
                       }),
            absl::OkStatus());
  EXPECT_EQ(count, 2);
  EXPECT_EQ(
      db().Write(Ahead(ahead),
                 [&](Transaction& tx) {
                   TREMPLIN_RETURN_IF_ERROR(Ask(tx, kTotal, {"a"}).status());
                   TREMPLIN_RETURN_IF_ERROR(tx.Query(kInsertCounter, {"c", int64_t{1}}).status());
                   TREMPLIN_ASSIGN_OR_RETURN(count, Ask(tx, kCountCounters));
                   return absl::OkStatus();
                 }),
      absl::OkStatus());
  EXPECT_EQ(count, 3);
  EXPECT_EQ(db().Write(Ahead(ahead),
                       [&](Transaction& tx) {
                         TREMPLIN_RETURN_IF_ERROR(Ask(tx, kTotal, {"a"}).status());
                         TREMPLIN_RETURN_IF_ERROR(tx.Nested([](Transaction& nested) {
                           return nested.Execute(kInsertCounter, {"d", int64_t{1}});
                         }));
                         TREMPLIN_ASSIGN_OR_RETURN(count, Ask(tx, kCountCounters));
                         return absl::OkStatus();
                       }),
            absl::OkStatus());
  EXPECT_EQ(count, 4);
}

TEST_P(DatabaseContract, WhatIsAskedAheadSeesTheWritesBeforeInItsBatch) {
  std::vector<int64_t> seen(8, -1);
  std::vector<std::function<absl::Status(Transaction&)>> writes;
  for (size_t i = 0; i < seen.size(); ++i) {
    writes.push_back([&seen, i](Transaction& tx) {
      TREMPLIN_ASSIGN_OR_RETURN(seen[i], Ask(tx, kCountCounters));
      return tx.Execute(kInsertCounter, {std::to_string(i), int64_t{1}});
    });
  }
  std::vector<absl::Status> results =
      Together(writes, {}, std::vector<std::vector<Statement>>(seen.size(), {{kCountCounters}}));
  EXPECT_THAT(results, ::testing::Each(absl::OkStatus()));
  EXPECT_THAT(seen, ::testing::UnorderedElementsAre(0, 1, 2, 3, 4, 5, 6, 7));
}

TEST_P(DatabaseContract, WhatIsAskedAheadIsAskedInEachRun) {
  ASSERT_EQ(Insert("a", 0), absl::OkStatus());
  std::vector<int64_t> seen;
  EXPECT_EQ(db().Write(Ahead({{kCountCounters}, {kTotal, {"a"}}}),
                       [&](Transaction& tx) {
                         TREMPLIN_ASSIGN_OR_RETURN(int64_t count, Ask(tx, kCountCounters));
                         seen.push_back(count);
                         TREMPLIN_ASSIGN_OR_RETURN(int64_t total, Ask(tx, kTotal, {"a"}));
                         seen.push_back(total);
                         TREMPLIN_RETURN_IF_ERROR(tx.Execute(kInsertCounter, {"b", int64_t{1}}));
                         return seen.size() < 6 ? status::VersionConflict("a") : absl::OkStatus();
                       }),
            absl::OkStatus());
  EXPECT_THAT(seen, ElementsAre(1, 0, 1, 0, 1, 0));
  EXPECT_EQ(Number(kCountCounters), 2);
}

TEST_P(DatabaseContract, AnErrorOfWhatIsAskedAheadIsItsOwnWrites) {
  ASSERT_EQ(Insert("a", 1), absl::OkStatus());
  for (int round = 0; round < 2; ++round) {
    std::vector<std::function<absl::Status(Transaction&)>> writes;
    for (int i = 0; i < 4; ++i) {
      writes.push_back([i, round](Transaction& tx) -> absl::Status {
        TREMPLIN_RETURN_IF_ERROR(Ask(tx, kTotal, {"a"}).status());
        if (i == 1) TREMPLIN_RETURN_IF_ERROR(Ask(tx, "SELECT nothing_like_it").status());
        return tx.Execute(kInsertCounter, {std::to_string(10 * round + i), int64_t{1}});
      });
    }
    std::vector<std::vector<Statement>> aheads(4, {{kTotal, {"a"}}});
    aheads[1].push_back({"SELECT nothing_like_it"});
    std::vector<absl::Status> results = Together(writes, {}, aheads);
    for (size_t i = 0; i < 4; ++i) {
      EXPECT_EQ(results[i].code(), i == 1 ? absl::StatusCode::kInternal : absl::StatusCode::kOk)
          << results[i];
    }
  }
  EXPECT_EQ(Number(kCountCounters), 1 + 2 * 3);
}

}  // namespace
}  // namespace tremplin::database
