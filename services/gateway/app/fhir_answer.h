#ifndef TREMPLIN_SERVICES_GATEWAY_APP_FHIR_ANSWER_H_
#define TREMPLIN_SERVICES_GATEWAY_APP_FHIR_ANSWER_H_

#include <string>

#include "services/gateway/http/message.h"

namespace tremplin::gateway {

inline constexpr char kFhirJson[] = "application/fhir+json; charset=utf-8";

// An answer with a resource, in the caller's language; with its version, if it has one, as a weak
// etag: 304 without a body where the caller has it.
http::Response FhirAnswer(const http::Request& request, const std::string& version,
                          std::string body);

}  // namespace tremplin::gateway

#endif  // TREMPLIN_SERVICES_GATEWAY_APP_FHIR_ANSWER_H_
