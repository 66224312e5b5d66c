#ifndef TREMPLIN_SERVICES_SESSION_APP_SESSIONS_H_
#define TREMPLIN_SERVICES_SESSION_APP_SESSIONS_H_

#include <functional>
#include <string>

#include "absl/status/statusor.h"
#include "common/database/database.h"
#include "common/rpc/call.h"
#include "common/rpc/idempotency.h"
#include "services/session/app/ledger.h"
#include "services/session/store/sessions.h"
#include "tremplin/session/v1/session.pb.h"

namespace tremplin::session::app {

// What happens within an engagement: sessions, check-ins, reviews. Thread-safe.
class Sessions {
 public:
  Sessions(database::Database& db, rpc::Commands& commands, const Ledger& ledger);

  absl::StatusOr<v1::Session> LogSession(const rpc::CallContext& call,
                                         const v1::LogSessionRequest& request);
  absl::StatusOr<v1::Session> CorrectSession(const rpc::CallContext& call,
                                             const v1::CorrectSessionRequest& request);
  absl::StatusOr<v1::Session> StrikeSession(const rpc::CallContext& call,
                                            const v1::StrikeSessionRequest& request);
  absl::StatusOr<v1::ListSessionsResponse> ListSessions(const rpc::CallContext& call,
                                                        const v1::ListSessionsRequest& request);
  absl::StatusOr<v1::AnswerCheckInResponse> AnswerCheckIn(const rpc::CallContext& call,
                                                          const v1::AnswerCheckInRequest& request);
  absl::StatusOr<v1::Engagement> RecordReview(const rpc::CallContext& call,
                                              const v1::RecordReviewRequest& request);

 private:
  // What a correction or a striking makes of a session, and the command that lets the counts
  // follow.
  struct PutRight {
    store::Session next;
    domain::Command command;
    Telling telling;
  };
  using MakePutRight = std::function<absl::StatusOr<PutRight>(
      database::Transaction& tx, const domain::Engagement& engagement, const std::string& by,
      const store::Session& before)>;
  absl::StatusOr<v1::Session> ChangeSession(const rpc::CallContext& call, const std::string& name,
                                            const std::string& etag, const MakePutRight& make);

  database::Database& db_;
  rpc::Commands& commands_;
  const Ledger& ledger_;
};

}  // namespace tremplin::session::app

#endif  // TREMPLIN_SERVICES_SESSION_APP_SESSIONS_H_
