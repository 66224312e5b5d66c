#include "services/notification/store/webhook_store.h"

#include <limits>

#include "common/clock/clock.h"
#include "common/status/error.h"
#include "common/status/macros.h"

namespace tremplin::notification {
namespace {

constexpr std::string_view kInsertSql =
    "INSERT INTO notification_webhook (id, organization, program, url, state, secret, "
    "former_secret, former_until_us, cursor, sequence, failures, failing_since_us, next_us, "
    "last_error, created_us, version, moves, slot) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, "
    "$10, "
    "$11, $12, $13, $14, $15, $16, 0, $17)";
constexpr std::string_view kFindSql =
    "SELECT id, organization, program, url, state, secret, former_secret, former_until_us, cursor, "
    "sequence, failures, failing_since_us, next_us, last_error, created_us, version, moves FROM "
    "notification_webhook WHERE id = $1";
constexpr std::string_view kListSql =
    "SELECT id, organization, program, url, state, secret, former_secret, former_until_us, cursor, "
    "sequence, failures, failing_since_us, next_us, last_error, created_us, version, moves FROM "
    "notification_webhook WHERE id > $1 AND ($2 = '' OR program = $2) ORDER BY id LIMIT $3";
constexpr std::string_view kListOrganizationSql =
    "SELECT id, organization, program, url, state, secret, former_secret, former_until_us, cursor, "
    "sequence, failures, failing_since_us, next_us, last_error, created_us, version, moves FROM "
    "notification_webhook WHERE organization = $4 AND id > $1 AND ($2 = '' OR program = $2) ORDER "
    "BY id LIMIT $3";
constexpr std::string_view kSlotsSql =
    "SELECT slot FROM notification_webhook WHERE organization = $1 ORDER BY slot";
constexpr std::string_view kDueSql =
    "SELECT id FROM notification_webhook WHERE state = 1 AND id > $1 AND next_us <= $2 ORDER BY id "
    "LIMIT $3";
constexpr std::string_view kChangeSql =
    "UPDATE notification_webhook SET url = $3, state = $4, secret = $5, former_secret = $6, "
    "former_until_us = $7, cursor = $8, sequence = $9, failures = $10, failing_since_us = $11, "
    "next_us = $12, last_error = $13, version = version + 1 WHERE id = $1 AND version = $2 AND "
    "moves = $14";
constexpr std::string_view kMoveSql =
    "UPDATE notification_webhook SET state = $3, cursor = $4, sequence = $5, failures = $6, "
    "failing_since_us = $7, next_us = $8, last_error = $9, moves = moves + 1 WHERE id = $1 AND "
    "version = $2";
constexpr std::string_view kDeleteSql = "DELETE FROM notification_webhook WHERE id = $1";
constexpr std::string_view kInsertDeliverySql =
    "INSERT INTO notification_webhook_delivery (webhook, organization, entry, sequence, attempt, "
    "http_status, error, begun_us, lasted_us) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
constexpr std::string_view kListDeliveriesSql =
    "SELECT seq, webhook, organization, entry, sequence, attempt, http_status, error, begun_us, "
    "lasted_us FROM notification_webhook_delivery WHERE webhook = $1 AND seq < $2 ORDER BY seq "
    "DESC LIMIT $3";
constexpr std::string_view kTrimDeliveriesSql =
    "DELETE FROM notification_webhook_delivery WHERE seq IN (SELECT seq FROM "
    "notification_webhook_delivery WHERE begun_us < $1 ORDER BY begun_us LIMIT $2)";
constexpr std::string_view kFailingSql =
    "SELECT COUNT(*), MIN(failing_since_us) FROM notification_webhook WHERE state = $1 AND "
    "failing_since_us IS NOT NULL";

WebhookRow FromRow(const database::Row& row) {
  WebhookRow webhook;
  webhook.id = row.Text(0);
  webhook.organization = row.Text(1);
  webhook.program = row.Text(2);
  webhook.url = row.Text(3);
  webhook.standing.state = static_cast<WebhookState>(row.Int(4));
  webhook.secret = row.Blob(5);
  webhook.former_secret = row.Blob(6);
  webhook.former_until = row.Time(7);
  webhook.cursor = row.Text(8);
  webhook.sequence = row.Int(9);
  webhook.standing.failures = static_cast<int>(row.Int(10));
  webhook.standing.failing_since = row.Time(11);
  webhook.standing.next = row.Time(12);
  webhook.standing.last_error = row.Text(13);
  webhook.created = row.Time(14);
  webhook.version = row.Int(15);
  webhook.moves = row.Int(16);
  return webhook;
}

// "At once" is the beginning of time as it is stored.
int64_t NextMicros(const Standing& standing) {
  return standing.next == absl::InfinitePast() ? 0 : clock::ToMicros(standing.next);
}

}  // namespace

absl::Status InsertWebhook(database::Transaction& tx, const WebhookRow& row, int slot) {
  const Standing& standing = row.standing;
  return tx.Execute(
      kInsertSql,
      {row.id, row.organization, row.program, row.url, static_cast<int64_t>(standing.state),
       database::Bytes{row.secret}, database::Bytes{row.former_secret},
       database::TimeOrNull(row.former_until), row.cursor, row.sequence, int64_t{standing.failures},
       database::TimeOrNull(standing.failing_since), NextMicros(standing), standing.last_error,
       clock::ToMicros(row.created), row.version, int64_t{slot}});
}

absl::StatusOr<std::optional<WebhookRow>> FindWebhook(database::Reader& reader,
                                                      const std::string& id) {
  TREMPLIN_ASSIGN_OR_RETURN(const database::Result result, reader.Query(kFindSql, {id}));
  if (result.rows.empty()) return std::optional<WebhookRow>();
  return std::optional<WebhookRow>(FromRow(result.rows.front()));
}

absl::StatusOr<std::optional<int>> FreeSlot(database::Reader& reader,
                                            const std::string& organization) {
  TREMPLIN_ASSIGN_OR_RETURN(const database::Result result, reader.Query(kSlotsSql, {organization}));
  int free = 0;
  for (const database::Row& row : result.rows) {
    if (row.Int(0) == free) ++free;
  }
  return free < kMostOfOrganization ? std::optional<int>(free) : std::nullopt;
}

absl::StatusOr<std::vector<WebhookRow>> ListWebhooks(database::Reader& reader,
                                                     const WebhookFilter& filter) {
  database::Params params = {filter.after, filter.program, int64_t{filter.limit}};
  if (!filter.organization.empty()) params.emplace_back(filter.organization);
  TREMPLIN_ASSIGN_OR_RETURN(
      const database::Result result,
      reader.Query(filter.organization.empty() ? kListSql : kListOrganizationSql,
                   std::move(params)));
  std::vector<WebhookRow> rows;
  rows.reserve(result.rows.size());
  for (const database::Row& row : result.rows) rows.push_back(FromRow(row));
  return rows;
}

absl::StatusOr<std::vector<std::string>> DueWebhooks(database::Reader& reader, absl::Time now,
                                                     const std::string& after, int limit) {
  TREMPLIN_ASSIGN_OR_RETURN(const database::Result result,
                            reader.Query(kDueSql, {after, clock::ToMicros(now), int64_t{limit}}));
  std::vector<std::string> ids;
  ids.reserve(result.rows.size());
  for (const database::Row& row : result.rows) ids.push_back(row.Text(0));
  return ids;
}

absl::Status ChangeWebhook(database::Transaction& tx, const WebhookRow& row) {
  const Standing& standing = row.standing;
  TREMPLIN_ASSIGN_OR_RETURN(
      const database::Result result,
      tx.Query(kChangeSql,
               {row.id, row.version, row.url, static_cast<int64_t>(standing.state),
                database::Bytes{row.secret}, database::Bytes{row.former_secret},
                database::TimeOrNull(row.former_until), row.cursor, row.sequence,
                int64_t{standing.failures}, database::TimeOrNull(standing.failing_since),
                NextMicros(standing), standing.last_error, row.moves}));
  return result.affected == 1 ? absl::OkStatus() : status::VersionConflict("webhook");
}

absl::StatusOr<bool> MoveWebhook(database::Transaction& tx, const WebhookRow& row) {
  const Standing& standing = row.standing;
  TREMPLIN_ASSIGN_OR_RETURN(
      const database::Result result,
      tx.Query(kMoveSql,
               {row.id, row.version, static_cast<int64_t>(standing.state), row.cursor, row.sequence,
                int64_t{standing.failures}, database::TimeOrNull(standing.failing_since),
                NextMicros(standing), standing.last_error}));
  return result.affected == 1;
}

absl::Status DeleteWebhook(database::Transaction& tx, const std::string& id) {
  return tx.Execute(kDeleteSql, {id});
}

absl::Status InsertDelivery(database::Transaction& tx, const DeliveryRow& row) {
  return tx.Execute(kInsertDeliverySql,
                    {row.webhook, row.organization, row.entry, row.sequence, row.attempt,
                     int64_t{row.answer.status}, row.answer.error, clock::ToMicros(row.begun),
                     absl::ToInt64Microseconds(row.lasted)});
}

absl::StatusOr<std::vector<DeliveryRow>> ListDeliveries(database::Reader& reader,
                                                        const std::string& webhook, int64_t before,
                                                        int limit) {
  const int64_t end = before == 0 ? std::numeric_limits<int64_t>::max() : before;
  TREMPLIN_ASSIGN_OR_RETURN(const database::Result result,
                            reader.Query(kListDeliveriesSql, {webhook, end, int64_t{limit}}));
  std::vector<DeliveryRow> rows;
  rows.reserve(result.rows.size());
  for (const database::Row& row : result.rows) {
    DeliveryRow delivery;
    delivery.sequence_in_log = row.Int(0);
    delivery.webhook = row.Text(1);
    delivery.organization = row.Text(2);
    delivery.entry = row.Text(3);
    delivery.sequence = row.Int(4);
    delivery.attempt = row.Int(5);
    delivery.answer = {.status = static_cast<int>(row.Int(6)), .error = row.Text(7)};
    delivery.begun = row.Time(8);
    delivery.lasted = absl::Microseconds(row.Int(9));
    rows.push_back(std::move(delivery));
  }
  return rows;
}

absl::StatusOr<int64_t> TrimDeliveries(database::Transaction& tx, absl::Time time, int limit) {
  TREMPLIN_ASSIGN_OR_RETURN(const database::Result result,
                            tx.Query(kTrimDeliveriesSql, {clock::ToMicros(time), int64_t{limit}}));
  return result.affected;
}

absl::StatusOr<Failing> CountFailing(database::Reader& reader, WebhookState state) {
  TREMPLIN_ASSIGN_OR_RETURN(const database::Result result,
                            reader.Query(kFailingSql, {static_cast<int64_t>(state)}));
  return Failing{result.rows.front().Int(0), result.rows.front().Time(1)};
}

}  // namespace tremplin::notification
