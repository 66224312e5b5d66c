#include "tools/tremplinctl/population.h"

#include <algorithm>
#include <filesystem>
#include <functional>
#include <utility>

#include "common/ids/ids.h"
#include "common/intake/sheet.h"
#include "common/program/criteria.h"
#include "common/program/facts.h"
#include "common/resources/names.h"
#include "common/status/macros.h"
#include "common/text/text.h"
#include "tools/tremplinctl/files.h"
#include "tremplin/registration/v1/registration.pb.h"

namespace tremplin::ctl {
namespace {

namespace fs = std::filesystem;
using registration::v1::CreateApiKeyRequest;
using registration::v1::CreateApiKeyResponse;

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

absl::Status CreateOrganization(Api& api, const std::string& id, const AgencyNames& names,
                                const std::vector<registration::v1::Part>& parts) {
  registration::v1::CreateOrganizationRequest request;
  request.set_organization_id(id);
  registration::v1::Organization& organization = *request.mutable_organization();
  organization.set_title_en(names.en);
  organization.set_title_fr(names.fr);
  for (const registration::v1::Part part : parts) organization.add_parts(part);
  request.set_request_id(RequestId("organization", request.SerializeAsString()));
  const absl::Status status = api.Call<registration::v1::Organization>(
                                     text::Cat(kRegistration, "CreateOrganization"), request)
                                  .status();
  return absl::IsAlreadyExists(status) ? absl::OkStatus() : status;
}

// What an organization is here that plays such a part in a program.
registration::v1::Part PartOf(const std::string& part) {
  if (part == "refers") return registration::v1::PART_AGENCY;
  if (part == "funds") return registration::v1::PART_FUNDER;
  if (part == "recruits") return registration::v1::PART_ASSOCIATION;
  if (part == "sponsors") return registration::v1::PART_EMPLOYER;
  return registration::v1::PART_DELIVERY_PARTNER;
}

absl::Status ForEachTextproto(const std::string& folder,
                              const std::function<absl::Status(const std::string&)>& take) {
  std::vector<std::string> paths;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder, error)) {
    if (entry.path().extension() == ".textproto") paths.push_back(entry.path().string());
  }
  if (error) return ReadFile(folder).status();
  std::sort(paths.begin(), paths.end());
  for (const std::string& path : paths) {
    TREMPLIN_ASSIGN_OR_RETURN(const std::string content, ReadFile(path));
    TREMPLIN_RETURN_IF_ERROR(take(content));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::map<std::string, AgencyNames>> ReadAgencies(const std::string& path) {
  TREMPLIN_ASSIGN_OR_RETURN(const std::unique_ptr<intake::Sheet> sheet,
                            intake::Sheet::Open(path, {"agency", "name_en", "name_fr"}));
  std::map<std::string, AgencyNames> agencies;
  while (true) {
    if (!sheet->Next()) return agencies;
    TREMPLIN_RETURN_IF_ERROR(sheet->fault());
    agencies[(*sheet)["agency"]] = {(*sheet)["name_en"], (*sheet)["name_fr"]};
  }
}

absl::StatusOr<program::v1::FactRegistry> ReadFacts(const std::string& folder) {
  program::v1::FactRegistry all;
  TREMPLIN_RETURN_IF_ERROR(ForEachTextproto(folder, [&all](const std::string& content) {
    const auto registry = program::ParseRegistry(content);
    if (registry.ok()) all.mutable_facts()->MergeFrom(registry->facts());
    return registry.status();
  }));
  return all;
}

absl::StatusOr<std::vector<program::v1::ProgramDefinition>> ReadPrograms(
    const std::string& folder) {
  std::vector<program::v1::ProgramDefinition> all;
  TREMPLIN_RETURN_IF_ERROR(ForEachTextproto(folder, [&all](const std::string& content) {
    auto definition = program::ParseDefinition(content);
    if (definition.ok()) all.push_back(*definition);
    return definition.status();
  }));
  return all;
}

absl::Status PublishFacts(Api& api, const program::v1::FactRegistry& facts) {
  registration::v1::PublishFactsRequest request;
  *request.mutable_registry() = facts;
  request.set_request_id(RequestId("facts", facts.SerializeAsString()));
  return api.Call<registration::v1::Facts>(text::Cat(kRegistration, "PublishFacts"), request)
      .status();
}

absl::Status PublishProgram(Api& api, const program::v1::ProgramDefinition& definition) {
  registration::v1::PublishProgramRequest request;
  *request.mutable_definition() = definition;
  request.set_request_id(RequestId("program", definition.SerializeAsString()));
  return api.Call<registration::v1::Program>(text::Cat(kRegistration, "PublishProgram"), request)
      .status();
}

absl::Status CreateOrganizationsOf(Api& api, const program::v1::ProgramDefinition& definition) {
  TREMPLIN_RETURN_IF_ERROR(CreateOrganization(
      api, definition.owner(), {definition.provider().en(), definition.provider().fr()},
      {registration::v1::PART_PROGRAM_OWNER}));
  for (const program::v1::Involved& one : definition.involved()) {
    std::vector<registration::v1::Part> parts;
    for (const std::string& part : one.parts()) parts.push_back(PartOf(part));
    // A definition names them by their ids alone.
    TREMPLIN_RETURN_IF_ERROR(CreateOrganization(api, one.organization(),
                                                {one.organization(), one.organization()}, parts));
  }
  return absl::OkStatus();
}

absl::Status CreateAgency(Api& api, const std::string& id, const AgencyNames& names) {
  std::vector<registration::v1::Part> parts = {registration::v1::PART_AGENCY};
  // OCISO is agency and program owner at once.
  if (id == "ociso") parts.push_back(registration::v1::PART_PROGRAM_OWNER);
  return CreateOrganization(api, id, names, parts);
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

}  // namespace tremplin::ctl
