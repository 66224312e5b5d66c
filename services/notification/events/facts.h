#ifndef TREMPLIN_SERVICES_NOTIFICATION_EVENTS_FACTS_H_
#define TREMPLIN_SERVICES_NOTIFICATION_EVENTS_FACTS_H_

#include <string>
#include <string_view>
#include <vector>

#include "common/events/event.h"
#include "common/inbox/inbox.h"
#include "common/outbox/outbox.h"
#include "services/notification/domain/templates.h"

namespace tremplin::notification {

// Whom a fact of another service is told to. Thread-safe.
class Facts {
 public:
  explicit Facts(const outbox::Outbox& outbox);
  void Subscribe(inbox::Handlers& handlers);

 private:
  void SubscribeMatching(inbox::Handlers& handlers);
  void SubscribeSession(inbox::Handlers& handlers);
  void SubscribeOutcome(inbox::Handlers& handlers);
  void SubscribeEntry(inbox::Handlers& handlers);

  // The effect: one message a recipient, and its fact.
  inbox::Apply Queue(const tremplin::events::Event& event, std::string_view template_code,
                     std::string_view program, std::string_view about,
                     const std::vector<Recipient>& recipients) const;

  const outbox::Outbox& outbox_;
};

}  // namespace tremplin::notification

#endif  // TREMPLIN_SERVICES_NOTIFICATION_EVENTS_FACTS_H_
