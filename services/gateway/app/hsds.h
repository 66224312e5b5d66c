#ifndef TREMPLIN_SERVICES_GATEWAY_APP_HSDS_H_
#define TREMPLIN_SERVICES_GATEWAY_APP_HSDS_H_

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "common/messages/message.h"
#include "tremplin/registration/v1/registration.pb.h"

// The directory of programs in the shape of Open Referral's Human Services Data Specification 3.0
// (https://docs.openreferral.org/en/v3.0.1/hsds/schema_reference.html), by which helplines (211s)
// and portals exchange what services there are: a program is a service, whoever runs it an
// organization, its sites are locations. HSDS has one language a text: the caller's, with the name
// in the other one as alternate_name. Ids are UUIDs made from ours, so they stay the same.
namespace tremplin::gateway {

inline constexpr std::string_view kHsdsPath = "/v1/directory/hsds";

// Whether the target (path and query) is one of HSDS' API, there or not.
bool IsHsds(std::string_view target);

// The answer, as JSON: of `/`, `/services`, `/services/{id}`, `/organizations`,
// `/organizations/{id}`, `/locations` and `/locations/{id}` behind kHsdsPath; lists in pages by
// `page` (from 1) and `per_page` (1–500, 50 unless said), by name. NOT_FOUND for another path or an
// id that nothing has; INVALID_ARGUMENT for other parameters, or values outside their range. Pure.
absl::StatusOr<std::string> HsdsJson(
    std::string_view target, const registration::v1::ListDirectoryProgramsResponse& directory,
    messages::Language language);

}  // namespace tremplin::gateway

#endif  // TREMPLIN_SERVICES_GATEWAY_APP_HSDS_H_
