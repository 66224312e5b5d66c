#ifndef TREMPLIN_SERVICES_REFERRAL_APP_CONTACTS_H_
#define TREMPLIN_SERVICES_REFERRAL_APP_CONTACTS_H_

#include "absl/status/statusor.h"
#include "common/rpc/call.h"
#include "services/referral/app/deps.h"
#include "tremplin/referral/v1/contact.pb.h"

namespace tremplin::referral::app {

// The method of ContactService. Thread-safe.
class Contacts {
 public:
  explicit Contacts(const Deps& deps) : deps_(deps) {}

  absl::StatusOr<v1::ReferralContact> GetReferralContact(
      const rpc::CallContext& call, const v1::GetReferralContactRequest& request);

 private:
  const Deps& deps_;
};

}  // namespace tremplin::referral::app

#endif  // TREMPLIN_SERVICES_REFERRAL_APP_CONTACTS_H_
