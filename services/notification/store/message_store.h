#ifndef TREMPLIN_SERVICES_NOTIFICATION_STORE_MESSAGE_STORE_H_
#define TREMPLIN_SERVICES_NOTIFICATION_STORE_MESSAGE_STORE_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/database/database.h"
#include "services/notification/domain/templates.h"

// Rows of messages, and of the participations that ended. Free functions: the caller owns the
// transaction.
namespace tremplin::notification {

// False when it was there already.
absl::StatusOr<bool> InsertMessage(database::Transaction& tx, const QueuedMessage& message);

absl::StatusOr<std::optional<QueuedMessage>> FindMessage(database::Reader& reader,
                                                         const std::string& id);

struct MessageFilter {
  // One of the three, the narrowest first: a recipient's, a program's, or everybody's.
  std::optional<Recipient> recipient;
  std::string program;
  std::string template_code;  // "" for all
  int64_t after = 0;          // sequence of the last one shown
  int limit = 100;
  absl::Time now = absl::InfinitePast();  // business time: as of when consent is looked at
};
struct ListedMessage {
  int64_t sequence = 0;
  QueuedMessage message;
};
// Oldest first.
absl::StatusOr<std::vector<ListedMessage>> ListMessages(database::Reader& reader,
                                                        const MessageFilter& filter);

// Whether an organization is not shown the message: whom it is about agrees to that no more, or did
// not when it was written.
absl::StatusOr<bool> IsSilent(database::Reader& reader, const QueuedMessage& message,
                              absl::Time now);

// Keeps that the participation ended: nothing more is sent to the person as part of it.
absl::Status SaveLeft(database::Transaction& tx, const std::string& enrolment, absl::Time at);
absl::StatusOr<bool> HasLeft(database::Reader& reader, const std::string& enrolment);

}  // namespace tremplin::notification

#endif  // TREMPLIN_SERVICES_NOTIFICATION_STORE_MESSAGE_STORE_H_
