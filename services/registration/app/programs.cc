#include <memory>
#include <string>
#include <utility>

#include "absl/time/civil_time.h"
#include "common/program/criteria.h"
#include "common/resources/names.h"
#include "common/status/error.h"
#include "common/status/macros.h"
#include "common/text/text.h"
#include "services/registration/app/checks.h"
#include "services/registration/app/convert.h"
#include "services/registration/app/publication.h"
#include "services/registration/app/service.h"
#include "services/registration/messages.h"
#include "services/registration/store/organizations.h"
#include "services/registration/store/publications.h"
#include "tremplin/registration/events/v1/events.pb.h"

namespace tremplin::registration {
namespace {

using store::Publication;

// The first instant of the day from which the version holds. Validate has read both.
absl::Time EffectiveFrom(const program::v1::ProgramDefinition& definition) {
  absl::TimeZone zone;
  absl::LoadTimeZone(definition.time_zone(), &zone);
  absl::CivilDay day;
  absl::ParseCivilTime(definition.effective_from(), &day);
  return absl::FromCivil(day, zone);
}

v1::Program ToMessage(const std::string& id, int64_t version,
                      const program::v1::ProgramDefinition& definition,
                      const Publication& publication) {
  v1::Program out;
  out.set_name(resources::NameOf(kPrograms, id));
  out.set_version(version);
  *out.mutable_definition() = definition;
  if (publication.version != 0) {
    *out.mutable_publish_time() = resources::ToTimestamp(publication.published);
  }
  return out;
}

// A definition that may be published, as it will be kept.
struct Publishable {
  program::v1::ProgramDefinition bound;
  std::string digest;
  Publication latest;  // of the program

