#include "services/session/store/engagements.h"

#include <algorithm>
#include <map>
#include <utility>

#include "common/clock/clock.h"
#include "common/database/columns.h"
#include "common/status/error.h"
#include "common/status/macros.h"
#include "common/text/text.h"
#include "services/session/store/terms.h"

namespace tremplin::session::store {
namespace {

using database::As;
using database::At;
using database::Columns;
using database::Micros;
using database::Params;
using database::Result;
using database::Row;
using domain::Engagement;
using domain::Participant;

using StateName = database::Coded<domain::State, domain::NameOf, domain::StateOf>;
using ReviewName = database::Coded<domain::Review, domain::NameOf, domain::ReviewOf>;
using RematchName = database::Coded<domain::Rematch, domain::NameOf, domain::RematchOf>;
using SideName = database::Coded<domain::Side, domain::NameOf, domain::SideOf>;
using GoalStateName = database::Coded<domain::GoalState, domain::NameOf, domain::GoalStateOf>;

template <auto Member>
constexpr auto Of(std::string_view name) {
  return At<&EngagementRow::engagement, Member>(name);
}
template <class Codec, auto Member>
constexpr auto OfAs(std::string_view name) {
  return As<Codec, &EngagementRow::engagement, Member>(name);
}

// The format it was made under stands before them: its terms are made of that and the time zone.
const Columns<EngagementRow>& EngagementColumns() {
  static const auto* columns = new Columns<EngagementRow>(
      "session_engagement",
      {Of<&Engagement::id>("id").Fixed(),
       Of<&Engagement::proposal>("proposal_id").Fixed(),
       Of<&Engagement::program>("program_id").Fixed(),
       Of<&Engagement::program_version>("program_version").Fixed(),
       Of<&Engagement::format>("format").Fixed(),
       Of<&Engagement::continues>("continues_id").Fixed(),
       At<&EngagementRow::engagement, &Engagement::terms, &domain::Terms::time_zone>("time_zone")
           .Fixed(),
       OfAs<StateName, &Engagement::state>("state"),
       OfAs<Micros, &Engagement::opened>("opened_us").Fixed(),
       Of<&Engagement::sign_by>("sign_by_us"),
       Of<&Engagement::start>("start_us"),
       Of<&Engagement::term>("term_us"),
       Of<&Engagement::end>("end_us"),
       Of<&Engagement::end_reason>("end_reason"),
       Of<&Engagement::counted_minutes>("counted_minutes"),
       Of<&Engagement::session_count>("session_count"),
       Of<&Engagement::extended_days>("extended_days"),
       Of<&Engagement::next_review>("next_review_us"),
       OfAs<ReviewName, &Engagement::review>("review"),
       Of<&Engagement::review_overdue>("review_overdue"),
       Of<&Engagement::misses>("misses"),
       Of<&Engagement::held>("held_us"),
       Of<&Engagement::introductions_given>("introductions_given"),
       Of<&Engagement::reminders_sent>("reminders_sent"),
       Of<&Engagement::next_reminder>("next_reminder_us"),
       Of<&Engagement::continued_as>("continued_as"),
       At<&EngagementRow::version>("version").Fixed()},
      {"pinned"});
  return *columns;
}

std::string Select(std::string_view rest) { return EngagementColumns().Select(rest, "e"); }

const Columns<Participant>& ParticipantColumns() {
  static const auto* columns = new Columns<Participant>(
      "session_participant",
      {At<&Participant::enrolment>("enrolment_id").Fixed(),
       At<&Participant::person>("person_id").Fixed(),
       As<SideName, &Participant::side>("side").Fixed(),
       At<&Participant::business_key>("business_key").Fixed(),
       As<Micros, &Participant::joined>("joined_us").Fixed(), At<&Participant::left>("left_us"),
       At<&Participant::leave_reason>("leave_reason"),
       At<&Participant::counted_minutes>("counted_minutes"),
       At<&Participant::session_count>("session_count"),
       At<&Participant::extension_days>("extension_days"),
       As<RematchName, &Participant::rematch>("rematch"),
       At<&Participant::continue_as>("continue_as")},
      {"engagement_id"});
  return *columns;
}

const Columns<domain::Goal>& GoalColumns() {
  static const auto* columns = new Columns<domain::Goal>(
      "session_goal",
      {At<&domain::Goal::id>("id").Fixed(), At<&domain::Goal::code>("code"),
       As<GoalStateName, &domain::Goal::state>("state"), At<&domain::Goal::progress>("progress")},
      {"engagement_id", "number"});
  return *columns;
}

constexpr std::string_view kInsertSignature = R"sql(
INSERT INTO session_signature (engagement_id, enrolment_id, document, signed_us)
VALUES ($1, $2, $3, $4))sql";

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
  static const auto* sql = new std::string(ParticipantColumns().Select(kOfThese));
  return *sql;
}
const std::string& SignaturesSql() {
  static const auto* sql = new std::string(text::Cat(
      "SELECT engagement_id, enrolment_id, document, signed_us FROM session_signature", kOfThese));
  return *sql;
}
const std::string& GoalsSql() {
  static const auto* sql =
      new std::string(GoalColumns().Select(text::Cat(kOfThese, "ORDER BY engagement_id, number")));
  return *sql;
}
const std::string& PhasesSql() {
  static const auto* sql = new std::string(
      text::Cat("SELECT engagement_id, phase, done_us FROM session_phase", kOfThese));
  return *sql;
}

