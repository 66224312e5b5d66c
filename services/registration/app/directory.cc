#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "common/program/format.h"
#include "common/resources/names.h"
#include "common/status/macros.h"
#include "services/registration/app/convert.h"
#include "services/registration/app/publication.h"
#include "services/registration/app/service.h"
#include "services/registration/store/organizations.h"
#include "services/registration/store/publications.h"

namespace tremplin::registration {
namespace {

using program::v1::ProgramDefinition;
constexpr size_t kEtagDigits = 32;

using Requirements = google::protobuf::RepeatedPtrField<v1::DirectoryProgram::Requirement>;

void AddRequirements(const ProgramDefinition& definition, program::v1::Subject side,
                     Requirements& to) {
  for (const program::v1::Criterion* criterion : program::AllCriteria(definition, side)) {
    v1::DirectoryProgram::Requirement& added = *to.Add();
    added.set_code(criterion->code());
    *added.mutable_title() = criterion->title();
    *added.mutable_explanation() = criterion->fail_reason();
  }
}

v1::DirectoryProgram ToDirectory(const program::Program& program) {
  const ProgramDefinition& definition = program.definition;
  v1::DirectoryProgram out;
  out.set_name(resources::NameOf(kPrograms, definition.id()));
  out.set_version(program.version);
  *out.mutable_title() = definition.name();
  *out.mutable_provider() = definition.provider();
  out.set_kind(definition.kind());
  *out.mutable_mentee_doors() = definition.mentee_doors();
  *out.mutable_mentor_doors() = definition.mentor_doors();
  AddRequirements(definition, program::v1::SUBJECT_MENTEE, *out.mutable_mentee_requirements());
  AddRequirements(definition, program::v1::SUBJECT_MENTOR, *out.mutable_mentor_requirements());
  for (const program::v1::Format& format : definition.formats()) {
    v1::DirectoryProgram::Format& added = *out.add_formats();
    added.set_code(format.code());
    *added.mutable_title() = format.name();
    *added.mutable_mentees() = format.mentees();
    *added.mutable_mentors() = format.mentors();
  }
  *out.mutable_languages() = definition.languages();
  if (definition.languages().empty()) {
    for (const char* language : {"en", "fr"}) out.add_languages(language);
  }
  out.set_time_zone(definition.time_zone());
  return out;
}

}  // namespace

absl::StatusOr<v1::ListDirectoryProgramsResponse> Service::ListDirectoryPrograms(
    const rpc::CallContext& call, const v1::ListDirectoryProgramsRequest& request) {
  constexpr std::string_view kScope = "directory";
  v1::ListDirectoryProgramsResponse response;
  TREMPLIN_ASSIGN_OR_RETURN(const std::vector<std::string> ids,
                            ProgramPage(call, kScope, request.page_size(), request.page_token(),
                                        response.mutable_next_page_token()));
  std::vector<std::shared_ptr<const program::Program>> programs;
  for (const std::string& id : ids) {
    auto program = d_.programs.InForce(id, call.business_now);
    if (absl::IsNotFound(program.status())) continue;  // published, and not in force yet
    TREMPLIN_RETURN_IF_ERROR(program.status());
    programs.push_back(*std::move(program));
  }
  TREMPLIN_RETURN_IF_ERROR(d_.db.Read(call.Read(), [&](database::Reader& reader) -> absl::Status {
    response.clear_programs();
    for (const auto& program : programs) {
      v1::DirectoryProgram& added = *response.add_programs();
      added = ToDirectory(*program);
      const ProgramDefinition& definition = program->definition;
      TREMPLIN_ASSIGN_OR_RETURN(const store::Publication publication,
                                store::GetPublication(reader, definition.id(), program->version));
      *added.mutable_publish_time() = resources::ToTimestamp(publication.published);
      TREMPLIN_ASSIGN_OR_RETURN(const store::OrganizationRow owner,
                                store::GetOrganization(reader, definition.owner()));
      *added.mutable_organization() = ToMessage(owner);
    }
    return absl::OkStatus();
  }));
  response.set_etag(DigestOf(response).substr(0, kEtagDigits));
  return response;
}

}  // namespace tremplin::registration
