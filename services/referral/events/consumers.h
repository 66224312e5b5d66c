#ifndef TREMPLIN_SERVICES_REFERRAL_EVENTS_CONSUMERS_H_
#define TREMPLIN_SERVICES_REFERRAL_EVENTS_CONSUMERS_H_

#include "common/clock/clock.h"
#include "common/inbox/inbox.h"

namespace tremplin::referral {

// What referral learns from the other services: the agencies, and how the people it admitted fare,
// for the agencies' status feed as far as the person consented. (Programs are followed by the
// runtime.) The clock outlives the handlers.
void Subscribe(inbox::Handlers& handlers, const clock::Clock& clock);

}  // namespace tremplin::referral

#endif  // TREMPLIN_SERVICES_REFERRAL_EVENTS_CONSUMERS_H_
