#ifndef TREMPLIN_SERVICES_NOTIFICATION_DOMAIN_WEBHOOK_H_
#define TREMPLIN_SERVICES_NOTIFICATION_DOMAIN_WEBHOOK_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/time/time.h"
#include "common/messages/message.h"
#include "services/notification/domain/retry.h"

// What becomes of a webhook by what its address answers. Pure; times are system time.
//
//   enabled → enabled    2xx: the next entry's turn; anything else: this one again, later
//   enabled → gone       410
//   enabled → suspended  three days after the first failure of an entry, at a last try then
//   any     → disabled, enabled   by its owner, who begins anew with the entry whose turn it is
namespace tremplin::notification {

// The numbers are those of the API and are stored.
enum class WebhookState { kEnabled = 1, kDisabled = 2, kGone = 3, kSuspended = 4 };

// What it means, and what to do where nothing comes.
const messages::Message& MeaningOf(WebhookState state);

inline constexpr absl::Duration kLongestAnswer = absl::Seconds(20);
inline constexpr absl::Duration kFormerSecretLives = absl::Hours(24);
inline constexpr absl::Duration kDeliveriesKept = absl::Hours(24 * 30);
inline constexpr int kMostOfOrganization = 5;

// What came of one try.
struct Answer {
  int status = 0;          // of HTTP; 0 when nothing was answered
  std::string error = {};  // why nothing was, as the API says it: "timeout"

  // Why the entry was not taken, as the API says it; "" when it was.
  std::string_view Fault() const;
  bool taken() const { return Fault().empty(); }
};

// How a webhook stands with the entry whose turn it is.
struct Standing {
  WebhookState state = WebhookState::kEnabled;
  int failures = 0;
  absl::Time failing_since = absl::InfinitePast();  // of the first of them
  absl::Time next = absl::InfinitePast();           // not before
  std::string last_error = {};
};

// `draw` spreads the waits (WaitAfter).
Standing After(const Standing& before, const Answer& answer, absl::Time now, uint64_t draw);

}  // namespace tremplin::notification

#endif  // TREMPLIN_SERVICES_NOTIFICATION_DOMAIN_WEBHOOK_H_
