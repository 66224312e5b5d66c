#include "services/session/store/engagements.h"

#include <algorithm>
#include <map>
#include <utility>

#include "common/clock/clock.h"
#include "common/status/error.h"
#include "common/status/macros.h"
#include "common/text/text.h"
#include "services/session/store/terms.h"

namespace tremplin::session::store {
namespace {

using database::Params;
using database::Result;
using database::Row;
using database::TimeOrNull;

constexpr std::string_view kSelect = R"sql(
SELECT e.id, e.proposal_id, e.program_id, e.program_version, e.format, e.continues_id, e.pinned,
       e.time_zone, e.state, e.opened_us, e.sign_by_us, e.start_us, e.term_us, e.end_us,
       e.end_reason, e.counted_minutes, e.session_count, e.extended_days, e.next_review_us,
       e.review, e.review_overdue, e.misses, e.held_us, e.introductions_given, e.reminders_sent,
       e.next_reminder_us, e.continued_as, e.version
FROM session_engagement e )sql";

std::string Select(std::string_view rest) { return text::Cat(kSelect, rest); }

constexpr std::string_view kInsert = R"sql(
INSERT INTO session_engagement (id, proposal_id, program_id, program_version, format, continues_id,
       pinned, time_zone, state, opened_us, sign_by_us, start_us, term_us, end_us, end_reason,
       counted_minutes, session_count, extended_days, next_review_us, review, review_overdue,
       misses, held_us, introductions_given, reminders_sent, next_reminder_us, continued_as,
       version)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20,
        $21, $22, $23, $24, $25, $26, $27, 1))sql";

constexpr std::string_view kUpdate = R"sql(
UPDATE session_engagement SET state = $3, sign_by_us = $4, start_us = $5, term_us = $6,
  end_us = $7, end_reason = $8, counted_minutes = $9, session_count = $10, extended_days = $11,
  next_review_us = $12, review = $13, review_overdue = $14, misses = $15, held_us = $16,
  introductions_given = $17, reminders_sent = $18, next_reminder_us = $19, continued_as = $20,
  version = version + 1
WHERE id = $1 AND version = $2)sql";

constexpr std::string_view kPutParticipant = R"sql(
INSERT INTO session_participant (engagement_id, enrolment_id, person_id, side, business_key,
  joined_us, left_us, leave_reason, counted_minutes, session_count, extension_days, rematch,
  continue_as)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
ON CONFLICT (engagement_id, enrolment_id) DO UPDATE SET left_us = EXCLUDED.left_us,
  leave_reason = EXCLUDED.leave_reason, counted_minutes = EXCLUDED.counted_minutes,
  session_count = EXCLUDED.session_count, extension_days = EXCLUDED.extension_days,
  rematch = EXCLUDED.rematch, continue_as = EXCLUDED.continue_as)sql";

constexpr std::string_view kInsertSignature = R"sql(
INSERT INTO session_signature (engagement_id, enrolment_id, document, signed_us)
VALUES ($1, $2, $3, $4))sql";

constexpr std::string_view kPutGoal = R"sql(
INSERT INTO session_goal (engagement_id, number, id, code, state, progress)
VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (engagement_id, number) DO UPDATE SET code = EXCLUDED.code, state = EXCLUDED.state,
  progress = EXCLUDED.progress)sql";

constexpr std::string_view kInsertPhase = R"sql(
INSERT INTO session_phase (engagement_id, phase, done_us) VALUES ($1, $2, $3))sql";
constexpr std::string_view kDeletePhase = R"sql(
DELETE FROM session_phase WHERE engagement_id = $1 AND phase = $2)sql";

// What belongs to engagements is read for so many at once; ids that are left over are empty.
constexpr size_t kAtOnce = 16;
constexpr std::string_view kOfThese =
    " WHERE engagement_id IN ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, "
    "$16) ";

const std::string& ParticipantsSql() {
  static const auto* sql = new std::string(text::Cat(
      "SELECT engagement_id, enrolment_id, person_id, side, business_key, joined_us, left_us, "
      "leave_reason, counted_minutes, session_count, extension_days, rematch, continue_as "
      "FROM session_participant",
      kOfThese));
  return *sql;
}
const std::string& SignaturesSql() {
  static const auto* sql = new std::string(text::Cat(
      "SELECT engagement_id, enrolment_id, document, signed_us FROM session_signature", kOfThese));
  return *sql;
}
const std::string& GoalsSql() {
  static const auto* sql =
      new std::string(text::Cat("SELECT engagement_id, id, code, state, progress FROM session_goal",
                                kOfThese, "ORDER BY engagement_id, number"));
  return *sql;
}
const std::string& PhasesSql() {
  static const auto* sql = new std::string(
      text::Cat("SELECT engagement_id, phase, done_us FROM session_phase", kOfThese));
  return *sql;
}

