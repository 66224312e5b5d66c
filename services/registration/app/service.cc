#include "services/registration/app/service.h"

#include <string>

#include "services/registration/store/journal.h"

namespace tremplin::registration {

void Service::Bind(rpc::Registry& registry) {
  rpc::Binder(registry, "registration", "tremplin.registration.v1.RegistrationService")
      .Method("PublishProgram", this, &Service::PublishProgram)
      .Method("GetProgram", this, &Service::GetProgram)
      .Method("ListPrograms", this, &Service::ListPrograms)
      .Method("CreateOrganization", this, &Service::CreateOrganization)
      .Method("GetOrganization", this, &Service::GetOrganization)
      .Method("ListOrganizations", this, &Service::ListOrganizations)
      .Method("CreateApiKey", this, &Service::CreateApiKey)
      .Method("RevokeApiKey", this, &Service::RevokeApiKey)
      .Method("ListApiKeys", this, &Service::ListApiKeys)
      .Method("ResolveApiKey", this, &Service::ResolveApiKey)
      .Method("CreateEnrolment", this, &Service::CreateEnrolment)
      .Method("GetEnrolment", this, &Service::GetEnrolment)
      .Method("ListEnrolments", this, &Service::ListEnrolments)
      .Method("CompleteOnboardingStep", this, &Service::CompleteOnboardingStep)
      .Method("SetCapacity", this, &Service::SetCapacity)
      .Method("SetPreferences", this, &Service::SetPreferences)
      .Method("WithdrawEnrolment", this, &Service::WithdrawEnrolment)
      .Method("GetPerson", this, &Service::GetPerson)
      .Method("SetBusinessTime", this, &Service::SetBusinessTime);
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
