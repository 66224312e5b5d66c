#include "services/session/store/introductions.h"

#include "common/clock/clock.h"
#include "common/status/macros.h"

namespace tremplin::session::store {
namespace {

using database::Result;
using database::Row;

constexpr std::string_view kFindTo = R"sql(
SELECT id FROM session_introduction WHERE engagement_id = $1 AND to_enrolment = $2)sql";
constexpr std::string_view kInsert = R"sql(
INSERT INTO session_introduction (id, engagement_id, number, to_enrolment, led_to, given_us)
VALUES ($1, $2, $3, $4, '', $5))sql";
constexpr std::string_view kList = R"sql(
SELECT id, engagement_id, number, to_enrolment, led_to, given_us FROM session_introduction
WHERE engagement_id = $1 ORDER BY number)sql";
constexpr std::string_view kSetLedTo = R"sql(
UPDATE session_introduction SET led_to = $3
WHERE engagement_id = $1 AND to_enrolment = $2 AND led_to = '')sql";

}  // namespace

absl::StatusOr<bool> InsertIntroduction(database::Transaction& tx,
                                        const Introduction& introduction) {
  if (!introduction.to.empty()) {
    TREMPLIN_ASSIGN_OR_RETURN(const Result there,
                              tx.Query(kFindTo, {introduction.engagement, introduction.to}));
    if (!there.rows.empty()) return false;
  }
  TREMPLIN_RETURN_IF_ERROR(
      tx.Execute(kInsert, {introduction.id, introduction.engagement, int64_t{introduction.number},
                           introduction.to, clock::ToMicros(introduction.given)}));
  return true;
}

absl::StatusOr<std::vector<Introduction>> ListIntroductions(database::Reader& reader,
                                                            std::string_view engagement) {
  TREMPLIN_ASSIGN_OR_RETURN(const Result result, reader.Query(kList, {std::string(engagement)}));
  std::vector<Introduction> introductions;
  introductions.reserve(result.rows.size());
  for (const Row& row : result.rows) {
    introductions.push_back({row.Text(0), row.Text(1), static_cast<int>(row.Int(2)), row.Text(3),
                             row.Text(4), row.Time(5)});
  }
  return introductions;
}

absl::Status SetLedTo(database::Transaction& tx, std::string_view engagement, std::string_view to,
                      std::string_view led_to) {
  return tx.Execute(kSetLedTo, {std::string(engagement), std::string(to), std::string(led_to)});
}

}  // namespace tremplin::session::store
