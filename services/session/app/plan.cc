#include "services/session/app/plan.h"

#include <string>
#include <utility>
#include <vector>

#include "common/classification/vocabulary.h"
#include "common/status/error.h"
#include "common/status/macros.h"
#include "services/session/app/change.h"
#include "services/session/app/view.h"
#include "services/session/messages.h"

namespace tremplin::session::app {
namespace {

constexpr int kAllOfIt = 100;

absl::Status Check(const v1::SetGoalRequest& request) {
  std::vector<status::FieldViolation> violations;
  const bool code_needed = request.goal().empty() || !request.code().empty();
  if (code_needed && classification::FindGoal(request.code()) == nullptr) {
    violations.push_back(
        status::Violation("code", kGoalCodeUnknown, {classification::Goals()[0].code}));
  }
  if (request.progress() < 0 || request.progress() > kAllOfIt) {
    violations.push_back(status::Violation("progress", kProgressOutOfRange));
  }
  if (!violations.empty()) return status::InvalidFields(std::move(violations));
  return absl::OkStatus();
}

}  // namespace

Plan::Plan(rpc::Commands& commands, const Ledger& ledger) : commands_(commands), ledger_(ledger) {}

absl::StatusOr<v1::Engagement> Plan::SetGoal(const rpc::CallContext& call,
                                             const v1::SetGoalRequest& request) {
  TREMPLIN_RETURN_IF_ERROR(Check(request));
  return ChangeEngagement(commands_, ledger_, call, request.engagement(), "engagement",
                          [&](const domain::Engagement&, const std::string& by) {
                            return domain::SetGoal{by, request.goal(), request.code(),
                                                   GoalStateOf(request.state()),
                                                   request.progress()};
                          });
}

absl::StatusOr<v1::Engagement> Plan::SetPhase(const rpc::CallContext& call,
                                              const v1::SetPhaseRequest& request) {
  return ChangeEngagement(commands_, ledger_, call, request.engagement(), "engagement",
                          [&](const domain::Engagement&, const std::string& by) {
                            return domain::SetPhase{by, request.phase(), request.done()};
                          });
}

}  // namespace tremplin::session::app
