#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "common/resources/names.h"
#include "common/status/error.h"
#include "common/status/macros.h"
#include "services/referral/app/consents.h"
#include "services/referral/app/convert.h"
#include "services/referral/app/service.h"

namespace tremplin::referral::app {

Answer<v1::SubmitReferralResponse> Service::SubmitReferral(
    const CallContext& call, const v1::SubmitReferralRequest& request) {
  TREMPLIN_ASSIGN_OR_RETURN(const Programs programs, submitter_.InForce(call, request.programs()));
  TREMPLIN_ASSIGN_OR_RETURN(
      Reading reading,
      submitter_.Read(call, request.agency(), request.external_id(), request.side(), request.door(),
                      request.file(), request.volunteered(), programs));
  if (!reading.ok()) {
    std::vector<status::FieldViolation> faults = std::move(reading.entry_faults);
    for (status::FieldViolation& fault : reading.file_faults) {
      fault.field.insert(0, "file.");
      faults.push_back(std::move(fault));
    }
    return status::InvalidFields(std::move(faults));
  }
  const Candidate candidate = submitter_.Judged(call, std::move(reading), programs);
  std::optional<Submitter::Looks> looks;
  // One lane an organization: its feed counts on, and one identity never meets itself.
  return deps_.commands.Run<v1::SubmitReferralResponse>(
      call, candidate.entry.Lane(),
      [&](database::Transaction& tx) -> absl::StatusOr<v1::SubmitReferralResponse> {
        TREMPLIN_ASSIGN_OR_RETURN(const Stored stored,
                                  submitter_.Store(tx, call, candidate, *looks, ""));
        v1::SubmitReferralResponse response;
        response.set_referral(resources::NameOf("referrals", stored.referral.id));
        response.set_kind(stored.kind);
        response.set_revision(stored.referral.revision);
        for (const status::FieldViolation& warning : stored.warnings) {
          *response.add_warnings() = ToNote(warning);
        }
        for (const ApplicationRow& standing : stored.applications) {
          const ApplicationRow row = Shown(call, standing);
          TREMPLIN_ASSIGN_OR_RETURN(const std::shared_ptr<const program::Program> program,
                                    deps_.programs.Version(tx, row.program, row.program_version));
          *response.add_applications() = ToProto(row, *program, Detail::kUnmet);
          AddNotice(row, *program, &response);
        }
        return response;
      },
      /*subject=*/"",
      [&](database::Transaction& tx) { looks.emplace(Submitter::Look(tx, candidate)); });
}

}  // namespace tremplin::referral::app
