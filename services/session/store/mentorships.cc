#include "services/session/store/mentorships.h"

#include <utility>

#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "common/clock/clock.h"
#include "common/status/error.h"
#include "common/status/macros.h"

namespace tremplin::session::store {
namespace {

using database::Params;
using database::Result;
using database::Row;
using database::TimeOrNull;

constexpr std::string_view kFind = R"sql(
SELECT id, proposal_id, program_id, program_version, mentee_enrolment, mentee_person,
       mentee_business_key, mentee_signed_us, mentee_extension_days, mentor_enrolment,
       mentor_person, mentor_business_key, mentor_signed_us, mentor_extension_days, length_days,
       review_every_days, max_extension_days, close_grace_days, counting_contacts, time_zone,
       state, sign_by_us, start_us, term_us, end_us, end_reason, counted_minutes, session_count,
       extended_days, next_review_us, review, review_overdue, version
FROM session_mentorship
WHERE id = $1)sql";

constexpr std::string_view kListProgram = R"sql(
SELECT id, proposal_id, program_id, program_version, mentee_enrolment, mentee_person,
       mentee_business_key, mentee_signed_us, mentee_extension_days, mentor_enrolment,
       mentor_person, mentor_business_key, mentor_signed_us, mentor_extension_days, length_days,
       review_every_days, max_extension_days, close_grace_days, counting_contacts, time_zone,
       state, sign_by_us, start_us, term_us, end_us, end_reason, counted_minutes, session_count,
       extended_days, next_review_us, review, review_overdue, version
FROM session_mentorship
WHERE program_id = $1 AND id > $2
ORDER BY id LIMIT $3)sql";

constexpr std::string_view kListProgramState = R"sql(
SELECT id, proposal_id, program_id, program_version, mentee_enrolment, mentee_person,
       mentee_business_key, mentee_signed_us, mentee_extension_days, mentor_enrolment,
       mentor_person, mentor_business_key, mentor_signed_us, mentor_extension_days, length_days,
       review_every_days, max_extension_days, close_grace_days, counting_contacts, time_zone,
       state, sign_by_us, start_us, term_us, end_us, end_reason, counted_minutes, session_count,
       extended_days, next_review_us, review, review_overdue, version
FROM session_mentorship
WHERE program_id = $1 AND state = $4 AND id > $2
ORDER BY id LIMIT $3)sql";

constexpr std::string_view kListMentee = R"sql(
SELECT id, proposal_id, program_id, program_version, mentee_enrolment, mentee_person,
       mentee_business_key, mentee_signed_us, mentee_extension_days, mentor_enrolment,
       mentor_person, mentor_business_key, mentor_signed_us, mentor_extension_days, length_days,
       review_every_days, max_extension_days, close_grace_days, counting_contacts, time_zone,
       state, sign_by_us, start_us, term_us, end_us, end_reason, counted_minutes, session_count,
       extended_days, next_review_us, review, review_overdue, version
FROM session_mentorship
WHERE mentee_person = $1 AND id > $2 AND ($4 = '' OR program_id = $4)
  AND ($5 = '' OR state = $5)
ORDER BY id LIMIT $3)sql";

constexpr std::string_view kListMentor = R"sql(
SELECT id, proposal_id, program_id, program_version, mentee_enrolment, mentee_person,
       mentee_business_key, mentee_signed_us, mentee_extension_days, mentor_enrolment,
       mentor_person, mentor_business_key, mentor_signed_us, mentor_extension_days, length_days,
       review_every_days, max_extension_days, close_grace_days, counting_contacts, time_zone,
       state, sign_by_us, start_us, term_us, end_us, end_reason, counted_minutes, session_count,
       extended_days, next_review_us, review, review_overdue, version
FROM session_mentorship
WHERE mentor_person = $1 AND id > $2 AND ($4 = '' OR program_id = $4)
  AND ($5 = '' OR state = $5)
ORDER BY id LIMIT $3)sql";

constexpr std::string_view kInsert = R"sql(
INSERT INTO session_mentorship (id, proposal_id, program_id, program_version, mentee_enrolment, mentee_person,
       mentee_business_key, mentee_signed_us, mentee_extension_days, mentor_enrolment,
       mentor_person, mentor_business_key, mentor_signed_us, mentor_extension_days, length_days,
       review_every_days, max_extension_days, close_grace_days, counting_contacts, time_zone,
       state, sign_by_us, start_us, term_us, end_us, end_reason, counted_minutes, session_count,
       extended_days, next_review_us, review, review_overdue, version)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20,
        $21, $22, $23, $24, $25, $26, $27, $28, $29, $30, $31, $32, 1))sql";

constexpr std::string_view kUpdate = R"sql(
UPDATE session_mentorship SET mentee_signed_us = $3, mentee_extension_days = $4, mentor_signed_us = $5,
  mentor_extension_days = $6, state = $7, start_us = $8, term_us = $9, end_us = $10,
  end_reason = $11, counted_minutes = $12, session_count = $13, extended_days = $14,
  next_review_us = $15, review = $16, review_overdue = $17, version = version + 1
