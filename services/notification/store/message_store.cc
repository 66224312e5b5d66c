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
    "SELECT m.seq, m.id, m.recipient_kind, m.recipient, m.program, m.template, m.about, "
    "m.created_us, m.program_version, m.format, m.side, l.state, l.reason FROM "
    "notification_message m LEFT JOIN notification_mail l ON l.message = m.id WHERE m.id = $1";
// An organization is not shown what is about somebody who agrees to that no more, or did not when
// it was written.
constexpr std::string_view kListRecipientSql =
    "SELECT m.seq, m.id, m.recipient_kind, m.recipient, m.program, m.template, m.about, "
    "m.created_us, m.program_version, m.format, m.side, l.state, l.reason FROM "
    "notification_message m LEFT JOIN notification_mail l ON l.message = m.id WHERE "
    "m.recipient_kind = $4 AND m.recipient = $5 AND m.seq > $1 AND ($2 = '' OR m.template = $2) "
    "AND ($6 = '' OR m.program = $6) AND (m.recipient_kind <> 2 OR NOT EXISTS (SELECT 1 FROM "
    "notification_silence s WHERE s.about = m.about AND s.from_us <= $7 AND (s.until_us IS NULL OR "
    "m.created_us < s.until_us))) ORDER BY m.seq LIMIT $3";
constexpr std::string_view kIsSilentSql =
    "SELECT 1 FROM notification_silence WHERE about = $1 AND from_us <= $2 AND (until_us IS NULL "
    "OR $3 < until_us)";
constexpr std::string_view kListProgramSql =
    "SELECT m.seq, m.id, m.recipient_kind, m.recipient, m.program, m.template, m.about, "
    "m.created_us, m.program_version, m.format, m.side, l.state, l.reason FROM "
    "notification_message m LEFT JOIN notification_mail l ON l.message = m.id WHERE "
    "m.program = $4 AND m.seq > $1 AND ($2 = '' OR m.template = $2) ORDER BY m.seq LIMIT $3";
constexpr std::string_view kListTemplateSql =
    "SELECT m.seq, m.id, m.recipient_kind, m.recipient, m.program, m.template, m.about, "
    "m.created_us, m.program_version, m.format, m.side, l.state, l.reason FROM "
    "notification_message m LEFT JOIN notification_mail l ON l.message = m.id WHERE "
    "m.template = $2 AND m.seq > $1 ORDER BY m.seq LIMIT $3";
constexpr std::string_view kListSql =
    "SELECT m.seq, m.id, m.recipient_kind, m.recipient, m.program, m.template, m.about, "
    "m.created_us, m.program_version, m.format, m.side, l.state, l.reason FROM "
    "notification_message m LEFT JOIN notification_mail l ON l.message = m.id WHERE "
    "m.seq > $1 ORDER BY m.seq LIMIT $2";

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
  if (!row.IsNull(11)) {
    listed.message.mail = static_cast<MailState>(row.Int(11));
    listed.message.mail_reason = row.Text(12);
  }
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
      return reader.Query(
          kListRecipientSql,
          {filter.after, filter.template_code, limit, static_cast<int64_t>(filter.recipient->kind),
           filter.recipient->id, filter.program, clock::ToMicros(filter.now)});
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

absl::StatusOr<bool> IsSilent(database::Reader& reader, const QueuedMessage& message,
                              absl::Time now) {
  TREMPLIN_ASSIGN_OR_RETURN(const database::Result result,
                            reader.Query(kIsSilentSql, {message.about, clock::ToMicros(now),
                                                        clock::ToMicros(message.created)}));
  return !result.rows.empty();
}

absl::Status SaveLeft(database::Transaction& tx, const std::string& enrolment, absl::Time at) {
  return tx.Execute(kLeaveSql, {enrolment, clock::ToMicros(at)});
}

absl::StatusOr<bool> HasLeft(database::Reader& reader, const std::string& enrolment) {
  TREMPLIN_ASSIGN_OR_RETURN(const database::Result result, reader.Query(kLeftSql, {enrolment}));
  return !result.rows.empty();
}

}  // namespace tremplin::notification
