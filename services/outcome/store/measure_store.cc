#include "services/outcome/store/measure_store.h"

#include "common/clock/clock.h"
#include "common/status/macros.h"

namespace tremplin::outcome {
namespace {

using database::TimeOrNull;

constexpr std::string_view kInsertFactSql =
    "INSERT INTO outcome_fact (program, code, key, at_us) VALUES ($1, $2, $3, $4) ON CONFLICT DO "
    "NOTHING";
constexpr std::string_view kEarlierFactSql =
    "UPDATE outcome_fact SET at_us = $4 WHERE program = $1 AND code = $2 AND key = $3 AND at_us > "
    "$4";
constexpr std::string_view kCountSql =
    "INSERT INTO outcome_counter (program, code, count) VALUES ($1, $2, 1) ON CONFLICT (program, "
    "code) DO UPDATE SET count = outcome_counter.count + 1";
constexpr std::string_view kCountersSql =
    "SELECT code, count FROM outcome_counter WHERE program = $1";
constexpr std::string_view kIsCountedSql =
    "SELECT 1 FROM outcome_fact WHERE program = $1 AND code = $2 AND key = $3";
constexpr std::string_view kFactsBySql =
    "SELECT COUNT(*) FROM outcome_fact WHERE program = $1 AND code = $2 AND at_us <= $3";

// The earliest telling of each time counts, whichever comes first.
constexpr std::string_view kMergeSql =
    "INSERT INTO outcome_enrolment (id, person, program, program_version, role, organization, "
    "business_key, language, created_us, ready_us, matched_us, first_meeting_us, ended_us) VALUES "
    "($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) ON CONFLICT (id) DO UPDATE SET "
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
constexpr std::string_view kFindSql =
    "SELECT id, person, program, program_version, role, organization, business_key, language, "
    "created_us, ready_us, matched_us, first_meeting_us, ended_us FROM outcome_enrolment WHERE id "
    "= $1";

constexpr std::string_view kStagesSql =
    "SELECT stage, COUNT(*), "
    "COUNT(CASE WHEN answer_us <= $2 THEN 1 END), "
    "COUNT(CASE WHEN close_us <= $2 AND (answer_us IS NULL OR answer_us > $2) AND (left_us IS NULL "
    "OR left_us > $2) THEN 1 END), "
    "COUNT(CASE WHEN answer_us <= $2 AND employment = 1 THEN 1 END), "
    "COUNT(CASE WHEN answer_us <= $2 AND employment = 2 THEN 1 END), "
    "COUNT(CASE WHEN answer_us <= $2 AND employment = 3 THEN 1 END), "
    "COUNT(CASE WHEN answer_us <= $2 AND employment = 4 THEN 1 END), "
    "COUNT(CASE WHEN left_us <= $2 THEN 1 END) "
    "FROM outcome_follow_up WHERE program = $1 AND open_us <= $2 GROUP BY stage";
constexpr std::string_view kWaitingSql =
    "SELECT COUNT(*) FROM outcome_enrolment WHERE program = $1 AND role = 1 AND ready_us <= $2 AND "
    "(matched_us IS NULL OR matched_us > $2) AND (ended_us IS NULL OR ended_us > $2)";

}  // namespace

absl::Status CountFact(database::Transaction& tx, const std::string& program,
                       const std::string& code, const std::string& key, absl::Time at) {
  TREMPLIN_ASSIGN_OR_RETURN(const database::Result result,
                            tx.Query(kInsertFactSql, {program, code, key, clock::ToMicros(at)}));
  if (result.affected == 0) {
    return tx.Execute(kEarlierFactSql, {program, code, key, clock::ToMicros(at)});
  }
  return tx.Execute(kCountSql, {program, code});
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

absl::StatusOr<int64_t> FactsBy(database::Reader& reader, const std::string& program,
                                const std::string& code, absl::Time as_of) {
  TREMPLIN_ASSIGN_OR_RETURN(const database::Result result,
                            reader.Query(kFactsBySql, {program, code, clock::ToMicros(as_of)}));
  return result.rows.at(0).Int(0);
}

absl::StatusOr<EnrolmentRecord> MergeEnrolment(database::Transaction& tx,
                                               const EnrolmentRecord& told) {
  TREMPLIN_RETURN_IF_ERROR(tx.Execute(
      kMergeSql, {told.id, told.person, told.program, told.program_version, int64_t{told.role},
                  told.organization, told.business_key, told.language, TimeOrNull(told.created),
                  TimeOrNull(told.ready), TimeOrNull(told.matched), TimeOrNull(told.first_meeting),
                  TimeOrNull(told.ended)}));
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
  TREMPLIN_ASSIGN_OR_RETURN(const database::Result result, reader.Query(kFindSql, {id}));
  if (result.rows.empty()) return std::optional<EnrolmentRecord>();
  const database::Row& row = result.rows.front();
  EnrolmentRecord record;
  record.id = row.Text(0);
  record.person = row.Text(1);
  record.program = row.Text(2);
  record.program_version = row.Int(3);
  record.role = static_cast<int>(row.Int(4));
  record.organization = row.Text(5);
  record.business_key = row.Text(6);
  record.language = row.Text(7);
  record.created = row.Time(8);
  record.ready = row.Time(9);
  record.matched = row.Time(10);
  record.first_meeting = row.Time(11);
  record.ended = row.Time(12);
  return std::optional<EnrolmentRecord>(std::move(record));
}

absl::StatusOr<std::map<std::string, StageCounts>> CountStages(database::Reader& reader,
                                                               const std::string& program,
                                                               absl::Time as_of) {
  TREMPLIN_ASSIGN_OR_RETURN(const database::Result result,
                            reader.Query(kStagesSql, {program, clock::ToMicros(as_of)}));
  std::map<std::string, StageCounts> stages;
  for (const database::Row& row : result.rows) {
    stages[row.Text(0)] = {row.Int(1), row.Int(2), row.Int(3), row.Int(4),
                           row.Int(5), row.Int(6), row.Int(7), row.Int(8)};
  }
  return stages;
}

absl::StatusOr<int64_t> CountWaiting(database::Reader& reader, const std::string& program,
                                     absl::Time as_of) {
  TREMPLIN_ASSIGN_OR_RETURN(const database::Result result,
                            reader.Query(kWaitingSql, {program, clock::ToMicros(as_of)}));
  return result.rows.at(0).Int(0);
}

}  // namespace tremplin::outcome
