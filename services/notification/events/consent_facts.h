#ifndef TREMPLIN_SERVICES_NOTIFICATION_EVENTS_CONSENT_FACTS_H_
#define TREMPLIN_SERVICES_NOTIFICATION_EVENTS_CONSENT_FACTS_H_

#include "common/inbox/inbox.h"

namespace tremplin::notification {

// What follows here of consent that is withdrawn: what was queued before is not sent any more, to
// the person or who applied, and the organization they came through is shown no message about their
// applications. What comes later is queued, or not, as its own fact says.
void SubscribeConsent(inbox::Handlers& handlers);

}  // namespace tremplin::notification

#endif  // TREMPLIN_SERVICES_NOTIFICATION_EVENTS_CONSENT_FACTS_H_
