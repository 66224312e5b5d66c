#include "services/matching/module.h"

#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "common/classification/classification.h"
#include "common/ids/ids.h"
#include "common/lease/lease.h"
#include "common/logging/logging.h"
#include "services/matching/app/answering.h"
#include "services/matching/app/explanations.h"
#include "services/matching/app/ledger.h"
#include "services/matching/app/memory.h"
#include "services/matching/app/outlook.h"
#include "services/matching/app/pairs.h"
#include "services/matching/app/pauses.h"
#include "services/matching/app/pool.h"
#include "services/matching/app/proposals.h"
#include "services/matching/app/requests.h"
#include "services/matching/app/runs.h"
#include "services/matching/app/simulations.h"
#include "services/matching/events/consumer.h"
#include "services/matching/migrations/migrations.h"

namespace tremplin::matching {
namespace {

using rpc::Binder;

// Distances between areas: the tables are read once a process.
engine::Distance DistanceFrom(const std::string& reference_dir) {
  absl::StatusOr<classification::Classification> loaded =
      classification::Classification::Load(reference_dir);
  if (!loaded.ok()) {
    // A program that scores distances without knowing places would decide wrongly about people.
    logging::Log(logging::Level::kError, "reference-dir cannot be read",
                 {{"error", std::string(loaded.status().message())}});
    std::_Exit(2);
  }
  auto places = std::make_shared<classification::Classification>(*std::move(loaded));
  return
      [places](std::string_view from, std::string_view to) { return places->Distance(from, to); };
}

class MatchingModule final : public host::Module {
 public:
  explicit MatchingModule(const host::ModuleContext& context)
      : distance_(DistanceFrom(context.config.reference_dir)),
        ledger_(context.outbox, context.timers, context.programs),
        memories_(context.db, distance_, context.metrics),
        leases_({"matching", ids::New()}, context.db, context.clock),
        runs_(context.db, context.commands, context.programs, ledger_, memories_, leases_,
              distance_),
        proposals_(context.db, context.commands, context.programs, ledger_, context.peers,
                   distance_),
        answering_(context.db, proposals_),
        requests_(context.db, context.commands, context.programs, ledger_, distance_),
        pairs_(context.db, context.commands, context.programs, context.timers, ledger_),
        pauses_(context.commands, context.timers, ledger_),
        simulations_(context.db, context.programs, distance_),
        pool_(context.db, context.programs),
        outlook_(context.db, context.programs),
        explanations_(context.db, context.programs, memories_, distance_),
        consumer_(ledger_, context.programs, context.clock, distance_) {}

  void Bind(rpc::Registry& registry) override {
    Binder(registry, "matching", "tremplin.matching.v1.MatchingService")
        .Method("RunMatching", &runs_, &app::Runs::RunMatching)
        .Method("GetRun", &runs_, &app::Runs::GetRun)
        .Method("ListRuns", &runs_, &app::Runs::ListRuns)
        .Method("VerifyRun", &runs_, &app::Runs::VerifyRun)
        .Method("ExplainMentee", &explanations_, &app::Explanations::ExplainMentee)
        .Method("ListPool", &pool_, &app::Pool::ListPool)
        .Method("GetOutlook", &outlook_, &app::Outlook::GetOutlook)
        .Method("CreateProposal", &proposals_, &app::Proposals::CreateProposal)
        .Method("SimulateRun", &simulations_, &app::Simulations::SimulateRun)
        .Method("SetPairBar", &pairs_, &app::Pairs::SetPairBar)
        .Method("SetPairPin", &pairs_, &app::Pairs::SetPairPin)
        .Method("ListPins", &pairs_, &app::Pairs::ListPins)
        .Method("SetPause", &pauses_, &app::Pauses::SetPause)
        .Method("ReturnToPool", &pauses_, &app::Pauses::ReturnToPool)
        .Method("SearchMentors", &requests_, &app::Requests::SearchMentors)
        .Method("RequestMatch", &requests_, &app::Requests::RequestMatch)
        .Method("ApproveProposal", &proposals_, &app::Proposals::ApproveProposal)
        .Method("BatchApproveProposals", &proposals_, &app::Proposals::BatchApproveProposals)
        .Method("GetProposal", &proposals_, &app::Proposals::GetProposal)
        .Method("ListProposals", &proposals_, &app::Proposals::ListProposals)
        .Method("AnswerProposal", &proposals_, &app::Proposals::AnswerProposal)
        .Method("RecordContactMeeting", &proposals_, &app::Proposals::RecordContactMeeting)
        .Method("CancelProposal", &proposals_, &app::Proposals::CancelProposal);
    Binder(registry, "matching", "tremplin.matching.v1.AnsweringService")
        .Method("AnswerAsPerson", &answering_, &app::Answering::AnswerAsPerson);
  }

  void Subscribe(inbox::Handlers& handlers) override { consumer_.Subscribe(handlers); }

  void Schedule(timers::Timers& timers) override {
    timers.Handle(std::string(app::kAnswerTimer),
                  [this](database::Transaction& tx, const std::string& id, absl::Time due) {
                    return proposals_.Expire(tx, id, due);
                  });
    timers.Handle(std::string(app::kPinTimer),
                  [this](database::Transaction& tx, const std::string& mentee, absl::Time due) {
                    return pairs_.EndPin(tx, mentee, due);
                  });
    timers.Handle(std::string(app::kPauseTimer),
                  [this](database::Transaction& tx, const std::string& enrolment, absl::Time due) {
                    return pauses_.Resume(tx, enrolment, due);
                  });
    timers.HandlePrepared(
        std::string(app::kCascadeTimer),
        [this](const std::string& key, absl::Time due) { return runs_.Cascade(key, due); });
  }
  void Stop() override { leases_.Release(); }

 private:
  engine::Distance distance_;
  app::Ledger ledger_;
  app::Memories memories_;
  lease::Leases leases_;
  app::Runs runs_;
  app::Proposals proposals_;
  app::Answering answering_;
  app::Requests requests_;
  app::Pairs pairs_;
  app::Pauses pauses_;
  app::Simulations simulations_;
  app::Pool pool_;
  app::Outlook outlook_;
  app::Explanations explanations_;
  events::Consumer consumer_;
};

}  // namespace

host::ModuleSpec Spec() {
  return {"matching", Migrations(), [](const host::ModuleContext& context) {
            return std::make_unique<MatchingModule>(context);
          }};
}

}  // namespace tremplin::matching
