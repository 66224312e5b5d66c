#include <vector>

#include "common/resources/names.h"
#include "common/status/macros.h"
#include "services/referral/app/access.h"
#include "services/referral/app/service.h"

namespace tremplin::referral::app {

Answer<v1::ListPossibleDuplicatesResponse> Service::ListPossibleDuplicates(
    const CallContext& call, const v1::ListPossibleDuplicatesRequest& request) {
  TREMPLIN_RETURN_IF_ERROR(CheckSeesAll(call));
  TREMPLIN_ASSIGN_OR_RETURN(const std::string id,
                            resources::IdOf("referrals", request.name(), "name"));
  v1::ListPossibleDuplicatesResponse response;
  TREMPLIN_RETURN_IF_ERROR(
      deps_.db.Read(call.Read(), [&](database::Reader& reader) -> absl::Status {
        response.Clear();
        TREMPLIN_RETURN_IF_ERROR(FindVisibleReferral(reader, call, id).status());
        TREMPLIN_ASSIGN_OR_RETURN(const std::vector<Duplicate> duplicates,
                                  store::ListDuplicates(reader, id));
        for (const Duplicate& duplicate : duplicates) {
          const absl::Status visible =
              FindVisibleReferral(reader, call, duplicate.referral).status();
          if (absl::IsNotFound(visible)) continue;  // of a program that is not the caller's
          TREMPLIN_RETURN_IF_ERROR(visible);
          auto* out = response.add_duplicates();
          out->set_referral(resources::NameOf("referrals", duplicate.referral));
          out->set_agency(resources::NameOf("organizations", duplicate.agency));
          for (const std::string& by : duplicate.matched_by) out->add_matched_by(by);
          out->set_linked(duplicate.linked);
        }
        return absl::OkStatus();
      }));
  return response;
}

}  // namespace tremplin::referral::app
