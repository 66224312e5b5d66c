#include "services/outcome/module.h"

#include <memory>

#include "services/outcome/app/schedule.h"
#include "services/outcome/app/service.h"
#include "services/outcome/events/facts.h"
#include "services/outcome/migrations/schema.h"

namespace tremplin::outcome {
namespace {

class OutcomeModule final : public host::Module {
 public:
  explicit OutcomeModule(const host::ModuleContext& context)
      : schedule_(context.outbox, context.timers, context.programs),
        service_(context.db, context.commands, context.outbox, context.programs, schedule_),
        facts_(context.programs, schedule_) {}

  void Bind(rpc::Registry& registry) override {
    rpc::Binder(registry, "outcome", "tremplin.outcome.v1.OutcomeService")
        .Method("GetFollowUp", &service_, &Service::GetFollowUp)
        .Method("ListFollowUps", &service_, &Service::ListFollowUps)
        .Method("AnswerFollowUp", &service_, &Service::AnswerFollowUp)
        .Method("RecordAttempt", &service_, &Service::RecordAttempt)
        .Method("ReportJob", &service_, &Service::ReportJob)
        .Method("ListEmployment", &service_, &Service::ListEmployment)
        .Method("GetFunnel", &service_, &Service::GetFunnel)
        .Method("GetOutcomeReport", &service_, &Service::GetOutcomeReport);
  }
  void Subscribe(inbox::Handlers& handlers) override { facts_.Subscribe(handlers); }
  void Schedule(timers::Timers&) override { schedule_.HandleTimers(); }

 private:
  outcome::Schedule schedule_;
  Service service_;
  Facts facts_;
};

}  // namespace

host::ModuleSpec Spec() {
  return {"outcome", Migrations(), [](const host::ModuleContext& context) {
            return std::make_unique<OutcomeModule>(context);
          }};
}

}  // namespace tremplin::outcome
