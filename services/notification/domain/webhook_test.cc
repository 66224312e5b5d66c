#include "services/notification/domain/webhook.h"

#include <set>

#include "gtest/gtest.h"

namespace tremplin::notification {
namespace {

constexpr uint64_t kNoSpread = 0;  // the draw that takes nothing off
const absl::Time kNow = absl::FromUnixSeconds(1'800'000'000);

Standing Failed(int failures, absl::Time since) {
  return {.failures = failures, .failing_since = since, .next = since, .last_error = "timeout"};
}

TEST(Answer, IsTakenBy2xxAlone) {
  for (const int status : {200, 201, 202, 204, 299}) {
    EXPECT_TRUE(Answer{.status = status}.taken()) << status;
  }
  for (const int status : {0, 100, 199, 400, 401, 404, 429, 500, 503}) {
    EXPECT_EQ(Answer{.status = status}.Fault(), "status") << status;
  }
  for (const int status : {300, 301, 302, 307, 308}) {
    EXPECT_EQ(Answer{.status = status}.Fault(), "redirect") << status;
  }
  EXPECT_EQ(Answer{.status = 410}.Fault(), "gone");
  EXPECT_EQ(Answer{.error = "timeout"}.Fault(), "timeout");
}

TEST(WaitAfter, DoublesUpToSixHours_LessAQuarterAtMost) {
  const int seconds[] = {10, 20, 40, 80, 160, 320, 640, 1280, 2560, 5120, 10240, 20480, 21600};
  for (int failures = 1; failures <= 13; ++failures) {
    const absl::Duration whole = absl::Seconds(seconds[failures - 1]);
    EXPECT_EQ(WaitAfter(failures, kNoSpread), whole);
    for (uint64_t draw = 0; draw < 5000; draw += 7) {
      EXPECT_LE(WaitAfter(failures, draw), whole);
      EXPECT_GT(WaitAfter(failures, draw), whole * 3 / 4);
    }
  }
  EXPECT_EQ(WaitAfter(1'000'000, kNoSpread), kLongestWait);
  std::set<absl::Duration> waits;
  for (uint64_t draw = 0; draw < 100; ++draw) waits.insert(WaitAfter(5, draw));
  EXPECT_EQ(waits.size(), 100u);
}

TEST(After, TakenIsTheNextOnesTurn) {
  const Standing after = After(Failed(7, kNow - absl::Hours(2)), {.status = 204}, kNow, kNoSpread);
  EXPECT_EQ(after.state, WebhookState::kEnabled);
  EXPECT_EQ(after.failures, 0);
  EXPECT_EQ(after.failing_since, absl::InfinitePast());
  EXPECT_EQ(after.next, absl::InfinitePast());
  EXPECT_EQ(after.last_error, "");
}

TEST(After, AFailureIsTriedAgainLater) {
  const Standing first = After({}, {.status = 500}, kNow, kNoSpread);
  EXPECT_EQ(first.state, WebhookState::kEnabled);
  EXPECT_EQ(first.failures, 1);
  EXPECT_EQ(first.failing_since, kNow);
  EXPECT_EQ(first.next, kNow + absl::Seconds(10));
  EXPECT_EQ(first.last_error, "status");
  const absl::Time later = kNow + absl::Seconds(11);
  const Standing second = After(first, {.error = "timeout"}, later, kNoSpread);
  EXPECT_EQ(second.failures, 2);
  EXPECT_EQ(second.failing_since, kNow);
  EXPECT_EQ(second.next, later + absl::Seconds(20));
  EXPECT_EQ(second.last_error, "timeout");
}

TEST(After, GoneEndsItAtOnce) {
  const Standing after = After({}, {.status = 410}, kNow, kNoSpread);
  EXPECT_EQ(after.state, WebhookState::kGone);
  EXPECT_EQ(after.failures, 1);
}

TEST(After, ThreeDaysSuspendIt_AtALastTryThen) {
  const absl::Time limit = kNow + kPatience;
  const Standing near =
      After(Failed(20, kNow), {.status = 500}, limit - absl::Seconds(1), kNoSpread);
  EXPECT_EQ(near.state, WebhookState::kEnabled);
  EXPECT_EQ(near.next, limit);
  const Standing last = After(near, {.status = 500}, limit, kNoSpread);
  EXPECT_EQ(last.state, WebhookState::kSuspended);
  EXPECT_EQ(last.failing_since, kNow);
  EXPECT_EQ(After(near, {.status = 200}, limit, kNoSpread).state, WebhookState::kEnabled);
}

TEST(MeaningOf, IsSaidOfEachState) {
  std::set<std::string_view> reasons;
  for (const WebhookState state : {WebhookState::kEnabled, WebhookState::kDisabled,
                                   WebhookState::kGone, WebhookState::kSuspended}) {
    reasons.insert(MeaningOf(state).reason());
  }
  EXPECT_EQ(reasons.size(), 4u);
}

}  // namespace
}  // namespace tremplin::notification
