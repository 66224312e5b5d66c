#include "services/notification/module.h"

#include <memory>
#include <vector>

#include "common/text/text.h"
#include "services/notification/app/courier.h"
#include "services/notification/app/service.h"
#include "services/notification/app/tasks.h"
#include "services/notification/app/webhooks.h"
#include "services/notification/events/facts.h"
#include "services/notification/http/curl_poster.h"
#include "services/notification/migrations/schema.h"

namespace tremplin::notification {
namespace {

class NotificationModule final : public host::Module {
 public:
  explicit NotificationModule(const host::ModuleContext& context)
      : poster_(MakeCurlPoster({.inside = context.config.webhooks_inside})),
        courier_(context.db, context.peers, context.sealer, context.outbox, context.clock,
                 context.metrics, *poster_),
        webhooks_({.db = context.db,
                   .commands = context.commands,
                   .peers = context.peers,
                   .sealer = context.sealer,
                   .clock = context.clock,
                   .programs = context.programs,
                   .poster = *poster_,
                   .inside = context.config.webhooks_inside,
                   .changed = [this] { courier_.LookAgain(); }}),
        service_(context.db, context.programs),
        tasks_(context.db, context.commands, context.programs),
        facts_(context.outbox, context.programs, context.clock) {}

  void Bind(rpc::Registry& registry) override {
    rpc::Binder(registry, "notification", "tremplin.notification.v1.NotificationService")
        .Method("GetMessage", &service_, &Service::GetMessage)
        .Method("ListMessages", &service_, &Service::ListMessages)
        .Method("ListTasks", &tasks_, &Tasks::ListTasks)
        .Method("SettleTask", &tasks_, &Tasks::SettleTask);
    rpc::Binder(registry, "notification", "tremplin.notification.v1.WebhookService")
        .Method("CreateWebhook", &webhooks_, &Webhooks::CreateWebhook)
        .Method("GetWebhook", &webhooks_, &Webhooks::GetWebhook)
        .Method("ListWebhooks", &webhooks_, &Webhooks::ListWebhooks)
        .Method("UpdateWebhook", &webhooks_, &Webhooks::UpdateWebhook)
        .Method("DeleteWebhook", &webhooks_, &Webhooks::DeleteWebhook)
        .Method("RotateWebhookSecret", &webhooks_, &Webhooks::RotateWebhookSecret)
        .Method("TestWebhook", &webhooks_, &Webhooks::TestWebhook)
        .Method("ListWebhookDeliveries", &webhooks_, &Webhooks::ListWebhookDeliveries)
        .Method("ReplayWebhook", &webhooks_, &Webhooks::ReplayWebhook);
  }
  void Subscribe(inbox::Handlers& handlers) override { facts_.Subscribe(handlers); }
  void Schedule(timers::Timers&) override {}
  std::vector<host::Chore> Chores() override {
    std::vector<host::Chore> chores;
    for (int i = 1; i <= Courier::kThreads; ++i) {
      chores.push_back({.name = text::Cat("webhooks ", i),
                        .step = [this] { return courier_.Step(); },
                        .cancel = [this] { poster_->Cancel(); }});
    }
    return chores;
  }
  void Stop() override { courier_.Stop(); }

 private:
  const std::unique_ptr<Poster> poster_;
  Courier courier_;
  Webhooks webhooks_;
  Service service_;
  Tasks tasks_;
  Facts facts_;
};

}  // namespace

host::ModuleSpec Spec() {
  return {"notification", Migrations(), [](const host::ModuleContext& context) {
            return std::make_unique<NotificationModule>(context);
          }};
}

}  // namespace tremplin::notification
