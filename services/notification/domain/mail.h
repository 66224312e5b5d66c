#ifndef TREMPLIN_SERVICES_NOTIFICATION_DOMAIN_MAIL_H_
#define TREMPLIN_SERVICES_NOTIFICATION_DOMAIN_MAIL_H_

#include <cstdint>
#include <string>

#include "absl/time/time.h"
#include "services/notification/domain/retry.h"

// What becomes of a message as mail. Pure; times are system time.
//
//   queued → sent      the server took it
//   queued → queued    not now (4xx), or the server is not reached: again, later
//   queued → to phone  there is no address, or it is refused (5xx), or they want no mail, or three
//                      days are over: staff tell what it says
//   queued → withheld  it is not to be told any more: they left, withdrew consent or were erased
namespace tremplin::notification {

// The numbers are those of the API and are stored.
enum class MailState { kNone = 0, kQueued = 1, kSent = 2, kToPhone = 3, kWithheld = 4 };

// What came of one try.
struct Sent {
  enum class Verdict {
    kTaken,
    kNotNow,     // of this mail
    kRefused,    // this recipient, or what it says
    kAway,       // no mail is taken: not reached, no TLS, a login that is refused
    kCancelled,  // by the end of this process: nothing came of it
  };
  Verdict verdict = Verdict::kAway;
  std::string error = {};  // coded, as the API says it; "" when it was taken
};

struct MailStanding {
  MailState state = MailState::kQueued;
  int tries = 0;
  absl::Time next = absl::InfinitePast();  // not before
  std::string reason = {};                 // Message.mail_reason of the API
};

// While the server is away no mail waits for longer once it is back.
inline constexpr absl::Duration kLongestAway = absl::Minutes(5);

// How it stands after a try at `now`; `queued` is when it was made, `draw` spreads the waits.
MailStanding AfterTry(const MailStanding& before, const Sent& sent, absl::Time queued,
                      absl::Time now, uint64_t draw);
// For how long nothing is tried while the server is away, after so many tries in a row.
absl::Duration PauseAfter(int failures, uint64_t draw);

}  // namespace tremplin::notification

#endif  // TREMPLIN_SERVICES_NOTIFICATION_DOMAIN_MAIL_H_
