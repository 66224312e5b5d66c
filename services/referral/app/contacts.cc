#include "services/referral/app/contacts.h"

#include <optional>
#include <string>

#include "common/resources/names.h"
#include "common/status/macros.h"
#include "services/referral/app/access.h"
#include "services/referral/app/submission.h"
#include "services/referral/store/referral_store.h"

namespace tremplin::referral::app {

absl::StatusOr<v1::ReferralContact> Contacts::GetReferralContact(
    const rpc::CallContext& call, const v1::GetReferralContactRequest& request) {
  TREMPLIN_ASSIGN_OR_RETURN(const std::string id,
                            resources::IdOf("referrals", request.name(), "name"));
  v1::ReferralContact contact;
  TREMPLIN_RETURN_IF_ERROR(
      deps_.db.Read(call.Read(), [&](database::Reader& reader) -> absl::Status {
        TREMPLIN_ASSIGN_OR_RETURN(const std::optional<ReferralRow> referral,
                                  store::GetReferral(reader, id));
        if (!referral.has_value()) return ReferralNotFound(id);
        TREMPLIN_ASSIGN_OR_RETURN(const v1::AdmittedFile newest,
                                  OpenRevision(reader, deps_.sealer, id, referral->revision));
        contact.set_given_name(newest.file().given_name());
        contact.set_email(newest.file().email());
        contact.set_language(newest.file().language());
        contact.set_silent(call.business_now >= referral->silent_from);
        return absl::OkStatus();
      }));
  return contact;
}

}  // namespace tremplin::referral::app
