#ifndef TREMPLIN_SERVICES_NOTIFICATION_DOMAIN_TEMPLATES_H_
#define TREMPLIN_SERVICES_NOTIFICATION_DOMAIN_TEMPLATES_H_

#include <string>
#include <string_view>

#include "absl/time/time.h"
#include "absl/types/span.h"
#include "common/messages/message.h"

// Which messages there are. A message is a row: it is queued, and read; it has no other state.
namespace tremplin::notification {

// The numbers are those of the API and are stored.
enum class RecipientKind { kPerson = 1, kOrganization = 2, kStaff = 3 };

struct Template {
  std::string_view code;  // "proposal_made"
  messages::Message subject;
  messages::Message body;
};

// All of them.
absl::Span<const Template> Templates();
// nullptr when there is none.
const Template* FindTemplate(std::string_view code);

struct Recipient {
  RecipientKind kind = RecipientKind::kPerson;
  std::string id;  // of the person, organization or program
};

struct QueuedMessage {
  std::string id;
  Recipient recipient;
  std::string program;
  std::string template_code;
  std::string about;  // "proposals/…"
  absl::Time created;
};

// The message that fact `event_id` causes for one recipient: its id follows from the two, so that
// the fact told twice makes it once.
QueuedMessage MakeMessage(std::string_view event_id, const Recipient& recipient,
                          std::string_view template_code, std::string_view program,
                          std::string_view about, absl::Time created);

// What the row-level wall compares with: the organization's id for what is addressed to one, else
// a value no organization's id can have (it holds a colon).
std::string TenantOf(const Recipient& recipient);

}  // namespace tremplin::notification

#endif  // TREMPLIN_SERVICES_NOTIFICATION_DOMAIN_TEMPLATES_H_
