#ifndef TREMPLIN_SERVICES_GATEWAY_APP_FHIR_H_
#define TREMPLIN_SERVICES_GATEWAY_APP_FHIR_H_

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "services/gateway/app/fhir_calls.h"
#include "services/gateway/http/message.h"

// Referrals taken and followed as FHIR R4 (fhir/mapping.h), by the same calls as the JSON API
// makes:
//
//   GET  /metadata
//   POST /ServiceRequest          with the Patient contained in it
//   POST /                        a transaction: ServiceRequest, Patient, QuestionnaireResponse and
//                                 Tasks
//   GET  /ServiceRequest/{id}
//   GET  /ServiceRequest?…        by identifier, with its Tasks by _revinclude
//   GET  /Task/{id}
//   GET  /Task?…                  by identifier, based-on or status, with what they are of by
//                                 _include
//   POST /…/_search               either search, its parameters in a form
//   PUT  /Task/{id}               its status: cancelled, requested
namespace tremplin::gateway {

inline constexpr std::string_view kFhirPath = "/fhir/r4";

// Whether the target (path and query) is in the space of FHIR, there or not.
bool IsFhir(std::string_view target);

// The path without what the caller put into it, for the log: "/fhir/r4/Task/{id}".
std::string FhirPattern(std::string_view target);

// The methods that the path takes: "GET, PUT"; "" where nothing is.
std::string_view FhirAllowed(std::string_view target);

// Whether the request changes nothing.
bool ReadsFhir(const http::Request& request);

// `tls`: whether this process ends TLS itself. Errors are the services' own, or say what of the
// request is wrong.
absl::StatusOr<http::Response> ServeFhir(const http::Request& request, bool tls,
                                         const FhirCall& call);

}  // namespace tremplin::gateway

#endif  // TREMPLIN_SERVICES_GATEWAY_APP_FHIR_H_
