#include "services/outcome/store/follow_up_store.h"

#include "common/clock/clock.h"
#include "common/database/decode.h"
#include "common/status/macros.h"

namespace tremplin::outcome {
namespace {

constexpr std::string_view kFindSql =
    "SELECT id, enrolment, person, program, program_version, organization, business_key, language, "
    "stage, state, open_us, close_us, attempts, reminders, employment, answer_us, interviews, "
    "satisfaction, version, planned_reminders, left_us, recorded_us, amended_us, amend_reason FROM "
    "outcome_follow_up WHERE id = $1";
constexpr std::string_view kOfEnrolmentSql =
    "SELECT id, enrolment, person, program, program_version, organization, business_key, language, "
    "stage, state, open_us, close_us, attempts, reminders, employment, answer_us, interviews, "
    "satisfaction, version, planned_reminders, left_us, recorded_us, amended_us, amend_reason FROM "
    "outcome_follow_up WHERE enrolment = $1 "
    "ORDER BY stage";
constexpr std::string_view kInsertSql =
    "INSERT INTO outcome_follow_up (id, enrolment, person, program, program_version, organization, "
    "business_key, language, stage, state, open_us, close_us, attempts, reminders, employment, "
    "answer_us, interviews, satisfaction, version, planned_reminders, left_us, recorded_us, "
    "amended_us, amend_reason) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, "
    "$14, "
    "$15, $16, $17, $18, $19, $20, $21, $22, $23, $24)";
constexpr std::string_view kUpdateSql =
    "UPDATE outcome_follow_up SET state = $2, open_us = $3, close_us = $4, attempts = $5, "
    "reminders = $6, employment = $7, answer_us = $8, interviews = $9, satisfaction = $10, version "
    "= $11, left_us = $13, recorded_us = $14, amended_us = $15, amend_reason = $16 WHERE id = $1 "
    "AND "
    "version = $12";
constexpr std::string_view kDeleteSql =
    "DELETE FROM outcome_follow_up WHERE id = $1 AND version = $2";
constexpr std::string_view kListProgramSql =
    "SELECT id, enrolment, person, program, program_version, organization, business_key, language, "
    "stage, state, open_us, close_us, attempts, reminders, employment, answer_us, interviews, "
    "satisfaction, version, planned_reminders, left_us, recorded_us, amended_us, amend_reason FROM "
    "outcome_follow_up WHERE program = $1 "
    "AND id > "
    "$2 AND ($4 = '' OR organization = $4) ORDER BY id LIMIT "
    "$3";
constexpr std::string_view kListStateSql =
    "SELECT id, enrolment, person, program, program_version, organization, business_key, language, "
    "stage, state, open_us, close_us, attempts, reminders, employment, answer_us, interviews, "
    "satisfaction, version, planned_reminders, left_us, recorded_us, amended_us, amend_reason FROM "
    "outcome_follow_up WHERE program = $1 "
    "AND state "
    "= $4 AND id > $2 AND ($5 = '' OR organization = $5) "
    "ORDER BY id LIMIT $3";
constexpr std::string_view kListPersonSql =
    "SELECT id, enrolment, person, program, program_version, organization, business_key, language, "
    "stage, state, open_us, close_us, attempts, reminders, employment, answer_us, interviews, "
    "satisfaction, version, planned_reminders, left_us, recorded_us, amended_us, amend_reason FROM "
    "outcome_follow_up WHERE person = $1 "
    "AND ($4 = 0 "
    "OR state = $4) AND "
    "($5 = '' OR program "
    "= $5) AND id > $2 ORDER BY id LIMIT $3";
constexpr std::string_view kKeepAnswerSql =
    "INSERT INTO outcome_answer_before (follow_up, version, from_us, until_us, employment, "
    "interviews, satisfaction, reason, amended_by) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
constexpr std::string_view kListJobsSql =
    "SELECT number, kind, start_day, end_day, hours_per_week, earnings, state, reason, told_in, "
    "version FROM outcome_told_job WHERE enrolment = $1 ORDER BY start_day, kind, number";
constexpr std::string_view kFindJobSql =
    "SELECT number, kind, start_day, end_day, hours_per_week, earnings, state, reason, told_in, "
    "version FROM outcome_told_job WHERE enrolment = $1 AND number = $2";
constexpr std::string_view kLastJobSql =
    "SELECT COALESCE(MAX(number), 0) FROM outcome_told_job WHERE enrolment = $1";
constexpr std::string_view kAddJobSql =
    "INSERT INTO outcome_told_job (enrolment, number, kind, start_day, end_day, hours_per_week, "
    "earnings, state, reason, told_in, version) VALUES ($1, $2, $3, $4, $5, $6, $7, 1, '', $8, 1)";
constexpr std::string_view kKeepJobSql =
    "INSERT INTO outcome_job_before (enrolment, number, version, kind, start_day, end_day, "
    "hours_per_week, earnings, until_us, reason, amended_by) VALUES ($1, $2, $3, $4, $5, $6, $7, "
    "$8, $9, $10, $11)";
constexpr std::string_view kChangeJobSql =
    "UPDATE outcome_told_job SET kind = $4, start_day = $5, end_day = $6, hours_per_week = $7, "
    "earnings = $8, state = $9, reason = $10, version = version + 1 WHERE enrolment = $1 AND "
    "number = $2 AND version = $3";

// NULL is kUnspecified.
absl::StatusOr<Employment> EmploymentOf(int64_t stored) {
  return database::EnumOf(stored, Employment::kUnspecified, Employment::kNone,
                          "kind of employment");
}

absl::StatusOr<FollowUp> FromRow(const database::Row& row) {
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
  TREMPLIN_ASSIGN_OR_RETURN(
      follow_up.state, database::EnumOf(row.Int(9), FollowUpState::kScheduled, FollowUpState::kLeft,
                                        "state of a follow-up"));
  follow_up.open_time = row.Time(10);
  follow_up.close_time = row.Time(11);
  follow_up.attempts = static_cast<int>(row.Int(12));
  follow_up.reminders = static_cast<int>(row.Int(13));
  TREMPLIN_ASSIGN_OR_RETURN(follow_up.employment, EmploymentOf(row.Int(14)));
  follow_up.answer_time = row.Time(15);
  follow_up.interviews = static_cast<int>(row.Int(16));
  follow_up.satisfaction = static_cast<int>(row.Int(17));
  follow_up.version = row.Int(18);
  follow_up.planned_reminders = static_cast<int>(row.Int(19));
  follow_up.left_time = row.Time(20);
  follow_up.recorded = row.Time(21);
  follow_up.amended = row.Time(22);
  follow_up.amend_reason = row.Text(23);
  return follow_up;
}

absl::StatusOr<Job> JobOf(const database::Row& row) {
  Job job;
  job.number = row.Int(0);
  TREMPLIN_ASSIGN_OR_RETURN(job.kind, EmploymentOf(row.Int(1)));
  job.start = row.Text(2);
  job.end = row.Text(3);
  job.hours_per_week = static_cast<int>(row.Int(4));
  job.earnings = static_cast<int>(row.Int(5));
  TREMPLIN_ASSIGN_OR_RETURN(job.state, database::EnumOf(row.Int(6), JobState::kTold,
                                                        JobState::kStruck, "state of a job"));
  job.reason = row.Text(7);
  job.told_in = row.Text(8);
  job.version = row.Int(9);
  return job;
}

absl::StatusOr<std::optional<FollowUp>> One(absl::StatusOr<database::Result> result) {
  TREMPLIN_RETURN_IF_ERROR(result.status());
  if (result->rows.empty()) return std::optional<FollowUp>();
  TREMPLIN_ASSIGN_OR_RETURN(FollowUp follow_up, FromRow(result->rows.front()));
  return std::optional<FollowUp>(std::move(follow_up));
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
    TREMPLIN_ASSIGN_OR_RETURN(FollowUp follow_up, FromRow(row));
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
                                 database::TimeOrNull(f.left_time),
                                 database::TimeOrNull(f.recorded),
                                 database::TimeOrNull(f.amended),
                                 f.amend_reason});
}

