#include "common/status/condition.h"

#include "common/status/error.h"
#include "gtest/gtest.h"

namespace tremplin::status {
namespace {

TEST(ConditionTest, KeepsTheFirstCauseUntilTheTroubleHasEnded) {
  Condition condition;
  condition.Ended(Trouble::kDiskFull);
  EXPECT_TRUE(condition.Now().empty());
  condition.Met(Trouble::kRefused, "password");
  condition.Met(Trouble::kDiskFull, "first");
  const absl::Time since = condition.Now().at(0).since;
  condition.Met(Trouble::kDiskFull, "second");
  ASSERT_EQ(condition.Now().size(), 2U);
  EXPECT_EQ(condition.Now()[0].trouble, Trouble::kDiskFull);
  EXPECT_EQ(condition.Now()[0].cause, "first");
  EXPECT_EQ(condition.Now()[0].since, since);
  EXPECT_EQ(condition.Now()[1].cause, "password");

  condition.Ended(Trouble::kDiskFull);
  EXPECT_FALSE(condition.Has(Trouble::kDiskFull));
  EXPECT_TRUE(condition.Has(Trouble::kRefused)) << "one that ends says nothing of the other";
  condition.Ended(Trouble::kRefused);
  EXPECT_TRUE(condition.Now().empty());
}

TEST(ConditionTest, CallersHearASentenceAndOperatorsTheCause) {
  const absl::Status full = DiskFullError("sqlite 13");
  EXPECT_TRUE(IsDiskFull(full));
  EXPECT_FALSE(IsRefused(full));
  EXPECT_TRUE(IsOutage(full)) << "a consumer pauses on it";
  EXPECT_EQ(ReasonOf(full), "DISK_FULL");
  EXPECT_EQ(CauseOf(full), "sqlite 13");
  EXPECT_EQ(full.message().find("sqlite"), absl::string_view::npos);
  const absl::Status refused = RefusedError("postgres 28P01");
  EXPECT_TRUE(IsRefused(refused));
  EXPECT_TRUE(IsOutage(refused));
  EXPECT_EQ(CauseOf(refused), "postgres 28P01");
  EXPECT_EQ(CauseOf(absl::UnavailableError("away")), "away");
}

TEST(ConditionTest, WhatMayPassIsTriedAgainAndAFullDiskLater) {
  EXPECT_GT(RetryAfter(DiskFullError("")), RetryAfter(absl::UnavailableError("")));
  EXPECT_GT(RetryAfter(absl::UnavailableError("")), absl::ZeroDuration());
  EXPECT_GT(RetryAfter(absl::ResourceExhaustedError("")), absl::ZeroDuration());
  EXPECT_EQ(RetryAfter(absl::NotFoundError("")), absl::ZeroDuration());
}

}  // namespace
}  // namespace tremplin::status
