#ifndef TREMPLIN_SERVICES_MATCHING_APP_EXPLANATIONS_H_
#define TREMPLIN_SERVICES_MATCHING_APP_EXPLANATIONS_H_

#include "absl/status/statusor.h"
#include "common/database/database.h"
#include "common/program/program_store.h"
#include "common/rpc/call.h"
#include "services/matching/app/memory.h"
#include "tremplin/matching/v1/matching.pb.h"

namespace tremplin::matching::app {

// Why somebody who waits would get nobody, told from the pool as it is. Thread-safe.
class Explanations {
 public:
  Explanations(database::Database& db, program::ProgramStore& programs, Memories& memories)
      : db_(db), programs_(programs), memories_(memories) {}

  // Asks the engine's memory, and solves the pool at most kTries times again, each with one change.
  absl::StatusOr<v1::MenteeExplanation> ExplainMentee(const rpc::CallContext& call,
                                                      const v1::ExplainMenteeRequest& request);

 private:
  static constexpr int kTries = 12;

  database::Database& db_;
  program::ProgramStore& programs_;
  Memories& memories_;
};

}  // namespace tremplin::matching::app

#endif  // TREMPLIN_SERVICES_MATCHING_APP_EXPLANATIONS_H_
