#include "services/notification/app/queueing.h"

#include "common/status/macros.h"
#include "services/notification/store/mail_store.h"
#include "services/notification/store/message_store.h"
#include "tremplin/notification/events/v1/events.pb.h"

namespace tremplin::notification {

absl::Status QueueMessage(database::Transaction& tx, const outbox::Outbox& outbox,
                          const QueuedMessage& message, const std::optional<MailTerms>& mail) {
  TREMPLIN_ASSIGN_OR_RETURN(const bool inserted, InsertMessage(tx, message));
  if (!inserted) return absl::OkStatus();
  const RecipientKind kind = message.recipient.kind;
  const bool to_somebody = kind == RecipientKind::kPerson || kind == RecipientKind::kApplicant ||
                           kind == RecipientKind::kAccount;
  if (mail.has_value() && to_somebody) {
    TREMPLIN_RETURN_IF_ERROR(InsertMail(tx, {.message = message.id,
                                             .recipient = message.recipient,
                                             .enrolment = mail->enrolment,
                                             .step = mail->step,
                                             .queued = mail->queued}));
  }
  events::v1::MessageQueued fact;
  fact.set_message(message.id);
  fact.set_recipient(message.recipient.id);
  fact.set_template_(message.template_code);
  return outbox.Append(tx, message.id, message.created, fact);
}

}  // namespace tremplin::notification
