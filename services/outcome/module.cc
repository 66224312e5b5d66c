#include "services/outcome/module.h"

#include <memory>

#include "common/host/work_gauges.h"
#include "services/outcome/app/answering.h"
#include "services/outcome/app/schedule.h"
#include "services/outcome/app/service.h"
#include "services/outcome/events/facts.h"
#include "services/outcome/migrations/schema.h"

namespace tremplin::outcome {
namespace {

host::WorkGauge Open() {
  return {.count_name = "tremplin_follow_ups_open",
          .count_help = "Follow-ups that are due and not answered, by stage.",
          .age_name = "tremplin_follow_ups_open_oldest_seconds",
          .age_help = "Since when the oldest of them is due.",
          .label = "stage",
          .sql =
              "SELECT stage, count(*), min(open_us) FROM outcome_follow_up "
              "WHERE program = $1 AND state = 2 GROUP BY stage"};
}

class OutcomeModule final : public host::Module {
 public:
  explicit OutcomeModule(const host::ModuleContext& context)
      : schedule_(context.outbox, context.timers, context.programs),
        service_(context.db, context.commands, context.outbox, context.programs, context.peers,
                 schedule_),
        answering_(service_),
        facts_(context.programs, context.clock, schedule_),
        open_(context, {Open()}) {}

  void Bind(rpc::Registry& registry) override {
    rpc::Binder(registry, "outcome", "tremplin.outcome.v1.OutcomeService")
        .Method("GetFollowUp", &service_, &Service::GetFollowUp)
        .Method("ListFollowUps", &service_, &Service::ListFollowUps)
        .Method("AnswerFollowUp", &service_, &Service::AnswerFollowUp)
        .Method("CorrectAnswer", &service_, &Service::CorrectAnswer)
        .Method("StrikeAnswer", &service_, &Service::StrikeAnswer)
        .Method("RecordAttempt", &service_, &Service::RecordAttempt)
        .Method("ReportJob", &service_, &Service::ReportJob)
        .Method("CorrectJob", &service_, &Service::CorrectJob)
        .Method("StrikeJob", &service_, &Service::StrikeJob)
        .Method("ListEmployment", &service_, &Service::ListEmployment)
        .Method("GetFunnel", &service_, &Service::GetFunnel)
        .Method("GetOutcomeReport", &service_, &Service::GetOutcomeReport);
    rpc::Binder(registry, "outcome", "tremplin.outcome.v1.AnsweringService")
        .Method("AnswerAsPerson", &answering_, &Answering::AnswerAsPerson);
  }
  void Subscribe(inbox::Handlers& handlers) override { facts_.Subscribe(handlers); }
  void Schedule(timers::Timers&) override { schedule_.HandleTimers(); }

 private:
  outcome::Schedule schedule_;
  Service service_;
  Answering answering_;
  Facts facts_;
  host::WorkGauges open_;
};

}  // namespace

host::ModuleSpec Spec() {
  return {"outcome", Migrations(), [](const host::ModuleContext& context) {
            return std::make_unique<OutcomeModule>(context);
          }};
}

}  // namespace tremplin::outcome
