#ifndef TREMPLIN_SERVICES_MATCHING_APP_RUNS_H_
#define TREMPLIN_SERVICES_MATCHING_APP_RUNS_H_

#include <functional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/database/database.h"
#include "common/program/program_store.h"
#include "common/rpc/call.h"
#include "common/rpc/idempotency.h"
#include "services/matching/app/ledger.h"
#include "services/matching/engine/matcher.h"
#include "tremplin/matching/v1/matching.pb.h"

namespace tremplin::matching::app {

// Runs of the engine over a program's pool: asked for by staff, or the morning after a place or a
// person became free (the cascade). Thread-safe.
class Runs {
 public:
  Runs(database::Database& db, rpc::Commands& commands, program::ProgramStore& programs,
       const Ledger& ledger, const engine::Matcher& matcher);

  // The pool is read and the engine asked outside the write; each pair is then checked again inside
  // it, and somebody whose pair is no longer possible is told to wait for the next run.
  absl::StatusOr<v1::RunMatchingResponse> RunMatching(const rpc::CallContext& call,
                                                      const v1::RunMatchingRequest& request);

  // The timer kCascadeTimer: one run inside the timer’s transaction, as of `due`.
  absl::Status Cascade(database::Transaction& tx, const std::string& program, absl::Time due) const;

 private:
  using NewId = std::function<std::string(const std::string& mentee)>;
  absl::StatusOr<engine::Proposals> Choose(database::Reader& reader,
                                           const program::Program& program, absl::Time now,
                                           int limit) const;
  // Makes the chosen pairs that are still possible.
  absl::Status Propose(database::Transaction& tx, const program::Program& program,
                       const engine::Proposals& chosen, absl::Time now, const NewId& new_id,
                       const rpc::CallContext& call, v1::RunMatchingResponse* response) const;
  absl::Status Write(database::Transaction& tx, const program::Program& program,
                     const engine::Proposals& chosen, absl::Time now, const NewId& new_id,
                     const rpc::CallContext& call, v1::RunMatchingResponse* response) const;

  database::Database& db_;
  rpc::Commands& commands_;
  program::ProgramStore& programs_;
  const Ledger& ledger_;
  const engine::Matcher& matcher_;
};

// A policy and its weights as the engine takes them.
engine::Policy PolicyOf(const program::v1::MatchingPolicy& policy, int limit);
engine::Mentee MenteeOf(const store::PoolEntry& entry, absl::TimeZone zone);
engine::Mentor MentorOf(const store::PoolEntry& entry);

}  // namespace tremplin::matching::app

#endif  // TREMPLIN_SERVICES_MATCHING_APP_RUNS_H_
