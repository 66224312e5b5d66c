#include "services/notification/module.h"

#include <memory>
#include <vector>

#include "common/text/text.h"
#include "services/notification/app/courier.h"
#include "services/notification/app/mail_courier.h"
#include "services/notification/app/mail_links.h"
#include "services/notification/app/mail_preferences.h"
#include "services/notification/app/service.h"
#include "services/notification/app/tasks.h"
#include "services/notification/app/webhooks.h"
#include "services/notification/events/consent_facts.h"
#include "services/notification/events/facts.h"
#include "services/notification/http/curl_poster.h"
#include "services/notification/migrations/schema.h"
#include "services/notification/smtp/curl_mailer.h"

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
        preferences_(context.db, context.commands, context.peers, context.clock),
        links_({.db = context.db,
                .peers = context.peers,
                .sealer = context.sealer,
                .clock = context.clock,
                .programs = context.programs}),
        facts_(context.outbox, context.programs, context.clock, !context.config.smtp.empty()) {
    if (!context.config.smtp.empty()) SendMail(context);
  }

  void Bind(rpc::Registry& registry) override {
    rpc::Binder(registry, "notification", "tremplin.notification.v1.NotificationService")
        .Method("GetMessage", &service_, &Service::GetMessage)
        .Method("ListMessages", &service_, &Service::ListMessages)
        .Method("ListTasks", &tasks_, &Tasks::ListTasks)
        .Method("SettleTask", &tasks_, &Tasks::SettleTask)
        .Method("GetMailPreference", &preferences_, &MailPreferences::GetMailPreference)
        .Method("SetMailPreference", &preferences_, &MailPreferences::SetMailPreference);
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
    rpc::Binder(registry, "notification", "tremplin.notification.v1.MailLinkService")
        .Method("GetMailLink", &links_, &MailLinks::GetMailLink)
        .Method("FollowMailLink", &links_, &MailLinks::FollowMailLink);
  }
  void Subscribe(inbox::Handlers& handlers) override {
    facts_.Subscribe(handlers);
    SubscribeConsent(handlers);
  }
  void Schedule(timers::Timers&) override {}
  std::vector<host::Chore> Chores() override {
    std::vector<host::Chore> chores;
    for (int i = 1; i <= Courier::kThreads; ++i) {
      chores.push_back({.name = text::Cat("webhooks ", i),
                        .step = [this] { return courier_.Step(); },
                        .cancel = [this] { poster_->Cancel(); }});
    }
    if (mail_courier_ != nullptr) {
      chores.push_back({.name = "mail",
                        .step = [this] { return mail_courier_->Step(); },
                        .cancel = [this] { mailer_->Cancel(); }});
    }
    return chores;
  }
  void Stop() override {
    courier_.Stop();
    if (mail_courier_ != nullptr) mail_courier_->Stop();
  }

 private:
  void SendMail(const host::ModuleContext& context) {
    mailer_ = MakeCurlMailer({.server = context.config.smtp,
                              .tls = context.config.smtp_tls,
                              .trusted = context.config.smtp_ca,
                              .login_file = context.config.smtp_login_file,
                              .from = context.config.mail_from});
    mail_courier_ =
        std::make_unique<MailCourier>(MailCourierDeps{.db = context.db,
                                                      .peers = context.peers,
                                                      .sealer = context.sealer,
                                                      .clock = context.clock,
                                                      .programs = context.programs,
                                                      .metrics = context.metrics,
                                                      .mailer = *mailer_,
                                                      .links = context.config.public_url});
  }

  const std::unique_ptr<Poster> poster_;
  Courier courier_;
  Webhooks webhooks_;
  Service service_;
  Tasks tasks_;
  MailPreferences preferences_;
  MailLinks links_;
  Facts facts_;
  // Where mail is sent.
  std::unique_ptr<Mailer> mailer_;
  std::unique_ptr<MailCourier> mail_courier_;
};

}  // namespace

host::ModuleSpec Spec() {
  return {"notification", Migrations(), [](const host::ModuleContext& context) {
            return std::make_unique<NotificationModule>(context);
          }};
}

}  // namespace tremplin::notification
