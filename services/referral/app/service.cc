#include "services/referral/app/service.h"

namespace tremplin::referral::app {

void Service::Bind(rpc::Registry& registry) {
  rpc::Binder(registry, "referral", "tremplin.referral.v1.ReferralService")
      .Method("CheckEligibility", this, &Service::CheckEligibility)
      .Method("PreviewProgram", this, &Service::PreviewProgram)
      .Method("SubmitReferral", this, &Service::SubmitReferral)
      .Method("BatchSubmitReferrals", this, &Service::BatchSubmitReferrals)
      .Method("GetReferral", this, &Service::GetReferral)
      .Method("ListReferrals", this, &Service::ListReferrals)
      .Method("GetApplication", this, &Service::GetApplication)
      .Method("ListApplications", this, &Service::ListApplications)
      .Method("GetAdmittedFile", this, &Service::GetAdmittedFile)
      .Method("StartReview", this, &Service::StartReview)
      .Method("AdmitApplication", this, &Service::AdmitApplication)
      .Method("ReturnApplication", this, &Service::ReturnApplication)
      .Method("WaitlistApplication", this, &Service::WaitlistApplication)
      .Method("WithdrawApplication", this, &Service::WithdrawApplication)
      .Method("ReopenApplication", this, &Service::ReopenApplication)
      .Method("ListPossibleDuplicates", this, &Service::ListPossibleDuplicates)
      .Method("LinkReferrals", this, &Service::LinkReferrals)
      .Method("ListStatusFeed", this, &Service::ListStatusFeed);
}

}  // namespace tremplin::referral::app
