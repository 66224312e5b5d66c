#include "services/session/store/sessions.h"

#include <utility>

#include "common/clock/clock.h"
#include "common/database/columns.h"
#include "common/status/error.h"
#include "common/status/macros.h"
#include "common/text/text.h"

namespace tremplin::session::store {
namespace {

using database::As;
using database::At;
using database::Micros;
using database::Result;
using database::Row;

constexpr std::string_view kInsertHistory = R"sql(
INSERT INTO session_history (session_id, version, held_us, minutes, contact, state, reason,
                             changed_by, changed_us)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9))sql";
constexpr std::string_view kInsertHistoryAttendance = R"sql(
INSERT INTO session_history_attendance (session_id, version, enrolment_id)
VALUES ($1, $2, $3))sql";

constexpr std::string_view kInsertAttendance = R"sql(
INSERT INTO session_attendance (session_id, enrolment_id) VALUES ($1, $2))sql";
constexpr std::string_view kDeleteAttendance = R"sql(
DELETE FROM session_attendance WHERE session_id = $1)sql";
constexpr std::string_view kAttendance = R"sql(
SELECT enrolment_id FROM session_attendance WHERE session_id = $1 ORDER BY enrolment_id)sql";

constexpr std::string_view kOverlapping = R"sql(
SELECT id FROM session_session
WHERE engagement_id = $1 AND held_us < $3 AND over_us > $2 AND state <> 'struck' AND id <> $4
ORDER BY held_us LIMIT 1)sql";

constexpr std::string_view kListAttendance = R"sql(
SELECT a.enrolment_id, s.held_us, s.minutes
FROM session_session s JOIN session_attendance a ON a.session_id = s.id
WHERE s.engagement_id = $1 AND s.counts = 1 AND s.state <> 'struck'
ORDER BY s.held_us)sql";

constexpr std::string_view kInsertCheckIn = R"sql(
INSERT INTO session_check_in (id, engagement_id, enrolment_id, met, rating, wants_help,
                              answered_us)
VALUES ($1, $2, $3, $4, $5, $6, $7))sql";

constexpr std::string_view kInsertReview = R"sql(
INSERT INTO session_review (id, engagement_id, status, reviewer, recorded_us)
VALUES ($1, $2, $3, $4, $5))sql";

absl::StatusOr<SessionState> SessionStateOf(std::string_view name) {
  for (SessionState state : kAllSessionStates) {
    if (NameOf(state) == name) return state;
  }
  return absl::DataLossError(text::Cat("unknown state of a session: ", name));
}

const database::Columns<Session>& SessionColumns() {
  using domain::Held;
  using ContactName = database::Coded<domain::Contact, domain::NameOf, domain::ContactOf>;
  using StateName = database::Coded<SessionState, NameOf, SessionStateOf>;
  static const auto* columns = new database::Columns<Session>(
      "session_session",
      {At<&Session::id>("id").Fixed(), At<&Session::engagement>("engagement_id").Fixed(),
       As<Micros, &Session::held, &Held::at>("held_us"),
       database::Computed<Session>("over_us",
                                   [](const Session& session) -> database::Value {
                                     return clock::ToMicros(session.held.over());
                                   }),
       At<&Session::held, &Held::minutes>("minutes"),
       As<ContactName, &Session::held, &Held::contact>("contact"),
       At<&Session::held, &Held::counts>("counts"), As<StateName, &Session::state>("state"),
       At<&Session::reason>("reason"), At<&Session::changed_by>("changed_by"),
       As<Micros, &Session::changed>("changed_us"), At<&Session::version>("version").Fixed()});
  return *columns;
}

absl::StatusOr<Session> SessionOf(database::Reader& reader, const Row& row) {
  TREMPLIN_ASSIGN_OR_RETURN(Session session, SessionColumns().Read(row));
  TREMPLIN_ASSIGN_OR_RETURN(const Result there, reader.Query(kAttendance, {session.id}));
  for (const Row& one : there.rows) session.held.attended.push_back(one.Text(0));
  return session;
}

absl::Status InsertAttendance(database::Transaction& tx, const Session& session) {
  for (const std::string& enrolment : session.held.attended) {
    TREMPLIN_RETURN_IF_ERROR(tx.Execute(kInsertAttendance, {session.id, enrolment}));
  }
  return absl::OkStatus();
}

absl::Status KeepHistory(database::Transaction& tx, const Session& was) {
  TREMPLIN_RETURN_IF_ERROR(
      tx.Execute(kInsertHistory,
                 {was.id, was.version, clock::ToMicros(was.held.at), int64_t{was.held.minutes},
                  std::string(domain::NameOf(was.held.contact)), std::string(NameOf(was.state)),
                  was.reason, was.changed_by, clock::ToMicros(was.changed)}));
  for (const std::string& enrolment : was.held.attended) {
    TREMPLIN_RETURN_IF_ERROR(
        tx.Execute(kInsertHistoryAttendance, {was.id, was.version, enrolment}));
  }
  return absl::OkStatus();
}

}  // namespace