  bool IsKnown() const { return latest.version != 0 && latest.digest == digest; }
};

// INVALID_ARGUMENT that names each organization that does not exist.
absl::Status CheckOrganizations(database::Reader& reader,
                                const program::v1::ProgramDefinition& definition) {
  Faults faults;
  const auto check = [&](const std::string& field, const std::string& id) -> absl::Status {
    const absl::Status found = store::GetOrganization(reader, id).status();
    if (!absl::IsNotFound(found)) return found;
    faults.Add(field, kOrganizationUnknown, {id});
    return absl::OkStatus();
  };
  TREMPLIN_RETURN_IF_ERROR(check("owner", definition.owner()));
  for (int i = 0; i < definition.involved_size(); ++i) {
    TREMPLIN_RETURN_IF_ERROR(
        check(text::Cat("involved[", i, "].organization"), definition.involved(i).organization()));
  }
  return faults.ToStatus();
}

// Judges the definition by the facts as they stand.
absl::StatusOr<Publishable> Judge(database::Reader& reader,
                                  const program::v1::ProgramDefinition& definition) {
  TREMPLIN_ASSIGN_OR_RETURN(const store::PublishedFacts facts, store::LatestFacts(reader));
  if (facts.publication.version == 0) {
    return status::Error(absl::StatusCode::kFailedPrecondition, kFactsNotPublished);
  }
  program::v1::FactRegistry registry;
  if (!registry.ParseFromString(facts.registry)) {
    return absl::DataLossError("the registry of facts cannot be decoded");
  }
  TREMPLIN_RETURN_IF_ERROR(program::Validate(definition, registry));
  if (definition.has_registry()) {
    return status::InvalidFields({status::Violation("registry", kNotAllowedHere)});
  }
  TREMPLIN_RETURN_IF_ERROR(CheckOrganizations(reader, definition));
  Publishable out{.bound = program::Bound(definition, registry), .digest = {}, .latest = {}};
  out.digest = DigestOf(out.bound);
  TREMPLIN_ASSIGN_OR_RETURN(out.latest, store::LatestPublication(reader, definition.id()));
  return out;
}

}  // namespace

absl::StatusOr<v1::Program> Service::PublishProgram(const rpc::CallContext& call,
                                                    const v1::PublishProgramRequest& request) {
  const std::string& id = request.definition().id();
  if (!call.principal.program.empty() && call.principal.program != id) {
    return status::Error(absl::StatusCode::kPermissionDenied, kKeyOfOneProgram,
                         {call.principal.program});
  }
  if (request.validate_only()) {
    v1::Program answer;
    TREMPLIN_RETURN_IF_ERROR(d_.db.Read(call.Read(), [&](database::Reader& reader) -> absl::Status {
      TREMPLIN_ASSIGN_OR_RETURN(const Publishable what, Judge(reader, request.definition()));
      const bool known = what.IsKnown();
      answer = ToMessage(id, what.latest.version + (known ? 0 : 1), what.bound,
                         known ? what.latest : Publication{});
      return absl::OkStatus();
    }));
    return answer;
  }
  return d_.commands.Run<v1::Program>(
      call, kPublicationLane, [&](database::Transaction& tx) -> absl::StatusOr<v1::Program> {
        TREMPLIN_ASSIGN_OR_RETURN(const Publishable what, Judge(tx, request.definition()));
        if (what.IsKnown()) return ToMessage(id, what.latest.version, what.bound, what.latest);
        const Publication next{.version = what.latest.version + 1,
                               .digest = what.digest,
                               .published = call.business_now};
        const absl::Time effective = EffectiveFrom(what.bound);
        TREMPLIN_RETURN_IF_ERROR(store::InsertPublication(tx, id, next));
        TREMPLIN_RETURN_IF_ERROR(d_.programs.Save(tx, id, next.version, effective, what.bound));
        events::v1::ProgramPublished event;
        event.set_program(id);
        event.set_version(next.version);
        *event.mutable_effective_from() = resources::ToTimestamp(effective);
        TREMPLIN_RETURN_IF_ERROR(
            d_.outbox.Append(tx, id, call.business_now, event, call.traceparent));
        TREMPLIN_RETURN_IF_ERROR(Audit(tx, call, resources::NameOf(kPrograms, id)));
        return ToMessage(id, next.version, what.bound, next);
      });
}

absl::StatusOr<v1::Program> Service::GetProgram(const rpc::CallContext& call,
                                                const v1::GetProgramRequest& request) {
  TREMPLIN_ASSIGN_OR_RETURN(const std::string id,
                            resources::IdOf(kPrograms, request.name(), "name"));
  TREMPLIN_ASSIGN_OR_RETURN(const std::shared_ptr<const program::Program> program,
                            request.version() == 0 ? d_.programs.InForce(id, call.business_now)
                                                   : d_.programs.Version(id, request.version()));
  Publication publication;
  TREMPLIN_RETURN_IF_ERROR(d_.db.Read(call.Read(), [&](database::Reader& reader) -> absl::Status {
    TREMPLIN_ASSIGN_OR_RETURN(publication, store::GetPublication(reader, id, program->version));
    return absl::OkStatus();
  }));
  return ToMessage(id, program->version, program->definition, publication);
}

absl::StatusOr<std::vector<std::string>> Service::ProgramPage(const rpc::CallContext& call,
                                                              std::string_view scope, int page_size,
                                                              const std::string& token,
                                                              std::string* next) {
  TREMPLIN_ASSIGN_OR_RETURN(const int size, resources::PageSize(page_size));
  TREMPLIN_ASSIGN_OR_RETURN(const std::string after, resources::LastKey(scope, token));
  std::vector<std::string> ids;
  TREMPLIN_RETURN_IF_ERROR(d_.db.Read(call.Read(), [&](database::Reader& reader) -> absl::Status {
    TREMPLIN_ASSIGN_OR_RETURN(ids, store::ListProgramIds(reader, after, size + 1));
    return absl::OkStatus();
  }));
  next->clear();
  if (ids.size() > static_cast<size_t>(size)) {
    ids.resize(static_cast<size_t>(size));
    *next = resources::PageToken(scope, ids.back());
  }
  return ids;
}

// Every program as it is in force; one that is not yet in force, as it will be first. Without the
// registry they are bound to, which is the same for nearly all: a page of it would be large.
absl::StatusOr<v1::ListProgramsResponse> Service::ListPrograms(
    const rpc::CallContext& call, const v1::ListProgramsRequest& request) {
  constexpr std::string_view kScope = "programs";
  v1::ListProgramsResponse response;
  TREMPLIN_ASSIGN_OR_RETURN(const std::vector<std::string> ids,
                            ProgramPage(call, kScope, request.page_size(), request.page_token(),
                                        response.mutable_next_page_token()));
  for (const std::string& id : ids) {
    v1::GetProgramRequest get;
    get.set_name(resources::NameOf(kPrograms, id));
    absl::StatusOr<v1::Program> program = GetProgram(call, get);
    if (absl::IsNotFound(program.status())) {
      get.set_version(1);
      program = GetProgram(call, get);
    }
    if (!program.ok()) return program.status();
    program->mutable_definition()->clear_registry();
    *response.add_programs() = *std::move(program);
  }
  return response;
}

}  // namespace tremplin::registration
