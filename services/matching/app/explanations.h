#ifndef TREMPLIN_SERVICES_MATCHING_APP_EXPLANATIONS_H_
#define TREMPLIN_SERVICES_MATCHING_APP_EXPLANATIONS_H_

#include "absl/status/statusor.h"
#include "common/database/database.h"
#include "common/program/program_store.h"
#include "common/rpc/call.h"
#include "services/matching/engine/score.h"
#include "tremplin/matching/v1/matching.pb.h"

namespace tremplin::matching::app {

// Why somebody who waits would get nobody, told from the pool as it is. Thread-safe.
class Explanations {
 public:
  Explanations(database::Database& db, program::ProgramStore& programs, engine::Distance distance);

  // Solves the pool, and at most kTries times again, each with one change.
  absl::StatusOr<v1::MenteeExplanation> ExplainMentee(const rpc::CallContext& call,
                                                      const v1::ExplainMenteeRequest& request);

 private:
  static constexpr int kTries = 12;

  database::Database& db_;
  program::ProgramStore& programs_;
  const engine::Distance distance_;
};

}  // namespace tremplin::matching::app

#endif  // TREMPLIN_SERVICES_MATCHING_APP_EXPLANATIONS_H_
