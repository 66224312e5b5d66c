#ifndef TREMPLIN_SERVICES_MATCHING_STORE_RUNS_H_
#define TREMPLIN_SERVICES_MATCHING_STORE_RUNS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "common/database/database.h"
#include "services/matching/store/run_input.h"
#include "tremplin/matching/v1/matching.pb.h"

// Runs of the engine as rows.
namespace tremplin::matching::store {

struct RunRow {
  std::string id;
  std::string program;
  absl::Time created;
  v1::Run summary;
  // Absent from lists, and from runs whose record is gone.
  std::optional<v1::RunRecord> record;
};

// How many runs of a program keep what they were given, at least; at most twice as many do.
inline constexpr int kRecordsKept = 30;

// Adds a run with a record and the parts that it names, and from time to time drops the records of
// the program's older ones.
absl::Status InsertRun(database::Transaction& tx, const RunRow& row, const RunInput::Parts& parts);
absl::StatusOr<std::optional<RunRow>> FindRun(database::Reader& reader, std::string_view id);
// Latest first, before (`before_us`, `before_id`) in that order; without records.
absl::StatusOr<std::vector<RunRow>> ListRuns(database::Reader& reader, std::string_view program,
                                             int64_t before_us, std::string_view before_id,
                                             int limit);

// What an engine was given besides people, and who they were by the parts.
v1::RunRecord RecordOf(const RunInput::Parts& parts, absl::CivilDay today,
                       const program::v1::Format& format,
                       const program::v1::FactRegistry& registry, int limit);
// SHA-256 of everything in the record but what was chosen, in hex.
std::string InputHash(const v1::RunRecord& record);

}  // namespace tremplin::matching::store

#endif  // TREMPLIN_SERVICES_MATCHING_STORE_RUNS_H_
