#include "services/session/store/enrolments.h"

#include <utility>

#include "common/clock/clock.h"
#include "common/status/macros.h"

namespace tremplin::session::store {
namespace {

using database::Result;
using database::Row;
using database::TimeOrNull;

constexpr std::string_view kPut = R"sql(
INSERT INTO session_enrolment (enrolment_id, program_id, person_id, side, ended_us)
VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (enrolment_id) DO UPDATE SET program_id = EXCLUDED.program_id,
  person_id = EXCLUDED.person_id, side = EXCLUDED.side, ended_us = EXCLUDED.ended_us)sql";

constexpr std::string_view kFind = R"sql(
SELECT enrolment_id, program_id, person_id, side, ended_us FROM session_enrolment
WHERE enrolment_id = $1)sql";

constexpr std::string_view kSetPerson =
    "UPDATE session_enrolment SET person_id = $2 WHERE enrolment_id = $1";
constexpr std::string_view kSetParticipant =
    "UPDATE session_participant SET person_id = $2 WHERE enrolment_id = $1";

constexpr std::string_view kFactsOf = R"sql(
SELECT fact, yes FROM session_fact WHERE enrolment_id = $1 ORDER BY since_us)sql";

constexpr std::string_view kPutFact = R"sql(
INSERT INTO session_fact (enrolment_id, fact, since_us, yes) VALUES ($1, $2, $3, $4)
ON CONFLICT (enrolment_id, fact, since_us) DO UPDATE SET yes = EXCLUDED.yes)sql";

constexpr std::string_view kListFacts = R"sql(
SELECT f.enrolment_id, f.fact, f.since_us, f.yes
FROM session_participant p JOIN session_fact f ON f.enrolment_id = p.enrolment_id
WHERE p.engagement_id = $1 ORDER BY f.since_us)sql";

}  // namespace

absl::Status PutEnrolment(database::Transaction& tx, const Enrolment& enrolment) {
  return tx.Execute(kPut,
                    {enrolment.id, enrolment.program, enrolment.person,
                     std::string(domain::NameOf(enrolment.side)), TimeOrNull(enrolment.ended)});
}

absl::StatusOr<std::optional<Enrolment>> FindEnrolment(database::Reader& reader,
                                                       std::string_view id) {
  TREMPLIN_ASSIGN_OR_RETURN(const Result result, reader.Query(kFind, {std::string(id)}));
  if (result.rows.empty()) return std::nullopt;
  const Row& row = result.rows[0];
  Enrolment found{row.Text(0), row.Text(1), row.Text(2), domain::Side::kMentee, row.Time(4)};
  TREMPLIN_ASSIGN_OR_RETURN(found.side, domain::SideOf(row.Text(3)));
  return found;
}

absl::Status SetPerson(database::Transaction& tx, std::string_view enrolment,
                       std::string_view person) {
  for (const std::string_view sql : {kSetPerson, kSetParticipant}) {
    TREMPLIN_RETURN_IF_ERROR(tx.Execute(sql, {std::string(enrolment), std::string(person)}));
  }
  return absl::OkStatus();
}

absl::Status PutFacts(database::Transaction& tx, std::string_view enrolment, absl::Time since,
                      const std::map<std::string, bool>& says) {
  TREMPLIN_ASSIGN_OR_RETURN(const Result result, tx.Query(kFactsOf, {std::string(enrolment)}));
  std::map<std::string, bool> known;
  for (const Row& row : result.rows) known[row.Text(0)] = row.Int(1) != 0;
  std::map<std::string, bool> changed;
  for (const auto& [fact, yes] : says) {
    const auto before = known.find(fact);
    if (before == known.end() || before->second != yes) changed[fact] = yes;
  }
  for (const auto& [fact, yes] : known) {
    if (yes && !says.contains(fact)) changed[fact] = false;
  }
  for (const auto& [fact, yes] : changed) {
    TREMPLIN_RETURN_IF_ERROR(
        tx.Execute(kPutFact, {std::string(enrolment), fact, clock::ToMicros(since), int64_t{yes}}));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<domain::FactSince>> ListFacts(database::Reader& reader,
                                                         std::string_view engagement) {
  TREMPLIN_ASSIGN_OR_RETURN(const Result result,
                            reader.Query(kListFacts, {std::string(engagement)}));
  std::vector<domain::FactSince> facts;
  facts.reserve(result.rows.size());
  for (const Row& row : result.rows) {
    facts.push_back({row.Text(0), row.Text(1), row.Time(2), row.Int(3) != 0});
  }
  return facts;
}

}  // namespace tremplin::session::store