absl::Status UpdateFollowUp(database::Transaction& tx, const FollowUp& f) {
  TREMPLIN_ASSIGN_OR_RETURN(
      const database::Result result,
      tx.Query(kUpdateSql,
               {f.id, static_cast<int64_t>(f.state), clock::ToMicros(f.open_time),
                clock::ToMicros(f.close_time), int64_t{f.attempts}, int64_t{f.reminders},
                static_cast<int64_t>(f.employment), database::TimeOrNull(f.answer_time),
                int64_t{f.interviews}, int64_t{f.satisfaction}, f.version, f.version - 1,
                database::TimeOrNull(f.left_time), database::TimeOrNull(f.recorded),
                database::TimeOrNull(f.amended), f.amend_reason}));
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
      : state != 0           ? reader.Query(kListStateSql,
                                            {filter.program, filter.after, limit, state, filter.organization})
                             : reader.Query(kListProgramSql,
                                            {filter.program, filter.after, limit, filter.organization});
  TREMPLIN_RETURN_IF_ERROR(result.status());
  std::vector<FollowUp> follow_ups;
  follow_ups.reserve(result->rows.size());
  for (const database::Row& row : result->rows) {
    TREMPLIN_ASSIGN_OR_RETURN(FollowUp follow_up, FromRow(row));
    follow_ups.push_back(std::move(follow_up));
  }
  return follow_ups;
}

