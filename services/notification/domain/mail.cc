#include "services/notification/domain/mail.h"

#include <algorithm>

namespace tremplin::notification {

absl::Duration PauseAfter(int failures, uint64_t draw) {
  return std::min(WaitAfter(failures, draw), kLongestAway);
}

MailStanding AfterTry(const MailStanding& before, const Sent& sent, absl::Time queued,
                      absl::Time now, uint64_t draw) {
  MailStanding after = before;
  if (sent.verdict == Sent::Verdict::kCancelled) return after;
  ++after.tries;
  after.reason = sent.error;
  if (sent.verdict == Sent::Verdict::kTaken) {
    after.state = MailState::kSent;
    return after;
  }
  if (sent.verdict == Sent::Verdict::kRefused) {
    after.state = MailState::kToPhone;
    after.reason = "refused";
    return after;
  }
  const absl::Time limit = queued + kPatience;
  if (now >= limit) {
    after.state = MailState::kToPhone;
    after.reason = "expired";
    return after;
  }
  const absl::Duration wait = sent.verdict == Sent::Verdict::kAway ? PauseAfter(after.tries, draw)
                                                                   : WaitAfter(after.tries, draw);
  after.next = std::min(limit, now + wait);
  return after;
}

}  // namespace tremplin::notification
