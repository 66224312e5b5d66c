#ifndef TREMPLIN_SERVICES_NOTIFICATION_DOMAIN_TEMPLATES_H_
#define TREMPLIN_SERVICES_NOTIFICATION_DOMAIN_TEMPLATES_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/time/time.h"
#include "absl/types/span.h"
#include "common/messages/message.h"
#include "services/notification/domain/mail.h"

// Which messages there are. A message is a row: it is queued, and read; it has no other state.
namespace tremplin::notification {

// The numbers are those of the API and are stored.
enum class RecipientKind {
  kPerson = 1,
  kOrganization = 2,
  kStaff = 3,
  kApplicant = 4,
  kAccount = 5
};

struct Template {
  std::string_view code;      // "proposal_made"
  messages::Message subject;  // {0} stands for what the program calls the one it is about
  messages::Message body;
  std::optional<RecipientKind> only = std::nullopt;  // worded for recipients of this kind
};

// All of them. Of a code with several, one is worded for everybody it is not otherwise worded for.
absl::Span<const Template> Templates();
// The wording of a code for a kind of recipient; nullptr when there is none.
const Template* FindTemplate(std::string_view code, RecipientKind kind);

struct Recipient {
  RecipientKind kind = RecipientKind::kPerson;
  std::string id;  // of the person, organization, program or account; an applicant's referral
};

// Whom a message speaks of, by what their program calls those on their side in the format.
struct Spoken {
  int64_t program_version = 0;  // 0 when it speaks of nobody
  std::string format;
  int side = 0;  // a Subject of the definition
};

struct QueuedMessage {
  std::string id;
  Recipient recipient;
  std::string program;
  std::string template_code;
  std::string about;  // "proposals/…"
  absl::Time created;
  Spoken spoken = {};
  // How it stands as mail; read with it, and written by what sends it.
  MailState mail = MailState::kNone;
  std::string mail_reason = {};
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
