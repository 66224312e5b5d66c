#ifndef TREMPLIN_SERVICES_OUTCOME_EVENTS_FACTS_H_
#define TREMPLIN_SERVICES_OUTCOME_EVENTS_FACTS_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "common/events/event.h"
#include "common/inbox/inbox.h"
#include "common/program/program_store.h"
#include "services/outcome/app/schedule.h"
#include "tremplin/matching/events/v1/events.pb.h"
#include "tremplin/referral/events/v1/events.pb.h"
#include "tremplin/registration/events/v1/events.pb.h"
#include "tremplin/session/events/v1/events.pb.h"

namespace tremplin::outcome {

// What outcome does with the facts of the other services: counts them, keeps what they tell of each
// participation, and has its follow-ups planned anew. Facts of one enrolment from different topics
// may come in any order. The work of a fact is bounded by its participants. Thread-safe.
class Facts {
 public:
  Facts(program::ProgramStore& programs, const Schedule& schedule);
  void Subscribe(inbox::Handlers& handlers);

 private:
  using Effect = absl::StatusOr<inbox::Apply>;
  void SubscribeEntry(inbox::Handlers& handlers);
  void SubscribeMatching(inbox::Handlers& handlers);
  void SubscribeSession(inbox::Handlers& handlers);

  Effect OnApplication(const tremplin::events::Event& event,
                       const referral::events::v1::ApplicationChanged& p);
  Effect OnEnrolled(const tremplin::events::Event& event,
                    const registration::events::v1::EnrolmentCreated& p);
  Effect OnReady(const tremplin::events::Event& event,
                 const registration::events::v1::EnrolmentReady& p);
  Effect OnLeft(const tremplin::events::Event& event,
                const registration::events::v1::EnrolmentEnded& p);
  Effect OnStep(const tremplin::events::Event& event, const matching::events::v1::StepReached& p);
  Effect OnMatched(const tremplin::events::Event& event, const matching::events::v1::MatchMade& p);
  Effect OnProposalEnded(const tremplin::events::Event& event,
                         const matching::events::v1::ProposalEnded& p);
  Effect OnStarted(const tremplin::events::Event& event,
                   const session::events::v1::EngagementStarted& p);
  Effect OnEngagementEnd(const session::events::v1::EngagementRef& engagement, const char* code,
                         absl::Time ended_at);
  Effect OnParticipantJoined(const tremplin::events::Event& event,
                             const session::events::v1::ParticipantJoined& p);
  Effect OnParticipantLeft(const tremplin::events::Event& event,
                           const session::events::v1::ParticipantLeft& p);
  Effect OnSession(const tremplin::events::Event& event,
                   const session::events::v1::SessionLogged& p);

  // One participant began an engagement, and ended it unless `ended` is absl::InfinitePast().
  absl::Status WentThrough(database::Transaction& tx,
                           const session::events::v1::EngagementRef& engagement,
                           const session::events::v1::Participant& participant, absl::Time began,
                           absl::Time ended) const;
  // The same for each mentee of it.
  absl::Status AllWentThrough(database::Transaction& tx,
                              const session::events::v1::EngagementRef& engagement,
                              absl::Time began, absl::Time ended) const;

  // The pinned version; UNAVAILABLE until its publication was heard of, which makes the consumer
  // wait for it.
  absl::StatusOr<std::shared_ptr<const program::Program>> Definition(const std::string& program,
                                                                     int64_t version);

  program::ProgramStore& programs_;
  const Schedule& schedule_;
};

}  // namespace tremplin::outcome

#endif  // TREMPLIN_SERVICES_OUTCOME_EVENTS_FACTS_H_
