#include "services/matching/store/bars.h"

#include "common/clock/clock.h"
#include "common/status/macros.h"

namespace tremplin::matching::store {
namespace {

using database::Result;
using database::Row;

constexpr std::string_view kBarred =
    "SELECT mentee_enrolment, mentor_enrolment FROM matching_past_pair WHERE program_id = $1 "
    "AND format = $2 UNION SELECT mentee_enrolment, mentor_enrolment FROM matching_bar WHERE "
    "program_id = $1";
constexpr std::string_view kBarredMentors =
    "SELECT mentor_enrolment FROM matching_past_pair WHERE mentee_enrolment = $1 "
    "AND format = $2 UNION SELECT mentor_enrolment FROM matching_bar WHERE mentee_enrolment = $1";
constexpr std::string_view kPutPastPair =
    "INSERT INTO matching_past_pair (mentee_enrolment, mentor_enrolment, program_id, format) "
    "VALUES ($1, $2, $3, $4) ON CONFLICT (mentee_enrolment, mentor_enrolment, format) DO NOTHING";
constexpr std::string_view kMet = R"sql(
SELECT m.enrolment, o.enrolment FROM matching_proposal x
JOIN matching_participant m ON m.proposal_id = x.id AND m.side = 'mentee'
JOIN matching_participant o ON o.proposal_id = x.id AND o.side = 'mentor'
WHERE x.program_id = $1 AND x.format = $2 AND x.end_reason <> 'not_approved')sql";
constexpr std::string_view kPutBar =
    "INSERT INTO matching_bar (mentee_enrolment, mentor_enrolment, program_id, reason, barred_by, "
    "barred_us) VALUES ($1, $2, $3, $4, $5, $6) "
    "ON CONFLICT (mentee_enrolment, mentor_enrolment) DO UPDATE SET reason = excluded.reason, "
    "barred_by = excluded.barred_by, barred_us = excluded.barred_us";
constexpr std::string_view kHasBar =
    "SELECT COUNT(*) FROM matching_bar WHERE mentee_enrolment = $1 AND mentor_enrolment = $2";
constexpr std::string_view kDropBar =
    "DELETE FROM matching_bar WHERE mentee_enrolment = $1 AND mentor_enrolment = $2";

}  // namespace

absl::StatusOr<std::set<std::pair<std::string, std::string>>> BarredPairs(database::Reader& reader,
                                                                          std::string_view program,
                                                                          std::string_view format) {
  TREMPLIN_ASSIGN_OR_RETURN(Result result,
                            reader.Query(kBarred, {std::string(program), std::string(format)}));
  std::set<std::pair<std::string, std::string>> pairs;
  for (const Row& row : result.rows) pairs.emplace(row.Text(0), row.Text(1));
  return pairs;
}

absl::StatusOr<std::set<std::string>> BarredMentors(database::Reader& reader,
                                                    std::string_view mentee_enrolment,
                                                    std::string_view format) {
  TREMPLIN_ASSIGN_OR_RETURN(
      const Result result,
      reader.Query(kBarredMentors, {std::string(mentee_enrolment), std::string(format)}));
  std::set<std::string> mentors;
  for (const Row& row : result.rows) mentors.insert(row.Text(0));
  return mentors;
}

absl::Status PutPastPair(database::Transaction& tx, std::string_view program,
                         std::string_view format, std::string_view mentee,
                         std::string_view mentor) {
  return tx.Execute(kPutPastPair, {std::string(mentee), std::string(mentor), std::string(program),
                                   std::string(format)});
}

absl::StatusOr<std::map<std::string, std::set<std::string>>> MetInFormat(database::Reader& reader,
                                                                         std::string_view program,
                                                                         std::string_view format) {
  TREMPLIN_ASSIGN_OR_RETURN(const Result result,
                            reader.Query(kMet, {std::string(program), std::string(format)}));
  std::map<std::string, std::set<std::string>> met;
  for (const Row& row : result.rows) met[row.Text(0)].insert(row.Text(1));
  return met;
}

absl::Status PutBar(database::Transaction& tx, const Bar& bar) {
  return tx.Execute(
      kPutBar, {bar.mentee, bar.mentor, bar.program, bar.reason, bar.by, clock::ToMicros(bar.at)});
}

absl::StatusOr<bool> HasBar(database::Reader& reader, std::string_view mentee,
                            std::string_view mentor) {
  TREMPLIN_ASSIGN_OR_RETURN(const Result result,
                            reader.Query(kHasBar, {std::string(mentee), std::string(mentor)}));
  return result.rows.at(0).Int(0) > 0;
}

absl::Status DropBar(database::Transaction& tx, std::string_view mentee, std::string_view mentor) {
  return tx.Execute(kDropBar, {std::string(mentee), std::string(mentor)});
}

}  // namespace tremplin::matching::store
