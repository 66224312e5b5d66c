#ifndef TREMPLIN_SERVICES_MATCHING_APP_OUTLOOK_H_
#define TREMPLIN_SERVICES_MATCHING_APP_OUTLOOK_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/database/database.h"
#include "common/program/program_store.h"
#include "common/rpc/call.h"
#include "tremplin/matching/v1/matching.pb.h"

namespace tremplin::matching::app {

// What somebody of an occupation and language may expect of a program: places and wait, as counts.
// Thread-safe.
class Outlook {
 public:
  Outlook(database::Database& db, program::ProgramStore& programs) : db_(db), programs_(programs) {}

  absl::StatusOr<v1::Outlook> GetOutlook(const rpc::CallContext& call,
                                         const v1::GetOutlookRequest& request);

 private:
  database::Database& db_;
  program::ProgramStore& programs_;
};

// The lower median of the waits, in whole days; nothing of fewer than 5, which could tell of a
// person.
std::optional<int32_t> MedianDays(std::vector<absl::Duration> waits);

}  // namespace tremplin::matching::app

#endif  // TREMPLIN_SERVICES_MATCHING_APP_OUTLOOK_H_
