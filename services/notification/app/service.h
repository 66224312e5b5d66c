#ifndef TREMPLIN_SERVICES_NOTIFICATION_APP_SERVICE_H_
#define TREMPLIN_SERVICES_NOTIFICATION_APP_SERVICE_H_

#include "absl/status/statusor.h"
#include "common/database/database.h"
#include "common/program/program_store.h"
#include "common/rpc/call.h"
#include "services/notification/domain/templates.h"
#include "tremplin/notification/v1/notification.pb.h"

namespace tremplin::notification {

// The methods of NotificationService: reading the outbox of messages. Operators see all, staff
// their program's (all when their credential names none), a person, agency or organization what is
// addressed to them; the rest is NOT_FOUND. Thread-safe.
class Service {
 public:
  Service(database::Database& db, program::ProgramStore& programs);
  absl::StatusOr<v1::Message> GetMessage(const rpc::CallContext& call,
                                         const v1::GetMessageRequest& request);
  absl::StatusOr<v1::ListMessagesResponse> ListMessages(const rpc::CallContext& call,
                                                        const v1::ListMessagesRequest& request);

 private:
  // In both languages, with what the program calls the one it speaks of.
  v1::Message ToProto(const QueuedMessage& message) const;

  database::Database& db_;
  program::ProgramStore& programs_;
};

}  // namespace tremplin::notification

#endif  // TREMPLIN_SERVICES_NOTIFICATION_APP_SERVICE_H_
