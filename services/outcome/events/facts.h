#ifndef TREMPLIN_SERVICES_OUTCOME_EVENTS_FACTS_H_
#define TREMPLIN_SERVICES_OUTCOME_EVENTS_FACTS_H_

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

// What outcome does with the facts of the other services: counts them, and schedules follow-ups.
// Facts of one enrolment from different topics may come in any order. Thread-safe.
class Facts {
 public:
  Facts(program::ProgramStore& programs, const Schedule& schedule);
  void Subscribe(inbox::Handlers& handlers);

 private:
  using Effect = absl::StatusOr<inbox::Apply>;
  Effect OnApplication(const tremplin::events::Event& event,
                       const referral::events::v1::ApplicationChanged& p);
  Effect OnEnrolled(const tremplin::events::Event& event,
                    const registration::events::v1::EnrolmentCreated& p);
  Effect OnReady(const tremplin::events::Event& event,
                 const registration::events::v1::EnrolmentReady& p);
  Effect OnEnded(const tremplin::events::Event& event,
                 const registration::events::v1::EnrolmentEnded& p);
  Effect OnMatched(const tremplin::events::Event& event, const matching::events::v1::MatchMade& p);
  Effect OnProposalEnded(const tremplin::events::Event& event,
                         const matching::events::v1::ProposalEnded& p);
  Effect OnMentorshipEnd(const session::events::v1::MentorshipParties& parties, const char* code,
                         absl::Time ended_at);
  void SubscribeCounts(inbox::Handlers& handlers);

  // The pinned version; UNAVAILABLE until its publication was heard of, which makes the consumer
  // wait for it.
  absl::StatusOr<std::shared_ptr<const program::Program>> Definition(const std::string& program,
                                                                     int64_t version);

  program::ProgramStore& programs_;
  const Schedule& schedule_;
};

}  // namespace tremplin::outcome

#endif  // TREMPLIN_SERVICES_OUTCOME_EVENTS_FACTS_H_
