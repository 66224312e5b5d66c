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
      .Method("ListSuggestions", this, &Service::ListSuggestions)
      .Method("PreviewLink", this, &Service::PreviewLink)
      .Method("LinkReferrals", this, &Service::LinkReferrals)
      .Method("UnlinkReferrals", this, &Service::UnlinkReferrals)
      .Method("KeepApart", this, &Service::KeepApart)
      .Method("ListLinks", this, &Service::ListLinks)
      .Method("CorrectReferral", this, &Service::CorrectReferral)
      .Method("ListCorrections", this, &Service::ListCorrections)
      .Method("SetConsent", this, &Service::SetConsent)
      .Method("ListConsents", this, &Service::ListConsents)
      .Method("SearchReferrals", this, &Service::SearchReferrals)
      .Method("ListStatusFeed", this, &Service::ListStatusFeed)
      .Method("ReadStatusFeed", this, &Service::ReadStatusFeed)
      .Method("FindStatusCursor", this, &Service::FindStatusCursor);
}

}  // namespace tremplin::referral::app
