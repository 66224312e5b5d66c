#include <memory>
#include <utility>
#include <vector>

#include "common/resources/names.h"
#include "common/status/error.h"
#include "common/status/macros.h"
#include "services/referral/app/access.h"
#include "services/referral/app/convert.h"
#include "services/referral/app/service.h"

namespace tremplin::referral::app {

Answer<v1::CheckEligibilityResponse> Service::CheckEligibility(
    const CallContext& call, const v1::CheckEligibilityRequest& request) {
  TREMPLIN_ASSIGN_OR_RETURN(const std::string id,
                            resources::IdOf("programs", request.program(), "program"));
  TREMPLIN_RETURN_IF_ERROR(CheckProgram(call, id));
  TREMPLIN_ASSIGN_OR_RETURN(const std::shared_ptr<const program::Program> program,
                            deps_.programs.InForce(id, call.business_now));
  const File file = FileOf(request.file());
  std::vector<status::FieldViolation> faults = Faults(file, deps_.tables, Strictness::kCheck);
  if (!faults.empty()) {
    for (status::FieldViolation& fault : faults) fault.field.insert(0, "file.");
    return status::InvalidFields(std::move(faults));
  }
  v1::CheckEligibilityResponse response;
  *response.mutable_decision() =
      ToDecision(Judge(*program, file), *program, call.business_now, Detail::kAll);
  return response;
}

}  // namespace tremplin::referral::app
