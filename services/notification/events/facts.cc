#include "services/notification/events/facts.h"

#include <utility>

#include "common/resources/names.h"
#include "common/status/macros.h"
#include "services/notification/store/message_store.h"
#include "tremplin/matching/events/v1/events.pb.h"
#include "tremplin/notification/events/v1/events.pb.h"
#include "tremplin/outcome/events/v1/events.pb.h"
#include "tremplin/referral/events/v1/events.pb.h"
#include "tremplin/registration/events/v1/events.pb.h"
#include "tremplin/session/events/v1/events.pb.h"

namespace tremplin::notification {
namespace {

namespace matching_events = matching::events::v1;
namespace session_events = session::events::v1;
namespace outcome_events = outcome::events::v1;
namespace referral_events = referral::events::v1;
namespace registration_events = registration::events::v1;

using Effect = absl::StatusOr<inbox::Apply>;

// Nothing is read while preparing: a chunk needs one Write.
constexpr auto kEventOnly = inbox::Handlers::Looks::kAtEventOnly;

Recipient Person(const std::string& id) { return {RecipientKind::kPerson, id}; }
Recipient Staff(const std::string& program) { return {RecipientKind::kStaff, program}; }
Recipient Organization(const std::string& id) { return {RecipientKind::kOrganization, id}; }

template <class Parties>
std::vector<Recipient> Both(const Parties& parties) {
  return {Person(parties.mentee_person()), Person(parties.mentor_person())};
}

std::string_view TemplateOf(referral_events::ApplicationState state) {
  if (state == referral_events::APPLICATION_STATE_RETURNED) return "application_returned";
  if (state == referral_events::APPLICATION_STATE_ADMITTED) return "application_admitted";
  if (state == referral_events::APPLICATION_STATE_WAITLISTED) return "application_waitlisted";
  return "";
}

}  // namespace

Facts::Facts(const outbox::Outbox& outbox) : outbox_(outbox) {}

void Facts::Subscribe(inbox::Handlers& handlers) {
  SubscribeMatching(handlers);
  SubscribeSession(handlers);
  SubscribeOutcome(handlers);
  SubscribeEntry(handlers);
}

void Facts::SubscribeMatching(inbox::Handlers& handlers) {
  handlers.On<matching_events::ProposalMade>(
      "matching",
      [this](const auto& event, const auto& p) -> Effect {
        return Queue(event, "proposal_made", p.parties().program(),
                     resources::NameOf("proposals", p.parties().proposal()), Both(p.parties()));
      },
      kEventOnly);
  handlers.On<matching_events::ProposalInterested>(
      "matching",
      [this](const auto& event, const auto& p) -> Effect {
        return Queue(event, "contact_meeting_to_hold", p.parties().program(),
                     resources::NameOf("proposals", p.parties().proposal()),
                     {Staff(p.parties().program())});
      },
      kEventOnly);
  handlers.On<matching_events::ContactMeetingHeld>(
      "matching",
      [this](const auto& event, const auto& p) -> Effect {
        return Queue(event, "contact_meeting_held", p.parties().program(),
                     resources::NameOf("proposals", p.parties().proposal()), Both(p.parties()));
      },
      kEventOnly);
  handlers.On<matching_events::MatchMade>(
      "matching",
      [this](const auto& event, const auto& p) -> Effect {
        return Queue(event, "agreement_to_sign", p.parties().program(),
                     resources::NameOf("proposals", p.parties().proposal()), Both(p.parties()));
      },
      kEventOnly);
}

void Facts::SubscribeSession(inbox::Handlers& handlers) {
  handlers.On<session_events::AgreementLapsed>(
      "session",
      [this](const auto& event, const auto& p) -> Effect {
        return Queue(event, "agreement_lapsed", p.parties().program(),
                     resources::NameOf("mentorships", p.parties().mentorship()), Both(p.parties()));
      },
      kEventOnly);
  handlers.On<session_events::ReviewDue>(
      "session",
      [this](const auto& event, const auto& p) -> Effect {
        return Queue(event, "review_due", p.parties().program(),
                     resources::NameOf("mentorships", p.parties().mentorship()),
                     {Staff(p.parties().program())});
      },
      kEventOnly);
}

void Facts::SubscribeOutcome(inbox::Handlers& handlers) {
  handlers.On<outcome_events::FollowUpOpened>(
      "outcome",
      [this](const auto& event, const auto& p) -> Effect {
        return Queue(event, "follow_up_open", p.program(),
                     resources::NameOf("followUps", p.follow_up()), {Person(p.person())});
      },
      kEventOnly);
  handlers.On<outcome_events::FollowUpAttemptDue>(
      "outcome",
      [this](const auto& event, const auto& p) -> Effect {
        return Queue(event, "follow_up_reminder", p.program(),
                     resources::NameOf("followUps", p.follow_up()), {Person(p.person())});
      },
      kEventOnly);
}

void Facts::SubscribeEntry(inbox::Handlers& handlers) {
  handlers.On<referral_events::ApplicationChanged>(
      "referral",
      [this](const auto& event, const auto& p) -> Effect {
        const std::string_view code = TemplateOf(p.state());
        std::vector<Recipient> recipients;
        if (!code.empty() && !p.agency().empty()) recipients.push_back(Organization(p.agency()));
        return Queue(event, code, p.program(), resources::NameOf("applications", p.application()),
                     recipients);
      },
      kEventOnly);
  handlers.On<registration_events::EnrolmentReady>(
      "registration",
      [this](const auto& event, const auto& p) -> Effect {
        return Queue(event, "enrolment_ready", p.program(),
                     resources::NameOf("enrolments", p.enrolment()), {Person(p.person())});
      },
      kEventOnly);
}

inbox::Apply Facts::Queue(const tremplin::events::Event& event, std::string_view template_code,
                          std::string_view program, std::string_view about,
                          const std::vector<Recipient>& recipients) const {
  if (recipients.empty()) return nullptr;
  std::vector<QueuedMessage> queued;
  queued.reserve(recipients.size());
  for (const Recipient& recipient : recipients) {
    queued.push_back(MakeMessage(event.id, recipient, template_code, program, about, event.time));
  }
  return [this, queued = std::move(queued)](database::Transaction& tx) -> absl::Status {
    for (const QueuedMessage& message : queued) {
      TREMPLIN_ASSIGN_OR_RETURN(const bool inserted, InsertMessage(tx, message));
      if (!inserted) continue;
      events::v1::MessageQueued fact;
      fact.set_message(message.id);
      fact.set_recipient(message.recipient.id);
      fact.set_template_(message.template_code);
      TREMPLIN_RETURN_IF_ERROR(outbox_.Append(tx, message.id, message.created, fact));
    }
    return absl::OkStatus();
  };
}

}  // namespace tremplin::notification
