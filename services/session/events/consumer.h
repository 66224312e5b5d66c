#ifndef TREMPLIN_SERVICES_SESSION_EVENTS_CONSUMER_H_
#define TREMPLIN_SERVICES_SESSION_EVENTS_CONSUMER_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "common/clock/clock.h"
#include "common/inbox/inbox.h"
#include "common/peers/peers.h"
#include "common/program/program_store.h"
#include "services/session/app/ledger.h"
#include "tremplin/matching/events/v1/events.pb.h"
#include "tremplin/program/v1/program.pb.h"

namespace tremplin::session::events {

// What session learns from others: matches (matching). The runtime keeps the programs' definitions;
// one that a match needs earlier is fetched. Thread-safe.
class Consumer {
 public:
  Consumer(program::ProgramStore& programs, peers::Peers& peers, const clock::Clock& clock,
           const app::Ledger& ledger);

  void Subscribe(inbox::Handlers& handlers);

 private:
  using Event = tremplin::events::Event;
  absl::StatusOr<inbox::Apply> OnMatch(const Event& event,
                                       const matching::events::v1::MatchMade& made);
  absl::StatusOr<program::v1::ProgramDefinition> Fetch(const std::string& program, int64_t version,
                                                       const Event& event);

  program::ProgramStore& programs_;
  peers::Peers& peers_;
  const clock::Clock& clock_;
  const app::Ledger& ledger_;
};

}  // namespace tremplin::session::events

#endif  // TREMPLIN_SERVICES_SESSION_EVENTS_CONSUMER_H_
