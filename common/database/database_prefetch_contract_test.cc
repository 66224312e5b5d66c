// What every engine promises of Reader::Prefetch: the answer that a Query would have. Part of the
// suite of database_contract_test.cc.
#include <optional>
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
constexpr char kAdd[] = "UPDATE probe_counter SET total = total + 1 WHERE id = $1";

// The number in the answer, -1 where there is no row.
absl::StatusOr<int64_t> NumberIn(absl::StatusOr<Result> result) {
  if (!result.ok()) return result.status();
  return result->rows.empty() ? -1 : result->rows[0].Int(0);
}

TEST_P(DatabaseContract, WhatIsPrefetchedHasTheSameAnswers) {
  ASSERT_EQ(Insert("a", 1), absl::OkStatus());
  ASSERT_EQ(Insert("b", 2), absl::OkStatus());
  std::vector<int64_t> answers;
  EXPECT_EQ(db().Write(Key("k"),
                       [&](Transaction& tx) {
                         std::vector<Prefetched> asked;
                         for (const char* id : {"a", "b", "c"}) {
                           asked.push_back(tx.Prefetch({kTotal, {id}}));
                         }
                         Prefetched count = tx.Prefetch({kCountCounters});
                         // In any order, with other questions in between, and more than once.
                         TREMPLIN_ASSIGN_OR_RETURN(int64_t all, NumberIn(count.Get()));
                         TREMPLIN_ASSIGN_OR_RETURN(int64_t b, NumberIn(tx.Query(kTotal, {"b"})));
                         answers = {all, b};
                         asked.push_back(tx.Prefetch({kTotal, {"b"}}));
                         for (const size_t i : std::vector<size_t>{3, 2, 1, 0, 0}) {
                           TREMPLIN_ASSIGN_OR_RETURN(int64_t total, NumberIn(asked[i].Get()));
                           answers.push_back(total);
                         }
                         return absl::OkStatus();
                       }),
            absl::OkStatus());
  EXPECT_THAT(answers, ElementsAre(2, 2, 2, -1, 2, 1, 1));
}

// What one write prefetches and does not take is not taken for another's.
TEST_P(DatabaseContract, WhatIsNeverTakenIsNobodysAnswer) {
  ASSERT_EQ(Insert("a", 1), absl::OkStatus());
  ASSERT_EQ(Insert("b", 2), absl::OkStatus());
  std::vector<int64_t> answers(3, 0);
  const auto ask = [&](size_t i, const char* id) {
    return [&answers, i, id](Transaction& tx) {
      Prefetched asked = tx.Prefetch({kTotal, {id}});
      (void)tx.Prefetch({kTotal, {"a"}});
      TREMPLIN_ASSIGN_OR_RETURN(answers[i], NumberIn(asked.Get()));
      return absl::OkStatus();
    };
  };
  const auto leave = [](Transaction& tx) {
    (void)tx.Prefetch({kTotal, {"a"}});
    (void)tx.Prefetch({kTotal, {"a"}});
    return absl::OkStatus();
  };
  const auto leave_and_change = [](Transaction& tx) {
    (void)tx.Prefetch({kTotal, {"a"}});
    return tx.Execute(kInsertCounter, {"c", int64_t{3}});
  };
  EXPECT_THAT(Together({leave, ask(0, "b"), leave_and_change, ask(1, "c"), leave, ask(2, "a")}),
              ::testing::Each(absl::OkStatus()));
  EXPECT_THAT(answers, ElementsAre(2, 3, 1));
}

TEST_P(DatabaseContract, NoAnswerIsOlderThanAChange) {
  ASSERT_EQ(Insert("a", 1), absl::OkStatus());
  const std::vector<std::function<absl::Status(Transaction&)>> changes = {
      [](Transaction& tx) { return tx.Execute(kAdd, {"a"}); },
      [](Transaction& tx) { return tx.Query(kAdd, {"a"}).status(); },
      [](Transaction& tx) {
        return tx.Nested([](Transaction& nested) { return nested.Execute(kAdd, {"a"}); });
      }};
  for (const auto& change : changes) {
    const int64_t before = Number(kTotal, {"a"});
    int64_t after_change = 0;
    int64_t after_wait = 0;
    EXPECT_EQ(db().Write(Key("k"),
                         [&](Transaction& tx) {
                           Prefetched one = tx.Prefetch({kTotal, {"a"}});
                           Prefetched two = tx.Prefetch({kTotal, {"a"}});
                           TREMPLIN_RETURN_IF_ERROR(change(tx));
                           TREMPLIN_ASSIGN_OR_RETURN(after_change, NumberIn(one.Get()));
                           // Nor what is here already.
                           Prefetched three = tx.Prefetch({kTotal, {"a"}});
                           TREMPLIN_RETURN_IF_ERROR(two.Get().status());
                           TREMPLIN_RETURN_IF_ERROR(tx.Query(kCountCounters).status());
                           TREMPLIN_RETURN_IF_ERROR(change(tx));
                           TREMPLIN_ASSIGN_OR_RETURN(after_wait, NumberIn(three.Get()));
                           return absl::OkStatus();
                         }),
              absl::OkStatus());
    EXPECT_EQ(after_change, before + 1);
    EXPECT_EQ(after_wait, before + 2);
  }
}

