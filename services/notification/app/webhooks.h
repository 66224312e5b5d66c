#ifndef TREMPLIN_SERVICES_NOTIFICATION_APP_WEBHOOKS_H_
#define TREMPLIN_SERVICES_NOTIFICATION_APP_WEBHOOKS_H_

#include <atomic>
#include <functional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/clock/clock.h"
#include "common/database/database.h"
#include "common/peers/peers.h"
#include "common/program/program_store.h"
#include "common/rpc/call.h"
#include "common/rpc/idempotency.h"
#include "common/seal/seal.h"
#include "services/notification/http/poster.h"
#include "services/notification/store/webhook_store.h"
#include "tremplin/notification/v1/notification.pb.h"

namespace tremplin::notification {

// What the handlers of webhooks stand on; all of it outlives them.
struct WebhookDeps {
  database::Database& db;
  rpc::Commands& commands;
  peers::Peers& peers;
  const seal::Sealer& sealer;
  const clock::Clock& clock;
  program::ProgramStore& programs;
  Poster& poster;
  bool inside = false;            // addresses inside the own network are taken
  std::function<void()> changed;  // a webhook was made or changed
};

// The methods of WebhookService; what each does stands in its proto. Thread-safe.
class Webhooks {
 public:
  explicit Webhooks(WebhookDeps deps);

  absl::StatusOr<v1::Webhook> CreateWebhook(const rpc::CallContext& call,
                                            const v1::CreateWebhookRequest& request);
  absl::StatusOr<v1::Webhook> GetWebhook(const rpc::CallContext& call,
                                         const v1::GetWebhookRequest& request);
  absl::StatusOr<v1::ListWebhooksResponse> ListWebhooks(const rpc::CallContext& call,
                                                        const v1::ListWebhooksRequest& request);
  absl::StatusOr<v1::Webhook> UpdateWebhook(const rpc::CallContext& call,
                                            const v1::UpdateWebhookRequest& request);
  absl::StatusOr<v1::DeleteWebhookResponse> DeleteWebhook(const rpc::CallContext& call,
                                                          const v1::DeleteWebhookRequest& request);
  absl::StatusOr<v1::Webhook> RotateWebhookSecret(const rpc::CallContext& call,
                                                  const v1::RotateWebhookSecretRequest& request);
  absl::StatusOr<v1::WebhookDelivery> TestWebhook(const rpc::CallContext& call,
                                                  const v1::TestWebhookRequest& request);
  absl::StatusOr<v1::ListWebhookDeliveriesResponse> ListWebhookDeliveries(
      const rpc::CallContext& call, const v1::ListWebhookDeliveriesRequest& request);
  absl::StatusOr<v1::Webhook> ReplayWebhook(const rpc::CallContext& call,
                                            const v1::ReplayWebhookRequest& request);

 private:
  using Edit = std::function<absl::Status(database::Transaction&, WebhookRow&)>;

  // Outside a transaction. NOT_FOUND where the caller does not see it.
  absl::StatusOr<WebhookRow> Read(const rpc::CallContext& call, const std::string& name);
  // Reads, edits and writes; `secret` is told with the answer.
  absl::StatusOr<v1::Webhook> Change(const rpc::CallContext& call, const std::string& name,
                                     const Edit& edit, const std::string& secret = "");
  // Whose a new webhook is.
  absl::StatusOr<std::string> OrganizationOf(const rpc::CallContext& call,
                                             const v1::CreateWebhookRequest& request);
  absl::StatusOr<std::string> ProgramOf(const rpc::CallContext& call, const std::string& named);
  absl::StatusOr<std::string> CursorAt(const rpc::CallContext& call, const WebhookRow& webhook,
                                       const v1::ReplayWebhookRequest& request);
  absl::StatusOr<DeliveryRow> PostTest(const rpc::CallContext& call, const std::string& name);

  const WebhookDeps deps_;
  std::atomic<int> tests_ = 0;  // under way
};

}  // namespace tremplin::notification

#endif  // TREMPLIN_SERVICES_NOTIFICATION_APP_WEBHOOKS_H_
