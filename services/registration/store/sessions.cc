#include "services/registration/store/sessions.h"

#include <utility>

#include "common/clock/clock.h"
#include "common/status/macros.h"

namespace tremplin::registration::store {
namespace {

// As many as go with each new one: more than come.
constexpr std::string_view kTrimLinks =
    "DELETE FROM registration_sign_in_link WHERE link_id IN (SELECT link_id FROM "
    "registration_sign_in_link WHERE expires_us < $1 ORDER BY expires_us LIMIT 10)";
constexpr std::string_view kInsertLink =
    "INSERT INTO registration_sign_in_link (link_id, account_id, secret_hash, used, expires_us) "
    "VALUES ($1, $2, $3, 0, $4)";
constexpr std::string_view kFindLink =
    "SELECT link_id, account_id, secret_hash, expires_us FROM registration_sign_in_link "
    "WHERE secret_hash = $1 AND used = 0 AND expires_us > $2";
constexpr std::string_view kIssueLink =
    "UPDATE registration_sign_in_link SET secret_hash = $2, expires_us = $3 "
    "WHERE link_id = $1 AND used = 0 AND expires_us > $4 "
    "RETURNING link_id, account_id, secret_hash, expires_us";
constexpr std::string_view kTakeLink =
    "UPDATE registration_sign_in_link SET used = 1 "
    "WHERE secret_hash = $1 AND used = 0 AND expires_us > $2 RETURNING account_id";

constexpr std::string_view kTrimAsked =
    "DELETE FROM registration_sign_in_asked WHERE seq IN (SELECT seq FROM "
    "registration_sign_in_asked WHERE asked_us < $1 ORDER BY asked_us LIMIT 10)";
constexpr std::string_view kInsertAsked =
    "INSERT INTO registration_sign_in_asked (email_index, asked_us) VALUES ($1, $2)";
constexpr std::string_view kCountAsked =
    "SELECT COUNT(*) FROM registration_sign_in_asked WHERE email_index = $1 AND asked_us >= $2";

constexpr std::string_view kTrimBegun =
    "DELETE FROM registration_sign_in_begun WHERE state_hash IN (SELECT state_hash FROM "
    "registration_sign_in_begun WHERE expires_us < $1 ORDER BY expires_us LIMIT 10)";
constexpr std::string_view kInsertBegun =
    "INSERT INTO registration_sign_in_begun (state_hash, return_path, expires_us) "
    "VALUES ($1, $2, $3)";
constexpr std::string_view kTakeBegun =
    "DELETE FROM registration_sign_in_begun WHERE state_hash = $1 AND expires_us > $2 "
    "RETURNING state_hash, return_path, expires_us";

constexpr std::string_view kTrimSessions =
    "DELETE FROM registration_session WHERE session_id IN (SELECT session_id FROM "
    "registration_session WHERE expires_us < $1 ORDER BY expires_us LIMIT 10)";
constexpr std::string_view kCrowdSessions =
    "DELETE FROM registration_session WHERE session_id IN (SELECT session_id FROM "
    "registration_session WHERE account_id = $1 ORDER BY created_us DESC, session_id DESC "
    "LIMIT 1000 OFFSET $2)";
constexpr std::string_view kInsertSession =
    "INSERT INTO registration_session (session_id, token_hash, account_id, role_id, created_us, "
    "used_us, expires_us) VALUES ($1, $2, $3, $4, $5, $6, $7)";
constexpr std::string_view kFindSession =
    "SELECT session_id, token_hash, account_id, role_id, created_us, used_us, expires_us "
    "FROM registration_session WHERE token_hash = $1";
constexpr std::string_view kNoteUse =
    "UPDATE registration_session SET used_us = $2 WHERE session_id = $1 AND used_us < $2";
constexpr std::string_view kChangeSession =
    "UPDATE registration_session SET token_hash = $2, role_id = $3, used_us = $4 "
    "WHERE session_id = $1 AND token_hash = $5";
constexpr std::string_view kSessionsOf =
    "SELECT session_id, token_hash, account_id, role_id, created_us, used_us, expires_us "
    "FROM registration_session WHERE account_id = $1 ORDER BY created_us DESC, session_id DESC "
    "LIMIT $2";
constexpr std::string_view kDeleteSession =
    "DELETE FROM registration_session WHERE account_id = $1 AND session_id = $2";
constexpr std::string_view kDeleteInRole = "DELETE FROM registration_session WHERE role_id = $1";

absl::StatusOr<std::optional<LinkRow>> Link(absl::StatusOr<database::Result> result) {
  if (!result.ok()) return std::move(result).status();
  if (result->rows.empty()) return std::nullopt;
  const database::Row& row = result->rows[0];
  return LinkRow{.id = row.Text(0),
                 .account = row.Text(1),
                 .secret_hash = row.Text(2),
                 .expires = row.Time(3)};
}

SessionRow Session(const database::Row& row) {
  return {.id = row.Text(0),
          .token_hash = row.Text(1),
          .account = row.Text(2),
          .role = row.Text(3),
          .created = row.Time(4),
          .used = row.Time(5),
          .expires = row.Time(6)};
}

}  // namespace

absl::Status InsertLink(database::Transaction& tx, const LinkRow& row, absl::Time now) {
  TREMPLIN_RETURN_IF_ERROR(tx.Execute(kTrimLinks, {clock::ToMicros(now)}));
  return tx.Execute(kInsertLink, {row.id, row.account, database::TextOrNull(row.secret_hash),
                                  clock::ToMicros(row.expires)});
}

absl::StatusOr<std::optional<LinkRow>> FindLink(database::Reader& reader,
                                                std::string_view secret_hash, absl::Time now) {
  return Link(reader.Query(kFindLink, {std::string(secret_hash), clock::ToMicros(now)}));
}

absl::StatusOr<std::optional<LinkRow>> IssueLink(database::Transaction& tx, std::string_view id,
                                                 std::string_view secret_hash, absl::Time expires,
                                                 absl::Time now) {
  return Link(tx.Query(kIssueLink, {std::string(id), std::string(secret_hash),
                                    clock::ToMicros(expires), clock::ToMicros(now)}));
}

absl::StatusOr<std::string> TakeLink(database::Transaction& tx, std::string_view secret_hash,
                                     absl::Time now) {
  TREMPLIN_ASSIGN_OR_RETURN(const database::Result result,
                            tx.Query(kTakeLink, {std::string(secret_hash), clock::ToMicros(now)}));
  return result.rows.empty() ? std::string() : result.rows[0].Text(0);
}

absl::StatusOr<int64_t> NoteAsked(database::Transaction& tx, std::string_view email_index,
                                  absl::Time now, absl::Time since) {
  TREMPLIN_RETURN_IF_ERROR(tx.Execute(kTrimAsked, {clock::ToMicros(since)}));
  TREMPLIN_RETURN_IF_ERROR(
      tx.Execute(kInsertAsked, {std::string(email_index), clock::ToMicros(now)}));
  TREMPLIN_ASSIGN_OR_RETURN(
      const database::Result result,
      tx.Query(kCountAsked, {std::string(email_index), clock::ToMicros(since)}));
  return result.rows[0].Int(0);
}

absl::Status InsertBegun(database::Transaction& tx, const BegunRow& row, absl::Time now) {
  TREMPLIN_RETURN_IF_ERROR(tx.Execute(kTrimBegun, {clock::ToMicros(now)}));
  return tx.Execute(kInsertBegun, {row.state_hash, row.return_path, clock::ToMicros(row.expires)});
}

absl::StatusOr<std::optional<BegunRow>> TakeBegun(database::Transaction& tx,
                                                  std::string_view state_hash, absl::Time now) {
  TREMPLIN_ASSIGN_OR_RETURN(const database::Result result,
                            tx.Query(kTakeBegun, {std::string(state_hash), clock::ToMicros(now)}));
  if (result.rows.empty()) return std::nullopt;
  const database::Row& row = result.rows[0];
  return BegunRow{.state_hash = row.Text(0), .return_path = row.Text(1), .expires = row.Time(2)};
}

absl::Status InsertSession(database::Transaction& tx, const SessionRow& row, int most,
                           absl::Time now) {
  TREMPLIN_RETURN_IF_ERROR(tx.Execute(kTrimSessions, {clock::ToMicros(now)}));
  TREMPLIN_RETURN_IF_ERROR(tx.Execute(kCrowdSessions, {row.account, int64_t{most} - 1}));
  return tx.Execute(kInsertSession,
                    {row.id, row.token_hash, row.account, row.role, clock::ToMicros(row.created),
                     clock::ToMicros(row.used), clock::ToMicros(row.expires)});
}

absl::StatusOr<std::optional<SessionRow>> FindSession(database::Reader& reader,
                                                      std::string_view token_hash) {
  TREMPLIN_ASSIGN_OR_RETURN(const database::Result result,
                            reader.Query(kFindSession, {std::string(token_hash)}));
  if (result.rows.empty()) return std::nullopt;
  return Session(result.rows[0]);
}

absl::Status NoteUse(database::Transaction& tx, std::string_view id, absl::Time now) {
  return tx.Execute(kNoteUse, {std::string(id), clock::ToMicros(now)});
}

absl::StatusOr<bool> ChangeSession(database::Transaction& tx, const SessionRow& row,
                                   std::string_view before) {
  TREMPLIN_ASSIGN_OR_RETURN(
      const database::Result result,
      tx.Query(kChangeSession,
               {row.id, row.token_hash, row.role, clock::ToMicros(row.used), std::string(before)}));
  return result.affected == 1;
}

absl::StatusOr<std::vector<SessionRow>> SessionsOf(database::Reader& reader,
                                                   std::string_view account, int limit) {
  TREMPLIN_ASSIGN_OR_RETURN(const database::Result result,
                            reader.Query(kSessionsOf, {std::string(account), int64_t{limit}}));
  std::vector<SessionRow> rows;
  for (const database::Row& row : result.rows) rows.push_back(Session(row));
  return rows;
}

absl::StatusOr<bool> DeleteSession(database::Transaction& tx, std::string_view account,
                                   std::string_view id) {
  TREMPLIN_ASSIGN_OR_RETURN(const database::Result result,
                            tx.Query(kDeleteSession, {std::string(account), std::string(id)}));
  return result.affected == 1;
}

absl::Status DeleteSessionsIn(database::Transaction& tx, std::string_view role) {
  return tx.Execute(kDeleteInRole, {std::string(role)});
}

}  // namespace tremplin::registration::store
