#ifndef TREMPLIN_SERVICES_GATEWAY_FHIR_OUTCOME_H_
#define TREMPLIN_SERVICES_GATEWAY_FHIR_OUTCOME_H_

#include <string>

#include "absl/status/status.h"
#include "common/messages/message.h"
#include "services/gateway/fhir/element.h"
#include "tremplin/referral/v1/referral.pb.h"

// What is said of a request, as OperationOutcome.
namespace tremplin::gateway::fhir {

// The error as the JSON API would tell it: its sentence and reason, or an issue for each field at
// fault with its FHIRPath. `status` is one that a caller may see (rpc::ForCaller).
std::string OutcomeOf(const absl::Status& status, messages::Language language);

// What whoever pushed a referral has to know of it: what was taken all the same and ought to be
// looked at, and the elements that nothing was made of.
std::string OutcomeOf(const referral::v1::SubmitReferralResponse& response,
                      const Findings& findings, messages::Language language);

}  // namespace tremplin::gateway::fhir

#endif  // TREMPLIN_SERVICES_GATEWAY_FHIR_OUTCOME_H_
