#ifndef TREMPLIN_SERVICES_GATEWAY_TESTING_HSDS_RULES_H_
#define TREMPLIN_SERVICES_GATEWAY_TESTING_HSDS_RULES_H_

#include <string>
#include <vector>

#include "rapidjson/document.h"

namespace tremplin::gateway::testing {

// What a JSON value lacks to be a `kind` of HSDS 3.0: "root", "page", "service", "organization",
// "location", "language" or "service_at_location"; what is nested in it is looked at too. By the
// schemas of https://github.com/openreferral/specification, branch 3.0: `required`, `format: uuid`
// and the enums of service.json, organization.json, location.json, language.json and
// service_at_location.json, and by docs/hsds/api_reference.md ("Lists") and openapi.json ("/").
std::vector<std::string> HsdsFaults(const rapidjson::Value& value, const std::string& kind);

}  // namespace tremplin::gateway::testing

#endif  // TREMPLIN_SERVICES_GATEWAY_TESTING_HSDS_RULES_H_
