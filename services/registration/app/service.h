#ifndef TREMPLIN_SERVICES_REGISTRATION_APP_SERVICE_H_
#define TREMPLIN_SERVICES_REGISTRATION_APP_SERVICE_H_

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/classification/classification.h"
#include "common/clock/clock.h"
#include "common/database/database.h"
#include "common/outbox/outbox.h"
#include "common/peers/peers.h"
#include "common/program/program_store.h"
#include "common/rpc/call.h"
#include "common/rpc/idempotency.h"
#include "common/rpc/registry.h"
#include "common/seal/seal.h"
#include "services/registration/domain/enrolment.h"
#include "services/registration/store/enrolments.h"
#include "tremplin/registration/v1/registration.pb.h"

namespace tremplin::registration {

// What the handlers stand on; everything outlives the service.
struct Dependencies {
  database::Database& db;
  rpc::Commands& commands;
  outbox::Outbox& outbox;
  program::ProgramStore& programs;
  peers::Peers& peers;
  const clock::Clock& clock;
  const seal::Sealer& sealer;
  // The reference tables, or why they could not be read: then only what needs them fails.
  const absl::StatusOr<classification::Classification>& classification;
  bool demo = false;
};

// The methods of RegistrationService; the proto is their contract. Thread-safe.
class Service {
 public:
  explicit Service(const Dependencies& dependencies) : d_(dependencies) {}

  void Bind(rpc::Registry& registry);

  // programs.cc
  absl::StatusOr<v1::Program> PublishProgram(const rpc::CallContext& call,
                                             const v1::PublishProgramRequest& request);
  absl::StatusOr<v1::Program> GetProgram(const rpc::CallContext& call,
                                         const v1::GetProgramRequest& request);
  absl::StatusOr<v1::ListProgramsResponse> ListPrograms(const rpc::CallContext& call,
                                                        const v1::ListProgramsRequest& request);

  // registry.cc
  absl::StatusOr<v1::Facts> PublishFacts(const rpc::CallContext& call,
                                         const v1::PublishFactsRequest& request);
  absl::StatusOr<v1::Facts> GetFacts(const rpc::CallContext& call,
                                     const v1::GetFactsRequest& request);

  // directory.cc
  absl::StatusOr<v1::ListDirectoryProgramsResponse> ListDirectoryPrograms(
      const rpc::CallContext& call, const v1::ListDirectoryProgramsRequest& request);

  // organizations.cc
  absl::StatusOr<v1::Organization> CreateOrganization(const rpc::CallContext& call,
                                                      const v1::CreateOrganizationRequest& request);
  absl::StatusOr<v1::Organization> GetOrganization(const rpc::CallContext& call,
                                                   const v1::GetOrganizationRequest& request);
  absl::StatusOr<v1::ListOrganizationsResponse> ListOrganizations(
      const rpc::CallContext& call, const v1::ListOrganizationsRequest& request);

  // api_keys.cc
  absl::StatusOr<v1::CreateApiKeyResponse> CreateApiKey(const rpc::CallContext& call,
                                                        const v1::CreateApiKeyRequest& request);
  absl::StatusOr<v1::ApiKey> RevokeApiKey(const rpc::CallContext& call,
                                          const v1::RevokeApiKeyRequest& request);
  absl::StatusOr<v1::ListApiKeysResponse> ListApiKeys(const rpc::CallContext& call,
                                                      const v1::ListApiKeysRequest& request);
  absl::StatusOr<v1::MyRole> GetMyRole(const rpc::CallContext& call,
                                       const v1::GetMyRoleRequest& request);
  absl::StatusOr<v1::ApiKey> ResolveApiKey(const rpc::CallContext& call,
                                           const v1::ResolveApiKeyRequest& request);

  // enrolments.cc
  absl::StatusOr<v1::Enrolment> GetEnrolment(const rpc::CallContext& call,
                                             const v1::GetEnrolmentRequest& request);
  absl::StatusOr<v1::ListEnrolmentsResponse> ListEnrolments(
      const rpc::CallContext& call, const v1::ListEnrolmentsRequest& request);
  absl::StatusOr<v1::Enrolment> CompleteOnboardingStep(
      const rpc::CallContext& call, const v1::CompleteOnboardingStepRequest& request);
  absl::StatusOr<v1::Enrolment> SetPreferences(const rpc::CallContext& call,
                                               const v1::SetPreferencesRequest& request);
  absl::StatusOr<v1::Enrolment> StateFacts(const rpc::CallContext& call,
                                           const v1::StateFactsRequest& request);
  absl::StatusOr<v1::Enrolment> WithdrawEnrolment(const rpc::CallContext& call,
                                                  const v1::WithdrawEnrolmentRequest& request);

  // people.cc
  absl::StatusOr<v1::Person> GetPerson(const rpc::CallContext& call,
                                       const v1::GetPersonRequest& request);

  absl::StatusOr<v1::Person> CorrectPerson(const rpc::CallContext& call,
                                           const v1::CorrectPersonRequest& request);
  absl::StatusOr<v1::SetPersonConsentResponse> SetPersonConsent(
      const rpc::CallContext& call, const v1::SetPersonConsentRequest& request);
  absl::StatusOr<v1::ListPersonConsentsResponse> ListPersonConsents(
      const rpc::CallContext& call, const v1::ListPersonConsentsRequest& request);

  // business_time.cc
  absl::StatusOr<v1::SetBusinessTimeResponse> SetBusinessTime(
      const rpc::CallContext& call, const v1::SetBusinessTimeRequest& request);

 private:
  // A person as the caller sees them: as whom they count, the records that do, and the referrals by
  // which they came.
  struct Known {
    std::string head;
    std::vector<std::string> records;
    std::vector<std::string> referrals;
  };
  absl::StatusOr<Known> FindKnown(const rpc::CallContext& call, const std::string& name) const;
  absl::StatusOr<v1::ListPersonConsentsResponse> ConsentsOf(const rpc::CallContext& call,
                                                            const Known& known) const;

  // The enrolment if the caller may see it, else NOT_FOUND as for one that does not exist.
  absl::StatusOr<store::EnrolmentRow> Visible(const rpc::CallContext& call,
                                              std::string_view name) const;

  // The program that the enrolment is pinned to.
  absl::StatusOr<std::shared_ptr<const program::Program>> ProgramOf(
      const store::EnrolmentRow& row) const;

  // Decides `command` on the enrolment as it stands in the transaction, writes it with its events.
  absl::StatusOr<v1::Enrolment> Change(const rpc::CallContext& call,
                                       const store::EnrolmentRow& seen,
                                       const program::Program& program,
                                       const domain::Command& command);

  // The reference tables, or INTERNAL with why they could not be read.
  absl::StatusOr<const classification::Classification*> Tables() const;

  // A row of the audit log for this call.
  absl::Status Audit(database::Transaction& tx, const rpc::CallContext& call,
                     std::string_view resource) const;

  // The ids of a page of all programs, in order; `next` becomes the token behind it, "" at the end.
  absl::StatusOr<std::vector<std::string>> ProgramPage(const rpc::CallContext& call,
                                                       std::string_view scope, int page_size,
                                                       const std::string& token, std::string* next);

  const Dependencies d_;
};

}  // namespace tremplin::registration

#endif  // TREMPLIN_SERVICES_REGISTRATION_APP_SERVICE_H_