int Number(const Row& row, size_t column) { return static_cast<int>(row.Int(column)); }

absl::StatusOr<EngagementRow> RowOf(const Row& row) {
  EngagementRow read;
  domain::Engagement& to = read.engagement;
  to.id = row.Text(0);
  to.proposal = row.Text(1);
  to.program = row.Text(2);
  to.program_version = row.Int(3);
  to.format = row.Text(4);
  to.continues = row.Text(5);
  program::v1::Format pinned;
  if (!pinned.ParseFromString(row.Blob(6))) {
    return absl::DataLossError("a pinned format cannot be read");
  }
  TREMPLIN_ASSIGN_OR_RETURN(to.terms, TermsOf(pinned, row.Text(7)));
  TREMPLIN_ASSIGN_OR_RETURN(to.state, domain::StateOf(row.Text(8)));
  to.opened = row.Time(9);
  to.sign_by = row.Time(10);
  to.start = row.Time(11);
  to.term = row.Time(12);
  to.end = row.Time(13);
  to.end_reason = row.Text(14);
  to.counted_minutes = Number(row, 15);
  to.session_count = Number(row, 16);
  to.extended_days = Number(row, 17);
  to.next_review = row.Time(18);
  TREMPLIN_ASSIGN_OR_RETURN(to.review, domain::ReviewOf(row.Text(19)));
  to.review_overdue = row.Int(20) != 0;
  to.misses = Number(row, 21);
  to.held = row.Time(22);
  to.introductions_given = Number(row, 23);
  to.reminders_sent = Number(row, 24);
  to.next_reminder = row.Time(25);
  to.continued_as = row.Text(26);
  read.version = row.Int(27);
  return read;
}

absl::StatusOr<domain::Participant> ParticipantOf(const Row& row) {
  domain::Participant to;
  to.enrolment = row.Text(1);
  to.person = row.Text(2);
  TREMPLIN_ASSIGN_OR_RETURN(to.side, domain::SideOf(row.Text(3)));
  to.business_key = row.Text(4);
  to.joined = row.Time(5);
  to.left = row.Time(6);
  to.leave_reason = row.Text(7);
  to.counted_minutes = Number(row, 8);
  to.session_count = Number(row, 9);
  to.extension_days = Number(row, 10);
  TREMPLIN_ASSIGN_OR_RETURN(to.rematch, domain::RematchOf(row.Text(11)));
  to.continue_as = row.Text(12);
  return to;
}

using ById = std::map<std::string, domain::Engagement*>;

// Runs `sql` for these engagements, and `take` for each row with the engagement it belongs to.
absl::Status Each(database::Reader& reader, const std::string& sql, const ById& these,
                  const std::function<absl::Status(const Row&, domain::Engagement*)>& take) {
  Params ids;
  for (const auto& [id, engagement] : these) ids.emplace_back(id);
  while (ids.size() < kAtOnce) ids.emplace_back(std::string());
  TREMPLIN_ASSIGN_OR_RETURN(const Result result, reader.Query(sql, std::move(ids)));
  for (const Row& row : result.rows) {
    TREMPLIN_RETURN_IF_ERROR(take(row, these.at(row.Text(0))));
  }
  return absl::OkStatus();
}

absl::Status AddPlan(database::Reader& reader, const ById& these) {
  const bool phases = std::any_of(these.begin(), these.end(), [](const auto& one) {
    return !one.second->terms.phases.empty();
  });
  if (phases) {
    TREMPLIN_RETURN_IF_ERROR(
        Each(reader, PhasesSql(), these, [](const Row& row, domain::Engagement* to) {
          to->phases_done.emplace(row.Text(1), row.Time(2));
          return absl::OkStatus();
        }));
  }
  return Each(reader, GoalsSql(), these, [](const Row& row, domain::Engagement* to) {
    TREMPLIN_ASSIGN_OR_RETURN(const domain::GoalState state, domain::GoalStateOf(row.Text(3)));
    to->goals.push_back({row.Text(1), row.Text(2), state, Number(row, 4)});
    return absl::OkStatus();
  });
}

