#include "services/session/module.h"

#include <memory>
#include <string>

#include "common/host/work_gauges.h"
#include "services/session/app/engagements.h"
#include "services/session/app/introductions.h"
#include "services/session/app/ledger.h"
#include "services/session/app/plan.h"
#include "services/session/app/sessions.h"
#include "services/session/events/consumer.h"
#include "services/session/migrations/migrations.h"

namespace tremplin::session {
namespace {

host::WorkGauge AtRisk() {
  return {.count_name = "tremplin_engagements_at_risk",
          .count_help = "Engagements under way whose last review found them at risk, by format.",
          .age_name = "tremplin_engagements_at_risk_oldest_seconds",
          .age_help = "Since when the oldest of them is under way.",
          .label = "format",
          .sql =
              "SELECT format, count(*), min(opened_us) FROM session_engagement "
              "WHERE program_id = $1 AND state = 'active' AND review = 'at_risk' GROUP BY format"};
}

host::WorkGauge ReviewsOverdue() {
  return {.count_name = "tremplin_reviews_overdue",
          .count_help = "Engagements under way whose review is overdue, by format.",
          .age_name = "tremplin_reviews_overdue_oldest_seconds",
          .age_help = "Since when the oldest of them is under way.",
          .label = "format",
          .sql =
              "SELECT format, count(*), min(opened_us) FROM session_engagement "
              "WHERE program_id = $1 AND state = 'active' AND review_overdue = 1 GROUP BY format"};
}

class SessionModule final : public host::Module {
 public:
  explicit SessionModule(const host::ModuleContext& context)
      : ledger_(context.outbox, context.timers),
        engagements_(context.db, context.commands, context.programs, ledger_),
        sessions_(context.db, context.commands, ledger_),
        plan_(context.commands, ledger_),
        introductions_(context.db, context.commands, ledger_),
        consumer_(context.programs, context.peers, context.clock, ledger_),
        at_risk_(context, {AtRisk(), ReviewsOverdue()}) {}

  void Bind(rpc::Registry& registry) override {
    using app::Engagements;
    using app::Introductions;
    using app::Plan;
    using app::Sessions;
    rpc::Binder(registry, "session", "tremplin.session.v1.SessionService")
        .Method("GetEngagement", &engagements_, &Engagements::GetEngagement)
        .Method("ListEngagements", &engagements_, &Engagements::ListEngagements)
        .Method("SignDocument", &engagements_, &Engagements::SignDocument)
        .Method("ExtendEngagement", &engagements_, &Engagements::ExtendEngagement)
        .Method("WishToContinue", &engagements_, &Engagements::WishToContinue)
        .Method("CompleteEngagement", &engagements_, &Engagements::CompleteEngagement)
        .Method("LeaveEngagement", &engagements_, &Engagements::LeaveEngagement)
        .Method("EndEngagementEarly", &engagements_, &Engagements::EndEngagementEarly)
        .Method("AnswerRematch", &engagements_, &Engagements::AnswerRematch)
        .Method("LogSession", &sessions_, &Sessions::LogSession)
        .Method("CorrectSession", &sessions_, &Sessions::CorrectSession)
        .Method("StrikeSession", &sessions_, &Sessions::StrikeSession)
        .Method("ListSessions", &sessions_, &Sessions::ListSessions)
        .Method("AnswerCheckIn", &sessions_, &Sessions::AnswerCheckIn)
        .Method("RecordReview", &sessions_, &Sessions::RecordReview)
        .Method("SetGoal", &plan_, &Plan::SetGoal)
        .Method("SetPhase", &plan_, &Plan::SetPhase)
        .Method("GiveIntroduction", &introductions_, &Introductions::GiveIntroduction)
        .Method("ListIntroductions", &introductions_, &Introductions::ListIntroductions)
        .Method("GetChain", &introductions_, &Introductions::GetChain);
  }

  void Subscribe(inbox::Handlers& handlers) override { consumer_.Subscribe(handlers); }

  void Schedule(timers::Timers& timers) override {
    const auto on = [&](std::string_view kind, const domain::Command& command) {
      timers.Handle(std::string(kind), [this, command](database::Transaction& tx,
                                                       const std::string& id, absl::Time due) {
        return engagements_.OnTime(tx, id, command, due);
      });
    };
    on(app::kSignTimer, domain::Lapse{});
    on(app::kReviewTimer, domain::ReviewDue{});
    on(app::kCloseTimer, domain::CloseByTime{});
    on(app::kIntroductionsTimer, domain::IntroductionsDue{});
  }

 private:
  app::Ledger ledger_;
  app::Engagements engagements_;
  app::Sessions sessions_;
  app::Plan plan_;
  app::Introductions introductions_;
  events::Consumer consumer_;
  host::WorkGauges at_risk_;
};

}  // namespace

host::ModuleSpec Spec() {
  return {"session", Migrations(), [](const host::ModuleContext& context) {
            return std::make_unique<SessionModule>(context);
          }};
}

}  // namespace tremplin::session
