#ifndef TREMPLIN_SERVICES_MATCHING_EVENTS_CONSUMER_H_
#define TREMPLIN_SERVICES_MATCHING_EVENTS_CONSUMER_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/clock/clock.h"
#include "common/inbox/inbox.h"
#include "common/program/awaited.h"
#include "common/program/program_store.h"
#include "services/matching/app/ledger.h"
#include "services/matching/engine/score.h"
#include "tremplin/registration/events/v1/events.pb.h"
#include "tremplin/session/events/v1/events.pb.h"

namespace tremplin::matching::events {

// What matching learns from others: who may be matched (registration), which matches ended, whom
// somebody left, and what a match leads on to (session). The runtime keeps the programs'
// definitions; what comes before the definition by which it is read waits for it
// (program::AwaitedPrograms). Thread-safe.
class Consumer {
 public:
  // All but `distance` outlive this.
  Consumer(const app::Ledger& ledger, program::ProgramStore& programs, const clock::Clock& clock,
           engine::Distance distance);

  void Subscribe(inbox::Handlers& handlers);

 private:
  using Event = tremplin::events::Event;
  using Ref = session::events::v1::EngagementRef;
  absl::StatusOr<inbox::Apply> OnReady(const Event& event,
                                       const registration::events::v1::EnrolmentReady& ready) const;
  absl::StatusOr<inbox::Apply> OnChanged(
      const Event& event, const registration::events::v1::EnrolmentChanged& changed) const;
  absl::StatusOr<inbox::Apply> OnEnded(const Event& event,
                                       const registration::events::v1::EnrolmentEnded& ended) const;
  absl::StatusOr<inbox::Apply> OnIdentified(
      const Event& event, const registration::events::v1::EnrolmentIdentified& identified) const;

  absl::StatusOr<inbox::Apply> OnKnown(const Ref& ref) const;
  // The whole engagement ended: everybody's place is free. `ended_at`: when it ended for who was in
  // one; InfinitePast when it never began.
  absl::StatusOr<inbox::Apply> OnOver(const Event& event, Ref ref, const std::string& reason,
                                      absl::Time ended_at) const;
  absl::StatusOr<inbox::Apply> OnLeft(const Event& event,
                                      const session::events::v1::ParticipantLeft& left) const;
  absl::StatusOr<inbox::Apply> OnRematch(const Event& event,
                                         const session::events::v1::RematchAnswered& said) const;
  absl::StatusOr<inbox::Apply> OnContinued(
      const Event& event, const session::events::v1::ContinuationAgreed& agreed) const;
  absl::StatusOr<inbox::Apply> OnIntroduced(
      const Event& event, const session::events::v1::IntroductionGiven& given) const;

  const app::Ledger& ledger_;
  // Its own lock: the handlers that look are const.
  mutable program::AwaitedPrograms programs_;
  const engine::Distance distance_;
};

}  // namespace tremplin::matching::events

#endif  // TREMPLIN_SERVICES_MATCHING_EVENTS_CONSUMER_H_
