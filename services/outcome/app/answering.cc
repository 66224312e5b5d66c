#include "services/outcome/app/answering.h"

#include "common/resources/names.h"
#include "common/status/macros.h"

namespace tremplin::outcome {

absl::StatusOr<v1::FollowUp> Answering::AnswerAsPerson(const rpc::CallContext& call,
                                                       const v1::AnswerAsPersonRequest& request) {
  rpc::CallContext as_person = call;
  as_person.principal.role = rpc::Role::ROLE_MENTEE;
  TREMPLIN_ASSIGN_OR_RETURN(as_person.principal.person,
                            resources::IdOf("people", request.person(), "person"));
  v1::AnswerFollowUpRequest answer;
  answer.set_name(request.name());
  answer.set_employment(request.employment());
  answer.set_request_id(request.request_id());
  return service_.AnswerFollowUp(as_person, answer);
}

}  // namespace tremplin::outcome
