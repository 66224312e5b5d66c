#ifndef TREMPLIN_SERVICES_NOTIFICATION_APP_QUEUEING_H_
#define TREMPLIN_SERVICES_NOTIFICATION_APP_QUEUEING_H_

#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "common/database/database.h"
#include "common/outbox/outbox.h"
#include "services/notification/domain/templates.h"

namespace tremplin::notification {

// What a message is as mail, beside what it says.
struct MailTerms {
  std::string enrolment;  // as part of which they are told; "" where they are told regardless
  std::string step;       // of the proposal, at which they are asked; "" for others
  absl::Time queued;      // system time
};

// Keeps a message and tells of it, once, however often its fact is told. With `mail` it is sent,
// where it is to a person, an applicant or an account: organizations and staff read theirs.
absl::Status QueueMessage(database::Transaction& tx, const outbox::Outbox& outbox,
                          const QueuedMessage& message,
                          const std::optional<MailTerms>& mail = std::nullopt);

}  // namespace tremplin::notification

#endif  // TREMPLIN_SERVICES_NOTIFICATION_APP_QUEUEING_H_
