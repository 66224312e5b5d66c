#ifndef TREMPLIN_SERVICES_SESSION_APP_SESSIONS_H_
#define TREMPLIN_SERVICES_SESSION_APP_SESSIONS_H_

#include <string>

#include "absl/status/statusor.h"
#include "common/database/database.h"
#include "common/rpc/call.h"
#include "common/rpc/idempotency.h"
#include "services/session/app/ledger.h"
#include "tremplin/session/v1/session.pb.h"

namespace tremplin::session::app {

// What happens within a mentorship: sessions, check-ins, reviews. Thread-safe.
class Sessions {
 public:
  Sessions(database::Database& db, rpc::Commands& commands, const Ledger& ledger);

  absl::StatusOr<v1::Session> LogSession(const rpc::CallContext& call,
                                         const v1::LogSessionRequest& request);
  absl::StatusOr<v1::ListSessionsResponse> ListSessions(const rpc::CallContext& call,
                                                        const v1::ListSessionsRequest& request);
  absl::StatusOr<v1::AnswerCheckInResponse> AnswerCheckIn(const rpc::CallContext& call,
                                                          const v1::AnswerCheckInRequest& request);
  absl::StatusOr<v1::Mentorship> RecordReview(const rpc::CallContext& call,
                                              const v1::RecordReviewRequest& request);

 private:
  database::Database& db_;
  rpc::Commands& commands_;
  const Ledger& ledger_;
};

}  // namespace tremplin::session::app

#endif  // TREMPLIN_SERVICES_SESSION_APP_SESSIONS_H_
