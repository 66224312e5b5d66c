#include "services/matching/store/runs.h"

#include <set>
#include <utility>

#include "common/clock/clock.h"
#include "common/digest/digest.h"
#include "common/status/macros.h"

namespace tremplin::matching::store {
namespace {

using database::Bytes;
using database::Result;
using database::Row;

constexpr std::string_view kInsert =
    "INSERT INTO matching_run (id, program_id, created_us, summary, record) "
    "VALUES ($1, $2, $3, $4, $5)";
constexpr std::string_view kFind =
    "SELECT id, program_id, created_us, summary, record FROM matching_run WHERE id = $1";
constexpr std::string_view kList =
    "SELECT id, program_id, created_us, summary FROM matching_run "
    "WHERE program_id = $1 AND (created_us < $2 OR (created_us = $2 AND id < $3)) "
    "ORDER BY created_us DESC, id DESC LIMIT $4";
// The latest runs, with or without their records: `$2` of them behind the latest `$3`.
constexpr std::string_view kLatest =
    "SELECT id, record FROM matching_run WHERE program_id = $1 "
    "ORDER BY created_us DESC, id DESC LIMIT $2 OFFSET $3";
constexpr std::string_view kDropRecord = "UPDATE matching_run SET record = $2 WHERE id = $1";

const absl::CivilDay kEpoch(1970, 1, 1);

absl::StatusOr<RunRow> RowOf(const Row& row) {
  RunRow read;
  read.id = row.Text(0);
  read.program = row.Text(1);
  read.created = row.Time(2);
  if (!read.summary.ParseFromString(row.Blob(3))) {
    return absl::DataLossError("a run cannot be decoded");
  }
  return read;
}

// Drops all records but the latest, and the parts that none of these names. Done when twice as many
// runs as are kept have one, so that it costs little a run.
absl::Status TrimRecords(database::Transaction& tx, const std::string& program) {
  constexpr int64_t kKept = kRecordsKept;
  TREMPLIN_ASSIGN_OR_RETURN(const Result oldest,
                            tx.Query(kLatest, {program, int64_t{1}, 2 * kKept - 1}));
  if (oldest.rows.empty() || oldest.rows[0].Blob(1).empty()) return absl::OkStatus();
  TREMPLIN_ASSIGN_OR_RETURN(const Result kept, tx.Query(kLatest, {program, kKept, int64_t{0}}));
  std::set<std::string> named;
  for (const Row& row : kept.rows) {
    v1::RunRecord record;
    if (!record.ParseFromString(row.Blob(1))) continue;
    named.insert(record.parts().begin(), record.parts().end());
  }
  TREMPLIN_ASSIGN_OR_RETURN(const Result dropped, tx.Query(kLatest, {program, kKept, kKept}));
  for (const Row& row : dropped.rows) {
    TREMPLIN_RETURN_IF_ERROR(tx.Execute(kDropRecord, {row.Text(0), Bytes{}}));
  }
  return DropPartsExcept(tx, program, named);
}

}  // namespace

absl::Status InsertRun(database::Transaction& tx, const RunRow& row, const RunInput::Parts& parts) {
  TREMPLIN_RETURN_IF_ERROR(PutParts(tx, row.program, parts));
  TREMPLIN_RETURN_IF_ERROR(tx.Execute(
      kInsert,
      {row.id, row.program, clock::ToMicros(row.created), Bytes{row.summary.SerializeAsString()},
       Bytes{row.record.has_value() ? row.record->SerializeAsString() : ""}}));
  return TrimRecords(tx, row.program);
}

absl::StatusOr<std::optional<RunRow>> FindRun(database::Reader& reader, std::string_view id) {
  TREMPLIN_ASSIGN_OR_RETURN(const Result result, reader.Query(kFind, {std::string(id)}));
  if (result.rows.empty()) return std::nullopt;
  TREMPLIN_ASSIGN_OR_RETURN(RunRow row, RowOf(result.rows[0]));
  const std::string record = result.rows[0].Blob(4);
  if (!record.empty() && !row.record.emplace().ParseFromString(record)) {
    return absl::DataLossError("a run's record cannot be decoded");
  }
  return row;
}

absl::StatusOr<std::vector<RunRow>> ListRuns(database::Reader& reader, std::string_view program,
                                             int64_t before_us, std::string_view before_id,
                                             int limit) {
  TREMPLIN_ASSIGN_OR_RETURN(const Result result,
                            reader.Query(kList, {std::string(program), before_us,
                                                 std::string(before_id), int64_t{limit}}));
  std::vector<RunRow> rows;
  for (const Row& row : result.rows) {
    TREMPLIN_ASSIGN_OR_RETURN(RunRow read, RowOf(row));
    rows.push_back(std::move(read));
  }
  return rows;
}

namespace {

// What solving reads of a format and of a registry; the rest of a definition is in its version.
program::v1::Format Slim(program::v1::Format format) {
  format.clear_mentee();
  format.clear_mentor();
  return format;
}
program::v1::FactRegistry Slim(const program::v1::FactRegistry& registry) {
  program::v1::FactRegistry slim;
  for (const program::v1::Fact& fact : registry.facts()) {
    if (fact.matching() == program::v1::MATCHING_USE_UNSPECIFIED) continue;
    program::v1::Fact* to = slim.add_facts();
    to->set_name(fact.name());
    *to->mutable_about() = fact.about();
    to->set_matching(fact.matching());
  }
  return slim;
}

}  // namespace

v1::RunRecord RecordOf(const RunInput::Parts& parts, absl::CivilDay today,
                       const program::v1::Format& format,
                       const program::v1::FactRegistry& registry, int limit) {
  v1::RunRecord record;
  NameParts(parts, &record);
  record.set_today(today - kEpoch);
  *record.mutable_format() = Slim(format);
  *record.mutable_registry() = Slim(registry);
  record.set_limit(limit);
  return record;
}

std::string InputHash(const v1::RunRecord& record) {
  v1::RunRecord input = record;
  input.clear_chosen();
  input.clear_groups();
  return digest::Sha256Hex(input.SerializeAsString());
}

}  // namespace tremplin::matching::store
