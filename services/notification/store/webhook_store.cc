#include "services/notification/store/webhook_store.h"

#include <limits>

#include "common/clock/clock.h"
#include "common/database/columns.h"
#include "common/status/error.h"
#include "common/status/macros.h"

namespace tremplin::notification {
namespace {

using database::As;
using database::At;
using database::Columns;
using database::InBytes;
using database::Micros;

constexpr std::string_view kSlotsSql =
    "SELECT slot FROM notification_webhook WHERE organization = $1 ORDER BY slot";
constexpr std::string_view kDueSql =
    "SELECT id FROM notification_webhook WHERE state = 1 AND id > $1 AND next_us <= $2 ORDER BY id "
    "LIMIT $3";
constexpr std::string_view kDeleteSql = "DELETE FROM notification_webhook WHERE id = $1";
constexpr std::string_view kTrimDeliveriesSql =
    "DELETE FROM notification_webhook_delivery WHERE seq IN (SELECT seq FROM "
    "notification_webhook_delivery WHERE begun_us < $1 ORDER BY begun_us LIMIT $2)";
constexpr std::string_view kFailingSql =
    "SELECT COUNT(*), MIN(failing_since_us) FROM notification_webhook WHERE state = $1 AND "
    "failing_since_us IS NOT NULL";

template <auto Member>
constexpr auto OfStanding(std::string_view name) {
  return At<&WebhookRow::standing, Member>(name);
}

// Before them, the place among those of the organization.
const Columns<WebhookRow>& WebhookColumns() {
  using StateNumber = database::Numbered<WebhookState::kEnabled, WebhookState::kSuspended>;
  static const auto* columns = new Columns<WebhookRow>(
      "notification_webhook",
      {At<&WebhookRow::id>("id").Fixed(), At<&WebhookRow::organization>("organization").Fixed(),
       At<&WebhookRow::program>("program").Fixed(), At<&WebhookRow::url>("url"),
       As<StateNumber, &WebhookRow::standing, &Standing::state>("state"),
       As<InBytes, &WebhookRow::secret>("secret"),
       As<InBytes, &WebhookRow::former_secret>("former_secret"),
       At<&WebhookRow::former_until>("former_until_us"), At<&WebhookRow::cursor>("cursor"),
       At<&WebhookRow::sequence>("sequence"), OfStanding<&Standing::failures>("failures"),
       OfStanding<&Standing::failing_since>("failing_since_us"),
       As<database::OrAtOnce, &WebhookRow::standing, &Standing::next>("next_us"),
       OfStanding<&Standing::last_error>("last_error"),
       As<Micros, &WebhookRow::created>("created_us").Fixed(),
       At<&WebhookRow::version>("version").Fixed(), At<&WebhookRow::moves>("moves").Fixed()},
      {"slot"});
  return *columns;
}

// The log numbers them itself.
const Columns<DeliveryRow>& DeliveryColumns() {
  static const auto* columns = new Columns<DeliveryRow>(
      "notification_webhook_delivery",
      {At<&DeliveryRow::sequence_in_log>("seq").OnlyRead(), At<&DeliveryRow::webhook>("webhook"),
       At<&DeliveryRow::organization>("organization"), At<&DeliveryRow::entry>("entry"),
       At<&DeliveryRow::sequence>("sequence"), At<&DeliveryRow::attempt>("attempt"),
       At<&DeliveryRow::answer, &Answer::status>("http_status"),
       At<&DeliveryRow::answer, &Answer::error>("error"),
       As<Micros, &DeliveryRow::begun>("begun_us"), As<Micros, &DeliveryRow::lasted>("lasted_us")});
  return *columns;
}

}  // namespace

absl::Status InsertWebhook(database::Transaction& tx, const WebhookRow& row, int slot) {
  static const auto* sql = new std::string(WebhookColumns().Insert());
  return tx.Execute(*sql, WebhookColumns().Inserted(row, {int64_t{slot}}));
}

absl::StatusOr<std::optional<WebhookRow>> FindWebhook(database::Reader& reader,
                                                      const std::string& id) {
  static const auto* sql = new std::string(WebhookColumns().Select("WHERE id = $1"));
  return WebhookColumns().ReadOne(reader.Query(*sql, {id}));
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
  static const auto* all = new std::string(
      WebhookColumns().Select("WHERE id > $1 AND ($2 = '' OR program = $2) ORDER BY id LIMIT $3"));
  static const auto* of_organization = new std::string(WebhookColumns().Select(
      "WHERE organization = $4 AND id > $1 AND ($2 = '' OR program = $2) ORDER BY id LIMIT $3"));
  database::Params params = {filter.after, filter.program, int64_t{filter.limit}};
  if (!filter.organization.empty()) params.emplace_back(filter.organization);
  return WebhookColumns().ReadAll(
      reader.Query(filter.organization.empty() ? *all : *of_organization, std::move(params)));
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
  static const auto* sql = new std::string(WebhookColumns().Update(
      3, ", version = version + 1 WHERE id = $1 AND version = $2 AND moves = $3"));
  TREMPLIN_ASSIGN_OR_RETURN(
      const database::Result result,
      tx.Query(*sql, WebhookColumns().Changed(row, {row.id, row.version, row.moves})));
  return result.affected == 1 ? absl::OkStatus() : status::VersionConflict("webhook");
}

absl::StatusOr<bool> MoveWebhook(database::Transaction& tx, const WebhookRow& row) {
  static const auto* moved = new Columns<WebhookRow>(WebhookColumns().Only(
      {"state", "cursor", "sequence", "failures", "failing_since_us", "next_us", "last_error"}));
  static const auto* sql =
      new std::string(moved->Update(2, ", moves = moves + 1 WHERE id = $1 AND version = $2"));
  TREMPLIN_ASSIGN_OR_RETURN(const database::Result result,
                            tx.Query(*sql, moved->Changed(row, {row.id, row.version})));
  return result.affected == 1;
}

absl::Status DeleteWebhook(database::Transaction& tx, const std::string& id) {
  return tx.Execute(kDeleteSql, {id});
}

absl::Status InsertDelivery(database::Transaction& tx, const DeliveryRow& row) {
  static const auto* sql = new std::string(DeliveryColumns().Insert());
  return tx.Execute(*sql, DeliveryColumns().Inserted(row));
}

absl::StatusOr<std::vector<DeliveryRow>> ListDeliveries(database::Reader& reader,
                                                        const std::string& webhook, int64_t before,
                                                        int limit) {
  const int64_t end = before == 0 ? std::numeric_limits<int64_t>::max() : before;
  static const auto* sql = new std::string(
      DeliveryColumns().Select("WHERE webhook = $1 AND seq < $2 ORDER BY seq DESC LIMIT $3"));
  return DeliveryColumns().ReadAll(reader.Query(*sql, {webhook, end, int64_t{limit}}));
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
