#ifndef TREMPLIN_SERVICES_MATCHING_APP_REQUESTS_H_
#define TREMPLIN_SERVICES_MATCHING_APP_REQUESTS_H_

#include "absl/status/statusor.h"
#include "common/database/database.h"
#include "common/program/program_store.h"
#include "common/rpc/call.h"
#include "common/rpc/idempotency.h"
#include "services/matching/app/ledger.h"
#include "services/matching/engine/score.h"
#include "tremplin/matching/v1/matching.pb.h"

namespace tremplin::matching::app {

// Self-matching: a mentee looks among those with a free place, and asks. What the mentee may not know of a mentor narrows
// nothing, ranks nothing and is not shown. Thread-safe.
class Requests {
 public:
  Requests(database::Database& db, rpc::Commands& commands, program::ProgramStore& programs,
           const Ledger& ledger, engine::Distance distance);

  absl::StatusOr<v1::SearchMentorsResponse> SearchMentors(const rpc::CallContext& call,
                                                          const v1::SearchMentorsRequest& request);
  absl::StatusOr<v1::Proposal> RequestMatch(const rpc::CallContext& call,
                                            const v1::RequestMatchRequest& request);

 private:
  database::Database& db_;
  rpc::Commands& commands_;
  program::ProgramStore& programs_;
  const Ledger& ledger_;
  const engine::Distance distance_;
};

}  // namespace tremplin::matching::app

#endif  // TREMPLIN_SERVICES_MATCHING_APP_REQUESTS_H_