// Neither what was asked before a part that is undone, nor in it.
TEST_P(DatabaseContract, NoAnswerKnowsWhatWasUndone) {
  ASSERT_EQ(Insert("a", 1), absl::OkStatus());
  std::vector<int64_t> answers;
  EXPECT_EQ(db().Write(Key("k"),
                       [&](Transaction& tx) {
                         Prefetched outside = tx.Prefetch({kTotal, {"a"}});
                         std::optional<Prefetched> inside;
                         std::optional<Prefetched> late;
                         const absl::Status undone =
                             tx.Nested([&](Transaction& nested) -> absl::Status {
                               TREMPLIN_RETURN_IF_ERROR(nested.Execute(kAdd, {"a"}));
                               inside.emplace(nested.Prefetch({kTotal, {"a"}}));
                               TREMPLIN_ASSIGN_OR_RETURN(int64_t total, NumberIn(outside.Get()));
                               answers.push_back(total);
                               EXPECT_FALSE(nested.Query("SELECT nothing_like_it").ok());
                               late.emplace(nested.Prefetch({kTotal, {"a"}}));
                               EXPECT_EQ(late->Get().status().code(), absl::StatusCode::kInternal);
                               return absl::OkStatus();
                             });
                         EXPECT_EQ(undone.code(), absl::StatusCode::kInternal);
                         Prefetched after = tx.Prefetch({kCountCounters});
                         for (Prefetched* each : {&outside, &*inside, &*late, &after}) {
                           TREMPLIN_ASSIGN_OR_RETURN(int64_t number, NumberIn(each->Get()));
                           answers.push_back(number);
                         }
                         return absl::OkStatus();
                       }),
            absl::OkStatus());
  EXPECT_THAT(answers, ElementsAre(2, 1, 1, 1, 1));
}

TEST_P(DatabaseContract, WhatIsPrefetchedSeesTheWritesBeforeInItsBatch) {
  std::vector<int64_t> seen(8, -1);
  std::vector<std::function<absl::Status(Transaction&)>> writes;
  for (size_t i = 0; i < seen.size(); ++i) {
    writes.push_back([&seen, i](Transaction& tx) {
      Prefetched count = tx.Prefetch({kCountCounters});
      TREMPLIN_ASSIGN_OR_RETURN(seen[i], NumberIn(count.Get()));
      return tx.Execute(kInsertCounter, {std::to_string(i), int64_t{1}});
    });
  }
  EXPECT_THAT(Together(writes), ::testing::Each(absl::OkStatus()));
  EXPECT_THAT(seen, ::testing::UnorderedElementsAre(0, 1, 2, 3, 4, 5, 6, 7));
}

TEST_P(DatabaseContract, AnAnswerIsOfTheRunThatAskedForIt) {
  ASSERT_EQ(Insert("a", 0), absl::OkStatus());
  std::vector<int64_t> seen;
  std::optional<Prefetched> kept;
  EXPECT_EQ(db().Write(Key("k"),
                       [&](Transaction& tx) {
                         if (kept.has_value()) {
                           EXPECT_EQ(kept->Get().status().code(), absl::StatusCode::kInternal);
                         }
                         kept.emplace(tx.Prefetch({kCountCounters}));
                         TREMPLIN_ASSIGN_OR_RETURN(int64_t count, NumberIn(kept->Get()));
                         seen.push_back(count);
                         TREMPLIN_RETURN_IF_ERROR(tx.Execute(kInsertCounter, {"b", int64_t{1}}));
                         return seen.size() < 3 ? status::VersionConflict("a") : absl::OkStatus();
                       }),
            absl::OkStatus());
  EXPECT_THAT(seen, ElementsAre(1, 1, 1));
  EXPECT_EQ(kept->Get().status().code(), absl::StatusCode::kInternal) << "after its write";
}

