// Token buckets of clients, own and shared, and what is shed first.

#include "services/gateway/app/limits.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <string>

#include "gtest/gtest.h"
#include "services/gateway/api/api.h"

namespace tremplin::gateway {
namespace {

class LimiterTest : public ::testing::Test {
 protected:
  Limiter Make(cache::Rate rate, cache::Buckets* shared = nullptr, size_t most = 100) {
    return Limiter(rate, shared, most, [this] { return now_; });
  }
  static int Taken(Limiter& limiter, const std::string& client, int tries) {
    int taken = 0;
    for (int i = 0; i < tries; ++i) taken += limiter.Take(client) == absl::ZeroDuration() ? 1 : 0;
    return taken;
  }
  absl::Time now_ = absl::UnixEpoch();
};

TEST_F(LimiterTest, ABurstThenTheRate) {
  Limiter limiter = Make({.per_second = 2, .burst = 5});
  EXPECT_EQ(Taken(limiter, "a", 20), 5);
  EXPECT_EQ(limiter.Take("a"), absl::Milliseconds(500));
  now_ += absl::Seconds(1);
  EXPECT_EQ(Taken(limiter, "a", 20), 2);
  now_ += absl::Hours(1);
  EXPECT_EQ(Taken(limiter, "a", 20), 5) << "no more than the burst is saved";
}

TEST_F(LimiterTest, EachClientHasItsOwn) {
  Limiter limiter = Make({.per_second = 1, .burst = 3});
  EXPECT_EQ(Taken(limiter, "a", 10), 3);
  EXPECT_EQ(Taken(limiter, "b", 10), 3);
}

TEST_F(LimiterTest, NoRateIsNoLimit) {
  Limiter limiter = Make({});
  EXPECT_EQ(Taken(limiter, "a", 1000), 1000);
}

TEST_F(LimiterTest, ClientsAreForgottenFromTheLongestUnseen) {
  Limiter limiter = Make({.per_second = 1, .burst = 1}, nullptr, 2);
  EXPECT_EQ(Taken(limiter, "a", 1), 1);
  EXPECT_EQ(Taken(limiter, "b", 1), 1);
  EXPECT_EQ(Taken(limiter, "a", 1), 0);
  EXPECT_EQ(Taken(limiter, "c", 1), 1);  // in place of b
  EXPECT_EQ(Taken(limiter, "a", 1), 0);
  EXPECT_EQ(Taken(limiter, "b", 1), 1);
}

// One bucket of so many tokens for all who share it, which may be away.
class FakeShared final : public cache::Buckets {
 public:
  std::optional<Grant> Take(const std::string&, const cache::Rate&, int wanted) override {
    ++asked;
    if (away) return std::nullopt;
    const int given = std::min(wanted, tokens);
    tokens -= given;
    return Grant{given, absl::Seconds(3)};
  }
  int tokens = 100;
  int asked = 0;
  bool away = false;
};

TEST_F(LimiterTest, ReplicasShareABucket_AFewTokensAtATime) {
  FakeShared shared;
  Limiter one = Make({.per_second = 1, .burst = 100}, &shared);
  Limiter other = Make({.per_second = 1, .burst = 100}, &shared);
  EXPECT_EQ(Taken(one, "a", 60) + Taken(other, "a", 60), 100);
  EXPECT_LT(shared.asked, 60);
  EXPECT_EQ(one.Take("a"), absl::Seconds(3));
}

TEST_F(LimiterTest, WhatIsSharedAndAwayIsCountedHere) {
  FakeShared shared;
  shared.away = true;
  Limiter limiter = Make({.per_second = 1, .burst = 7}, &shared);
  EXPECT_EQ(Taken(limiter, "a", 20), 7);
}

TEST(Importance, FiguresGoBeforeWhatPeopleWaitFor) {
  const std::unique_ptr<Api> api = *Api::Load();
  const auto transcoder = *transcoding::Transcoder::Make(api->Methods());
  const auto of = [&](const char* method, const char* path) {
    return ImportanceOf(**transcoder->Find(method, path));
  };
  EXPECT_EQ(of("GET", "/v1/referrals/a"), Importance::kRead);
  EXPECT_EQ(of("GET", "/v1/programs/a"), Importance::kRead);
  EXPECT_EQ(of("POST", "/v1/eligibility:check"), Importance::kRead);
  EXPECT_EQ(of("POST", "/v1/referrals"), Importance::kWrite);
  int reports = 0;
  for (const auto& route : transcoder->routes()) {
    reports += ImportanceOf(*route) == Importance::kReport ? 1 : 0;
  }
  EXPECT_GT(reports, 0);
  EXPECT_FALSE(IsShed(Importance::kReport, absl::Milliseconds(50)));
  EXPECT_TRUE(IsShed(Importance::kReport, absl::Milliseconds(200)));
  EXPECT_FALSE(IsShed(Importance::kRead, absl::Milliseconds(200)));
  EXPECT_TRUE(IsShed(Importance::kRead, absl::Seconds(1)));
  EXPECT_FALSE(IsShed(Importance::kWrite, absl::Seconds(1)));
  EXPECT_TRUE(IsShed(Importance::kWrite, absl::Seconds(3)));
}

}  // namespace
}  // namespace tremplin::gateway
