#ifndef TREMPLIN_SERVICES_NOTIFICATION_EVENTS_FACTS_H_
#define TREMPLIN_SERVICES_NOTIFICATION_EVENTS_FACTS_H_

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "common/clock/clock.h"
#include "common/events/event.h"
#include "common/inbox/inbox.h"
#include "common/outbox/outbox.h"
#include "common/program/awaited.h"
#include "common/program/program_store.h"
#include "services/notification/domain/task.h"
#include "services/notification/domain/templates.h"
#include "tremplin/matching/events/v1/events.pb.h"
#include "tremplin/outcome/events/v1/events.pb.h"
#include "tremplin/referral/events/v1/events.pb.h"
#include "tremplin/registration/events/v1/events.pb.h"
#include "tremplin/session/events/v1/events.pb.h"

namespace tremplin::notification {

// One thing to tell one recipient of a fact.
struct Notice {
  std::string_view template_code;
  Recipient recipient;
  // The participation as part of which a person is told; once it has ended, they are not. "" where
  // they are told regardless.
  std::string enrolment = {};
  Spoken spoken = {};
  std::string step = {};  // of the proposal, at which they are asked; "" for others
};

// Whom a fact of another service is told to. What a fact causes is bounded by its participants.
// Thread-safe.
class Facts {
 public:
  // `mails`: what is told to people is sent to them by mail as well.
  Facts(const outbox::Outbox& outbox, program::ProgramStore& programs, const clock::Clock& clock,
        bool mails);
  void Subscribe(inbox::Handlers& handlers);

 private:
  using Notices = std::vector<Notice>;
  void SubscribeMatching(inbox::Handlers& handlers);
  void SubscribeSession(inbox::Handlers& handlers);
  void SubscribeOutcome(inbox::Handlers& handlers);
  void SubscribeEntry(inbox::Handlers& handlers);

  absl::StatusOr<Notices> OnProposal(const matching::events::v1::ProposalMade& p);
  absl::StatusOr<Notices> OnStep(const matching::events::v1::StepReached& p);
  absl::StatusOr<Notices> OnStarted(const session::events::v1::EngagementRef& engagement);
  absl::StatusOr<Notices> OnJoined(const session::events::v1::ParticipantJoined& p);
  // A person's own follow-up; sent after they left where the definition still follows them.
  template <class Fact>
  absl::StatusOr<Notices> OnFollowUp(const tremplin::events::Event& event, const Fact& p,
                                     std::string_view template_code);
  // Documents that do not hold the start open, for those of `participants` who sign them.
  void AddDocuments(
      const program::Program& program, const std::string& format,
      const google::protobuf::RepeatedPtrField<session::events::v1::Participant>& participants,
      Notices& notices) const;

  // The effect: one message a notice, and its fact; and what staff have to do of it, or not any
  // more.
  inbox::Apply Queue(const tremplin::events::Event& event, const std::string& program,
                     const std::string& about, const Notices& notices,
                     const TaskChanges& changes = {}) const;

  const outbox::Outbox& outbox_;
  program::AwaitedPrograms programs_;
  const clock::Clock& clock_;
  const bool mails_;
};

}  // namespace tremplin::notification

#endif  // TREMPLIN_SERVICES_NOTIFICATION_EVENTS_FACTS_H_
