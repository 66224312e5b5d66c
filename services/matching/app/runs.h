#ifndef TREMPLIN_SERVICES_MATCHING_APP_RUNS_H_
#define TREMPLIN_SERVICES_MATCHING_APP_RUNS_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/database/database.h"
#include "common/lease/lease.h"
#include "common/program/program_store.h"
#include "common/rpc/call.h"
#include "common/rpc/idempotency.h"
#include "common/timers/timers.h"
#include "services/matching/app/groups.h"
#include "services/matching/app/ledger.h"
#include "services/matching/app/memory.h"
#include "services/matching/app/staff_pairs.h"
#include "services/matching/engine/solution.h"
#include "services/matching/store/runs.h"
#include "tremplin/matching/v1/matching.pb.h"

namespace tremplin::matching::app {

// Runs of the engine over the pool of a program's format: asked for by staff, or by time, after a
// place or a person became free (the cascade: the next morning, or at once in a format that
// proposes continuously; one format after the other, in the order of the definition). A run is
// kept, with what it was given and its proof. Solving reads the engine's memory (assignments) or
// the pool (groups, peers, meetings), outside any transaction; the write is fenced by the program's
// lease, so of several replicas one writes, and checks everybody again. Thread-safe.
class Runs {
 public:
  Runs(database::Database& db, rpc::Commands& commands, program::ProgramStore& programs,
       const Ledger& ledger, Memories& memories, lease::Leases& leases, engine::Distance distance);

  // Somebody whose pair is no longer possible when it is written is told to wait for the next run.
  // The replica that is asked takes the program's lease. ABORTED (RUN_TAKEN_OVER) when another one
  // took it meanwhile, again and again.
  absl::StatusOr<v1::RunMatchingResponse> RunMatching(const rpc::CallContext& call,
                                                      const v1::RunMatchingRequest& request);
  // The report of a run by time is counted when it is asked for, while the run has its record.
  absl::StatusOr<v1::Run> GetRun(const rpc::CallContext& call, const v1::GetRunRequest& request);
  absl::StatusOr<v1::ListRunsResponse> ListRuns(const rpc::CallContext& call,
                                                const v1::ListRunsRequest& request);
  // FAILED_PRECONDITION (RUN_RECORD_GONE) for a run that is too old to have its input still.
  absl::StatusOr<v1::VerifyRunResponse> VerifyRun(const rpc::CallContext& call,
                                                  const v1::VerifyRunRequest& request);

  // The timer kCascadeTimer, by CascadeKey: one run as of `due`, after which the next format runs.
  // Left to the replica that has the program's lease.
  absl::StatusOr<timers::Effect> Cascade(const std::string& key, absl::Time due);

 private:
  using NewId = std::function<std::string(const std::string& what)>;
  // A run that was solved and is to be carried out.
  struct Plan {
    std::shared_ptr<const program::Program> program;
    const program::v1::Format* format = nullptr;  // of the program
    absl::Time now;
    int64_t epoch = 0;         // of the lease that it is carried out under
    int64_t pool_version = 0;  // of the pool that was solved
    std::vector<Chosen> chosen;
    std::vector<v1::Unmatched> unmatched;
    PinnedPairs pinned;       // proposed before what was chosen
    std::vector<Fill> fills;  // of gaps, before that too
    store::RunRow run;
    store::RunInput::Parts input;
  };
  // What else than who is together: nothing (whoever came is proposed at once), the figures, and
  // why nobody.
  enum class Detail { kPairs, kReport, kReportAndReasons };
  absl::StatusOr<Plan> Solve(std::shared_ptr<const program::Program> program,
                             const program::v1::Format& format, absl::Time now, int limit,
                             Detail detail, const database::ReadOptions& reading);
  absl::Status SolveAssignment(Detail detail, int limit, const database::ReadOptions& reading,
                               Plan* plan);
  absl::Status SolveOthers(int limit, const database::ReadOptions& reading, Plan* plan);
  absl::StatusOr<v1::RunMatchingResponse> RunOnce(const rpc::CallContext& call,
                                                  std::shared_ptr<const program::Program> program,
                                                  const program::v1::Format& format, int limit);
  // Fill the gaps, make the pinned and what was chosen, as far as it is still possible.
  absl::Status FillGaps(database::Transaction& tx, const Plan& plan, const NewId& new_id,
                        const rpc::CallContext& call, v1::RunMatchingResponse* response) const;
  absl::Status ProposePinned(database::Transaction& tx, const Plan& plan, const NewId& new_id,
                             const rpc::CallContext& call, v1::RunMatchingResponse* response) const;
  absl::Status Propose(database::Transaction& tx, const Plan& plan, bool pool_changed,
                       const NewId& new_id, const rpc::CallContext& call,
                       v1::RunMatchingResponse* response) const;
  absl::StatusOr<bool> StaffSayOtherwise(database::Transaction& tx, const std::string& format,
                                         const Chosen& chosen) const;
  absl::Status Write(database::Transaction& tx, Plan plan, const NewId& new_id,
                     const rpc::CallContext& call, v1::RunMatchingResponse* response) const;
  absl::Status WriteCascade(database::Transaction& tx, const Plan& plan) const;
  // A run with what it was given, if it has that still, and how proposals went so far.
  struct PastRun {
    store::RunRow row;
    absl::StatusOr<engine::Pool> input = absl::NotFoundError("not kept");
    store::AnswerCounts answers;
  };
  absl::StatusOr<PastRun> ReadRun(const rpc::CallContext& call, const std::string& name);
  absl::StatusOr<std::shared_ptr<const engine::Solution>> SolveAgain(PastRun past) const;
  static bool IsAssignment(const PastRun& past);
  absl::StatusOr<Solved> SolveOthersAgain(const engine::Pool& pool,
                                          const v1::RunRecord& record) const;

  database::Database& db_;
  rpc::Commands& commands_;
  program::ProgramStore& programs_;
  const Ledger& ledger_;
  Memories& memories_;
  lease::Leases& leases_;
  const engine::Distance distance_;
};

}  // namespace tremplin::matching::app

#endif  // TREMPLIN_SERVICES_MATCHING_APP_RUNS_H_
