#ifndef TREMPLIN_SERVICES_MATCHING_STORE_RUNS_H_
#define TREMPLIN_SERVICES_MATCHING_STORE_RUNS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/database/database.h"
#include "services/matching/engine/matcher.h"
#include "tremplin/matching/v1/matching.pb.h"

// Runs of the engine as rows.
namespace tremplin::matching::store {

struct RunRow {
  std::string id;
  std::string program;
  absl::Time created;
  v1::Run summary;
  // Absent from lists, and from runs that are not among the latest kRecordsKept of their program.
  std::optional<v1::RunRecord> record;
};

// How many runs of a program keep what they were given.
inline constexpr int kRecordsKept = 30;

// Adds a run, and drops the records of the program's older ones.
absl::Status InsertRun(database::Transaction& tx, const RunRow& row);
absl::StatusOr<std::optional<RunRow>> FindRun(database::Reader& reader, std::string_view id);
// Latest first, before (`before_us`, `before_id`) in that order; without records.
absl::StatusOr<std::vector<RunRow>> ListRuns(database::Reader& reader, std::string_view program,
                                             int64_t before_us, std::string_view before_id,
                                             int limit);

// Level, goals, what was volunteered and the lessons, as RunRecord.Person and
// ListPoolResponse.Entry both have them.
template <class Message>
void FillFacts(const engine::Profile& profile, const std::vector<std::string>& lessons,
               Message* to) {
  if (profile.years_experience >= 0) to->set_years_experience(profile.years_experience);
  to->mutable_goals()->Assign(profile.goals.begin(), profile.goals.end());
  to->mutable_wishes()->Assign(profile.wishes.begin(), profile.wishes.end());
  to->mutable_required()->Assign(profile.required.begin(), profile.required.end());
  to->mutable_attributes()->Assign(profile.attributes.begin(), profile.attributes.end());
  to->mutable_lessons()->Assign(lessons.begin(), lessons.end());
}

// What an engine was given, as it is kept. Deterministic: in the order of business keys.
v1::RunRecord RecordOf(const engine::Pool& pool, const program::v1::MatchingPolicy& policy,
                       int limit);
engine::Pool PoolOf(const v1::RunRecord& record);
// SHA-256 of everything in the record but what was chosen, in hex.
std::string InputHash(const v1::RunRecord& record);

}  // namespace tremplin::matching::store

#endif  // TREMPLIN_SERVICES_MATCHING_STORE_RUNS_H_
