#ifndef TREMPLIN_SERVICES_OUTCOME_APP_ANSWERING_H_
#define TREMPLIN_SERVICES_OUTCOME_APP_ANSWERING_H_

#include "absl/status/statusor.h"
#include "common/rpc/call.h"
#include "services/outcome/app/service.h"
#include "tremplin/outcome/v1/answering.pb.h"

namespace tremplin::outcome {

// The method of AnsweringService. Thread-safe.
class Answering {
 public:
  explicit Answering(Service& service) : service_(service) {}

  absl::StatusOr<v1::FollowUp> AnswerAsPerson(const rpc::CallContext& call,
                                              const v1::AnswerAsPersonRequest& request);

 private:
  Service& service_;
};

}  // namespace tremplin::outcome

#endif  // TREMPLIN_SERVICES_OUTCOME_APP_ANSWERING_H_
