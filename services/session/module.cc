#include "services/session/module.h"

#include <memory>
#include <string>

#include "services/session/app/ledger.h"
#include "services/session/app/mentorships.h"
#include "services/session/app/sessions.h"
#include "services/session/events/consumer.h"
#include "services/session/migrations/migrations.h"

namespace tremplin::session {
namespace {

class SessionModule final : public host::Module {
 public:
  explicit SessionModule(const host::ModuleContext& context)
      : ledger_(context.outbox, context.timers),
        mentorships_(context.db, context.commands, ledger_),
        sessions_(context.db, context.commands, ledger_),
        consumer_(context.programs, context.peers, context.clock, ledger_) {}

  void Bind(rpc::Registry& registry) override {
    using app::Mentorships;
    using app::Sessions;
    rpc::Binder(registry, "session", "tremplin.session.v1.SessionService")
        .Method("GetMentorship", &mentorships_, &Mentorships::GetMentorship)
        .Method("ListMentorships", &mentorships_, &Mentorships::ListMentorships)
        .Method("SignAgreement", &mentorships_, &Mentorships::SignAgreement)
        .Method("ExtendMentorship", &mentorships_, &Mentorships::ExtendMentorship)
        .Method("CompleteMentorship", &mentorships_, &Mentorships::CompleteMentorship)
        .Method("EndMentorshipEarly", &mentorships_, &Mentorships::EndMentorshipEarly)
        .Method("LogSession", &sessions_, &Sessions::LogSession)
        .Method("ListSessions", &sessions_, &Sessions::ListSessions)
        .Method("AnswerCheckIn", &sessions_, &Sessions::AnswerCheckIn)
        .Method("RecordReview", &sessions_, &Sessions::RecordReview);
  }

  void Subscribe(inbox::Handlers& handlers) override { consumer_.Subscribe(handlers); }

  void Schedule(timers::Timers& timers) override {
    const auto on = [&](std::string_view kind, const domain::Command& command) {
      timers.Handle(std::string(kind), [this, command](database::Transaction& tx,
                                                       const std::string& id, absl::Time due) {
        return mentorships_.OnTime(tx, id, command, due);
      });
    };
    on(app::kSignTimer, domain::Lapse{});
    on(app::kReviewTimer, domain::ReviewDue{});
    on(app::kCloseTimer, domain::CloseByTime{});
  }

 private:
  app::Ledger ledger_;
  app::Mentorships mentorships_;
  app::Sessions sessions_;
  events::Consumer consumer_;
};

}  // namespace

host::ModuleSpec Spec() {
  return {"session", Migrations(), [](const host::ModuleContext& context) {
            return std::make_unique<SessionModule>(context);
          }};
}

}  // namespace tremplin::session
