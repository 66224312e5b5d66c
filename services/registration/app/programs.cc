#include <memory>
#include <string>
#include <utility>

#include "absl/time/civil_time.h"
#include "common/digest/digest.h"
#include "common/program/criteria.h"
#include "common/resources/names.h"
#include "common/status/macros.h"
#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/io/zero_copy_stream_impl_lite.h"
#include "services/registration/app/convert.h"
#include "services/registration/app/service.h"
#include "services/registration/store/publications.h"
#include "tremplin/registration/events/v1/events.pb.h"

namespace tremplin::registration {
namespace {

using store::Publication;

// Equal definitions give equal bytes.
std::string DigestOf(const program::v1::ProgramDefinition& definition) {
  std::string bytes;
  {
    google::protobuf::io::StringOutputStream stream(&bytes);
    google::protobuf::io::CodedOutputStream coded(&stream);
    coded.SetSerializationDeterministic(true);
    definition.SerializeToCodedStream(&coded);
  }
  return digest::Sha256Hex(bytes);
}

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

}  // namespace

absl::StatusOr<v1::Program> Service::PublishProgram(const rpc::CallContext& call,
                                                    const v1::PublishProgramRequest& request) {
  const program::v1::ProgramDefinition& definition = request.definition();
  TREMPLIN_RETURN_IF_ERROR(program::Validate(definition));
  const std::string& id = definition.id();
  const std::string digest = DigestOf(definition);
  if (request.validate_only()) {
    Publication latest;
    TREMPLIN_RETURN_IF_ERROR(d_.db.Read(call.Read(), [&](database::Reader& reader) -> absl::Status {
      TREMPLIN_ASSIGN_OR_RETURN(latest, store::LatestPublication(reader, id));
      return absl::OkStatus();
    }));
    const bool known = latest.version != 0 && latest.digest == digest;
    return ToMessage(id, latest.version + (known ? 0 : 1), definition,
                     known ? latest : Publication{});
  }
  return d_.commands.Run<v1::Program>(
      call, id, [&](database::Transaction& tx) -> absl::StatusOr<v1::Program> {
        TREMPLIN_ASSIGN_OR_RETURN(const Publication latest, store::LatestPublication(tx, id));
        if (latest.version != 0 && latest.digest == digest) {
          return ToMessage(id, latest.version, definition, latest);
        }
        const Publication next{
            .version = latest.version + 1, .digest = digest, .published = call.business_now};
        const absl::Time effective = EffectiveFrom(definition);
        TREMPLIN_RETURN_IF_ERROR(store::InsertPublication(tx, id, next));
        TREMPLIN_RETURN_IF_ERROR(d_.programs.Save(tx, id, next.version, effective, definition));
        events::v1::ProgramPublished event;
        event.set_program(id);
        event.set_version(next.version);
        *event.mutable_effective_from() = resources::ToTimestamp(effective);
        TREMPLIN_RETURN_IF_ERROR(
            d_.outbox.Append(tx, id, call.business_now, event, call.traceparent));
        TREMPLIN_RETURN_IF_ERROR(Audit(tx, call, resources::NameOf(kPrograms, id)));
        return ToMessage(id, next.version, definition, next);
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

// Every program as it is in force; one that is not yet in force, as it will be first.
absl::StatusOr<v1::ListProgramsResponse> Service::ListPrograms(
    const rpc::CallContext& call, const v1::ListProgramsRequest& request) {
  constexpr std::string_view kScope = "programs";
  TREMPLIN_ASSIGN_OR_RETURN(const int size, resources::PageSize(request.page_size()));
  TREMPLIN_ASSIGN_OR_RETURN(const std::string after,
                            resources::LastKey(kScope, request.page_token()));
  std::vector<std::string> ids;
  TREMPLIN_RETURN_IF_ERROR(d_.db.Read(call.Read(), [&](database::Reader& reader) -> absl::Status {
    TREMPLIN_ASSIGN_OR_RETURN(ids, store::ListProgramIds(reader, after, size + 1));
    return absl::OkStatus();
  }));
  v1::ListProgramsResponse response;
  if (ids.size() > static_cast<size_t>(size)) {
    ids.resize(static_cast<size_t>(size));
    response.set_next_page_token(resources::PageToken(kScope, ids.back()));
  }
  for (const std::string& id : ids) {
    v1::GetProgramRequest get;
    get.set_name(resources::NameOf(kPrograms, id));
    absl::StatusOr<v1::Program> program = GetProgram(call, get);
    if (absl::IsNotFound(program.status())) {
      get.set_version(1);
      program = GetProgram(call, get);
    }
    if (!program.ok()) return program.status();
    *response.add_programs() = *std::move(program);
  }
  return response;
}

}  // namespace tremplin::registration
