#ifndef TREMPLIN_SERVICES_SESSION_EVENTS_CONSUMER_H_
#define TREMPLIN_SERVICES_SESSION_EVENTS_CONSUMER_H_

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "common/clock/clock.h"
#include "common/inbox/inbox.h"
#include "common/peers/peers.h"
#include "common/program/program_store.h"
#include "services/session/app/ledger.h"
#include "tremplin/matching/events/v1/events.pb.h"
#include "tremplin/program/v1/program.pb.h"
#include "tremplin/registration/events/v1/events.pb.h"

namespace tremplin::session::events {

// What session learns from others: matches (matching), and who is enrolled, what their facts say
// and when they leave (registration). The runtime keeps the programs' definitions; one that a match
// needs earlier is fetched. In whatever order the two topics come, the same holds in the end.
// Thread-safe.
class Consumer {
 public:
  Consumer(program::ProgramStore& programs, peers::Peers& peers, const clock::Clock& clock,
           const app::Ledger& ledger);

  void Subscribe(inbox::Handlers& handlers);

 private:
  using Event = tremplin::events::Event;
  absl::StatusOr<inbox::Apply> OnMatch(const Event& event,
                                       const matching::events::v1::MatchMade& made);
  absl::StatusOr<inbox::Apply> OnRefused(const Event& event,
                                         const matching::events::v1::ContinuationRefused& refused);
  absl::StatusOr<inbox::Apply> OnReady(const Event& event,
                                       const registration::events::v1::EnrolmentReady& ready);
  absl::StatusOr<inbox::Apply> OnChanged(const Event& event,
                                         const registration::events::v1::EnrolmentChanged& changed);
  absl::StatusOr<inbox::Apply> OnEnded(const Event& event,
                                       const registration::events::v1::EnrolmentEnded& ended);
  absl::StatusOr<inbox::Apply> OnIdentified(
      const Event& event, const registration::events::v1::EnrolmentIdentified& identified);

  inbox::Apply Joining(const Event& event, const matching::events::v1::MatchMade& made);
  absl::StatusOr<inbox::Apply> Opening(const Event& event,
                                       const matching::events::v1::MatchMade& made);
  absl::StatusOr<program::v1::ProgramDefinition> Definition(const std::string& program,
                                                            int64_t version, const Event& event);
  absl::StatusOr<program::v1::ProgramDefinition> Fetch(const std::string& program, int64_t version,
                                                       const Event& event);

  program::ProgramStore& programs_;
  peers::Peers& peers_;
  const clock::Clock& clock_;
  const app::Ledger& ledger_;
};

}  // namespace tremplin::session::events

#endif  // TREMPLIN_SERVICES_SESSION_EVENTS_CONSUMER_H_
