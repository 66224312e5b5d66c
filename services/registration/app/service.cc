#include "services/registration/app/service.h"

#include <string>

#include "common/text/text.h"
#include "services/registration/store/journal.h"

namespace tremplin::registration {

void Service::Bind(rpc::Registry& registry) {
  rpc::Binder(registry, "registration", "tremplin.registration.v1.RegistrationService")
      .Method("PublishProgram", this, &Service::PublishProgram)
      .Method("PublishFacts", this, &Service::PublishFacts)
      .Method("GetFacts", this, &Service::GetFacts)
      .Method("GetProgram", this, &Service::GetProgram)
      .Method("ListPrograms", this, &Service::ListPrograms)
      .Method("ListDirectoryPrograms", this, &Service::ListDirectoryPrograms)
      .Method("CreateOrganization", this, &Service::CreateOrganization)
      .Method("GetOrganization", this, &Service::GetOrganization)
      .Method("ListOrganizations", this, &Service::ListOrganizations)
      .Method("CreateApiKey", this, &Service::CreateApiKey)
      .Method("RevokeApiKey", this, &Service::RevokeApiKey)
      .Method("ListApiKeys", this, &Service::ListApiKeys)
      .Method("GetMyRole", this, &Service::GetMyRole)
      .Method("ResolveApiKey", this, &Service::ResolveApiKey)
      .Method("GetEnrolment", this, &Service::GetEnrolment)
      .Method("ListEnrolments", this, &Service::ListEnrolments)
      .Method("CompleteOnboardingStep", this, &Service::CompleteOnboardingStep)
      .Method("StateFacts", this, &Service::StateFacts)
      .Method("SetPreferences", this, &Service::SetPreferences)
      .Method("WithdrawEnrolment", this, &Service::WithdrawEnrolment)
      .Method("GetPerson", this, &Service::GetPerson)
      .Method("CorrectPerson", this, &Service::CorrectPerson)
      .Method("SetPersonConsent", this, &Service::SetPersonConsent)
      .Method("ListPersonConsents", this, &Service::ListPersonConsents)
      .Method("SetBusinessTime", this, &Service::SetBusinessTime);
}

absl::StatusOr<const classification::Classification*> Service::Tables() const {
  if (d_.classification.ok()) return &*d_.classification;
  return absl::InternalError(text::Cat("reference tables: ", d_.classification.status().message()));
}

absl::Status Service::Audit(database::Transaction& tx, const rpc::CallContext& call,
                            std::string_view resource) const {
  return store::AppendAudit(tx, {.actor = call.principal.id,
                                 .role = call.principal.role,
                                 .action = call.method,
                                 .resource = std::string(resource),
                                 .at = d_.clock.SystemNow()});
}

}  // namespace tremplin::registration
