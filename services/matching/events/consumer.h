#ifndef TREMPLIN_SERVICES_MATCHING_EVENTS_CONSUMER_H_
#define TREMPLIN_SERVICES_MATCHING_EVENTS_CONSUMER_H_

#include <string>

#include "absl/status/statusor.h"
#include "common/inbox/inbox.h"
#include "services/matching/app/ledger.h"
#include "tremplin/registration/events/v1/events.pb.h"
#include "tremplin/session/events/v1/events.pb.h"

namespace tremplin::matching::events {

// What matching learns from others: who may be matched (registration) and which matches ended
// (session). The runtime keeps the programs' definitions. Thread-safe.
class Consumer {
 public:
  explicit Consumer(const app::Ledger& ledger);

  void Subscribe(inbox::Handlers& handlers);

 private:
  using Event = tremplin::events::Event;
  absl::StatusOr<inbox::Apply> OnReady(const Event& event,
                                       const registration::events::v1::EnrolmentReady& ready) const;
  absl::StatusOr<inbox::Apply> OnChanged(
      const Event& event, const registration::events::v1::EnrolmentChanged& changed) const;
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

  const app::Ledger& ledger_;
};

}  // namespace tremplin::matching::events

#endif  // TREMPLIN_SERVICES_MATCHING_EVENTS_CONSUMER_H_
