#ifndef TREMPLIN_SERVICES_MATCHING_APP_ANSWERING_H_
#define TREMPLIN_SERVICES_MATCHING_APP_ANSWERING_H_

#include "absl/status/statusor.h"
#include "common/database/database.h"
#include "common/rpc/call.h"
#include "services/matching/app/proposals.h"
#include "tremplin/matching/v1/answering.pb.h"

namespace tremplin::matching::app {

// The method of AnsweringService. Thread-safe.
class Answering {
 public:
  Answering(database::Database& db, Proposals& proposals) : db_(db), proposals_(proposals) {}

  absl::StatusOr<v1::Proposal> AnswerAsPerson(const rpc::CallContext& call,
                                              const v1::AnswerAsPersonRequest& request);

 private:
  database::Database& db_;
  Proposals& proposals_;
};

}  // namespace tremplin::matching::app

#endif  // TREMPLIN_SERVICES_MATCHING_APP_ANSWERING_H_