WHERE id = $1 AND version = $2)sql";

constexpr std::string_view kInsertSession = R"sql(
INSERT INTO session_session (id, mentorship_id, held_us, minutes, contact, counts, logged_by,
                             logged_us)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
ON CONFLICT (mentorship_id, held_us, contact) DO NOTHING)sql";

constexpr std::string_view kListSessions = R"sql(
SELECT id, mentorship_id, held_us, minutes, contact, counts, logged_by, logged_us
FROM session_session WHERE mentorship_id = $1 AND id > $2 ORDER BY id LIMIT $3)sql";

constexpr std::string_view kInsertCheckIn = R"sql(
INSERT INTO session_check_in (id, mentorship_id, side, met, rating, wants_help, answered_us)
VALUES ($1, $2, $3, $4, $5, $6, $7))sql";

constexpr std::string_view kInsertReview = R"sql(
INSERT INTO session_review (id, mentorship_id, status, reviewer, recorded_us)
VALUES ($1, $2, $3, $4, $5))sql";

std::string JoinContacts(const std::vector<domain::Contact>& contacts) {
  return absl::StrJoin(contacts, ",", [](std::string* out, domain::Contact contact) {
    out->append(domain::NameOf(contact));
  });
}

absl::StatusOr<std::vector<domain::Contact>> SplitContacts(const std::string& joined) {
  std::vector<domain::Contact> contacts;
  if (joined.empty()) return contacts;
  const std::vector<std::string> names = absl::StrSplit(joined, ',');
  for (const std::string& name : names) {
    TREMPLIN_ASSIGN_OR_RETURN(const domain::Contact contact, domain::ContactOf(name));
    contacts.push_back(contact);
  }
  return contacts;
}

domain::Party PartyOf(const Row& row, size_t first) {
  return {row.Text(first), row.Text(first + 1), row.Text(first + 2), row.Time(first + 3),
          static_cast<int>(row.Int(first + 4))};
}

absl::StatusOr<MentorshipRow> RowOf(const Row& row) {
  MentorshipRow read;
  domain::Mentorship& to = read.mentorship;
  const auto number = [&](size_t column) { return static_cast<int>(row.Int(column)); };
  to.id = row.Text(0);
  to.proposal = row.Text(1);
  to.program = row.Text(2);
  to.program_version = row.Int(3);
  to.mentee = PartyOf(row, 4);
  to.mentor = PartyOf(row, 9);
  to.terms.length_days = number(14);
  to.terms.review_every_days = number(15);
  to.terms.max_extension_days = number(16);
  to.terms.close_grace_days = number(17);
  TREMPLIN_ASSIGN_OR_RETURN(to.terms.counting, SplitContacts(row.Text(18)));
  to.terms.time_zone = row.Text(19);
  TREMPLIN_ASSIGN_OR_RETURN(to.state, domain::StateOf(row.Text(20)));
  to.sign_by = row.Time(21);
  to.start = row.Time(22);
  to.term = row.Time(23);
  to.end = row.Time(24);
  to.end_reason = row.Text(25);
  to.counted_minutes = number(26);
  to.session_count = number(27);
  to.extended_days = number(28);
  to.next_review = row.Time(29);
  TREMPLIN_ASSIGN_OR_RETURN(to.review, domain::ReviewOf(row.Text(30)));
  to.review_overdue = row.Int(31) != 0;
  read.version = row.Int(32);
  return read;
}

absl::StatusOr<std::vector<MentorshipRow>> Rows(database::Reader& reader, std::string_view sql,
                                                Params params) {
  TREMPLIN_ASSIGN_OR_RETURN(Result result, reader.Query(sql, std::move(params)));
  std::vector<MentorshipRow> rows;
  rows.reserve(result.rows.size());
  for (const Row& row : result.rows) {
    TREMPLIN_ASSIGN_OR_RETURN(MentorshipRow read, RowOf(row));
    rows.push_back(std::move(read));
  }
  return rows;
}

}  // namespace

absl::StatusOr<std::optional<MentorshipRow>> FindMentorship(database::Reader& reader,
                                                            std::string_view id) {
  TREMPLIN_ASSIGN_OR_RETURN(std::vector<MentorshipRow> rows,
                            Rows(reader, kFind, {std::string(id)}));
  if (rows.empty()) return std::nullopt;
  return std::move(rows[0]);
}

