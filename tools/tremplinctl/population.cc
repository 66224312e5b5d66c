#include "tools/tremplinctl/population.h"

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <vector>

#include "common/ids/ids.h"
#include "common/program/criteria.h"
#include "common/resources/names.h"
#include "common/status/macros.h"
#include "common/text/text.h"
#include "tools/tremplinctl/rows.h"

namespace tremplin::ctl {
namespace {

namespace fs = std::filesystem;
using registration::v1::CreateApiKeyRequest;
using registration::v1::CreateApiKeyResponse;

constexpr size_t kMentorsAtOnce = 256;

std::string RequestId(std::string_view what, const std::string& content) {
  return ids::Derive({{"tremplinctl", what, content}});
}

absl::StatusOr<std::string> Key(Api& api, CreateApiKeyRequest request) {
  request.set_request_id(RequestId("key", request.SerializeAsString()));
  TREMPLIN_ASSIGN_OR_RETURN(
      const CreateApiKeyResponse response,
      api.Call<CreateApiKeyResponse>(text::Cat(kRegistration, "CreateApiKey"), request));
  return response.secret();
}

}  // namespace

absl::StatusOr<std::map<std::string, AgencyNames>> ReadAgencies(const std::string& path) {
  TREMPLIN_ASSIGN_OR_RETURN(const std::unique_ptr<Sheet> sheet,
                            Sheet::Open(path, {"agency", "name_en", "name_fr"}));
  std::map<std::string, AgencyNames> agencies;
  while (true) {
    TREMPLIN_ASSIGN_OR_RETURN(const bool any, sheet->Next());
    if (!any) return agencies;
    agencies[(*sheet)["agency"]] = {(*sheet)["name_en"], (*sheet)["name_fr"]};
  }
}

absl::StatusOr<int> PublishPrograms(Api& api, const std::string& folder) {
  std::vector<std::string> paths;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder, error)) {
    if (entry.path().extension() == ".textproto") paths.push_back(entry.path().string());
  }
  if (error) return ReadFile(folder).status();
  std::sort(paths.begin(), paths.end());
  for (const std::string& path : paths) {
    TREMPLIN_ASSIGN_OR_RETURN(const std::string content, ReadFile(path));
    registration::v1::PublishProgramRequest request;
    TREMPLIN_ASSIGN_OR_RETURN(*request.mutable_definition(), program::ParseDefinition(content));
    request.set_request_id(RequestId("program", content));
    TREMPLIN_RETURN_IF_ERROR(
        api.Call<registration::v1::Program>(text::Cat(kRegistration, "PublishProgram"), request)
            .status());
  }
  return static_cast<int>(paths.size());
}

absl::Status CreateAgency(Api& api, const std::string& id, const AgencyNames& names) {
  registration::v1::CreateOrganizationRequest request;
  request.set_organization_id(id);
  registration::v1::Organization& organization = *request.mutable_organization();
  organization.set_title_en(names.en);
  organization.set_title_fr(names.fr);
  organization.add_parts(registration::v1::PART_AGENCY);
  // OCISO is agency and program owner at once.
  if (id == "ociso") organization.add_parts(registration::v1::PART_PROGRAM_OWNER);
  request.set_request_id(RequestId("organization", request.SerializeAsString()));
  const absl::Status status = api.Call<registration::v1::Organization>(
                                     text::Cat(kRegistration, "CreateOrganization"), request)
                                  .status();
  return absl::IsAlreadyExists(status) ? absl::OkStatus() : status;
}

absl::StatusOr<std::string> AgencyKey(Api& api, const std::string& agency) {
  CreateApiKeyRequest request;
  request.set_role(options::v1::ROLE_AGENCY);
  request.set_organization(resources::NameOf("organizations", agency));
  return Key(api, std::move(request));
}

absl::StatusOr<std::string> CoordinatorKey(Api& api, const std::string& program) {
  CreateApiKeyRequest request;
  request.set_role(options::v1::ROLE_COORDINATOR);
  request.set_program(program);
  return Key(api, std::move(request));
}

absl::StatusOr<std::string> PersonKey(Api& api, options::v1::Role role, const std::string& person,
                                      const std::string& program) {
  CreateApiKeyRequest request;
  request.set_role(role);
  request.set_person(person);
  request.set_program(program);
  return Key(api, std::move(request));
}

absl::StatusOr<MentorsResult> ImportMentors(Api& api, Workers& workers, const std::string& path,
                                            const std::string& program, Progress& progress) {
  TREMPLIN_ASSIGN_OR_RETURN(const std::unique_ptr<Sheet> sheet,
                            Sheet::Open(path, MentorColumns(), OptionalMentorColumns()));
  std::atomic<int64_t> enrolled = 0;
  std::atomic<int64_t> there = 0;
  bool more = true;
  while (more) {
    std::vector<registration::v1::CreateEnrolmentRequest> requests;
    while (requests.size() < kMentorsAtOnce) {
      TREMPLIN_ASSIGN_OR_RETURN(more, sheet->Next());
      if (!more) break;
      registration::v1::CreateEnrolmentRequest request = ToMentor(*sheet);
      request.set_program(program);
      request.set_request_id(RequestId("mentor", text::Cat(program, "/", request.business_key())));
      requests.push_back(std::move(request));
    }
    TREMPLIN_RETURN_IF_ERROR(workers.ForEach(requests.size(), [&](size_t i) -> absl::Status {
      const absl::Status status = api.Call<registration::v1::Enrolment>(
                                         text::Cat(kRegistration, "CreateEnrolment"), requests[i])
                                      .status();
      if (absl::IsAlreadyExists(status)) {
        ++there;
        return absl::OkStatus();
      }
      if (status.ok()) ++enrolled;
      return status;
    }));
    progress.Show(sheet->position(), sheet->size(), "");
  }
  return MentorsResult{enrolled, there};
}

}  // namespace tremplin::ctl
