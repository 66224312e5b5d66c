#include "services/notification/store/mail_store.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "common/clock/clock.h"
#include "common/status/macros.h"

namespace tremplin::notification {
namespace {

constexpr std::string_view kInsertSql =
    "INSERT INTO notification_mail (message, recipient_kind, recipient, enrolment, step, state, "
    "tries, queued_us, next_us, reason) VALUES ($1, $2, $3, $4, $5, 1, 0, $6, $6, '') ON CONFLICT "
    "(message) DO NOTHING";
constexpr std::string_view kFindSql =
    "SELECT message, recipient_kind, recipient, enrolment, step, state, tries, queued_us, next_us, "
    "reason FROM notification_mail WHERE message = $1";
constexpr std::string_view kNextSql =
    "SELECT message, recipient_kind, recipient, enrolment, step, state, tries, queued_us, next_us, "
    "reason FROM notification_mail WHERE state = 1 AND next_us <= $1 ORDER BY next_us, queued_us, "
    "message LIMIT 1";
constexpr std::string_view kSaveSql =
    "UPDATE notification_mail SET state = $2, tries = $3, next_us = $4, reason = $5 WHERE message "
    "= $1 AND (state = 1 OR $2 = 2)";
constexpr std::string_view kWithholdSql =
    "UPDATE notification_mail SET state = 4, reason = $3 WHERE recipient_kind = $1 AND recipient = "
    "$2 AND state = 1";
constexpr std::string_view kCountSql =
    "SELECT COUNT(*), MIN(queued_us) FROM notification_mail WHERE state = 1";
constexpr std::string_view kCameBySql =
    "INSERT INTO notification_came_by (application, person) VALUES ($1, $2) ON CONFLICT "
    "(application, person) DO NOTHING";
constexpr std::string_view kPeopleSql =
    "SELECT person FROM notification_came_by WHERE application = $1 ORDER BY person LIMIT 100";
constexpr std::string_view kSilenceSql =
    "INSERT INTO notification_silence (about, from_us) VALUES ($1, $2) ON CONFLICT (about) DO "
    "UPDATE SET from_us = excluded.from_us, until_us = NULL";
// What had not begun to be silent is told as before.
constexpr std::string_view kEndFutureSql =
    "DELETE FROM notification_silence WHERE about = $1 AND from_us > $2";
constexpr std::string_view kEndSilenceSql =
    "UPDATE notification_silence SET until_us = $2 WHERE about = $1 AND until_us IS NULL";
constexpr std::string_view kSaveWishSql =
    "INSERT INTO notification_mail_wish (recipient_kind, recipient, said_us, wanted, told, "
    "said_by) "
    "VALUES ($1, $2, $3, $4, $5, $6)";
// A row of notification_no_mail is of a release before: off, by a link in a mail.
constexpr std::string_view kFindWishSql =
    "SELECT wanted, told, said_us FROM notification_mail_wish WHERE recipient_kind = $1 AND "
    "recipient = $2 UNION ALL SELECT CAST(0 AS BIGINT), CAST(1 AS BIGINT), since_us FROM "
    "notification_no_mail WHERE recipient_kind = $1 AND recipient = $2 ORDER BY 3 DESC LIMIT 1";
constexpr std::string_view kAnswerSql =
    "INSERT INTO notification_link_answer (message, answer, answered_us) VALUES ($1, $2, $3) ON "
    "CONFLICT (message) DO NOTHING";
constexpr std::string_view kFindAnswerSql =
    "SELECT answer FROM notification_link_answer WHERE message = $1";

MailRow FromRow(const database::Row& row) {
  MailRow mail;
  mail.message = row.Text(0);
  mail.recipient = {static_cast<RecipientKind>(row.Int(1)), row.Text(2)};
  mail.enrolment = row.Text(3);
  mail.step = row.Text(4);
  mail.queued = row.Time(7);
  mail.standing = {static_cast<MailState>(row.Int(5)), static_cast<int>(row.Int(6)), row.Time(8),
                   row.Text(9)};
  return mail;
}

absl::StatusOr<std::optional<MailRow>> One(absl::StatusOr<database::Result> result) {
  TREMPLIN_RETURN_IF_ERROR(result.status());
  if (result->rows.empty()) return std::optional<MailRow>();
  return std::optional<MailRow>(FromRow(result->rows.front()));
}

int64_t KindOf(const Recipient& recipient) { return static_cast<int64_t>(recipient.kind); }

}  // namespace

absl::Status InsertMail(database::Transaction& tx, const MailRow& row) {
  return tx.Execute(kInsertSql, {row.message, KindOf(row.recipient), row.recipient.id,
                                 row.enrolment, row.step, clock::ToMicros(row.queued)});
}

absl::StatusOr<std::optional<MailRow>> FindMail(database::Reader& reader,
                                                const std::string& message) {
  return One(reader.Query(kFindSql, {message}));
}

absl::StatusOr<std::optional<MailRow>> NextMail(database::Reader& reader, absl::Time now) {
  return One(reader.Query(kNextSql, {clock::ToMicros(now)}));
}

absl::Status SaveStanding(database::Transaction& tx, const std::string& message,
                          const MailStanding& standing) {
  return tx.Execute(kSaveSql,
                    {message, static_cast<int64_t>(standing.state), int64_t{standing.tries},
                     clock::ToMicros(standing.next), standing.reason});
}

absl::Status WithholdMail(database::Transaction& tx, const Recipient& recipient,
                          std::string_view reason) {
  return tx.Execute(kWithholdSql, {KindOf(recipient), recipient.id, std::string(reason)});
}

absl::StatusOr<WaitingMail> CountWaitingMail(database::Reader& reader) {
  TREMPLIN_ASSIGN_OR_RETURN(const database::Result result, reader.Query(kCountSql));
  WaitingMail waiting;
  if (result.rows.empty()) return waiting;
  waiting.count = result.rows.front().Int(0);
  if (waiting.count > 0) waiting.since = result.rows.front().Time(1);
  return waiting;
}

absl::Status SaveCameBy(database::Transaction& tx, const std::string& application,
                        const std::string& person) {
  return tx.Execute(kCameBySql, {application, person});
}

absl::StatusOr<std::vector<std::string>> PeopleOf(database::Reader& reader,
                                                  const std::string& application) {
  TREMPLIN_ASSIGN_OR_RETURN(const database::Result result, reader.Query(kPeopleSql, {application}));
  std::vector<std::string> people;
  for (const database::Row& row : result.rows) people.push_back(row.Text(0));
  return people;
}

absl::Status BeginSilence(database::Transaction& tx, const std::string& about, absl::Time from) {
  return tx.Execute(kSilenceSql, {about, clock::ToMicros(from)});
}

absl::Status EndSilence(database::Transaction& tx, const std::string& about, absl::Time at) {
  TREMPLIN_RETURN_IF_ERROR(tx.Execute(kEndFutureSql, {about, clock::ToMicros(at)}));
  return tx.Execute(kEndSilenceSql, {about, clock::ToMicros(at)});
}

absl::Status SaveWish(database::Transaction& tx, const Recipient& recipient, const MailWish& wish,
                      const std::string& by) {
  TREMPLIN_ASSIGN_OR_RETURN(const MailWish before, FindWish(tx, recipient));
  if (before.wanted == wish.wanted) return absl::OkStatus();
  // The last word stays the last where the clock was set back.
  const absl::Time at = std::max(wish.at, before.at + absl::Microseconds(1));
  return tx.Execute(kSaveWishSql, {KindOf(recipient), recipient.id, clock::ToMicros(at),
                                   int64_t{wish.wanted}, wish.told, by});
}

absl::StatusOr<MailWish> FindWish(database::Reader& reader, const Recipient& recipient) {
  TREMPLIN_ASSIGN_OR_RETURN(const database::Result result,
                            reader.Query(kFindWishSql, {KindOf(recipient), recipient.id}));
  if (result.rows.empty()) return MailWish();
  const database::Row& row = result.rows.front();
  return MailWish{row.Int(0) != 0, row.Int(1), clock::FromMicros(row.Int(2))};
}

absl::StatusOr<bool> SaveLinkAnswer(database::Transaction& tx, const std::string& message,
                                    const std::string& answer, absl::Time at) {
  TREMPLIN_ASSIGN_OR_RETURN(const database::Result result,
                            tx.Query(kAnswerSql, {message, answer, clock::ToMicros(at)}));
  return result.affected == 1;
}

absl::StatusOr<std::optional<std::string>> FindLinkAnswerOf(database::Reader& reader,
                                                            const std::string& message) {
  TREMPLIN_ASSIGN_OR_RETURN(const database::Result result, reader.Query(kFindAnswerSql, {message}));
  if (result.rows.empty()) return std::optional<std::string>();
  return std::optional<std::string>(result.rows.front().Text(0));
}

}  // namespace tremplin::notification