std::string_view NameOf(SessionState state) {
  switch (state) {
    case SessionState::kLogged:
      return "logged";
    case SessionState::kCorrected:
      return "corrected";
    case SessionState::kStruck:
      return "struck";
  }
  return "";
}

absl::Status InsertSession(database::Transaction& tx, const Session& session) {
  static const auto* sql = new std::string(SessionColumns().Insert());
  TREMPLIN_RETURN_IF_ERROR(tx.Execute(*sql, SessionColumns().Inserted(session)));
  return InsertAttendance(tx, session);
}

absl::StatusOr<std::optional<Session>> FindSession(database::Reader& reader,
                                                   std::string_view engagement,
                                                   std::string_view id) {
  static const auto* sql =
      new std::string(SessionColumns().Select("WHERE id = $1 AND engagement_id = $2"));
  TREMPLIN_ASSIGN_OR_RETURN(const Result result,
                            reader.Query(*sql, {std::string(id), std::string(engagement)}));
  if (result.rows.empty()) return std::nullopt;
  TREMPLIN_ASSIGN_OR_RETURN(Session session, SessionOf(reader, result.rows[0]));
  return session;
}

absl::Status UpdateSession(database::Transaction& tx, const Session& before, Session next) {
  static const auto* sql = new std::string(
      SessionColumns().Update(2, ", version = version + 1 WHERE id = $1 AND version = $2"));
  TREMPLIN_ASSIGN_OR_RETURN(
      const Result updated,
      tx.Query(*sql, SessionColumns().Changed(next, {before.id, before.version})));
  if (updated.affected != 1) return status::VersionConflict("session");
  TREMPLIN_RETURN_IF_ERROR(KeepHistory(tx, before));
  TREMPLIN_RETURN_IF_ERROR(tx.Execute(kDeleteAttendance, {before.id}));
  return InsertAttendance(tx, next);
}

absl::StatusOr<std::vector<Session>> ListSessions(database::Reader& reader,
                                                  std::string_view engagement, absl::Time until,
                                                  std::string_view after, int limit) {
  static const auto* sql = new std::string(SessionColumns().Select(
      "WHERE engagement_id = $1 AND id > $2 AND held_us <= $4 ORDER BY id LIMIT $3"));
  TREMPLIN_ASSIGN_OR_RETURN(const Result result,
                            reader.Query(*sql, {std::string(engagement), std::string(after),
                                                int64_t{limit}, clock::ToMicros(until)}));
  std::vector<Session> sessions;
  for (const Row& row : result.rows) {
    TREMPLIN_ASSIGN_OR_RETURN(Session session, SessionOf(reader, row));
    sessions.push_back(std::move(session));
  }
  return sessions;
}

absl::StatusOr<std::string> Overlapping(database::Reader& reader, std::string_view engagement,
                                        absl::Time from, absl::Time over, std::string_view except) {
  TREMPLIN_ASSIGN_OR_RETURN(
      const Result result,
      reader.Query(kOverlapping, {std::string(engagement), clock::ToMicros(from),
                                  clock::ToMicros(over), std::string(except)}));
  return result.rows.empty() ? std::string() : result.rows[0].Text(0);
}

absl::StatusOr<std::vector<domain::Attendance>> ListAttendance(database::Reader& reader,
                                                               std::string_view engagement) {
  TREMPLIN_ASSIGN_OR_RETURN(const Result result,
                            reader.Query(kListAttendance, {std::string(engagement)}));
  std::vector<domain::Attendance> attended;
  attended.reserve(result.rows.size());
  for (const Row& row : result.rows) {
    attended.push_back({row.Text(0), row.Time(1), static_cast<int>(row.Int(2))});
  }
  return attended;
}

absl::Status InsertCheckIn(database::Transaction& tx, const CheckIn& check_in) {
  return tx.Execute(
      kInsertCheckIn,
      {check_in.id, check_in.engagement, check_in.enrolment, int64_t{check_in.met},
       int64_t{check_in.rating}, int64_t{check_in.wants_help}, clock::ToMicros(check_in.answered)});
}

absl::Status InsertReview(database::Transaction& tx, const Review& review) {
  return tx.Execute(kInsertReview,
                    {review.id, review.engagement, std::string(domain::NameOf(review.status)),
                     review.reviewer, clock::ToMicros(review.recorded)});
}

}  // namespace tremplin::session::store
