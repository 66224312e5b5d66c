#ifndef TREMPLIN_SERVICES_OUTCOME_APP_SERVICE_H_
#define TREMPLIN_SERVICES_OUTCOME_APP_SERVICE_H_

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "common/database/database.h"
#include "common/program/program_store.h"
#include "common/rpc/call.h"
#include "common/rpc/idempotency.h"
#include "services/outcome/app/schedule.h"
#include "tremplin/outcome/v1/outcome.pb.h"

namespace tremplin::outcome {

// The methods of OutcomeService. Staff see the program their credential names (any when it names
// none), a mentee their own; what a caller may not see is NOT_FOUND, so that nothing tells it
// exists. Thread-safe.
class Service {
 public:
  Service(database::Database& db, rpc::Commands& commands, program::ProgramStore& programs,
          const Schedule& schedule);

  absl::StatusOr<v1::FollowUp> GetFollowUp(const rpc::CallContext& call,
                                           const v1::GetFollowUpRequest& request);
  absl::StatusOr<v1::ListFollowUpsResponse> ListFollowUps(const rpc::CallContext& call,
                                                          const v1::ListFollowUpsRequest& request);
  absl::StatusOr<v1::FollowUp> AnswerFollowUp(const rpc::CallContext& call,
                                              const v1::AnswerFollowUpRequest& request);
  absl::StatusOr<v1::FollowUp> RecordAttempt(const rpc::CallContext& call,
                                             const v1::RecordAttemptRequest& request);
  absl::StatusOr<v1::ListEmploymentResponse> ListEmployment(
      const rpc::CallContext& call, const v1::ListEmploymentRequest& request);
  absl::StatusOr<v1::Funnel> GetFunnel(const rpc::CallContext& call,
                                       const v1::GetFunnelRequest& request);
  absl::StatusOr<v1::OutcomeReport> GetOutcomeReport(const rpc::CallContext& call,
                                                     const v1::GetOutcomeReportRequest& request);

 private:
  absl::StatusOr<FollowUp> Visible(const rpc::CallContext& call, database::Reader& reader,
                                   const std::string& id) const;
  absl::StatusOr<std::string> VisibleProgram(const rpc::CallContext& call,
                                             const std::string& name) const;

  database::Database& db_;
  rpc::Commands& commands_;
  program::ProgramStore& programs_;
  const Schedule& schedule_;
};

}  // namespace tremplin::outcome

#endif  // TREMPLIN_SERVICES_OUTCOME_APP_SERVICE_H_
