#include "services/referral/module.h"

#include <cstdlib>
#include <memory>
#include <string>
#include <utility>

#include "common/host/work_gauges.h"
#include "common/logging/logging.h"
#include "services/referral/app/contacts.h"
#include "services/referral/app/service.h"
#include "services/referral/events/consumers.h"
#include "services/referral/migrations/schema.h"

namespace tremplin::referral {
namespace {

classification::Classification LoadTables(const std::string& reference_dir) {
  absl::StatusOr<classification::Classification> tables =
      classification::Classification::Load(reference_dir);
  if (!tables.ok()) {
    // Without the tables every file would be refused.
    logging::Error("reference-dir cannot be read",
                   {{"error", std::string(tables.status().message())}});
    std::_Exit(2);
  }
  return *std::move(tables);
}

host::WorkGauge Waiting() {
  return {.count_name = "tremplin_referrals_waiting",
          .count_help = "Applications that wait for a program's decision, by agency.",
          .age_name = "tremplin_referrals_waiting_oldest_seconds",
          .age_help = "Since when the oldest of them waits.",
          .label = "agency",
          .sql =
              "SELECT agency, count(*), min(created_us) FROM referral_application "
              "WHERE program_id = $1 AND state IN ('received', 'under_review') GROUP BY agency"};
}

class ReferralModule final : public host::Module {
 public:
  explicit ReferralModule(const host::ModuleContext& context)
      : tables_(LoadTables(context.config.reference_dir)),
        deps_{context.db,     context.commands, context.outbox, context.programs,
              context.sealer, tables_,          context.peers,  context.cache},
        service_(deps_),
        contacts_(deps_),
        clock_(context.clock),
        waiting_(context, {Waiting()}) {}

  void Bind(rpc::Registry& registry) override {
    service_.Bind(registry);
    rpc::Binder(registry, "referral", "tremplin.referral.v1.ContactService")
        .Method("GetReferralContact", &contacts_, &app::Contacts::GetReferralContact);
  }
  void Subscribe(inbox::Handlers& handlers) override { referral::Subscribe(handlers, clock_); }
  void Schedule(timers::Timers&) override {}  // nothing of referral falls due by itself

 private:
  const classification::Classification tables_;
  const app::Deps deps_;
  app::Service service_;
  app::Contacts contacts_;
  const clock::Clock& clock_;
  host::WorkGauges waiting_;
};

}  // namespace

host::ModuleSpec Spec() {
  return {"referral", Migrations(), [](const host::ModuleContext& context) {
            return std::make_unique<ReferralModule>(context);
          }};
}

}  // namespace tremplin::referral
