#include "services/outcome/store/follow_up_store.h"

#include "common/clock/clock.h"
#include "common/status/macros.h"

namespace tremplin::outcome {
namespace {

constexpr std::string_view kFindSql =
    "SELECT id, enrolment, person, program, program_version, organization, business_key, language, "
    "stage, state, open_us, close_us, attempts, reminders, employment, answer_us, interviews, "
    "satisfaction, version, planned_reminders, left_us FROM outcome_follow_up WHERE id = $1";
constexpr std::string_view kOfEnrolmentSql =
    "SELECT id, enrolment, person, program, program_version, organization, business_key, language, "
    "stage, state, open_us, close_us, attempts, reminders, employment, answer_us, interviews, "
    "satisfaction, version, planned_reminders, left_us FROM outcome_follow_up WHERE enrolment = $1 "
    "ORDER BY stage";
constexpr std::string_view kInsertSql =
    "INSERT INTO outcome_follow_up (id, enrolment, person, program, program_version, organization, "
    "business_key, language, stage, state, open_us, close_us, attempts, reminders, employment, "
    "answer_us, interviews, satisfaction, version, planned_reminders, left_us) VALUES ($1, $2, $3, "
    "$4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21)";
constexpr std::string_view kUpdateSql =
    "UPDATE outcome_follow_up SET state = $2, open_us = $3, close_us = $4, attempts = $5, "
    "reminders = $6, employment = $7, answer_us = $8, interviews = $9, satisfaction = $10, version "
    "= $11, left_us = $13 WHERE id = $1 AND version = $12";
constexpr std::string_view kDeleteSql =
    "DELETE FROM outcome_follow_up WHERE id = $1 AND version = $2";
constexpr std::string_view kListProgramSql =
    "SELECT id, enrolment, person, program, program_version, organization, business_key, language, "
    "stage, state, open_us, close_us, attempts, reminders, employment, answer_us, interviews, "
    "satisfaction, version, planned_reminders, left_us FROM outcome_follow_up WHERE program = $1 "
    "AND id > "
    "$2 ORDER BY id LIMIT "
    "$3";
constexpr std::string_view kListStateSql =
    "SELECT id, enrolment, person, program, program_version, organization, business_key, language, "
    "stage, state, open_us, close_us, attempts, reminders, employment, answer_us, interviews, "
    "satisfaction, version, planned_reminders, left_us FROM outcome_follow_up WHERE program = $1 "
    "AND state "
    "= $4 AND id > $2 "
    "ORDER BY id LIMIT $3";
constexpr std::string_view kListPersonSql =
    "SELECT id, enrolment, person, program, program_version, organization, business_key, language, "
    "stage, state, open_us, close_us, attempts, reminders, employment, answer_us, interviews, "
    "satisfaction, version, planned_reminders, left_us FROM outcome_follow_up WHERE person = $1 "
    "AND ($4 = 0 "
    "OR state = $4) AND "
    "($5 = '' OR program "
    "= $5) AND id > $2 ORDER BY id LIMIT $3";
constexpr std::string_view kFindJobSql =
    "SELECT 1 FROM outcome_job WHERE enrolment = $1 AND start_day = $2 AND kind = $3";
constexpr std::string_view kSaveJobSql =
    "INSERT INTO outcome_job (enrolment, start_day, kind, end_day, hours_per_week, earnings) "
    "VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (enrolment, start_day, kind) DO UPDATE SET "
    "end_day = $4, hours_per_week = $5, earnings = CASE WHEN $6 = 0 THEN outcome_job.earnings ELSE "
    "$6 END";
constexpr std::string_view kListJobsSql =
    "SELECT start_day, kind, end_day, hours_per_week, earnings FROM outcome_job WHERE enrolment = "
    "$1 ORDER BY start_day, kind";

FollowUp FromRow(const database::Row& row) {
  FollowUp follow_up;
  follow_up.id = row.Text(0);
  follow_up.enrolment = row.Text(1);
  follow_up.person = row.Text(2);
  follow_up.program = row.Text(3);
  follow_up.program_version = row.Int(4);
  follow_up.organization = row.Text(5);
  follow_up.business_key = row.Text(6);
  follow_up.language = row.Text(7);
  follow_up.stage = row.Text(8);
  follow_up.state = static_cast<FollowUpState>(row.Int(9));
  follow_up.open_time = row.Time(10);
  follow_up.close_time = row.Time(11);
  follow_up.attempts = static_cast<int>(row.Int(12));
  follow_up.reminders = static_cast<int>(row.Int(13));
  follow_up.employment = static_cast<Employment>(row.Int(14));
  follow_up.answer_time = row.Time(15);
  follow_up.interviews = static_cast<int>(row.Int(16));
  follow_up.satisfaction = static_cast<int>(row.Int(17));
  follow_up.version = row.Int(18);
  follow_up.planned_reminders = static_cast<int>(row.Int(19));
  follow_up.left_time = row.Time(20);
  return follow_up;
}

absl::StatusOr<std::optional<FollowUp>> One(absl::StatusOr<database::Result> result) {
  TREMPLIN_RETURN_IF_ERROR(result.status());
  if (result->rows.empty()) return std::optional<FollowUp>();
  return std::optional<FollowUp>(FromRow(result->rows.front()));
}

}  // namespace

absl::StatusOr<std::optional<FollowUp>> FindFollowUp(database::Reader& reader,
                                                     const std::string& id) {
  return One(reader.Query(kFindSql, {id}));
}

absl::StatusOr<std::map<std::string, FollowUp>> FollowUpsOf(database::Reader& reader,
                                                            const std::string& enrolment) {
  TREMPLIN_ASSIGN_OR_RETURN(const database::Result result,
                            reader.Query(kOfEnrolmentSql, {enrolment}));
  std::map<std::string, FollowUp> by_stage;
  for (const database::Row& row : result.rows) {
    FollowUp follow_up = FromRow(row);
    by_stage.emplace(follow_up.stage, std::move(follow_up));
  }
  return by_stage;
}

absl::Status InsertFollowUp(database::Transaction& tx, const FollowUp& f) {
  return tx.Execute(kInsertSql, {f.id,
                                 f.enrolment,
                                 f.person,
                                 f.program,
                                 f.program_version,
                                 f.organization,
                                 f.business_key,
                                 f.language,
                                 f.stage,
                                 static_cast<int64_t>(f.state),
                                 clock::ToMicros(f.open_time),
                                 clock::ToMicros(f.close_time),
                                 int64_t{f.attempts},
                                 int64_t{f.reminders},
                                 static_cast<int64_t>(f.employment),
                                 database::TimeOrNull(f.answer_time),
                                 int64_t{f.interviews},
                                 int64_t{f.satisfaction},
                                 f.version,
                                 int64_t{f.planned_reminders},
                                 database::TimeOrNull(f.left_time)});
}

absl::Status UpdateFollowUp(database::Transaction& tx, const FollowUp& f) {
  TREMPLIN_ASSIGN_OR_RETURN(
      const database::Result result,
      tx.Query(kUpdateSql,
               {f.id, static_cast<int64_t>(f.state), clock::ToMicros(f.open_time),
                clock::ToMicros(f.close_time), int64_t{f.attempts}, int64_t{f.reminders},
                static_cast<int64_t>(f.employment), database::TimeOrNull(f.answer_time),
                int64_t{f.interviews}, int64_t{f.satisfaction}, f.version, f.version - 1,
                database::TimeOrNull(f.left_time)}));
  if (result.affected == 0) return status::VersionConflict("follow-up");
  return absl::OkStatus();
}

absl::Status DeleteFollowUp(database::Transaction& tx, const FollowUp& f) {
  TREMPLIN_ASSIGN_OR_RETURN(const database::Result result, tx.Query(kDeleteSql, {f.id, f.version}));
  if (result.affected == 0) return status::VersionConflict("follow-up");
  return absl::OkStatus();
}

absl::StatusOr<std::vector<FollowUp>> ListFollowUps(database::Reader& reader,
                                                    const FollowUpFilter& filter) {
  const int64_t limit = filter.limit;
  const int64_t state = filter.state;
  absl::StatusOr<database::Result> result =
      !filter.person.empty() ? reader.Query(kListPersonSql, {filter.person, filter.after, limit,
                                                             state, filter.program})
      : state != 0 ? reader.Query(kListStateSql, {filter.program, filter.after, limit, state})
                   : reader.Query(kListProgramSql, {filter.program, filter.after, limit});
  TREMPLIN_RETURN_IF_ERROR(result.status());
  std::vector<FollowUp> follow_ups;
  follow_ups.reserve(result->rows.size());
  for (const database::Row& row : result->rows) follow_ups.push_back(FromRow(row));
  return follow_ups;
}

absl::StatusOr<bool> SaveJob(database::Transaction& tx, const std::string& enrolment,
                             const Job& job) {
  TREMPLIN_ASSIGN_OR_RETURN(
      const database::Result known,
      tx.Query(kFindJobSql, {enrolment, job.start, static_cast<int64_t>(job.kind)}));
  TREMPLIN_RETURN_IF_ERROR(
      tx.Execute(kSaveJobSql, {enrolment, job.start, static_cast<int64_t>(job.kind), job.end,
                               int64_t{job.hours_per_week}, int64_t{job.earnings}}));
  return known.rows.empty();
}

absl::StatusOr<std::vector<Job>> ListJobs(database::Reader& reader, const std::string& enrolment) {
  TREMPLIN_ASSIGN_OR_RETURN(const database::Result result, reader.Query(kListJobsSql, {enrolment}));
  std::vector<Job> jobs;
  jobs.reserve(result.rows.size());
  for (const database::Row& row : result.rows) {
    jobs.push_back({static_cast<Employment>(row.Int(1)), row.Text(0), row.Text(2),
                    static_cast<int>(row.Int(3)), static_cast<int>(row.Int(4))});
  }
  return jobs;
}

}  // namespace tremplin::outcome
