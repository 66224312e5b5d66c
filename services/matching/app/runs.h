#ifndef TREMPLIN_SERVICES_MATCHING_APP_RUNS_H_
#define TREMPLIN_SERVICES_MATCHING_APP_RUNS_H_

#include <functional>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/database/database.h"
#include "common/program/program_store.h"
#include "common/rpc/call.h"
#include "common/rpc/idempotency.h"
#include "services/matching/app/ledger.h"
#include "services/matching/app/staff_pairs.h"
#include "services/matching/engine/solution.h"
#include "services/matching/store/runs.h"
#include "tremplin/matching/v1/matching.pb.h"

namespace tremplin::matching::app {

// Runs of the engine over a program's pool: asked for by staff, or the morning after a place or a
// person became free (the cascade). A run is kept, with what it was given and its proof.
// Thread-safe.
class Runs {
 public:
  Runs(database::Database& db, rpc::Commands& commands, program::ProgramStore& programs,
       const Ledger& ledger, engine::Distance distance);

  // The pool is read and solved outside the write; each pair is then checked again inside it, and
  // somebody whose pair is no longer possible is told to wait for the next run.
  absl::StatusOr<v1::RunMatchingResponse> RunMatching(const rpc::CallContext& call,
                                                      const v1::RunMatchingRequest& request);
  absl::StatusOr<v1::Run> GetRun(const rpc::CallContext& call, const v1::GetRunRequest& request);
  absl::StatusOr<v1::ListRunsResponse> ListRuns(const rpc::CallContext& call,
                                                const v1::ListRunsRequest& request);
  // FAILED_PRECONDITION (RUN_RECORD_GONE) for a run that is too old to have its input still.
  absl::StatusOr<v1::VerifyRunResponse> VerifyRun(const rpc::CallContext& call,
                                                  const v1::VerifyRunRequest& request);

  // The timer kCascadeTimer: one run inside the timer’s transaction, as of `due`.
  absl::Status Cascade(database::Transaction& tx, const std::string& program, absl::Time due) const;

 private:
  using NewId = std::function<std::string(const std::string& what)>;
  // A run that was solved and is to be carried out.
  struct Plan {
    std::shared_ptr<const engine::Solution> solution;
    engine::Proposals chosen;
    PinnedPairs pinned;  // proposed before what was chosen
    store::RunRow run;
  };
  absl::StatusOr<Plan> Solve(database::Reader& reader, const program::Program& program,
                             absl::Time now, int limit) const;
  // Make the pinned, and the chosen pairs, that are still possible.
  absl::Status ProposePinned(database::Transaction& tx, const program::Program& program,
                             const Plan& plan, absl::Time now, const NewId& new_id,
                             const rpc::CallContext& call, v1::RunMatchingResponse* response) const;
  absl::Status Propose(database::Transaction& tx, const program::Program& program, const Plan& plan,
                       absl::Time now, const NewId& new_id, const rpc::CallContext& call,
                       v1::RunMatchingResponse* response) const;
  absl::Status Write(database::Transaction& tx, const program::Program& program, Plan plan,
                     absl::Time now, const NewId& new_id, const rpc::CallContext& call,
                     v1::RunMatchingResponse* response) const;
  absl::StatusOr<store::RunRow> ReadRun(const rpc::CallContext& call, const std::string& name);

  database::Database& db_;
  rpc::Commands& commands_;
  program::ProgramStore& programs_;
  const Ledger& ledger_;
  const engine::Distance distance_;
};

// One consistent reading of a program's pool, as of `now`; pinned mentees are still in it.
absl::StatusOr<engine::Pool> ReadPool(database::Reader& reader, const program::Program& program,
                                      absl::Time now);

}  // namespace tremplin::matching::app

#endif  // TREMPLIN_SERVICES_MATCHING_APP_RUNS_H_