absl::Status InsertMentorship(database::Transaction& tx, const domain::Mentorship& made) {
  return tx
      .Query(kInsert, {made.id,
                       made.proposal,
                       made.program,
                       made.program_version,
                       made.mentee.enrolment,
                       made.mentee.person,
                       made.mentee.business_key,
                       TimeOrNull(made.mentee.signed_at),
                       int64_t{made.mentee.extension_days},
                       made.mentor.enrolment,
                       made.mentor.person,
                       made.mentor.business_key,
                       TimeOrNull(made.mentor.signed_at),
                       int64_t{made.mentor.extension_days},
                       int64_t{made.terms.length_days},
                       int64_t{made.terms.review_every_days},
                       int64_t{made.terms.max_extension_days},
                       int64_t{made.terms.close_grace_days},
                       JoinContacts(made.terms.counting),
                       made.terms.time_zone,
                       std::string(domain::NameOf(made.state)),
                       TimeOrNull(made.sign_by),
                       TimeOrNull(made.start),
                       TimeOrNull(made.term),
                       TimeOrNull(made.end),
                       made.end_reason,
                       int64_t{made.counted_minutes},
                       int64_t{made.session_count},
                       int64_t{made.extended_days},
                       TimeOrNull(made.next_review),
                       std::string(domain::NameOf(made.review)),
                       int64_t{made.review_overdue}})
      .status();
}

absl::Status UpdateMentorship(database::Transaction& tx, domain::Mentorship next,
                              MentorshipRow* row) {
  TREMPLIN_ASSIGN_OR_RETURN(
      Result updated,
      tx.Query(kUpdate,
               {next.id, row->version, TimeOrNull(next.mentee.signed_at),
                int64_t{next.mentee.extension_days}, TimeOrNull(next.mentor.signed_at),
                int64_t{next.mentor.extension_days}, std::string(domain::NameOf(next.state)),
                TimeOrNull(next.start), TimeOrNull(next.term), TimeOrNull(next.end),
                next.end_reason, int64_t{next.counted_minutes}, int64_t{next.session_count},
                int64_t{next.extended_days}, TimeOrNull(next.next_review),
                std::string(domain::NameOf(next.review)), int64_t{next.review_overdue}}));
  if (updated.affected != 1) return status::VersionConflict("mentorship");
  row->mentorship = std::move(next);
  ++row->version;
  return absl::OkStatus();
}

absl::StatusOr<std::vector<MentorshipRow>> ListMentorships(database::Reader& reader,
                                                           const MentorshipFilter& filter,
                                                           std::string_view after, int limit) {
  const std::string state =
      filter.state.has_value() ? std::string(domain::NameOf(*filter.state)) : "";
  const std::string from(after);
  if (!filter.mentee_person.empty()) {
    return Rows(reader, kListMentee,
                {filter.mentee_person, from, int64_t{limit}, filter.program, state});
  }
  if (!filter.mentor_person.empty()) {
    return Rows(reader, kListMentor,
                {filter.mentor_person, from, int64_t{limit}, filter.program, state});
  }
  if (!state.empty()) {
    return Rows(reader, kListProgramState, {filter.program, from, int64_t{limit}, state});
  }
  return Rows(reader, kListProgram, {filter.program, from, int64_t{limit}});
}

absl::StatusOr<bool> InsertSession(database::Transaction& tx, const Session& session) {
  TREMPLIN_ASSIGN_OR_RETURN(
      Result inserted,
      tx.Query(kInsertSession,
               {session.id, session.mentorship, clock::ToMicros(session.held),
                int64_t{session.minutes}, std::string(domain::NameOf(session.contact)),
                int64_t{session.counts}, session.logged_by, clock::ToMicros(session.logged)}));
  return inserted.affected == 1;
}

absl::StatusOr<std::vector<Session>> ListSessions(database::Reader& reader,
                                                  std::string_view mentorship,
                                                  std::string_view after, int limit) {
  TREMPLIN_ASSIGN_OR_RETURN(
      Result result,
      reader.Query(kListSessions, {std::string(mentorship), std::string(after), int64_t{limit}}));
  std::vector<Session> sessions;
  for (const Row& row : result.rows) {
    Session session;
    session.id = row.Text(0);
    session.mentorship = row.Text(1);
    session.held = row.Time(2);
    session.minutes = static_cast<int>(row.Int(3));
    TREMPLIN_ASSIGN_OR_RETURN(session.contact, domain::ContactOf(row.Text(4)));
    session.counts = row.Int(5) != 0;
    session.logged_by = row.Text(6);
    session.logged = row.Time(7);
    sessions.push_back(std::move(session));
  }
  return sessions;
}

absl::Status InsertCheckIn(database::Transaction& tx, const CheckIn& check_in) {
  return tx.Execute(kInsertCheckIn,
                    {check_in.id, check_in.mentorship, std::string(domain::NameOf(check_in.side)),
                     int64_t{check_in.met}, int64_t{check_in.rating}, int64_t{check_in.wants_help},
                     clock::ToMicros(check_in.answered)});
}

absl::Status InsertReview(database::Transaction& tx, const Review& review) {
  return tx.Execute(kInsertReview,
                    {review.id, review.mentorship, std::string(domain::NameOf(review.status)),
                     review.reviewer, clock::ToMicros(review.recorded)});
}

}  // namespace tremplin::session::store