absl::Status AddParts(database::Reader& reader, const ById& these) {
  TREMPLIN_RETURN_IF_ERROR(
      Each(reader, ParticipantsSql(), these, [](const Row& row, domain::Engagement* to) {
        TREMPLIN_ASSIGN_OR_RETURN(domain::Participant one, ParticipantOf(row));
        to->participants.push_back(std::move(one));
        return absl::OkStatus();
      }));
  for (const auto& [id, engagement] : these) domain::SortParticipants(engagement);
  const bool documents = std::any_of(these.begin(), these.end(), [](const auto& one) {
    return !one.second->terms.documents.empty();
  });
  if (documents) {
    TREMPLIN_RETURN_IF_ERROR(
        Each(reader, SignaturesSql(), these, [](const Row& row, domain::Engagement* to) {
          domain::Participant* signer = to->Find(row.Text(1));
          if (signer != nullptr) signer->signatures.emplace(row.Text(2), row.Time(3));
          return absl::OkStatus();
        }));
  }
  return AddPlan(reader, these);
}

absl::StatusOr<std::vector<EngagementRow>> Rows(database::Reader& reader, std::string_view sql,
                                                Params params) {
  TREMPLIN_ASSIGN_OR_RETURN(const Result result, reader.Query(sql, std::move(params)));
  std::vector<EngagementRow> rows;
  rows.reserve(result.rows.size());
  for (const Row& row : result.rows) {
    TREMPLIN_ASSIGN_OR_RETURN(EngagementRow read, RowOf(row));
    rows.push_back(std::move(read));
  }
  for (size_t first = 0; first < rows.size(); first += kAtOnce) {
    ById these;
    for (size_t i = first; i < std::min(first + kAtOnce, rows.size()); ++i) {
      these.emplace(rows[i].engagement.id, &rows[i].engagement);
    }
    TREMPLIN_RETURN_IF_ERROR(AddParts(reader, these));
  }
  return rows;
}

absl::Status PutParticipant(database::Transaction& tx, const std::string& id,
                            const domain::Participant& one, const domain::Participant* before) {
  if (before != nullptr && *before == one) return absl::OkStatus();
  TREMPLIN_RETURN_IF_ERROR(tx.Execute(
      kPutParticipant,
      {id, one.enrolment, one.person, std::string(domain::NameOf(one.side)), one.business_key,
       clock::ToMicros(one.joined), TimeOrNull(one.left), one.leave_reason,
       int64_t{one.counted_minutes}, int64_t{one.session_count}, int64_t{one.extension_days},
       std::string(domain::NameOf(one.rematch)), one.continue_as}));
  for (const auto& [document, when] : one.signatures) {
    if (before != nullptr && before->signatures.contains(document)) continue;
    TREMPLIN_RETURN_IF_ERROR(
        tx.Execute(kInsertSignature, {id, one.enrolment, document, clock::ToMicros(when)}));
  }
  return absl::OkStatus();
}

absl::Status PutPlan(database::Transaction& tx, const domain::Engagement& before,
                     const domain::Engagement& after) {
  for (size_t i = 0; i < after.goals.size(); ++i) {
    const domain::Goal& goal = after.goals[i];
    if (i < before.goals.size() && before.goals[i] == goal) continue;
    TREMPLIN_RETURN_IF_ERROR(
        tx.Execute(kPutGoal, {after.id, static_cast<int64_t>(i + 1), goal.id, goal.code,
                              std::string(domain::NameOf(goal.state)), int64_t{goal.progress}}));
  }
  for (const auto& [phase, when] : after.phases_done) {
    if (before.phases_done.contains(phase)) continue;
    TREMPLIN_RETURN_IF_ERROR(tx.Execute(kInsertPhase, {after.id, phase, clock::ToMicros(when)}));
  }
  for (const auto& [phase, when] : before.phases_done) {
    if (after.phases_done.contains(phase)) continue;
    TREMPLIN_RETURN_IF_ERROR(tx.Execute(kDeletePhase, {after.id, phase}));
  }
  return absl::OkStatus();
}

const std::string& ListSql(const EngagementFilter& filter) {
  static const auto* program =
      new std::string(Select("WHERE e.program_id = $1 AND e.id > $2 ORDER BY e.id LIMIT $3"));
  static const auto* state = new std::string(
      Select("WHERE e.program_id = $1 AND e.state = $4 AND e.id > $2 ORDER BY e.id LIMIT $3"));
  static const auto* format = new std::string(
      Select("WHERE e.program_id = $1 AND e.format = $4 AND e.id > $2 ORDER BY e.id LIMIT $3"));
  static const auto* both = new std::string(
      Select("WHERE e.program_id = $1 AND e.format = $4 AND e.state = $5 AND e.id > $2 "
             "ORDER BY e.id LIMIT $3"));
  if (filter.format.empty()) return filter.state.has_value() ? *state : *program;
  return filter.state.has_value() ? *both : *format;
}

