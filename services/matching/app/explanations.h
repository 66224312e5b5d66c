#ifndef TREMPLIN_SERVICES_MATCHING_APP_EXPLANATIONS_H_
#define TREMPLIN_SERVICES_MATCHING_APP_EXPLANATIONS_H_

#include <utility>

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
  Explanations(database::Database& db, program::ProgramStore& programs, Memories& memories,
               engine::Distance distance)
      : db_(db), programs_(programs), memories_(memories), distance_(std::move(distance)) {}

  // Asks the engine's memory, and solves the pool at most kTries times again, each with one change.
  absl::StatusOr<v1::MenteeExplanation> ExplainMentee(const rpc::CallContext& call,
                                                      const v1::ExplainMenteeRequest& request);

 private:
  static constexpr int kTries = 12;

  absl::StatusOr<v1::MenteeExplanation> ExplainOther(const rpc::CallContext& call,
                                                     const program::Program& program,
                                                     const program::v1::Format& format,
                                                     const v1::ExplainMenteeRequest& request);

  database::Database& db_;
  program::ProgramStore& programs_;
  Memories& memories_;
  const engine::Distance distance_;
};

}  // namespace tremplin::matching::app

#endif  // TREMPLIN_SERVICES_MATCHING_APP_EXPLANATIONS_H_
