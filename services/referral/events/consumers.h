#ifndef TREMPLIN_SERVICES_REFERRAL_EVENTS_CONSUMERS_H_
#define TREMPLIN_SERVICES_REFERRAL_EVENTS_CONSUMERS_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "common/clock/clock.h"
#include "common/inbox/inbox.h"
#include "common/peers/peers.h"
#include "common/program/program_store.h"

namespace tremplin::referral {

// What referral learns from the other services: programs and agencies, and how the people it
// admitted fare, for the agencies' status feed as far as the person consented. Thread-safe.
class Consumers {
 public:
  Consumers(program::ProgramStore& programs, peers::Peers& peers, const clock::Clock& clock)
      : programs_(programs), peers_(peers), clock_(clock) {}
  void Subscribe(inbox::Handlers& handlers);

 private:
  void SubscribeMilestones(inbox::Handlers& handlers);

  program::ProgramStore& programs_;
  peers::Peers& peers_;
  const clock::Clock& clock_;
};

}  // namespace tremplin::referral

#endif  // TREMPLIN_SERVICES_REFERRAL_EVENTS_CONSUMERS_H_