absl::StatusOr<EngagementRow> RowOf(const Row& row) {
  TREMPLIN_ASSIGN_OR_RETURN(EngagementRow read, EngagementColumns().Read(row));
  program::v1::Format pinned;
  if (!pinned.ParseFromString(row.Blob(0))) {
    return absl::DataLossError("a pinned format cannot be read");
  }
  domain::Terms& terms = read.engagement.terms;
  TREMPLIN_ASSIGN_OR_RETURN(terms, TermsOf(pinned, std::string(terms.time_zone)));
  return read;
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
    TREMPLIN_ASSIGN_OR_RETURN(domain::Goal goal, GoalColumns().Read(row));
    to->goals.push_back(std::move(goal));
    return absl::OkStatus();
  });
}

absl::Status AddParts(database::Reader& reader, const ById& these) {
  TREMPLIN_RETURN_IF_ERROR(
      Each(reader, ParticipantsSql(), these, [](const Row& row, domain::Engagement* to) {
        TREMPLIN_ASSIGN_OR_RETURN(Participant one, ParticipantColumns().Read(row));
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
          Participant* signer = to->Find(row.Text(1));
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
                            const Participant& one, const Participant* before) {
  if (before != nullptr && *before == one) return absl::OkStatus();
  static const auto* put =
      new std::string(ParticipantColumns().Upsert("engagement_id, enrolment_id"));
  TREMPLIN_RETURN_IF_ERROR(tx.Execute(*put, ParticipantColumns().Inserted(one, {id})));
  for (const auto& [document, when] : one.signatures) {
    if (before != nullptr && before->signatures.contains(document)) continue;
    TREMPLIN_RETURN_IF_ERROR(
        tx.Execute(kInsertSignature, {id, one.enrolment, document, clock::ToMicros(when)}));
  }
  return absl::OkStatus();
}

absl::Status PutPlan(database::Transaction& tx, const domain::Engagement& before,
                     const domain::Engagement& after) {
  static const auto* put = new std::string(GoalColumns().Upsert("engagement_id, number"));
  for (size_t i = 0; i < after.goals.size(); ++i) {
    const domain::Goal& goal = after.goals[i];
    if (i < before.goals.size() && before.goals[i] == goal) continue;
    TREMPLIN_RETURN_IF_ERROR(
        tx.Execute(*put, GoalColumns().Inserted(goal, {after.id, static_cast<int64_t>(i + 1)})));
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
  static const auto* sql = new std::string(EngagementColumns().Insert());
  TREMPLIN_RETURN_IF_ERROR(
      tx.Query(*sql, EngagementColumns().Inserted({made, 1},
                                                  {database::Bytes{pinned.SerializeAsString()}}))
          .status());
  for (const Participant& one : made.participants) {
    TREMPLIN_RETURN_IF_ERROR(PutParticipant(tx, made.id, one, nullptr));
  }
  return PutPlan(tx, {}, made);
}

absl::Status UpdateEngagement(database::Transaction& tx, domain::Engagement next,
                              EngagementRow* row) {
  static const auto* sql = new std::string(
      EngagementColumns().Update(2, ", version = version + 1 WHERE id = $1 AND version = $2"));
  EngagementRow changed = {std::move(next), row->version + 1};
  const Engagement& after = changed.engagement;
  TREMPLIN_ASSIGN_OR_RETURN(
      const Result updated,
      tx.Query(*sql, EngagementColumns().Changed(changed, {after.id, row->version})));
  if (updated.affected != 1) return status::VersionConflict("engagement");
  const Engagement& before = row->engagement;
  for (const Participant& one : after.participants) {
    TREMPLIN_RETURN_IF_ERROR(PutParticipant(tx, after.id, one, before.Find(one.enrolment)));
  }
  TREMPLIN_RETURN_IF_ERROR(PutPlan(tx, before, after));
  *row = std::move(changed);
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
