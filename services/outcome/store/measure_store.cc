#include "services/outcome/store/measure_store.h"

#include <algorithm>

#include "common/clock/clock.h"
#include "common/database/columns.h"
#include "common/status/macros.h"
#include "common/text/text.h"

namespace tremplin::outcome {
namespace {

using database::TimeOrNull;

constexpr std::string_view kInsertFactSql =
    "INSERT INTO outcome_fact (program, code, key, at_us, canonical) VALUES ($1, $2, $3, $4, "
    "COALESCE((SELECT c.canonical FROM outcome_counted_as c WHERE c.key = $3), '')) ON CONFLICT DO "
    "NOTHING RETURNING canonical";
constexpr std::string_view kCountedSql =
    "SELECT 1 FROM outcome_fact WHERE program = $1 AND code = $2 AND canonical = $3 AND key <> $4 "
    "LIMIT 1";
constexpr std::string_view kPutCountedAsSql =
    "INSERT INTO outcome_counted_as (key, canonical) VALUES ($1, $2) ON CONFLICT (key) DO UPDATE "
    "SET canonical = excluded.canonical";
constexpr std::string_view kCodesSql = "SELECT code FROM outcome_counter WHERE program = $1";
constexpr std::string_view kSetCanonicalSql =
    "UPDATE outcome_fact SET canonical = $4 WHERE program = $1 AND code = $2 AND key = $3 AND "
    "canonical <> $4";
constexpr std::string_view kRecountSql =
    "UPDATE outcome_counter SET count = (SELECT COUNT(DISTINCT CASE WHEN f.canonical = '' THEN "
    "f.key ELSE f.canonical END) FROM outcome_fact f WHERE f.program = $1 AND f.code = $2) WHERE "
    "program = $1 AND code = $2";
constexpr std::string_view kPersonOfEnrolmentSql =
    "UPDATE outcome_enrolment SET person = $2 WHERE id = $1";
constexpr std::string_view kPersonOfFollowUpsSql =
    "UPDATE outcome_follow_up SET person = $2 WHERE enrolment = $1";
constexpr std::string_view kEarlierFactSql =
    "UPDATE outcome_fact SET at_us = $4 WHERE program = $1 AND code = $2 AND key = $3 AND at_us > "
    "$4";
constexpr std::string_view kCountSql =
    "INSERT INTO outcome_counter (program, code, count) VALUES ($1, $2, 1) ON CONFLICT (program, "
    "code) DO UPDATE SET count = outcome_counter.count + 1";
constexpr std::string_view kDeleteFactSql =
    "DELETE FROM outcome_fact WHERE program = $1 AND code = $2 AND key = $3";
constexpr std::string_view kUncountSql =
    "UPDATE outcome_counter SET count = count - 1 WHERE program = $1 AND code = $2";
constexpr std::string_view kCountersSql =
    "SELECT code, count FROM outcome_counter WHERE program = $1";
constexpr std::string_view kShownSql =
    "SELECT code, count, at_us FROM outcome_funnel_release WHERE program = $1 ORDER BY code, round";
constexpr std::string_view kHoldFunnelSql =
    "INSERT INTO outcome_funnel_round (program, round) VALUES ($1, 1) ON CONFLICT (program) DO "
    "UPDATE SET round = outcome_funnel_round.round + 1";
constexpr std::string_view kReleaseSql =
    "INSERT INTO outcome_funnel_release (program, code, round, count, at_us) SELECT $1, $2, round, "
    "$3, $4 FROM outcome_funnel_round WHERE program = $1";
constexpr std::string_view kIsCountedSql =
    "SELECT 1 FROM outcome_fact WHERE program = $1 AND code = $2 AND key = $3";
constexpr std::string_view kFactsBySql =
    "SELECT at_us FROM outcome_fact WHERE program = $1 AND code = $2 AND at_us <= $3";

const database::Columns<EnrolmentRecord>& EnrolmentColumns() {
  using database::At;
  using Record = EnrolmentRecord;
  static const auto* columns = new database::Columns<Record>(
      "outcome_enrolment",
      {At<&Record::id>("id"), At<&Record::person>("person"), At<&Record::program>("program"),
       At<&Record::program_version>("program_version"), At<&Record::role>("role"),
       At<&Record::organization>("organization"), At<&Record::business_key>("business_key"),
       At<&Record::language>("language"), At<&Record::created>("created_us"),
       At<&Record::ready>("ready_us"), At<&Record::matched>("matched_us"),
       At<&Record::first_meeting>("first_meeting_us"), At<&Record::ended>("ended_us")});
  return *columns;
}

// The earliest telling of each time counts, whichever comes first.
constexpr std::string_view kMerge =
    " ON CONFLICT (id) DO UPDATE SET "
    "person = CASE WHEN excluded.person = '' THEN outcome_enrolment.person ELSE excluded.person "
    "END, "
    "role = CASE WHEN excluded.role = 0 THEN outcome_enrolment.role ELSE excluded.role END, "
    "organization = CASE WHEN excluded.organization = '' THEN outcome_enrolment.organization ELSE "
    "excluded.organization END, "
    "business_key = CASE WHEN excluded.business_key = '' THEN outcome_enrolment.business_key ELSE "
    "excluded.business_key END, "
    "language = CASE WHEN excluded.language = '' THEN outcome_enrolment.language ELSE "
    "excluded.language END, "
    "program_version = CASE WHEN excluded.created_us IS NULL THEN "
    "outcome_enrolment.program_version ELSE excluded.program_version END, "
    "created_us = CASE WHEN outcome_enrolment.created_us IS NULL OR excluded.created_us < "
    "outcome_enrolment.created_us THEN "
    "COALESCE(excluded.created_us, outcome_enrolment.created_us) ELSE outcome_enrolment.created_us "
    "END, "
    "ready_us = CASE WHEN outcome_enrolment.ready_us IS NULL OR excluded.ready_us < "
    "outcome_enrolment.ready_us THEN "
    "COALESCE(excluded.ready_us, outcome_enrolment.ready_us) ELSE outcome_enrolment.ready_us END, "
    "matched_us = CASE WHEN outcome_enrolment.matched_us IS NULL OR excluded.matched_us < "
    "outcome_enrolment.matched_us THEN "
    "COALESCE(excluded.matched_us, outcome_enrolment.matched_us) ELSE outcome_enrolment.matched_us "
    "END, "
    "first_meeting_us = CASE WHEN outcome_enrolment.first_meeting_us IS NULL OR "
    "excluded.first_meeting_us < outcome_enrolment.first_meeting_us THEN "
    "COALESCE(excluded.first_meeting_us, outcome_enrolment.first_meeting_us) ELSE "
    "outcome_enrolment.first_meeting_us END, "
    "ended_us = CASE WHEN outcome_enrolment.ended_us IS NULL OR excluded.ended_us < "
    "outcome_enrolment.ended_us THEN "
    "COALESCE(excluded.ended_us, outcome_enrolment.ended_us) ELSE outcome_enrolment.ended_us END";
constexpr std::string_view kFirstMeetingSql =
    "INSERT INTO outcome_enrolment (id, person, program, program_version, role, organization, "
    "business_key, language, first_meeting_us) VALUES ($1, $2, $3, 0, $4, '', '', '', $5) ON "
    "CONFLICT (id) DO UPDATE SET first_meeting_us = excluded.first_meeting_us WHERE "
    "outcome_enrolment.first_meeting_us IS NULL OR outcome_enrolment.first_meeting_us > "
    "excluded.first_meeting_us";
constexpr std::string_view kAttendedSql =
    "SELECT enrolment, held_us FROM outcome_session WHERE session = $1 ORDER BY enrolment";
constexpr std::string_view kAttendSql =
    "INSERT INTO outcome_session (session, enrolment, held_us) VALUES ($1, $2, $3) ON CONFLICT "
    "(session, enrolment) DO UPDATE SET held_us = excluded.held_us";
constexpr std::string_view kNotAttendedSql =
    "DELETE FROM outcome_session WHERE session = $1 AND enrolment = $2";
constexpr std::string_view kFirstOfSql =
    "UPDATE outcome_enrolment SET first_meeting_us = (SELECT MIN(held_us) FROM outcome_session "
    "WHERE enrolment = $1) WHERE id = $1 AND first_meeting_us = $2";
constexpr std::string_view kEngagementSql =
    "INSERT INTO outcome_engagement (enrolment, engagement, began_us, ended_us) VALUES ($1, $2, "
    "$3, $4) ON CONFLICT (enrolment, engagement) DO UPDATE SET "
    "began_us = CASE WHEN excluded.began_us < outcome_engagement.began_us THEN excluded.began_us "
    "ELSE outcome_engagement.began_us END, "
    "ended_us = CASE WHEN outcome_engagement.ended_us IS NULL OR excluded.ended_us < "
    "outcome_engagement.ended_us THEN COALESCE(excluded.ended_us, outcome_engagement.ended_us) "
    "ELSE outcome_engagement.ended_us END";
constexpr std::string_view kLeftEngagementSql =
    "UPDATE outcome_engagement SET ended_us = CASE WHEN ended_us < $3 THEN ended_us ELSE $3 END "
    "WHERE enrolment = $1 AND engagement = $2";
// Of two that began at once, the one that ended first.
constexpr std::string_view kFirstEndSql =
    "SELECT ended_us FROM outcome_engagement WHERE enrolment = $1 ORDER BY began_us, CASE WHEN "
    "ended_us IS NULL THEN 1 ELSE 0 END, ended_us LIMIT 1";
// The answer that held at a time is the present one, when it was recorded by then, or one that was
// amended since.
constexpr std::string_view kStagesSql =
    "SELECT stage, COUNT(*), "
    "COUNT(employment), "
    "COUNT(CASE WHEN close_us <= $2 AND employment IS NULL AND (left_us IS NULL OR left_us > $2) "
    "THEN 1 END), "
    "COUNT(CASE WHEN employment = 1 THEN 1 END), "
    "COUNT(CASE WHEN employment = 2 THEN 1 END), "
    "COUNT(CASE WHEN employment = 3 THEN 1 END), "
    "COUNT(CASE WHEN employment = 4 THEN 1 END), "
    "COUNT(CASE WHEN left_us <= $2 AND employment IS NULL THEN 1 END), "
    "COUNT(CASE WHEN employment IS NOT NULL AND first_us < recorded_us THEN 1 END) "
    "FROM (SELECT f.stage AS stage, f.close_us AS close_us, f.left_us AS left_us, "
    "CASE WHEN f.recorded_us <= $2 THEN f.employment ELSE b.employment END AS employment, "
    "CASE WHEN f.recorded_us <= $2 THEN f.recorded_us ELSE b.from_us END AS recorded_us, "
    "COALESCE(f.answer_us, b.from_us) AS first_us "
    "FROM outcome_follow_up f LEFT JOIN outcome_answer_before b ON b.follow_up = f.id AND "
    "b.from_us <= $2 AND b.until_us > $2 WHERE f.program = $1 AND f.open_us <= $2 AND NOT EXISTS "
    "(SELECT 1 FROM outcome_counted_as c WHERE c.key = f.enrolment AND c.canonical <> c.key)) AS "
    "held GROUP BY stage";
constexpr std::string_view kAnswersSql =
    "SELECT stage, recorded_us AS at_us, employment, 1 AS change FROM outcome_follow_up "
    "WHERE program = $1 AND recorded_us <= $2 AND NOT EXISTS (SELECT 1 FROM outcome_counted_as c "
    "WHERE c.key = outcome_follow_up.enrolment AND c.canonical <> c.key) "
    "UNION ALL SELECT f.stage, b.from_us, b.employment, 1 FROM outcome_follow_up f "
    "JOIN outcome_answer_before b ON b.follow_up = f.id WHERE f.program = $1 AND b.from_us <= $2 "
    "AND NOT EXISTS (SELECT 1 FROM outcome_counted_as c WHERE c.key = f.enrolment AND c.canonical "
    "<> "
    "c.key) "
    "UNION ALL SELECT f.stage, b.until_us, b.employment, -1 FROM outcome_follow_up f "
    "JOIN outcome_answer_before b ON b.follow_up = f.id WHERE f.program = $1 AND b.until_us <= $2 "
    "AND NOT EXISTS (SELECT 1 FROM outcome_counted_as c WHERE c.key = f.enrolment AND c.canonical "
    "<> "
    "c.key) "
    "ORDER BY 2";
constexpr std::string_view kWaitingBySql =
    "SELECT ready_us, CASE WHEN matched_us IS NULL THEN ended_us WHEN ended_us IS NULL OR "
    "matched_us < ended_us THEN matched_us ELSE ended_us END FROM outcome_enrolment WHERE program "
    "= $1 AND role = 1 AND ready_us <= $2 AND NOT EXISTS (SELECT 1 FROM outcome_counted_as c WHERE "
    "c.key = outcome_enrolment.id AND c.canonical <> c.key)";
constexpr std::string_view kWaitingSql =
    "SELECT COUNT(*) FROM outcome_enrolment WHERE program = $1 AND role = 1 AND ready_us <= $2 AND "
    "(matched_us IS NULL OR matched_us > $2) AND (ended_us IS NULL OR ended_us > $2) AND NOT "
    "EXISTS "
    "(SELECT 1 FROM outcome_counted_as c WHERE c.key = outcome_enrolment.id AND c.canonical <> "
    "c.key)";

}  // namespace

absl::Status CountFact(database::Transaction& tx, const std::string& program,
                       const std::string& code, const std::string& key, absl::Time at) {
  TREMPLIN_ASSIGN_OR_RETURN(const database::Result result,
                            tx.Query(kInsertFactSql, {program, code, key, clock::ToMicros(at)}));
  if (result.rows.empty()) {
    return tx.Execute(kEarlierFactSql, {program, code, key, clock::ToMicros(at)});
  }
  if (const std::string& canonical = result.rows[0].Text(0); !canonical.empty()) {
    TREMPLIN_ASSIGN_OR_RETURN(const database::Result counted,
                              tx.Query(kCountedSql, {program, code, canonical, key}));
    if (!counted.rows.empty()) return absl::OkStatus();
  }
  return tx.Execute(kCountSql, {program, code});
}

absl::StatusOr<bool> UncountFact(database::Transaction& tx, const std::string& program,
                                 const std::string& code, const std::string& key) {
  TREMPLIN_ASSIGN_OR_RETURN(const database::Result deleted,
                            tx.Query(kDeleteFactSql, {program, code, key}));
  if (deleted.affected == 0) return false;
  TREMPLIN_RETURN_IF_ERROR(tx.Execute(kUncountSql, {program, code}));
  return true;
}

absl::Status CountAs(database::Transaction& tx, const std::string& program, const std::string& key,
                     const std::string& canonical) {
  TREMPLIN_RETURN_IF_ERROR(tx.Execute(kPutCountedAsSql, {key, canonical}));
  TREMPLIN_ASSIGN_OR_RETURN(const database::Result codes, tx.Query(kCodesSql, {program}));
  for (const database::Row& row : codes.rows) {
    TREMPLIN_ASSIGN_OR_RETURN(const database::Result changed,
                              tx.Query(kSetCanonicalSql, {program, row.Text(0), key, canonical}));
    if (changed.affected == 0) continue;
    TREMPLIN_RETURN_IF_ERROR(tx.Execute(kRecountSql, {program, row.Text(0)}));
  }
  return absl::OkStatus();
}

absl::Status SetPerson(database::Transaction& tx, const std::string& enrolment,
                       const std::string& person) {
  TREMPLIN_RETURN_IF_ERROR(tx.Execute(kPersonOfEnrolmentSql, {enrolment, person}));
  return tx.Execute(kPersonOfFollowUpsSql, {enrolment, person});
}

absl::StatusOr<bool> IsCounted(database::Reader& reader, const std::string& program,
                               const std::string& code, const std::string& key) {
  TREMPLIN_ASSIGN_OR_RETURN(const database::Result result,
                            reader.Query(kIsCountedSql, {program, code, key}));
  return !result.rows.empty();
}

absl::StatusOr<std::map<std::string, int64_t>> Counters(database::Reader& reader,
                                                        const std::string& program) {
  TREMPLIN_ASSIGN_OR_RETURN(const database::Result result, reader.Query(kCountersSql, {program}));
  std::map<std::string, int64_t> counters;
  for (const database::Row& row : result.rows) counters[row.Text(0)] = row.Int(1);
  return counters;
}

absl::StatusOr<ShownCounts> ShownOfFunnel(database::Reader& reader, const std::string& program) {
  TREMPLIN_ASSIGN_OR_RETURN(const database::Result result, reader.Query(kShownSql, {program}));
  ShownCounts shown;
  for (const database::Row& row : result.rows) {
    shown[row.Text(0)].push_back({row.Int(1), row.Time(2)});
  }
  return shown;
}

absl::Status HoldFunnel(database::Transaction& tx, const std::string& program) {
  return tx.Execute(kHoldFunnelSql, {program});
}

absl::Status ReleaseStep(database::Transaction& tx, const std::string& program,
                         const std::string& code, const ShownCount& release) {
  return tx.Execute(kReleaseSql, {program, code, release.count, clock::ToMicros(release.at)});
}

absl::StatusOr<std::vector<KindChange>> FactsBy(database::Reader& reader,
                                                const std::string& program,
                                                const std::vector<std::string>& codes,
                                                absl::Time as_of) {
  std::vector<KindChange> facts;
  for (size_t kind = 0; kind < codes.size(); ++kind) {
    TREMPLIN_ASSIGN_OR_RETURN(
        const database::Result result,
        reader.Query(kFactsBySql, {program, codes[kind], clock::ToMicros(as_of)}));
    for (const database::Row& row : result.rows) facts.push_back({row.Time(0), kind, 1});
  }
  std::stable_sort(facts.begin(), facts.end(),
                   [](const KindChange& a, const KindChange& b) { return a.at < b.at; });
  return facts;
}

absl::StatusOr<EnrolmentRecord> MergeEnrolment(database::Transaction& tx,
                                               const EnrolmentRecord& told) {
  static const auto* sql = new std::string(text::Cat(EnrolmentColumns().Insert(), kMerge));
  TREMPLIN_RETURN_IF_ERROR(tx.Execute(*sql, EnrolmentColumns().Inserted(told)));
  TREMPLIN_ASSIGN_OR_RETURN(std::optional<EnrolmentRecord> whole, FindEnrolment(tx, told.id));
  if (!whole.has_value()) return absl::InternalError("an enrolment just written is not there");
  return *std::move(whole);
}

absl::StatusOr<bool> MergeFirstMeeting(database::Transaction& tx, const EnrolmentRecord& told) {
  TREMPLIN_ASSIGN_OR_RETURN(
      const database::Result result,
      tx.Query(kFirstMeetingSql, {told.id, told.person, told.program, int64_t{told.role},
                                  clock::ToMicros(told.first_meeting)}));
  return result.affected > 0;
}

absl::StatusOr<std::vector<EnrolmentRecord>> SetAttended(
    database::Transaction& tx, const std::string& session,
    const std::vector<EnrolmentRecord>& attended) {
  std::map<std::string, absl::Time> now;
  for (const EnrolmentRecord& one : attended) now[one.id] = one.first_meeting;
  TREMPLIN_ASSIGN_OR_RETURN(const database::Result before, tx.Query(kAttendedSql, {session}));
  for (const auto& [enrolment, held] : now) {
    TREMPLIN_RETURN_IF_ERROR(tx.Execute(kAttendSql, {session, enrolment, clock::ToMicros(held)}));
  }
  std::vector<EnrolmentRecord> moved;
  for (const database::Row& row : before.rows) {
    const std::string& enrolment = row.Text(0);
    const auto still = now.find(enrolment);
    if (still != now.end() && still->second == row.Time(1)) continue;
    if (still == now.end()) {
      TREMPLIN_RETURN_IF_ERROR(tx.Execute(kNotAttendedSql, {session, enrolment}));
    }
    TREMPLIN_ASSIGN_OR_RETURN(const database::Result first,
                              tx.Query(kFirstOfSql, {enrolment, row.Int(1)}));
    if (first.affected == 0) continue;
    TREMPLIN_ASSIGN_OR_RETURN(std::optional<EnrolmentRecord> whole, FindEnrolment(tx, enrolment));
    if (whole.has_value()) moved.push_back(*std::move(whole));
  }
  return moved;
}

absl::Status MergeEngagement(database::Transaction& tx, const std::string& enrolment,
                             const std::string& engagement, absl::Time began, absl::Time ended) {
  return tx.Execute(kEngagementSql,
                    {enrolment, engagement, clock::ToMicros(began), TimeOrNull(ended)});
}

absl::StatusOr<bool> LeaveEngagement(database::Transaction& tx, const std::string& enrolment,
                                     const std::string& engagement, absl::Time at) {
  TREMPLIN_ASSIGN_OR_RETURN(
      const database::Result result,
      tx.Query(kLeftEngagementSql, {enrolment, engagement, clock::ToMicros(at)}));
  return result.affected > 0;
}

absl::StatusOr<absl::Time> EndOfFirstEngagement(database::Reader& reader,
                                                const std::string& enrolment) {
  TREMPLIN_ASSIGN_OR_RETURN(const database::Result result, reader.Query(kFirstEndSql, {enrolment}));
  return result.rows.empty() ? absl::InfinitePast() : result.rows.front().Time(0);
}

absl::StatusOr<std::optional<EnrolmentRecord>> FindEnrolment(database::Reader& reader,
                                                             const std::string& id) {
  static const auto* sql = new std::string(EnrolmentColumns().Select("WHERE id = $1"));
  return EnrolmentColumns().ReadOne(reader.Query(*sql, {id}));
}

absl::StatusOr<std::map<std::string, StageCounts>> CountStages(database::Reader& reader,
                                                               const std::string& program,
                                                               absl::Time as_of) {
  TREMPLIN_ASSIGN_OR_RETURN(const database::Result result,
                            reader.Query(kStagesSql, {program, clock::ToMicros(as_of)}));
  std::map<std::string, StageCounts> stages;
  for (const database::Row& row : result.rows) {
    stages[row.Text(0)] = {row.Int(1), row.Int(2), row.Int(3), row.Int(4), row.Int(5),
                           row.Int(6), row.Int(7), row.Int(8), row.Int(9)};
  }
  return stages;
}

absl::StatusOr<std::map<std::string, std::vector<KindChange>>> ListAnswers(
    database::Reader& reader, const std::string& program, absl::Time as_of) {
  TREMPLIN_ASSIGN_OR_RETURN(const database::Result result,
                            reader.Query(kAnswersSql, {program, clock::ToMicros(as_of)}));
  std::map<std::string, std::vector<KindChange>> answers;
  for (const database::Row& row : result.rows) {
    const int64_t employment = row.Int(2);
    if (employment == 0) continue;  // none was told
    if (employment < 0 || employment > static_cast<int64_t>(kWorkKinds)) {
      return absl::DataLossError("unknown kind of employment");
    }
    answers[row.Text(0)].push_back({row.Time(1), static_cast<size_t>(employment - 1), row.Int(3)});
  }
  return answers;
}

absl::StatusOr<std::vector<KindChange>> WaitingBy(database::Reader& reader,
                                                  const std::string& program, absl::Time as_of) {
  TREMPLIN_ASSIGN_OR_RETURN(const database::Result result,
                            reader.Query(kWaitingBySql, {program, clock::ToMicros(as_of)}));
  std::vector<KindChange> changes;
  for (const database::Row& row : result.rows) {
    const absl::Time over = row.IsNull(1) ? absl::InfiniteFuture() : row.Time(1);
    if (over <= row.Time(0)) continue;  // never waited
    changes.push_back({row.Time(0), 0, 1});
    if (over <= as_of) changes.push_back({over, 0, -1});
  }
  std::stable_sort(changes.begin(), changes.end(),
                   [](const KindChange& a, const KindChange& b) { return a.at < b.at; });
  return changes;
}

absl::StatusOr<int64_t> CountWaiting(database::Reader& reader, const std::string& program,
                                     absl::Time as_of) {
  TREMPLIN_ASSIGN_OR_RETURN(const database::Result result,
                            reader.Query(kWaitingSql, {program, clock::ToMicros(as_of)}));
  return result.rows.at(0).Int(0);
}

}  // namespace tremplin::outcome
