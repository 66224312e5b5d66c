#include "services/matching/store/runs.h"

#include <algorithm>
#include <utility>

#include "common/clock/clock.h"
#include "common/rpc/crypto.h"
#include "common/status/macros.h"
#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/io/zero_copy_stream_impl_lite.h"

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
// What is beyond the latest ones was beyond them all but once: a few rows, by the index.
constexpr std::string_view kOldest =
    "SELECT created_us, id FROM matching_run WHERE program_id = $1 "
    "ORDER BY created_us DESC, id DESC LIMIT 1 OFFSET $2";
constexpr std::string_view kDropRecord = "UPDATE matching_run SET record = $2 WHERE id = $1";

const absl::CivilDay kEpoch(1970, 1, 1);

std::string Deterministic(const google::protobuf::Message& message) {
  std::string bytes;
  google::protobuf::io::StringOutputStream stream(&bytes);
  google::protobuf::io::CodedOutputStream coded(&stream);
  coded.SetSerializationDeterministic(true);
  message.SerializeToCodedStream(&coded);
  coded.Trim();
  return bytes;
}

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

std::vector<std::string> TextsOf(const google::protobuf::RepeatedPtrField<std::string>& texts) {
  return {texts.begin(), texts.end()};
}

template <class Side>
v1::RunRecord::Person PersonOf(const Side& from, int64_t number) {
  v1::RunRecord::Person to;
  to.set_enrolment(from.enrolment);
  to.set_person(from.person);
  to.set_business_key(from.business_key);
  to.set_noc(from.profile.noc);
  to.set_naics(from.profile.naics);
  to.mutable_languages()->Assign(from.profile.languages.begin(), from.profile.languages.end());
  to.set_fsa(from.profile.fsa);
  to.mutable_availability()->Assign(from.profile.availability.begin(),
                                    from.profile.availability.end());
  FillFacts(from.profile, from.lessons, &to);
  to.set_number(number);
  return to;
}

engine::Profile ProfileOf(const v1::RunRecord::Person& from) {
  engine::Profile to;
  to.noc = from.noc();
  to.naics = from.naics();
  to.languages.assign(from.languages().begin(), from.languages().end());
  to.fsa = from.fsa();
  to.availability.assign(from.availability().begin(), from.availability().end());
  if (from.has_years_experience()) to.years_experience = from.years_experience();
  to.goals = TextsOf(from.goals());
  to.wishes = TextsOf(from.wishes());
  to.required = TextsOf(from.required());
  to.attributes = TextsOf(from.attributes());
  return to;
}

void SortByKey(google::protobuf::RepeatedPtrField<v1::RunRecord::Person>* people) {
  std::sort(people->begin(), people->end(),
            [](const auto& a, const auto& b) { return a.business_key() < b.business_key(); });
}

}  // namespace

absl::Status InsertRun(database::Transaction& tx, const RunRow& row) {
  const std::string record = row.record.has_value() ? Deterministic(*row.record) : "";
  TREMPLIN_RETURN_IF_ERROR(
      tx.Execute(kInsert, {row.id, row.program, clock::ToMicros(row.created),
                           Bytes{row.summary.SerializeAsString()}, Bytes{record}}));
  TREMPLIN_ASSIGN_OR_RETURN(const Result oldest,
                            tx.Query(kOldest, {row.program, int64_t{kRecordsKept}}));
  if (oldest.rows.empty()) return absl::OkStatus();
  return tx.Execute(kDropRecord, {oldest.rows[0].Text(1), Bytes{}});
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

v1::RunRecord RecordOf(const engine::Pool& pool, const program::v1::MatchingPolicy& policy,
                       int limit) {
  v1::RunRecord record;
  for (const engine::Mentee& one : pool.mentees) {
    *record.add_mentees() = PersonOf(one, one.waiting_since - kEpoch);
  }
  for (const engine::Mentor& one : pool.mentors) *record.add_mentors() = PersonOf(one, one.free);
  SortByKey(record.mutable_mentees());
  SortByKey(record.mutable_mentors());
  for (const auto& [mentee, mentor] : pool.barred) {
    v1::RunRecord::Pair* pair = record.add_barred();
    pair->set_mentee(mentee);
    pair->set_mentor(mentor);
  }
  record.set_today(pool.today - kEpoch);
  *record.mutable_policy() = policy;
  record.set_limit(limit);
  return record;
}

engine::Pool PoolOf(const v1::RunRecord& record) {
  engine::Pool pool;
  pool.today = kEpoch + record.today();
  for (const v1::RunRecord::Person& one : record.mentees()) {
    pool.mentees.push_back({one.enrolment(), one.person(), one.business_key(), ProfileOf(one),
                            kEpoch + one.number(), TextsOf(one.lessons())});
  }
  for (const v1::RunRecord::Person& one : record.mentors()) {
    pool.mentors.push_back({one.enrolment(), one.person(), one.business_key(), ProfileOf(one),
                            static_cast<int>(one.number()), TextsOf(one.lessons())});
  }
  for (const v1::RunRecord::Pair& pair : record.barred()) {
    pool.barred.emplace(pair.mentee(), pair.mentor());
  }
  return pool;
}

std::string InputHash(const v1::RunRecord& record) {
  v1::RunRecord input = record;
  input.clear_chosen();
  return rpc::Sha256Hex(Deterministic(input));
}

}  // namespace tremplin::matching::store
