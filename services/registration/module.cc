#include "services/registration/module.h"

#include <memory>

#include "absl/strings/match.h"
#include "common/classification/classification.h"
#include "services/registration/app/service.h"
#include "services/registration/app/sign_in.h"
#include "services/registration/events/admission.h"
#include "services/registration/migrations/migrations.h"
#include "services/registration/oidc/curl_fetcher.h"
#include "services/registration/oidc/oidc_issuer.h"

namespace tremplin::registration {
namespace {

// Who vouches for people who sign in, where one is configured.
struct Vouching {
  explicit Vouching(const host::ModuleContext& context) {
    const config::Config& config = context.config;
    if (config.oidc_issuer.empty()) return;
    fetcher = MakeCurlFetcher(
        {.trusted = config.oidc_ca, .plain = absl::StartsWith(config.oidc_issuer, "http://")});
    issuer = MakeOidcIssuer({.issuer = config.oidc_issuer,
                             .client_id = config.oidc_client_id,
                             .client_secret = config.oidc_client_secret,
                             .audience = config.oidc_audience,
                             .redirect_uri = config.public_url + "/auth/callback"},
                            *fetcher, context.clock);
  }
  std::unique_ptr<Fetcher> fetcher;
  std::unique_ptr<Issuer> issuer;
};

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
        vouching_(context),
        sign_in_({.db = context.db,
                  .commands = context.commands,
                  .outbox = context.outbox,
                  .programs = context.programs,
                  .clock = context.clock,
                  .sealer = context.sealer,
                  .issuer = vouching_.issuer.get(),
                  .public_url = context.config.public_url,
                  .links_by_email = context.config.oidc_by_email}),
        admission_(context.outbox, context.peers, context.programs, context.clock, context.sealer) {
  }

  void Bind(rpc::Registry& registry) override {
    service_.Bind(registry);
    sign_in_.Bind(registry);
  }
  void Subscribe(inbox::Handlers& handlers) override { admission_.Subscribe(handlers); }
  void Schedule(timers::Timers&) override {}

 private:
  const absl::StatusOr<classification::Classification> classification_;
  Service service_;
  const Vouching vouching_;
  SignIn sign_in_;
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
