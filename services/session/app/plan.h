#ifndef TREMPLIN_SERVICES_SESSION_APP_PLAN_H_
#define TREMPLIN_SERVICES_SESSION_APP_PLAN_H_

#include "absl/status/statusor.h"
#include "common/rpc/call.h"
#include "common/rpc/idempotency.h"
#include "services/session/app/ledger.h"
#include "tremplin/session/v1/session.pb.h"

namespace tremplin::session::app {

// What an engagement sets out to do: goals and phases. Thread-safe.
class Plan {
 public:
  Plan(rpc::Commands& commands, const Ledger& ledger);

  absl::StatusOr<v1::Engagement> SetGoal(const rpc::CallContext& call,
                                         const v1::SetGoalRequest& request);
  absl::StatusOr<v1::Engagement> SetPhase(const rpc::CallContext& call,
                                          const v1::SetPhaseRequest& request);

 private:
  rpc::Commands& commands_;
  const Ledger& ledger_;
};

}  // namespace tremplin::session::app

#endif  // TREMPLIN_SERVICES_SESSION_APP_PLAN_H_
