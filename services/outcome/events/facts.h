#ifndef TREMPLIN_SERVICES_OUTCOME_EVENTS_FACTS_H_
#define TREMPLIN_SERVICES_OUTCOME_EVENTS_FACTS_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "common/events/event.h"
#include "common/inbox/inbox.h"
#include "common/program/awaited.h"
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
  Facts(program::ProgramStore& programs, const clock::Clock& clock, const Schedule& schedule);
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
  static Effect OnIdentified(const registration::events::v1::EnrolmentIdentified& p);
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
  Effect OnCorrected(const tremplin::events::Event& event,
                     const session::events::v1::SessionCorrected& p);
  Effect OnStruck(const tremplin::events::Event& event,
                  const session::events::v1::SessionStruck& p);
  // Takes in who met first at a session, and plans anew for whom that changes something.
  absl::Status Meet(database::Transaction& tx, const std::vector<EnrolmentRecord>& attended,
                    absl::Time at) const;
  // Plans anew for those whose first meeting is another one now.
  absl::Status MeetLater(database::Transaction& tx, const std::string& session,
                         const std::vector<EnrolmentRecord>& attended, absl::Time at) const;

  // One participant began an engagement, and ended it unless `ended` is absl::InfinitePast().
  absl::Status WentThrough(database::Transaction& tx,
                           const session::events::v1::EngagementRef& engagement,
                           const session::events::v1::Participant& participant, absl::Time began,
                           absl::Time ended) const;
  // The same for each mentee of it.
  absl::Status AllWentThrough(database::Transaction& tx,
                              const session::events::v1::EngagementRef& engagement,
                              absl::Time began, absl::Time ended) const;

  program::AwaitedPrograms programs_;
  const Schedule& schedule_;
};

}  // namespace tremplin::outcome

#endif  // TREMPLIN_SERVICES_OUTCOME_EVENTS_FACTS_H_
