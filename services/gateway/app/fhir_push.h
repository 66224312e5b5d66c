#ifndef TREMPLIN_SERVICES_GATEWAY_APP_FHIR_PUSH_H_
#define TREMPLIN_SERVICES_GATEWAY_APP_FHIR_PUSH_H_

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "services/gateway/app/fhir_calls.h"
#include "services/gateway/http/message.h"

// What FHIR changes. Of headers: Idempotency-Key is the request id; Prefer says whether elements
// that nothing is made of are refused (handling=strict), and what the answer to a create holds
// (return=minimal, representation, OperationOutcome); If-Match which version of a Task is meant.
namespace tremplin::gateway {

// A ServiceRequest; `base` is the address of FHIR's space. 201 where it is new, 200 where its
// identifier is known.
absl::StatusOr<http::Response> PushReferral(const http::Request& request, const std::string& base,
                                            const FhirCalls& calls);

// A transaction of one ServiceRequest and what belongs to it.
absl::StatusOr<http::Response> PushBundle(const http::Request& request, const std::string& base,
                                          const FhirCalls& calls);

// Sets the status of a Task.
absl::StatusOr<http::Response> UpdateTask(const http::Request& request, std::string_view id,
                                          const FhirCalls& calls);

}  // namespace tremplin::gateway

#endif  // TREMPLIN_SERVICES_GATEWAY_APP_FHIR_PUSH_H_
