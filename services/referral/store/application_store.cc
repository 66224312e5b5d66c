#include "services/referral/store/application_store.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <utility>

#include "common/clock/clock.h"
#include "common/database/columns.h"
#include "common/status/error.h"
#include "common/status/macros.h"
#include "common/text/text.h"
#include "services/referral/store/codecs.h"

namespace tremplin::referral::store {
namespace {

using database::As;
using database::At;
using database::Micros;
using database::OrNever;
using Row = ApplicationRow;

// What its source is told is written by SaveSharing alone, once it is there, and how far the person
// has come by SaveMilestone.
const database::Columns<Row>& ApplicationColumns() {
  static const auto* columns = new database::Columns<Row>(
      "referral_application",
      {At<&Row::id>("id").Fixed(),
       At<&Row::referral>("referral_id").Fixed(),
       At<&Row::agency>("agency").Fixed(),
       As<SideName, &Row::side>("side").Fixed(),
       As<DoorName, &Row::door>("door").Fixed(),
       At<&Row::external_id>("external_id").Fixed(),
       At<&Row::program>("program_id").Fixed(),
       At<&Row::program_version>("program_version"),
       At<&Row::file_revision>("file_revision"),
       As<StateName, &Row::state>("state"),
       As<FindingBytes, &Row::findings>("findings"),
       At<&Row::consent>("consent"),
       At<&Row::sharing, &Sharing::shares>("shares").Fixed(),
       As<CodeBytes, &Row::staff_reasons>("staff_reasons"),
       At<&Row::version>("version"),
       As<Micros, &Row::decided>("decided_us"),
       As<Micros, &Row::created>("created_us").Fixed(),
       As<Micros, &Row::updated>("updated_us"),
       As<Micros, &Row::sharing, &Sharing::from>("shares_from_us").Fixed(),
       As<OrNever, &Row::sharing, &Sharing::silent_from>("silent_from_us").Fixed(),
       As<StateName, &Row::told_state>("told_state"),
       At<&Row::milestone>("milestone").OnlyRead(),
       At<&Row::milestone_at>("milestone_us").OnlyRead()});
  return *columns;
}

constexpr std::string_view kSaveMilestone =
    "UPDATE referral_application SET milestone = $2, milestone_us = $3 WHERE id = $1 AND "
    "milestone_us <= $3 AND (silent_from_us = 0 OR silent_from_us > $4)";
constexpr std::string_view kNextProgram =
    "SELECT MIN(program_id) FROM referral_application WHERE program_id > $1";

const std::string& ByProgramSql() {
  static const auto* sql = new std::string(ApplicationColumns().Select(
      "WHERE program_id = $1 AND state = $2 AND (created_us, agency, external_id, side) >= ($3, "
      "$4, $5, $6) ORDER BY created_us, agency, external_id, side LIMIT $7"));
  return *sql;
}

// By the state that the organization knows of, as the index has it.
constexpr std::string_view kOfAgency =
    "WHERE agency = $1 AND door = $2 AND (CASE told_state WHEN '' THEN state ELSE told_state END) "
    "= $3 AND (created_us, external_id, program_id, side) >= ($4, $5, $6, $7) ";
constexpr std::string_view kInOrder = "ORDER BY created_us, external_id, program_id, side LIMIT $8";

const std::string& ByAgencySql() {
  static const auto* sql =
      new std::string(ApplicationColumns().Select(text::Cat(kOfAgency, kInOrder)));
  return *sql;
}

const std::string& ByAgencyAndProgramSql() {
  static const auto* sql = new std::string(
      ApplicationColumns().Select(text::Cat(kOfAgency, "AND program_id = $9 ", kInOrder)));
  return *sql;
}

absl::StatusOr<std::vector<std::string>> Programs(Reader& reader) {
  std::vector<std::string> programs;
  std::string last;
  while (true) {
    TREMPLIN_ASSIGN_OR_RETURN(const database::Result next, reader.Query(kNextProgram, {last}));
    if (next.rows.empty() || next.rows[0].IsNull(0)) return programs;
    last = next.rows[0].Text(0);
    programs.push_back(last);
  }
}

}  // namespace

database::Statement FindingApplicationsOf(std::string_view referral) {
  static const auto* sql =
      new std::string(ApplicationColumns().Select("WHERE referral_id = $1 ORDER BY program_id"));
  return {*sql, {std::string(referral)}};
}

absl::StatusOr<std::vector<ApplicationRow>> FoundApplications(
    const absl::StatusOr<database::Result>& answer) {
  return ApplicationColumns().ReadAll(answer);
}

absl::StatusOr<std::vector<ApplicationRow>> ApplicationsOf(Reader& reader,
                                                           std::string_view referral) {
  database::Statement finding = FindingApplicationsOf(referral);
  return FoundApplications(reader.Query(finding.sql, std::move(finding.params)));
}

absl::StatusOr<std::optional<ApplicationRow>> GetApplication(Reader& reader, std::string_view id) {
  static const auto* sql = new std::string(ApplicationColumns().Select("WHERE id = $1"));
  return ApplicationColumns().ReadOne(reader.Query(*sql, {std::string(id)}));
}

absl::Status InsertApplication(Transaction& tx, const ApplicationRow& row) {
  static const auto* sql = new std::string(ApplicationColumns().Insert());
  return tx.Execute(*sql, ApplicationColumns().Inserted(row));
}

absl::Status SaveMilestone(Transaction& tx, std::string_view application,
                           std::string_view milestone, absl::Time at, absl::Time told) {
  return tx.Execute(kSaveMilestone, {std::string(application), std::string(milestone),
                                     clock::ToMicros(at), clock::ToMicros(told)});
}

absl::Status UpdateApplication(Transaction& tx, const ApplicationRow& row, int64_t read_version) {
  static const auto* sql =
      new std::string(ApplicationColumns().Update(2, " WHERE id = $1 AND version = $2"));
  TREMPLIN_ASSIGN_OR_RETURN(
      const database::Result result,
      tx.Query(*sql, ApplicationColumns().Changed(row, {row.id, read_version})));
  return result.affected == 0 ? status::VersionConflict("application") : absl::OkStatus();
}

ListKey KeyOf(const ApplicationRow& row) {
  return {clock::ToMicros(row.created), row.agency, row.external_id, row.program,
          std::string(NameOf(row.side))};
}

// One indexed stream per state (and program, and door), merged: a page costs the same whatever the
// filter leaves out.
absl::StatusOr<std::vector<ApplicationRow>> ListApplications(Reader& reader,
                                                             const ApplicationFilter& filter,
                                                             const ListKey& after, int limit) {
  std::vector<State> states(std::begin(kAllStates), std::end(kAllStates));
  if (filter.state.has_value()) states = {*filter.state};
  std::vector<std::string> programs = {filter.program};
  if (filter.agency.empty() && filter.program.empty()) {
    TREMPLIN_ASSIGN_OR_RETURN(programs, Programs(reader));
  }
  std::vector<ApplicationRow> rows;
  const auto take = [&](const absl::StatusOr<database::Result>& result) -> absl::Status {
    TREMPLIN_ASSIGN_OR_RETURN(std::vector<ApplicationRow> read,
                              ApplicationColumns().ReadAll(result));
    for (ApplicationRow& application : read) {
      if (after < KeyOf(application)) rows.push_back(std::move(application));
    }
    return absl::OkStatus();
  };
  const int64_t fetch = int64_t{limit} + 1;  // the first may be the last of the page before
  for (const std::string& program : programs) {
    for (const State state : states) {
      const std::string name(NameOf(state));
      if (filter.agency.empty()) {
        TREMPLIN_RETURN_IF_ERROR(
            take(reader.Query(ByProgramSql(), {program, name, after.created_us, after.agency,
                                               after.external_id, after.side, fetch})));
        continue;
      }
      for (const Door door : DoorsOf(filter.door)) {
        database::Params params = {filter.agency,
                                   std::string(NameOf(door)),
                                   name,
                                   after.created_us,
                                   after.external_id,
                                   after.program,
                                   after.side,
                                   fetch};
        if (!program.empty()) params.emplace_back(program);
        TREMPLIN_RETURN_IF_ERROR(take(reader.Query(
            program.empty() ? ByAgencySql() : ByAgencyAndProgramSql(), std::move(params))));
      }
    }
  }
  std::sort(rows.begin(), rows.end(),
            [](const auto& a, const auto& b) { return KeyOf(a) < KeyOf(b); });
  if (rows.size() > static_cast<size_t>(limit)) rows.resize(static_cast<size_t>(limit));
  return rows;
}

absl::StatusOr<std::vector<FiledApplication>> ListFiled(Reader& reader, std::string_view program,
                                                        State state, const ListKey& after,
                                                        int limit) {
  static const auto* sql = new std::string(text::Cat(
      "SELECT ", ApplicationColumns().List("a"),
      ", f.file, k.wrapped, k.master_id FROM referral_application a JOIN referral_file f ON "
      "f.referral_id = a.referral_id AND f.revision = a.file_revision JOIN referral_subject_key k "
      "ON k.subject = a.referral_id WHERE a.program_id = $1 AND a.state = $2 AND (a.created_us, "
      "a.agency, a.external_id, a.side) > ($3, $4, $5, $6) ORDER BY a.created_us, a.agency, "
      "a.external_id, a.side LIMIT $7"));
  TREMPLIN_ASSIGN_OR_RETURN(
      const database::Result result,
      reader.Query(*sql, {std::string(program), std::string(NameOf(state)), after.created_us,
                          after.agency, after.external_id, after.side, int64_t{limit}}));
  const size_t file = ApplicationColumns().size();
  std::vector<FiledApplication> filed;
  for (const database::Row& row : result.rows) {
    TREMPLIN_ASSIGN_OR_RETURN(ApplicationRow application, ApplicationColumns().Read(row));
    filed.push_back(
        {std::move(application), row.Blob(file), row.Blob(file + 1), row.Text(file + 2)});
  }
  return filed;
}

}  // namespace tremplin::referral::store