TEST_P(DatabaseContract, AnErrorOfWhatIsPrefetchedIsItsOwnWrites) {
  ASSERT_EQ(Insert("a", 1), absl::OkStatus());
  for (int round = 0; round < 2; ++round) {
    std::vector<std::function<absl::Status(Transaction&)>> writes;
    for (int i = 0; i < 4; ++i) {
      writes.push_back([i, round](Transaction& tx) -> absl::Status {
        Prefetched total = tx.Prefetch({kTotal, {"a"}});
        Prefetched wrong = tx.Prefetch({i == 1 ? "SELECT nothing_like_it" : kCountCounters});
        TREMPLIN_RETURN_IF_ERROR(total.Get().status());
        TREMPLIN_RETURN_IF_ERROR(wrong.Get().status());
        return tx.Execute(kInsertCounter, {std::to_string(10 * round + i), int64_t{1}});
      });
    }
    const std::vector<absl::Status> results = Together(writes);
    for (size_t i = 0; i < 4; ++i) {
      EXPECT_EQ(results[i].code(), i == 1 ? absl::StatusCode::kInternal : absl::StatusCode::kOk)
          << results[i];
    }
  }
  EXPECT_EQ(Number(kCountCounters), 1 + 2 * 3);
}

TEST_P(DatabaseContract, AReadPrefetchesToo) {
  ASSERT_EQ(Insert("a", 1), absl::OkStatus());
  ASSERT_EQ(Insert("b", 2), absl::OkStatus());
  std::vector<int64_t> answers;
  std::optional<Prefetched> kept;
  const auto read = [&](const std::function<absl::Status(Reader&)>& fn) {
    return db().Read({.tenant = Tenant::All(), .deadline = absl::Now() + absl::Seconds(10)}, fn);
  };
  EXPECT_EQ(read([&](Reader& reader) {
              Prefetched a = reader.Prefetch({kTotal, {"a"}});
              Prefetched b = reader.Prefetch({kTotal, {"b"}});
              TREMPLIN_ASSIGN_OR_RETURN(int64_t count, NumberIn(reader.Query(kCountCounters)));
              answers.push_back(count);
              kept.emplace(reader.Prefetch({kTotal, {"c"}}));
              for (Prefetched* each : {&b, &a, &*kept, &b}) {
                TREMPLIN_ASSIGN_OR_RETURN(int64_t total, NumberIn(each->Get()));
                answers.push_back(total);
              }
              (void)reader.Prefetch({kTotal, {"a"}});  // never taken
              return absl::OkStatus();
            }),
            absl::OkStatus());
  EXPECT_THAT(answers, ElementsAre(2, 2, 1, -1, 2));
  EXPECT_EQ(kept->Get().status().code(), absl::StatusCode::kInternal) << "after its read";
  // Nor is what was left taken for the next one's, nor an error of it.
  for (const char* left : {kTotal, "SELECT nothing_like_it WHERE 'a' = $1"}) {
    EXPECT_EQ(read([&](Reader& reader) {
                (void)reader.Prefetch({left, {"a"}});
                return absl::OkStatus();
              }),
              absl::OkStatus());
    int64_t total = 0;
    EXPECT_EQ(read([&](Reader& reader) {
                Prefetched b = reader.Prefetch({kTotal, {"b"}});
                TREMPLIN_ASSIGN_OR_RETURN(total, NumberIn(b.Get()));
                return absl::OkStatus();
              }),
              absl::OkStatus());
    EXPECT_EQ(total, 2);
  }
  // An error is the read's.
  EXPECT_EQ(read([&](Reader& reader) {
              Prefetched wrong = reader.Prefetch({"SELECT nothing_like_it"});
              Prefetched right = reader.Prefetch({kTotal, {"b"}});
              EXPECT_FALSE(wrong.Get().ok());
              EXPECT_FALSE(right.Get().ok());
              return absl::OkStatus();
            }).code(),
            absl::StatusCode::kInternal);
}

#ifndef __SANITIZE_THREAD__
TEST_P(DatabaseContract, OnlyASelectIsPrefetched) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_DEATH((void)db().Write(Key("k"),
                                [](Transaction& tx) {
                                  (void)tx.Prefetch({kAdd, {"a"}});
                                  return absl::OkStatus();
                                }),
               "only a SELECT");
}
#endif

}  // namespace
}  // namespace tremplin::database