absl::Status KeepAnswer(database::Transaction& tx, const FollowUp& before,
                        const Amendment& amendment) {
  return tx.Execute(
      kKeepAnswerSql,
      {before.id, before.version, clock::ToMicros(before.recorded), clock::ToMicros(amendment.at),
       static_cast<int64_t>(before.employment), int64_t{before.interviews},
       int64_t{before.satisfaction}, amendment.reason, amendment.by});
}

absl::StatusOr<std::vector<Job>> ListJobs(database::Reader& reader, const std::string& enrolment) {
  TREMPLIN_ASSIGN_OR_RETURN(const database::Result result, reader.Query(kListJobsSql, {enrolment}));
  std::vector<Job> jobs;
  jobs.reserve(result.rows.size());
  for (const database::Row& row : result.rows) {
    TREMPLIN_ASSIGN_OR_RETURN(Job job, JobOf(row));
    jobs.push_back(std::move(job));
  }
  return jobs;
}

absl::StatusOr<std::optional<Job>> FindJob(database::Reader& reader, const std::string& enrolment,
                                           int64_t number) {
  TREMPLIN_ASSIGN_OR_RETURN(const database::Result result,
                            reader.Query(kFindJobSql, {enrolment, number}));
  if (result.rows.empty()) return std::optional<Job>();
  TREMPLIN_ASSIGN_OR_RETURN(Job job, JobOf(result.rows.front()));
  return std::optional<Job>(std::move(job));
}

absl::StatusOr<int64_t> AddJob(database::Transaction& tx, const std::string& enrolment,
                               const Job& job) {
  TREMPLIN_ASSIGN_OR_RETURN(const database::Result last, tx.Query(kLastJobSql, {enrolment}));
  const int64_t number = last.rows.at(0).Int(0) + 1;
  TREMPLIN_RETURN_IF_ERROR(
      tx.Execute(kAddJobSql, {enrolment, number, static_cast<int64_t>(job.kind), job.start, job.end,
                              int64_t{job.hours_per_week}, int64_t{job.earnings}, job.told_in}));
  return number;
}

absl::Status ChangeJob(database::Transaction& tx, const std::string& enrolment, const Job& before,
                       const Job& next, const Amendment& amendment) {
  TREMPLIN_ASSIGN_OR_RETURN(
      const database::Result changed,
      tx.Query(kChangeJobSql,
               {enrolment, before.number, before.version, static_cast<int64_t>(next.kind),
                next.start, next.end, int64_t{next.hours_per_week}, int64_t{next.earnings},
                static_cast<int64_t>(next.state), next.reason}));
  if (changed.affected == 0) return status::VersionConflict("job");
  return tx.Execute(kKeepJobSql, {enrolment, before.number, before.version,
                                  static_cast<int64_t>(before.kind), before.start, before.end,
                                  int64_t{before.hours_per_week}, int64_t{before.earnings},
                                  clock::ToMicros(amendment.at), amendment.reason, amendment.by});
}

}  // namespace tremplin::outcome
