#ifndef TREMPLIN_TOOLS_TREMPLINCTL_TROUBLES_H_
#define TREMPLIN_TOOLS_TREMPLINCTL_TROUBLES_H_

#include "absl/status/statusor.h"
#include "tools/tremplinctl/api.h"
#include "tools/tremplinctl/output.h"

namespace tremplin::ctl {

// GetStatus of every process, as one.
absl::StatusOr<runtime::v1::GetStatusResponse> AskStatus(Api& api);

// What keeps modules from their work and needs somebody, each with the command that helps, the
// worst first; what several have met is told once. False when there is nothing.
bool PrintTroubles(Language language, const runtime::v1::GetStatusResponse& all);

}  // namespace tremplin::ctl

#endif  // TREMPLIN_TOOLS_TREMPLINCTL_TROUBLES_H_
