#include "services/notification/domain/webhook.h"

#include <algorithm>

#include "services/notification/messages.h"

namespace tremplin::notification {
namespace {

constexpr int kGoneStatus = 410;

}  // namespace

const messages::Message& MeaningOf(WebhookState state) {
  switch (state) {
    case WebhookState::kEnabled:
      return kWebhookEnabled;
    case WebhookState::kDisabled:
      return kWebhookDisabled;
    case WebhookState::kGone:
      return kWebhookGone;
    case WebhookState::kSuspended:
      return kWebhookSuspended;
  }
  return kWebhookDisabled;
}

std::string_view Answer::Fault() const {
  if (!error.empty()) return error;
  if (status >= 200 && status < 300) return "";
  if (status >= 300 && status < 400) return "redirect";
  return status == kGoneStatus ? "gone" : "status";
}

Standing After(const Standing& before, const Answer& answer, absl::Time now, uint64_t draw) {
  if (answer.taken()) return {};
  Standing after = before;
  after.last_error = std::string(answer.Fault());
  ++after.failures;
  if (before.failures == 0) after.failing_since = now;
  if (after.last_error == "gone") {
    after.state = WebhookState::kGone;
    return after;
  }
  const absl::Time limit = after.failing_since + kPatience;
  if (now >= limit) {
    after.state = WebhookState::kSuspended;
    return after;
  }
  after.next = std::min(limit, now + WaitAfter(after.failures, draw));
  return after;
}

}  // namespace tremplin::notification
