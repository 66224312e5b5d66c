#ifndef TREMPLIN_SERVICES_NOTIFICATION_APP_MAIL_LINKS_H_
#define TREMPLIN_SERVICES_NOTIFICATION_APP_MAIL_LINKS_H_

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/clock/clock.h"
#include "common/database/database.h"
#include "common/messages/message.h"
#include "common/peers/peers.h"
#include "common/program/program_store.h"
#include "common/rpc/call.h"
#include "common/seal/seal.h"
#include "services/notification/domain/mail_link.h"
#include "services/notification/domain/templates.h"
#include "services/notification/store/mail_store.h"
#include "tremplin/notification/v1/notification.pb.h"

namespace tremplin::notification {

// The page of the gateway at which people follow a link (services/gateway/app/mail_page.h).
// `answer` is a code of AnswersTo, or kUnsubscribeCode; `base` is config's public-url.
std::string MailLinkUrl(const seal::Sealer& sealer, std::string_view base,
                        messages::Language language, std::string_view message,
                        std::string_view answer, absl::Time expires);

// What the handlers of links stand on; all of it outlives them.
struct MailLinkDeps {
  database::Database& db;
  peers::Peers& peers;
  const seal::Sealer& sealer;
  const clock::Clock& clock;
  program::ProgramStore& programs;
};

// The methods of MailLinkService; what each does stands in its proto. Thread-safe.
class MailLinks {
 public:
  explicit MailLinks(const MailLinkDeps& deps) : deps_(deps) {}

  absl::StatusOr<v1::MailLink> GetMailLink(const rpc::CallContext& call,
                                           const v1::GetMailLinkRequest& request);
  absl::StatusOr<v1::MailLink> FollowMailLink(const rpc::CallContext& call,
                                              const v1::FollowMailLinkRequest& request);

 private:
  // What a token leads to, as it was read.
  struct Lead {
    QueuedMessage message;
    MailRow mail;
    const LinkAnswer* answer = nullptr;
    bool used = false;
  };

  absl::StatusOr<Lead> Read(const std::string& token);
  v1::MailLink ToProto(const Lead& lead, v1::MailLink::State state);
  // Tells the service whose question it is; nothing for what is notification's own.
  absl::Status Pass(const rpc::CallContext& call, const Lead& lead, const std::string& reason);
  // False where another answer was quicker.
  absl::StatusOr<bool> Keep(const rpc::CallContext& call, const Lead& lead);

  const MailLinkDeps deps_;
};

}  // namespace tremplin::notification

#endif  // TREMPLIN_SERVICES_NOTIFICATION_APP_MAIL_LINKS_H_
