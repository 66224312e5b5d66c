#ifndef TREMPLIN_SERVICES_MATCHING_EVENTS_CONSUMER_H_
#define TREMPLIN_SERVICES_MATCHING_EVENTS_CONSUMER_H_

#include <string>

#include "absl/status/statusor.h"
#include "common/clock/clock.h"
#include "common/inbox/inbox.h"
#include "common/peers/peers.h"
#include "common/program/program_store.h"
#include "services/matching/app/ledger.h"
#include "tremplin/registration/events/v1/events.pb.h"
#include "tremplin/session/events/v1/events.pb.h"

namespace tremplin::matching::events {

// What matching learns from others: who may be matched (registration), which matches ended
// (session), and the programs' definitions. Thread-safe.
class Consumer {
 public:
  Consumer(program::ProgramStore& programs, peers::Peers& peers, const clock::Clock& clock,
           const app::Ledger& ledger);

  void Subscribe(inbox::Handlers& handlers);

 private:
  using Event = tremplin::events::Event;
  absl::StatusOr<inbox::Apply> OnProgram(
      const Event& event, const registration::events::v1::ProgramPublished& published);
  absl::StatusOr<inbox::Apply> OnReady(const Event& event,
                                       const registration::events::v1::EnrolmentReady& ready) const;
  absl::StatusOr<inbox::Apply> OnChanged(
      const registration::events::v1::EnrolmentChanged& changed) const;
  absl::StatusOr<inbox::Apply> OnEnded(const Event& event,
                                       const registration::events::v1::EnrolmentEnded& ended) const;

  // How a match ended, and who is to be matched again.
  struct MatchEnd {
    std::string proposal;
    std::string reason;
    bool mentee_waits = false;
    bool mentor_takes_more = true;
    absl::Time waiting_since;  // InfinitePast: as before
  };
  absl::StatusOr<inbox::Apply> Close(const Event& event, MatchEnd end) const;

  program::ProgramStore& programs_;
  peers::Peers& peers_;
  const clock::Clock& clock_;
  const app::Ledger& ledger_;
};

}  // namespace tremplin::matching::events

#endif  // TREMPLIN_SERVICES_MATCHING_EVENTS_CONSUMER_H_
