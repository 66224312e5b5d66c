#include "common/host/program_sync.h"

#include "common/resources/names.h"
#include "common/status/macros.h"
#include "tremplin/registration/events/v1/events.pb.h"
#include "tremplin/registration/v1/registration.pb.h"

namespace tremplin::host {

void FollowPrograms(peers::Peers& peers, program::ProgramStore& programs,
                    inbox::Handlers& handlers) {
  using registration::events::v1::ProgramPublished;
  handlers.On<ProgramPublished>(
      "registration",
      [&peers, &programs](const events::Event& event,
                          const ProgramPublished& fact) -> absl::StatusOr<inbox::Apply> {
        registration::v1::GetProgramRequest request;
        request.set_name(resources::NameOf("programs", fact.program()));
        request.set_version(fact.version());
        peers::PeerCall call = peers::PeerCall::AsService(absl::InfiniteFuture());
        call.traceparent = event.traceparent;
        TREMPLIN_ASSIGN_OR_RETURN(
            const auto published,
            peers.Call<registration::v1::Program>(
                "tremplin.registration.v1.RegistrationService/GetProgram", request, call));
        return inbox::Apply(
            [&programs, fact, definition = published.definition()](database::Transaction& tx) {
              return programs.Save(tx, fact.program(), fact.version(),
                                   resources::FromTimestamp(fact.effective_from()), definition);
            });
      },
      inbox::Handlers::Looks::kAtEventOnly);
}

}  // namespace tremplin::host
