#ifndef TREMPLIN_SERVICES_GATEWAY_APP_FHIR_SEARCH_H_
#define TREMPLIN_SERVICES_GATEWAY_APP_FHIR_SEARCH_H_

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "services/gateway/app/fhir_calls.h"
#include "services/gateway/http/message.h"

namespace tremplin::gateway {

// Where what is behind the type in a path is no id: the search of it, by POST.
inline constexpr std::string_view kFhirSearchPath = "_search";

// What of FHIR is found, a page of it: ServiceRequests by _id or identifier, Tasks also by what
// they are of and by status, or all. With Tasks the ServiceRequests that they are of (_include),
// with ServiceRequests their Tasks (_revinclude). `query` holds the parameters, those of a POST's
// body among them; `base` is the address of FHIR's space.
absl::StatusOr<http::Response> SearchFhir(const http::Request& request, std::string_view type,
                                          const std::string& query, const std::string& base,
                                          const FhirCalls& calls);

// The parameters of the path and, of a search by POST, of its form. INVALID_ARGUMENT for a form of
// more than a path could hold.
absl::StatusOr<std::string> FhirQueryOf(const http::Request& request, bool searches);

}  // namespace tremplin::gateway

#endif  // TREMPLIN_SERVICES_GATEWAY_APP_FHIR_SEARCH_H_
