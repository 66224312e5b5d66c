#ifndef TREMPLIN_SERVICES_NOTIFICATION_APP_POSTING_H_
#define TREMPLIN_SERVICES_NOTIFICATION_APP_POSTING_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/database/database.h"
#include "common/seal/seal.h"
#include "services/notification/http/poster.h"
#include "services/notification/store/webhook_store.h"

// How a webhook's secrets are kept, and what is posted to it.
namespace tremplin::notification {

// The bytes of a secret, sealed under a key of the webhook's own.
absl::StatusOr<std::string> SealSecret(const seal::Sealer& sealer, database::Transaction& tx,
                                       const std::string& webhook, std::string_view bytes);
// Those that are live at `now`, the newest first.
absl::StatusOr<std::vector<std::string>> OpenSecrets(const seal::Sealer& sealer,
                                                     database::Reader& reader,
                                                     const WebhookRow& webhook, absl::Time now);
// None of its secrets can be opened again.
absl::Status EraseSecrets(const seal::Sealer& sealer, database::Transaction& tx,
                          const std::string& webhook);

// `body` under `id`, signed with each secret as of `now`.
PostRequest SignedPost(const std::string& url, const std::vector<std::string>& secrets,
                       const std::string& id, absl::Time now, std::string body);

}  // namespace tremplin::notification

#endif  // TREMPLIN_SERVICES_NOTIFICATION_APP_POSTING_H_
