#ifndef TREMPLIN_SERVICES_NOTIFICATION_STORE_WEBHOOK_STORE_H_
#define TREMPLIN_SERVICES_NOTIFICATION_STORE_WEBHOOK_STORE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/database/database.h"
#include "services/notification/domain/webhook.h"

// Rows of webhooks and of what was tried. Free functions: the caller owns the transaction.
namespace tremplin::notification {

struct WebhookRow {
  std::string id;
  std::string organization;
  std::string program;  // "" for all
  std::string url;
  std::string secret;         // sealed
  std::string former_secret;  // sealed; "" for none
  absl::Time former_until = absl::InfinitePast();
  std::string cursor;    // of the status feed: where it goes on
  int64_t sequence = 0;  // of the last entry that was taken
  Standing standing;
  absl::Time created;
  int64_t version = 1;  // changes with what its owner says, not with what is delivered
  int64_t moves = 0;    // changes with what is delivered
};

// In a place that FreeSlot gave. ALREADY_EXISTS where another was faster.
absl::Status InsertWebhook(database::Transaction& tx, const WebhookRow& row, int slot);
absl::StatusOr<std::optional<WebhookRow>> FindWebhook(database::Reader& reader,
                                                      const std::string& id);
// A place among the kMostOfOrganization of an organization; nothing where all are taken.
absl::StatusOr<std::optional<int>> FreeSlot(database::Reader& reader,
                                            const std::string& organization);

struct WebhookFilter {
  std::string organization;  // "" for all
  std::string program;       // of this program alone; "" for all
  std::string after;         // id of the last one shown
  int limit = 100;
};
// By id, which is by age.
absl::StatusOr<std::vector<WebhookRow>> ListWebhooks(database::Reader& reader,
                                                     const WebhookFilter& filter);
// Ids of those that are enabled and may be tried at `now`, behind `after`, at most `limit`.
absl::StatusOr<std::vector<std::string>> DueWebhooks(database::Reader& reader, absl::Time now,
                                                     const std::string& after, int limit);

// What its owner changed: all but id, organization, program and creation, and the version one more.
// A VersionConflict where it was changed or moved since `row` was read.
absl::Status ChangeWebhook(database::Transaction& tx, const WebhookRow& row);
// What a delivery moved: cursor, sequence and standing. False where its owner has changed or
// deleted it since `row` was read.
absl::StatusOr<bool> MoveWebhook(database::Transaction& tx, const WebhookRow& row);
// What was tried stays in the log till its time is over; nobody is shown it.
absl::Status DeleteWebhook(database::Transaction& tx, const std::string& id);

struct DeliveryRow {
  int64_t sequence_in_log = 0;
  std::string webhook = {};
  std::string organization = {};
  std::string entry = {};  // its id
  int64_t sequence = 0;    // of the entry
  int64_t attempt = 0;
  Answer answer = {};  // `error` is the fault, also where there was an answer
  absl::Time begun = {};
  absl::Duration lasted = {};
};
absl::Status InsertDelivery(database::Transaction& tx, const DeliveryRow& row);
// Newest first, of those before `before` in the log (0: all).
absl::StatusOr<std::vector<DeliveryRow>> ListDeliveries(database::Reader& reader,
                                                        const std::string& webhook, int64_t before,
                                                        int limit);
// Deletes what was begun before `time`, at most `limit`; returns how many went.
absl::StatusOr<int64_t> TrimDeliveries(database::Transaction& tx, absl::Time time, int limit);

// Those whose entry fails, in a state.
struct Failing {
  int64_t count = 0;
  absl::Time since = absl::InfinitePast();  // the oldest
};
absl::StatusOr<Failing> CountFailing(database::Reader& reader, WebhookState state);

}  // namespace tremplin::notification

#endif  // TREMPLIN_SERVICES_NOTIFICATION_STORE_WEBHOOK_STORE_H_
