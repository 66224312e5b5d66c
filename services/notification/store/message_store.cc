#include "services/notification/store/message_store.h"

#include "common/clock/clock.h"
#include "common/status/macros.h"

namespace tremplin::notification {
namespace {

constexpr std::string_view kInsertSql =
    "INSERT INTO notification_message (id, tenant, recipient_kind, recipient, program, template, "
    "about, created_us, program_version, format, side) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, "
    "$10, $11) ON CONFLICT (id) DO NOTHING";
constexpr std::string_view kFindSql =
    "SELECT seq, id, recipient_kind, recipient, program, template, about, created_us, "
    "program_version, format, side FROM "
    "notification_message WHERE id = $1";
constexpr std::string_view kListRecipientSql =
    "SELECT seq, id, recipient_kind, recipient, program, template, about, created_us, "
    "program_version, format, side FROM "
    "notification_message WHERE recipient_kind = $4 AND recipient = $5 AND seq > $1 AND ($2 = '' "
    "OR template = $2) AND ($6 = '' OR program = $6) ORDER BY seq LIMIT $3";
constexpr std::string_view kListProgramSql =
    "SELECT seq, id, recipient_kind, recipient, program, template, about, created_us, "
    "program_version, format, side FROM "
    "notification_message WHERE program = $4 AND seq > $1 AND ($2 = '' OR template = $2) ORDER BY "
    "seq LIMIT $3";
constexpr std::string_view kListTemplateSql =
    "SELECT seq, id, recipient_kind, recipient, program, template, about, created_us, "
    "program_version, format, side FROM "
    "notification_message WHERE template = $2 AND seq > $1 ORDER BY seq LIMIT $3";
constexpr std::string_view kListSql =
    "SELECT seq, id, recipient_kind, recipient, program, template, about, created_us, "
    "program_version, format, side FROM "
    "notification_message WHERE seq > $1 ORDER BY seq LIMIT $2";

constexpr std::string_view kLeaveSql =
    "INSERT INTO notification_left (enrolment, left_us) VALUES ($1, $2) ON CONFLICT (enrolment) DO "
    "NOTHING";
constexpr std::string_view kLeftSql = "SELECT 1 FROM notification_left WHERE enrolment = $1";

ListedMessage FromRow(const database::Row& row) {
  ListedMessage listed;
  listed.sequence = row.Int(0);
  listed.message.id = row.Text(1);
  listed.message.recipient = {static_cast<RecipientKind>(row.Int(2)), row.Text(3)};
  listed.message.program = row.Text(4);
  listed.message.template_code = row.Text(5);
  listed.message.about = row.Text(6);
  listed.message.created = row.Time(7);
  listed.message.spoken = {row.Int(8), row.Text(9), static_cast<int>(row.Int(10))};
  return listed;
}

}  // namespace

absl::StatusOr<bool> InsertMessage(database::Transaction& tx, const QueuedMessage& message) {
  TREMPLIN_ASSIGN_OR_RETURN(
      const database::Result result,
      tx.Query(kInsertSql, {message.id, TenantOf(message.recipient),
                            static_cast<int64_t>(message.recipient.kind), message.recipient.id,
                            message.program, message.template_code, message.about,
                            clock::ToMicros(message.created), message.spoken.program_version,
                            message.spoken.format, int64_t{message.spoken.side}}));
  return result.affected == 1;
}

absl::StatusOr<std::optional<QueuedMessage>> FindMessage(database::Reader& reader,
                                                         const std::string& id) {
  TREMPLIN_ASSIGN_OR_RETURN(const database::Result result, reader.Query(kFindSql, {id}));
  if (result.rows.empty()) return std::optional<QueuedMessage>();
  return std::optional<QueuedMessage>(FromRow(result.rows.front()).message);
}

absl::StatusOr<std::vector<ListedMessage>> ListMessages(database::Reader& reader,
                                                        const MessageFilter& filter) {
  const int64_t limit = filter.limit;
  absl::StatusOr<database::Result> result = [&]() -> absl::StatusOr<database::Result> {
    if (filter.recipient.has_value()) {
      return reader.Query(kListRecipientSql, {filter.after, filter.template_code, limit,
                                              static_cast<int64_t>(filter.recipient->kind),
                                              filter.recipient->id, filter.program});
    }
    if (!filter.program.empty()) {
      return reader.Query(kListProgramSql,
                          {filter.after, filter.template_code, limit, filter.program});
    }
    if (!filter.template_code.empty()) {
      return reader.Query(kListTemplateSql, {filter.after, filter.template_code, limit});
    }
    return reader.Query(kListSql, {filter.after, limit});
  }();
  TREMPLIN_RETURN_IF_ERROR(result.status());
  std::vector<ListedMessage> listed;
  listed.reserve(result->rows.size());
  for (const database::Row& row : result->rows) listed.push_back(FromRow(row));
  return listed;
}

absl::Status SaveLeft(database::Transaction& tx, const std::string& enrolment, absl::Time at) {
  return tx.Execute(kLeaveSql, {enrolment, clock::ToMicros(at)});
}

absl::StatusOr<bool> HasLeft(database::Reader& reader, const std::string& enrolment) {
  TREMPLIN_ASSIGN_OR_RETURN(const database::Result result, reader.Query(kLeftSql, {enrolment}));
  return !result.rows.empty();
}

}  // namespace tremplin::notification
