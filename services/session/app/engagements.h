#ifndef TREMPLIN_SERVICES_SESSION_APP_ENGAGEMENTS_H_
#define TREMPLIN_SERVICES_SESSION_APP_ENGAGEMENTS_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/database/database.h"
#include "common/program/program_store.h"
#include "common/rpc/call.h"
#include "common/rpc/idempotency.h"
#include "services/session/app/ledger.h"
#include "tremplin/session/v1/session.pb.h"

namespace tremplin::session::app {

// The engagement itself: its documents, its length, who leaves, its end. Thread-safe.
class Engagements {
 public:
  Engagements(database::Database& db, rpc::Commands& commands, program::ProgramStore& programs,
              const Ledger& ledger);

  absl::StatusOr<v1::Engagement> GetEngagement(const rpc::CallContext& call,
                                               const v1::GetEngagementRequest& request);
  absl::StatusOr<v1::ListEngagementsResponse> ListEngagements(
      const rpc::CallContext& call, const v1::ListEngagementsRequest& request);
  absl::StatusOr<v1::Engagement> SignDocument(const rpc::CallContext& call,
                                              const v1::SignDocumentRequest& request);
  absl::StatusOr<v1::Engagement> ExtendEngagement(const rpc::CallContext& call,
                                                  const v1::ExtendEngagementRequest& request);
  absl::StatusOr<v1::Engagement> WishToContinue(const rpc::CallContext& call,
                                                const v1::WishToContinueRequest& request);
  absl::StatusOr<v1::Engagement> CompleteEngagement(const rpc::CallContext& call,
                                                    const v1::CompleteEngagementRequest& request);
  absl::StatusOr<v1::Engagement> LeaveEngagement(const rpc::CallContext& call,
                                                 const v1::LeaveEngagementRequest& request);
  absl::StatusOr<v1::Engagement> EndEngagementEarly(const rpc::CallContext& call,
                                                    const v1::EndEngagementEarlyRequest& request);
  absl::StatusOr<v1::Engagement> AnswerRematch(const rpc::CallContext& call,
                                               const v1::AnswerRematchRequest& request);

  // The timers of ledger.h: time's command as of `due`. One that was set anew meanwhile, or that
  // the engagement's state has overtaken, does nothing.
  absl::Status OnTime(database::Transaction& tx, const std::string& id,
                      const domain::Command& command, absl::Time due) const;

 private:
  database::Database& db_;
  rpc::Commands& commands_;
  program::ProgramStore& programs_;
  const Ledger& ledger_;
};

}  // namespace tremplin::session::app

#endif  // TREMPLIN_SERVICES_SESSION_APP_ENGAGEMENTS_H_
