#ifndef TREMPLIN_SERVICES_NOTIFICATION_DOMAIN_MAIL_LINK_H_
#define TREMPLIN_SERVICES_NOTIFICATION_DOMAIN_MAIL_LINK_H_

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"
#include "absl/types/span.h"
#include "common/messages/message.h"

// What can be answered to a mail by one of its links, and the links' tokens. Pure.
namespace tremplin::notification {

struct LinkAnswer {
  std::string_view code;    // "yes"; of lower-case letters and underscores
  messages::Message label;  // what the link says
  messages::Message told;   // what follows of it
};

inline constexpr std::string_view kUnsubscribeCode = "unsubscribe";

// nullptr when there is none of that code.
const LinkAnswer* FindLinkAnswer(std::string_view code);
// Those of a message's question: none for most templates. `step` is the proposal's at which its
// people were asked, "" where they are asked nothing.
std::vector<const LinkAnswer*> AnswersTo(std::string_view template_code, std::string_view step);

// Why somebody says no, of which a "no" names one.
struct LinkReason {
  std::string_view code;
  messages::Message text;
};
absl::Span<const LinkReason> ReasonsFor(std::string_view answer_code);
bool IsReasonFor(std::string_view answer_code, std::string_view reason);

inline constexpr absl::Duration kLinkLives = absl::Hours(24 * 30);

// What a token says. Whose message it is follows from the message.
struct LinkTerms {
  std::string message;
  std::string answer;
  absl::Time expires;  // whole seconds of system time
};
// A keyed hash of a text, in letters and digits.
using Signer = std::function<std::string(std::string_view)>;

// Of letters, digits, ".", "-" and "_" alone.
std::string MakeToken(const LinkTerms& terms, const Signer& sign);
// Nothing for what was not made with the same key. It may have expired.
std::optional<LinkTerms> ReadToken(std::string_view token, const Signer& sign);

}  // namespace tremplin::notification

#endif  // TREMPLIN_SERVICES_NOTIFICATION_DOMAIN_MAIL_LINK_H_
