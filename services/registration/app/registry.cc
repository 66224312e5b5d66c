// The registry of facts, published as a whole.

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "common/program/facts.h"
#include "common/resources/names.h"
#include "common/status/error.h"
#include "common/status/macros.h"
#include "services/registration/app/convert.h"
#include "services/registration/app/publication.h"
#include "services/registration/app/service.h"
#include "services/registration/messages.h"
#include "services/registration/store/publications.h"

namespace tremplin::registration {
namespace {

using program::v1::FactRegistry;
using store::Publication;
using store::PublishedFacts;

constexpr int kProgramsAtOnce = 500;
constexpr char kFactsResource[] = "facts";

v1::Facts ToMessage(const FactRegistry& registry, int64_t version, const Publication& publication) {
  v1::Facts out;
  out.set_version(version);
  *out.mutable_registry() = registry;
  if (publication.version != 0) {
    *out.mutable_publish_time() = resources::ToTimestamp(publication.published);
  }
  return out;
}

// FAILED_PRECONDITION for a fact that the definition names and the registry no longer has so. A
// fact of the definition's own is no matter of the registry.
absl::Status CheckKept(const program::Program& program, const program::Registry& registry) {
  const program::Registry own{[&] {
    FactRegistry facts;
    *facts.mutable_facts() = program.definition.facts();
    return facts;
  }()};
  for (const std::string& name : FactsNamedBy(program.definition)) {
    const program::v1::Fact* before = program.registry.Find(name);
    if (before == nullptr || own.Find(name) != nullptr) continue;
    const program::v1::Fact* now = registry.Find(name);
    if (now == nullptr || now->type_case() != before->type_case()) {
      return status::Error(absl::StatusCode::kFailedPrecondition, kFactInUse, {name, program.id});
    }
  }
  return absl::OkStatus();
}

// As CheckKept, for every version of every program that is in force or will be.
absl::Status CheckPrograms(database::Reader& reader, program::ProgramStore& programs,
                           absl::Time now, const program::Registry& registry) {
  std::string after;
  while (true) {
    TREMPLIN_ASSIGN_OR_RETURN(const std::vector<std::string> ids,
                              store::ListProgramIds(reader, after, kProgramsAtOnce));
    if (ids.empty()) return absl::OkStatus();
    after = ids.back();
    for (const std::string& id : ids) {
      TREMPLIN_ASSIGN_OR_RETURN(const Publication latest, store::LatestPublication(reader, id));
      const auto in_force = programs.InForce(reader, id, now);
      if (!in_force.ok() && !absl::IsNotFound(in_force.status())) return in_force.status();
      for (int64_t version = in_force.ok() ? (*in_force)->version : 1; version <= latest.version;
           ++version) {
        TREMPLIN_ASSIGN_OR_RETURN(const std::shared_ptr<const program::Program> program,
                                  programs.Version(reader, id, version));
        TREMPLIN_RETURN_IF_ERROR(CheckKept(*program, registry));
      }
    }
  }
}

}  // namespace

absl::StatusOr<v1::Facts> Service::PublishFacts(const rpc::CallContext& call,
                                                const v1::PublishFactsRequest& request) {
  const FactRegistry& registry = request.registry();
  if (!call.principal.program.empty()) {
    return status::Error(absl::StatusCode::kPermissionDenied, kKeyOfOneProgram,
                         {call.principal.program});
  }
  TREMPLIN_RETURN_IF_ERROR(program::ValidateRegistry(registry));
  const std::string digest = DigestOf(registry);
  const program::Registry indexed(registry);
  // What would be published, or what is when it is the same.
  const auto judge = [&](database::Reader& reader) -> absl::StatusOr<PublishedFacts> {
    TREMPLIN_ASSIGN_OR_RETURN(PublishedFacts latest, store::LatestFacts(reader));
    if (latest.publication.version != 0 && latest.publication.digest == digest) return latest;
    TREMPLIN_RETURN_IF_ERROR(CheckPrograms(reader, d_.programs, call.business_now, indexed));
    return PublishedFacts{.publication = {.version = latest.publication.version + 1,
                                          .digest = digest,
                                          .published = absl::InfinitePast()},
                          .registry = registry.SerializeAsString()};
  };
  const auto is_new = [](const PublishedFacts& facts) {
    return facts.publication.published == absl::InfinitePast();
  };
  if (request.validate_only()) {
    PublishedFacts facts;
    TREMPLIN_RETURN_IF_ERROR(d_.db.Read(call.Read(), [&](database::Reader& reader) -> absl::Status {
      TREMPLIN_ASSIGN_OR_RETURN(facts, judge(reader));
      return absl::OkStatus();
    }));
    return ToMessage(registry, facts.publication.version,
                     is_new(facts) ? Publication{} : facts.publication);
  }
  return d_.commands.Run<v1::Facts>(
      call, kPublicationLane, [&](database::Transaction& tx) -> absl::StatusOr<v1::Facts> {
        TREMPLIN_ASSIGN_OR_RETURN(PublishedFacts facts, judge(tx));
        if (is_new(facts)) {
          facts.publication.published = call.business_now;
          TREMPLIN_RETURN_IF_ERROR(store::InsertFacts(tx, facts));
          TREMPLIN_RETURN_IF_ERROR(Audit(tx, call, kFactsResource));
        }
        return ToMessage(registry, facts.publication.version, facts.publication);
      });
}

absl::StatusOr<v1::Facts> Service::GetFacts(const rpc::CallContext& call,
                                            const v1::GetFactsRequest&) {
  PublishedFacts facts;
  TREMPLIN_RETURN_IF_ERROR(d_.db.Read(call.Read(), [&](database::Reader& reader) -> absl::Status {
    TREMPLIN_ASSIGN_OR_RETURN(facts, store::LatestFacts(reader));
    return absl::OkStatus();
  }));
  if (facts.publication.version == 0) {
    return status::Error(absl::StatusCode::kNotFound, kFactsNotPublished);
  }
  FactRegistry registry;
  if (!registry.ParseFromString(facts.registry)) {
    return absl::DataLossError("the registry of facts cannot be decoded");
  }
  return ToMessage(registry, facts.publication.version, facts.publication);
}

}  // namespace tremplin::registration
