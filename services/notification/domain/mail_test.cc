#include "services/notification/domain/mail.h"

#include "gtest/gtest.h"

namespace tremplin::notification {
namespace {

using Verdict = Sent::Verdict;

const absl::Time kQueued = absl::FromUnixSeconds(1'767'600'000);

MailStanding Try(Verdict verdict, absl::Duration after, int tries = 0, uint64_t draw = 0) {
  return AfterTry({.tries = tries, .next = kQueued}, {.verdict = verdict, .error = "why"}, kQueued,
                  kQueued + after, draw);
}

TEST(Mail, IsSentOrRefusedOnce) {
  EXPECT_EQ(Try(Verdict::kTaken, absl::Seconds(1)).state, MailState::kSent);
  const MailStanding refused = Try(Verdict::kRefused, absl::Seconds(1));
  EXPECT_EQ(refused.state, MailState::kToPhone);
  EXPECT_EQ(refused.reason, "refused");
}

TEST(Mail, IsTriedAgainLaterAndLater_WithASpread) {
  const MailStanding first = Try(Verdict::kNotNow, absl::ZeroDuration());
  EXPECT_EQ(first.state, MailState::kQueued);
  EXPECT_EQ(first.tries, 1);
  EXPECT_EQ(first.reason, "why");
  EXPECT_EQ(first.next, kQueued + absl::Seconds(10));
  EXPECT_EQ(Try(Verdict::kNotNow, absl::ZeroDuration(), 3).next, kQueued + absl::Seconds(80));
  EXPECT_LT(Try(Verdict::kNotNow, absl::ZeroDuration(), 3, 512).next, kQueued + absl::Seconds(80));
  EXPECT_EQ(Try(Verdict::kNotNow, absl::ZeroDuration(), 30).next, kQueued + absl::Hours(6));
}

TEST(Mail, DoesNotWaitForLongOnceAServerIsBack) {
  EXPECT_EQ(Try(Verdict::kAway, absl::ZeroDuration(), 30).next, kQueued + kLongestAway);
  EXPECT_EQ(PauseAfter(1, 0), absl::Seconds(10));
  EXPECT_EQ(PauseAfter(1000, 0), kLongestAway);
}

TEST(Mail, EndsAfterThreeDays_WithALastTryThen) {
  const MailStanding late = Try(Verdict::kNotNow, absl::Hours(71), 30);
  EXPECT_EQ(late.state, MailState::kQueued);
  EXPECT_EQ(late.next, kQueued + kPatience);
  for (const Verdict verdict : {Verdict::kNotNow, Verdict::kAway}) {
    const MailStanding over = Try(verdict, kPatience, 30);
    EXPECT_EQ(over.state, MailState::kToPhone);
    EXPECT_EQ(over.reason, "expired");
  }
}

TEST(Mail, OfATryThatWasCutOffNothingStays) {
  const MailStanding same = Try(Verdict::kCancelled, kPatience, 5);
  EXPECT_EQ(same.state, MailState::kQueued);
  EXPECT_EQ(same.tries, 5);
}

}  // namespace
}  // namespace tremplin::notification
