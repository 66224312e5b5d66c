#ifndef TREMPLIN_SERVICES_SESSION_APP_INTRODUCTIONS_H_
#define TREMPLIN_SERVICES_SESSION_APP_INTRODUCTIONS_H_

#include "absl/status/statusor.h"
#include "common/database/database.h"
#include "common/rpc/call.h"
#include "common/rpc/idempotency.h"
#include "services/session/app/ledger.h"
#include "tremplin/session/v1/session.pb.h"

namespace tremplin::session::app {

// Meetings that lead on to others: introductions, and the graph they make. Thread-safe.
class Introductions {
 public:
  Introductions(database::Database& db, rpc::Commands& commands, const Ledger& ledger);

  absl::StatusOr<v1::Introduction> GiveIntroduction(const rpc::CallContext& call,
                                                    const v1::GiveIntroductionRequest& request);
  absl::StatusOr<v1::ListIntroductionsResponse> ListIntroductions(
      const rpc::CallContext& call, const v1::ListIntroductionsRequest& request);
  absl::StatusOr<v1::Chain> GetChain(const rpc::CallContext& call,
                                     const v1::GetChainRequest& request);

 private:
  database::Database& db_;
  rpc::Commands& commands_;
  const Ledger& ledger_;
};

}  // namespace tremplin::session::app

#endif  // TREMPLIN_SERVICES_SESSION_APP_INTRODUCTIONS_H_
