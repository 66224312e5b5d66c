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

Answer<v1::SubmitReferralResponse> Service::SubmitReferral(
    const CallContext& call, const v1::SubmitReferralRequest& request) {
  File file = FileOf(request.file());
  const absl::StatusOr<std::string> agency =
      resources::IdOf("organizations", request.agency(), "agency");
  // Another agency's is refused before anything is said about it.
  if (agency.ok()) TREMPLIN_RETURN_IF_ERROR(CheckAgency(call, *agency));
  TREMPLIN_ASSIGN_OR_RETURN(std::vector<status::FieldViolation> faults,
                            submitter_.Faults(call, request.agency(), request.external_id(), file));
  if (!faults.empty()) {
    for (status::FieldViolation& fault : faults) {
      if (fault.field != "agency" && fault.field != "external_id") fault.field.insert(0, "file.");
    }
    return status::InvalidFields(std::move(faults));
  }
  TREMPLIN_ASSIGN_OR_RETURN(const Programs programs, submitter_.InForce(call, request.programs()));
  const Candidate candidate =
      submitter_.Judged(*agency, request.external_id(), std::move(file), programs);
  // One lane an agency: its feed counts on, and one identity never meets itself.
  return deps_.commands.Run<v1::SubmitReferralResponse>(
      call, *agency,
      [&](database::Transaction& tx) -> absl::StatusOr<v1::SubmitReferralResponse> {
        TREMPLIN_ASSIGN_OR_RETURN(const Stored stored, submitter_.Store(tx, call, candidate, ""));
        v1::SubmitReferralResponse response;
        response.set_referral(resources::NameOf("referrals", stored.referral.id));
        response.set_kind(stored.kind);
        response.set_revision(stored.referral.revision);
        for (const ApplicationRow& row : stored.applications) {
          TREMPLIN_ASSIGN_OR_RETURN(const std::shared_ptr<const program::Program> program,
                                    deps_.programs.Version(tx, row.program, row.program_version));
          *response.add_applications() = ToProto(row, *program, Detail::kUnmet);
        }
        return response;
      },
      /*subject=*/"", Submitter::Ahead(candidate));
}

}  // namespace tremplin::referral::app