// Who left sees the state as it was then.
const std::string& ListPersonSql() {
  static const auto* sql = new std::string(Select(R"sql(
JOIN session_participant p ON p.engagement_id = e.id
WHERE p.person_id = $1 AND p.side = $2 AND p.engagement_id > $3
  AND ($5 = '' OR e.program_id = $5) AND ($6 = '' OR e.format = $6)
  AND ($7 = '' OR $7 = CASE WHEN p.left_us IS NULL THEN e.state
                            WHEN e.start_us <= p.left_us THEN 'active'
                            ELSE 'agreement_pending' END)
ORDER BY p.engagement_id LIMIT $4)sql"));
  return *sql;
}

}  // namespace

absl::StatusOr<std::optional<EngagementRow>> FindEngagement(database::Reader& reader,
                                                            std::string_view id) {
  static const auto* sql = new std::string(Select("WHERE e.id = $1"));
  TREMPLIN_ASSIGN_OR_RETURN(std::vector<EngagementRow> rows, Rows(reader, *sql, {std::string(id)}));
  if (rows.empty()) return std::nullopt;
  return std::move(rows[0]);
}

absl::Status InsertEngagement(database::Transaction& tx, const domain::Engagement& made,
                              const program::v1::Format& pinned) {
  TREMPLIN_RETURN_IF_ERROR(tx.Query(kInsert, {made.id,
                                              made.proposal,
                                              made.program,
                                              made.program_version,
                                              made.format,
                                              made.continues,
                                              database::Bytes{pinned.SerializeAsString()},
                                              made.terms.time_zone,
                                              std::string(domain::NameOf(made.state)),
                                              clock::ToMicros(made.opened),
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
                                              int64_t{made.review_overdue},
                                              int64_t{made.misses},
                                              TimeOrNull(made.held),
                                              int64_t{made.introductions_given},
                                              int64_t{made.reminders_sent},
                                              TimeOrNull(made.next_reminder),
                                              made.continued_as})
                               .status());
  for (const domain::Participant& one : made.participants) {
    TREMPLIN_RETURN_IF_ERROR(PutParticipant(tx, made.id, one, nullptr));
  }
  return PutPlan(tx, {}, made);
}

absl::Status UpdateEngagement(database::Transaction& tx, domain::Engagement next,
                              EngagementRow* row) {
  TREMPLIN_ASSIGN_OR_RETURN(const Result updated,
                            tx.Query(kUpdate, {next.id,
                                               row->version,
                                               std::string(domain::NameOf(next.state)),
                                               TimeOrNull(next.sign_by),
                                               TimeOrNull(next.start),
                                               TimeOrNull(next.term),
                                               TimeOrNull(next.end),
                                               next.end_reason,
                                               int64_t{next.counted_minutes},
                                               int64_t{next.session_count},
                                               int64_t{next.extended_days},
                                               TimeOrNull(next.next_review),
                                               std::string(domain::NameOf(next.review)),
                                               int64_t{next.review_overdue},
                                               int64_t{next.misses},
                                               TimeOrNull(next.held),
                                               int64_t{next.introductions_given},
                                               int64_t{next.reminders_sent},
                                               TimeOrNull(next.next_reminder),
                                               next.continued_as}));
  if (updated.affected != 1) return status::VersionConflict("engagement");
  const domain::Engagement& before = row->engagement;
  for (const domain::Participant& one : next.participants) {
    TREMPLIN_RETURN_IF_ERROR(PutParticipant(tx, next.id, one, before.Find(one.enrolment)));
  }
  TREMPLIN_RETURN_IF_ERROR(PutPlan(tx, before, next));
  row->engagement = std::move(next);
  ++row->version;
  return absl::OkStatus();
}

absl::StatusOr<std::vector<EngagementRow>> ListEngagements(database::Reader& reader,
                                                           const EngagementFilter& filter,
                                                           std::string_view after, int limit) {
  const std::string state =
      filter.state.has_value() ? std::string(domain::NameOf(*filter.state)) : "";
  const std::string from(after);
  if (!filter.person.empty()) {
    return Rows(reader, ListPersonSql(),
                {filter.person, std::string(domain::NameOf(filter.side)), from, int64_t{limit},
                 filter.program, filter.format, state});
  }
  Params params = {filter.program, from, int64_t{limit}};
  if (!filter.format.empty()) params.emplace_back(filter.format);
  if (!state.empty()) params.emplace_back(state);
  return Rows(reader, ListSql(filter), std::move(params));
}

absl::StatusOr<std::vector<EngagementRow>> ListOfEnrolment(database::Reader& reader,
                                                           std::string_view enrolment) {
  static const auto* sql = new std::string(
      Select("JOIN session_participant p ON p.engagement_id = e.id WHERE p.enrolment_id = $1 "
             "ORDER BY e.opened_us, e.proposal_id"));
  return Rows(reader, *sql, {std::string(enrolment)});
}

}  // namespace tremplin::session::store
