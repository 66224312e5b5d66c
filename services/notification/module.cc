#include "services/notification/module.h"

#include <memory>

#include "services/notification/app/service.h"
#include "services/notification/app/tasks.h"
#include "services/notification/events/facts.h"
#include "services/notification/migrations/schema.h"

namespace tremplin::notification {
namespace {

class NotificationModule final : public host::Module {
 public:
  explicit NotificationModule(const host::ModuleContext& context)
      : service_(context.db, context.programs),
        tasks_(context.db, context.commands, context.programs),
        facts_(context.outbox, context.programs, context.clock) {}

  void Bind(rpc::Registry& registry) override {
    rpc::Binder(registry, "notification", "tremplin.notification.v1.NotificationService")
        .Method("GetMessage", &service_, &Service::GetMessage)
        .Method("ListMessages", &service_, &Service::ListMessages)
        .Method("ListTasks", &tasks_, &Tasks::ListTasks)
        .Method("SettleTask", &tasks_, &Tasks::SettleTask);
  }
  void Subscribe(inbox::Handlers& handlers) override { facts_.Subscribe(handlers); }
  void Schedule(timers::Timers&) override {}

 private:
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
