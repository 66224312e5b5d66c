#include "services/matching/store/identification.h"

#include <string>

#include "common/status/macros.h"

namespace tremplin::matching::store {
namespace {

constexpr std::string_view kIdentify = R"sql(
UPDATE matching_pool SET person = $2,
  status = CASE WHEN $3 = 1 THEN 'left' WHEN set_aside = 1 THEN 'ready' ELSE status END,
  set_aside = CASE WHEN $3 = 0 THEN 0 WHEN status = 'ready' THEN 1 ELSE set_aside END,
  pool_version = $4
WHERE enrolment = $1)sql";
constexpr std::string_view kIdentifyParticipant = R"sql(
UPDATE matching_participant SET person = $2
WHERE enrolment = $1 AND NOT EXISTS (
  SELECT 1 FROM matching_participant y
  WHERE y.person = $2 AND y.exclusivity_group = matching_participant.exclusivity_group
    AND y.exclusivity_group <> '' AND y.active = 1 AND y.exclusive = 1 AND y.side = 'mentee'
    AND matching_participant.active = 1 AND matching_participant.exclusive = 1
    AND matching_participant.side = 'mentee' AND y.enrolment <> $1))sql";

}  // namespace

absl::Status Identify(database::Transaction& tx, std::string_view enrolment,
                      std::string_view person, bool behind, int64_t pool_version) {
  TREMPLIN_RETURN_IF_ERROR(tx.Execute(
      kIdentify, {std::string(enrolment), std::string(person), int64_t{behind}, pool_version}));
  return tx.Execute(kIdentifyParticipant, {std::string(enrolment), std::string(person)});
}

}  // namespace tremplin::matching::store
