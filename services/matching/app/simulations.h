#ifndef TREMPLIN_SERVICES_MATCHING_APP_SIMULATIONS_H_
#define TREMPLIN_SERVICES_MATCHING_APP_SIMULATIONS_H_

#include "absl/status/statusor.h"
#include "common/database/database.h"
#include "common/program/program_store.h"
#include "common/rpc/call.h"
#include "services/matching/engine/score.h"
#include "tremplin/matching/v1/matching.pb.h"

namespace tremplin::matching::app {

// What a run would give if something were otherwise. Reads only. Thread-safe.
class Simulations {
 public:
  Simulations(database::Database& db, program::ProgramStore& programs, engine::Distance distance);

  absl::StatusOr<v1::SimulateRunResponse> SimulateRun(const rpc::CallContext& call,
                                                      const v1::SimulateRunRequest& request);

 private:
  database::Database& db_;
  program::ProgramStore& programs_;
  const engine::Distance distance_;
};

}  // namespace tremplin::matching::app

#endif  // TREMPLIN_SERVICES_MATCHING_APP_SIMULATIONS_H_
