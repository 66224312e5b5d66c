#ifndef TREMPLIN_SERVICES_NOTIFICATION_APP_MAIL_PREFERENCES_H_
#define TREMPLIN_SERVICES_NOTIFICATION_APP_MAIL_PREFERENCES_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/clock/clock.h"
#include "common/database/database.h"
#include "common/peers/peers.h"
#include "common/rpc/call.h"
#include "common/rpc/idempotency.h"
#include "services/notification/domain/templates.h"
#include "tremplin/notification/v1/notification.pb.h"

namespace tremplin::notification {

// Whether somebody is sent mail: asked for, and said anew, by them or by staff who see them. Whom a
// caller sees is registration's and referral's to say, and is asked of them as the caller: what
// they do not find is not found here. Thread-safe.
class MailPreferences {
 public:
  MailPreferences(database::Database& db, rpc::Commands& commands, peers::Peers& peers,
                  const clock::Clock& clock);
  absl::StatusOr<v1::MailPreference> GetMailPreference(const rpc::CallContext& call,
                                                       const v1::GetMailPreferenceRequest& request);
  absl::StatusOr<v1::MailPreference> SetMailPreference(const rpc::CallContext& call,
                                                       const v1::SetMailPreferenceRequest& request);

 private:
  // Who is meant: by the name of today first. Linked people have several, to each of which a
  // message may have been made.
  struct Meant {
    std::string name;
    std::vector<Recipient> recipients;
  };
  absl::StatusOr<Meant> Find(const rpc::CallContext& call, const std::string& name);

  database::Database& db_;
  rpc::Commands& commands_;
  peers::Peers& peers_;
  const clock::Clock& clock_;
};

}  // namespace tremplin::notification

#endif  // TREMPLIN_SERVICES_NOTIFICATION_APP_MAIL_PREFERENCES_H_
