#include "services/registration/module.h"

#include <memory>

#include "common/classification/classification.h"
#include "services/registration/app/service.h"
#include "services/registration/events/admission.h"
#include "services/registration/migrations/migrations.h"

namespace tremplin::registration {
namespace {

class RegistrationModule final : public host::Module {
 public:
  explicit RegistrationModule(const host::ModuleContext& context)
      : classification_(classification::Classification::Load(context.config.reference_dir)),
        service_({.db = context.db,
                  .commands = context.commands,
                  .outbox = context.outbox,
                  .programs = context.programs,
                  .peers = context.peers,
                  .clock = context.clock,
                  .sealer = context.sealer,
                  .classification = classification_,
                  .demo = context.config.demo}),
        admission_(context.outbox, context.peers, context.programs, context.clock, context.sealer) {
  }

  void Bind(rpc::Registry& registry) override { service_.Bind(registry); }
  void Subscribe(inbox::Handlers& handlers) override { admission_.Subscribe(handlers); }
  void Schedule(timers::Timers&) override {}

 private:
  const absl::StatusOr<classification::Classification> classification_;
  Service service_;
  Admission admission_;
};

}  // namespace

host::ModuleSpec Spec() {
  return {.name = "registration",
          .migrations = Migrations(),
          .make = [](const host::ModuleContext& context) {
            return std::make_unique<RegistrationModule>(context);
          }};
}

}  // namespace tremplin::registration
