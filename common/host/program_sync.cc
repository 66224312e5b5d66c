#include "common/host/program_sync.h"

#include <optional>
#include <string>
#include <utility>

#include "common/resources/names.h"
#include "common/status/macros.h"
#include "common/text/text.h"
#include "tremplin/registration/events/v1/events.pb.h"
#include "tremplin/registration/v1/registration.pb.h"

namespace tremplin::host {

namespace {

using registration::events::v1::ProgramPublished;

constexpr absl::Duration kKept = absl::Hours(24);

absl::StatusOr<program::v1::ProgramDefinition> Fetch(peers::Peers& peers,
                                                     const events::Event& event,
                                                     const ProgramPublished& fact) {
  registration::v1::GetProgramRequest request;
  request.set_name(resources::NameOf("programs", fact.program()));
  request.set_version(fact.version());
  peers::PeerCall call = peers::PeerCall::AsService(absl::InfiniteFuture());
  call.traceparent = event.traceparent;
  TREMPLIN_ASSIGN_OR_RETURN(
      auto published,
      peers.Call<registration::v1::Program>(
          "tremplin.registration.v1.RegistrationService/GetProgram", request, call));
  return std::move(*published.mutable_definition());
}

}  // namespace

void FollowPrograms(peers::Peers& peers, cache::Cache& cache, program::ProgramStore& programs,
                    inbox::Handlers& handlers) {
  handlers.On<ProgramPublished>(
      "registration",
      [&peers, &cache, &programs](const events::Event& event,
                                  const ProgramPublished& fact) -> absl::StatusOr<inbox::Apply> {
        // With the publication in the key: a cache may outlive the store it was filled from.
        const std::string key =
            text::Cat("registration/program/", fact.program(), "/", fact.version(), "/", event.id);
        program::v1::ProgramDefinition definition;
        const std::optional<std::string> cached = cache.Get(key);
        if (!cached.has_value() || !definition.ParseFromString(*cached)) {
          TREMPLIN_ASSIGN_OR_RETURN(definition, Fetch(peers, event, fact));
          cache.Put(key, definition.SerializeAsString(), kKept);
        }
        return inbox::Apply(
            [&programs, fact, definition = std::move(definition)](database::Transaction& tx) {
              return programs.Save(tx, fact.program(), fact.version(),
                                   resources::FromTimestamp(fact.effective_from()), definition);
            });
      },
      inbox::Handlers::Reads::kEventAlone);
}

}  // namespace tremplin::host
