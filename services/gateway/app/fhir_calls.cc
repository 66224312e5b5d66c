#include "services/gateway/app/fhir_calls.h"

#include "common/resources/names.h"
#include "tremplin/registration/v1/registration.pb.h"

namespace tremplin::gateway {

absl::StatusOr<referral::v1::Referral> FhirCalls::GetReferral(std::string_view id) const {
  referral::v1::GetReferralRequest get;
  get.set_name(resources::NameOf("referrals", id));
  return Referrals<referral::v1::Referral>("GetReferral", get);
}

absl::StatusOr<referral::v1::Application> FhirCalls::GetApplication(std::string_view id) const {
  referral::v1::GetApplicationRequest get;
  get.set_name(resources::NameOf("applications", id));
  return Referrals<referral::v1::Application>("GetApplication", get);
}

absl::StatusOr<fhir::Terms> FhirCalls::Terms() const {
  TREMPLIN_ASSIGN_OR_RETURN(
      const registration::v1::Facts facts,
      Call<registration::v1::Facts>("tremplin.registration.v1.RegistrationService/GetFacts",
                                    registration::v1::GetFactsRequest()));
  return fhir::Terms::Of(facts.registry());
}

}  // namespace tremplin::gateway
