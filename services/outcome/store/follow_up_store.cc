#include "services/outcome/store/follow_up_store.h"

#include "common/clock/clock.h"
#include "common/database/columns.h"
#include "common/status/macros.h"

namespace tremplin::outcome {
namespace {

using database::As;
using database::At;
using database::Micros;

constexpr std::string_view kDeleteSql =
    "DELETE FROM outcome_follow_up WHERE id = $1 AND version = $2";
constexpr std::string_view kKeepAnswerSql =
    "INSERT INTO outcome_answer_before (follow_up, version, from_us, until_us, employment, "
    "interviews, satisfaction, reason, amended_by) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
constexpr std::string_view kLastJobSql =
    "SELECT COALESCE(MAX(number), 0) FROM outcome_told_job WHERE enrolment = $1";
constexpr std::string_view kKeepJobSql =
    "INSERT INTO outcome_job_before (enrolment, number, version, kind, start_day, end_day, "
    "hours_per_week, earnings, until_us, reason, amended_by) VALUES ($1, $2, $3, $4, $5, $6, $7, "
    "$8, $9, $10, $11)";
// NULL is kUnspecified.
using EmploymentNumber = database::Numbered<Employment::kUnspecified, Employment::kNone>;
using StateNumber = database::Numbered<FollowUpState::kScheduled, FollowUpState::kLeft>;
using JobStateNumber = database::Numbered<JobState::kTold, JobState::kStruck>;

const database::Columns<FollowUp>& FollowUpColumns() {
  static const auto* columns = new database::Columns<FollowUp>(
      "outcome_follow_up", {At<&FollowUp::id>("id").Fixed(),
                            At<&FollowUp::enrolment>("enrolment").Fixed(),
                            At<&FollowUp::person>("person").Fixed(),
                            At<&FollowUp::program>("program").Fixed(),
                            At<&FollowUp::program_version>("program_version").Fixed(),
                            At<&FollowUp::organization>("organization").Fixed(),
                            At<&FollowUp::business_key>("business_key").Fixed(),
                            At<&FollowUp::language>("language").Fixed(),
                            At<&FollowUp::stage>("stage").Fixed(),
                            As<StateNumber, &FollowUp::state>("state"),
                            As<Micros, &FollowUp::open_time>("open_us"),
                            As<Micros, &FollowUp::close_time>("close_us"),
                            At<&FollowUp::attempts>("attempts"),
                            At<&FollowUp::reminders>("reminders"),
                            As<EmploymentNumber, &FollowUp::employment>("employment"),
                            At<&FollowUp::answer_time>("answer_us"),
                            At<&FollowUp::interviews>("interviews"),
                            At<&FollowUp::satisfaction>("satisfaction"),
                            At<&FollowUp::version>("version"),
                            At<&FollowUp::planned_reminders>("planned_reminders").Fixed(),
                            At<&FollowUp::left_time>("left_us"),
                            At<&FollowUp::recorded>("recorded_us"),
                            At<&FollowUp::amended>("amended_us"),
                            At<&FollowUp::amend_reason>("amend_reason")});
  return *columns;
}

const database::Columns<Job>& JobColumns() {
  static const auto* columns = new database::Columns<Job>(
      "outcome_told_job",
      {At<&Job::number>("number").Fixed(), As<EmploymentNumber, &Job::kind>("kind"),
       At<&Job::start>("start_day"), At<&Job::end>("end_day"),
       At<&Job::hours_per_week>("hours_per_week"), At<&Job::earnings>("earnings"),
       As<JobStateNumber, &Job::state>("state"), At<&Job::reason>("reason"),
       At<&Job::told_in>("told_in").Fixed(), At<&Job::version>("version").Fixed()},
      {"enrolment"});
  return *columns;
}

const std::string& ListPersonSql() {
  static const auto* sql = new std::string(FollowUpColumns().Select(
      "WHERE person = $1 AND ($4 = 0 OR state = $4) AND ($5 = '' OR program = $5) AND id > $2 "
      "ORDER BY id LIMIT $3"));
  return *sql;
}

const std::string& ListStateSql() {
  static const auto* sql = new std::string(FollowUpColumns().Select(
      "WHERE program = $1 AND state = $4 AND id > $2 AND ($5 = '' OR organization = $5) ORDER BY "
      "id LIMIT $3"));
  return *sql;
}

const std::string& ListProgramSql() {
  static const auto* sql = new std::string(FollowUpColumns().Select(
      "WHERE program = $1 AND id > $2 AND ($4 = '' OR organization = $4) ORDER BY id LIMIT $3"));
  return *sql;
}

}  // namespace

absl::StatusOr<std::optional<FollowUp>> FindFollowUp(database::Reader& reader,
                                                     const std::string& id) {
  static const auto* sql = new std::string(FollowUpColumns().Select("WHERE id = $1"));
  return FollowUpColumns().ReadOne(reader.Query(*sql, {id}));
}

absl::StatusOr<std::map<std::string, FollowUp>> FollowUpsOf(database::Reader& reader,
                                                            const std::string& enrolment) {
  static const auto* sql =
      new std::string(FollowUpColumns().Select("WHERE enrolment = $1 ORDER BY stage"));
  TREMPLIN_ASSIGN_OR_RETURN(std::vector<FollowUp> follow_ups,
                            FollowUpColumns().ReadAll(reader.Query(*sql, {enrolment})));
  std::map<std::string, FollowUp> by_stage;
  for (FollowUp& follow_up : follow_ups) {
    by_stage.emplace(follow_up.stage, std::move(follow_up));
  }
  return by_stage;
}

absl::Status InsertFollowUp(database::Transaction& tx, const FollowUp& f) {
  static const auto* sql = new std::string(FollowUpColumns().Insert());
  return tx.Execute(*sql, FollowUpColumns().Inserted(f));
}

absl::Status UpdateFollowUp(database::Transaction& tx, const FollowUp& f) {
  static const auto* sql =
      new std::string(FollowUpColumns().Update(2, " WHERE id = $1 AND version = $2"));
  TREMPLIN_ASSIGN_OR_RETURN(const database::Result result,
                            tx.Query(*sql, FollowUpColumns().Changed(f, {f.id, f.version - 1})));
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
  if (!filter.person.empty()) {
    return FollowUpColumns().ReadAll(
        reader.Query(ListPersonSql(), {filter.person, filter.after, limit, state, filter.program}));
  }
  if (state != 0) {
    return FollowUpColumns().ReadAll(reader.Query(
        ListStateSql(), {filter.program, filter.after, limit, state, filter.organization}));
  }
  return FollowUpColumns().ReadAll(
      reader.Query(ListProgramSql(), {filter.program, filter.after, limit, filter.organization}));
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
  static const auto* sql =
      new std::string(JobColumns().Select("WHERE enrolment = $1 ORDER BY start_day, kind, number"));
  return JobColumns().ReadAll(reader.Query(*sql, {enrolment}));
}

absl::StatusOr<std::optional<Job>> FindJob(database::Reader& reader, const std::string& enrolment,
                                           int64_t number) {
  static const auto* sql =
      new std::string(JobColumns().Select("WHERE enrolment = $1 AND number = $2"));
  return JobColumns().ReadOne(reader.Query(*sql, {enrolment, number}));
}

absl::StatusOr<int64_t> AddJob(database::Transaction& tx, const std::string& enrolment,
                               const Job& job) {
  TREMPLIN_ASSIGN_OR_RETURN(const database::Result last, tx.Query(kLastJobSql, {enrolment}));
  static const auto* sql = new std::string(JobColumns().Insert());
  Job added = job;
  const int64_t number = added.number = last.rows.at(0).Int(0) + 1;
  added.state = JobState::kTold;
  added.reason.clear();
  added.version = 1;
  TREMPLIN_RETURN_IF_ERROR(tx.Execute(*sql, JobColumns().Inserted(added, {enrolment})));
  return number;
}

absl::Status ChangeJob(database::Transaction& tx, const std::string& enrolment, const Job& before,
                       const Job& next, const Amendment& amendment) {
  static const auto* sql = new std::string(JobColumns().Update(
      3, ", version = version + 1 WHERE enrolment = $1 AND number = $2 AND version = $3"));
  TREMPLIN_ASSIGN_OR_RETURN(
      const database::Result changed,
      tx.Query(*sql, JobColumns().Changed(next, {enrolment, before.number, before.version})));
  if (changed.affected == 0) return status::VersionConflict("job");
  return tx.Execute(kKeepJobSql, {enrolment, before.number, before.version,
                                  static_cast<int64_t>(before.kind), before.start, before.end,
                                  int64_t{before.hours_per_week}, int64_t{before.earnings},
                                  clock::ToMicros(amendment.at), amendment.reason, amendment.by});
}

}  // namespace tremplin::outcome
