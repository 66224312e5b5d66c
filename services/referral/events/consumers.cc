#include "services/referral/events/consumers.h"

#include <optional>
#include <utility>

#include "common/status/macros.h"
#include "services/referral/store/feed_store.h"
#include "services/referral/store/referral_store.h"
#include "tremplin/matching/events/v1/events.pb.h"
#include "tremplin/outcome/events/v1/events.pb.h"
#include "tremplin/registration/events/v1/events.pb.h"
#include "tremplin/session/events/v1/events.pb.h"

namespace tremplin::referral {
namespace {

namespace registration_events = ::tremplin::registration::events::v1;
namespace matching_events = ::tremplin::matching::events::v1;
namespace session_events = ::tremplin::session::events::v1;
namespace outcome_events = ::tremplin::outcome::events::v1;
using ::tremplin::events::Event;
using Effect = absl::StatusOr<inbox::Apply>;
constexpr inbox::Handlers::Looks kAtEventOnly = inbox::Handlers::Looks::kAtEventOnly;

// Adds the milestone to the feed of the agency that referred, if the person agreed to it.
absl::Status Tell(database::Transaction& tx, const std::string& application_id,
                  const WaitingMilestone& milestone) {
  TREMPLIN_ASSIGN_OR_RETURN(const std::optional<ApplicationRow> application,
                            store::GetApplication(tx, application_id));
  if (!application.has_value()) return absl::OkStatus();  // erased since
  TREMPLIN_ASSIGN_OR_RETURN(const std::optional<ReferralRow> referral,
                            store::FindReferral(tx, application->agency, application->external_id));
  if (!referral.has_value() || !referral->consent) return absl::OkStatus();
  return store::AppendFeed(tx, {.agency = application->agency,
                                .referral = application->referral,
                                .external_id = application->external_id,
                                .application = application->id,
                                .program = application->program,
                                .program_version = application->program_version,
                                .milestone = milestone.milestone,
                                .reasons = milestone.reasons,
                                .at = milestone.at});
}

// Topics are read side by side, so a milestone may come before the enrolment it is about: it waits.
inbox::Apply Milestone(std::string enrolment, WaitingMilestone milestone) {
  return [enrolment = std::move(enrolment),
          milestone = std::move(milestone)](database::Transaction& tx) -> absl::Status {
    TREMPLIN_ASSIGN_OR_RETURN(const std::optional<std::string> application,
                              store::ApplicationOf(tx, enrolment));
    if (!application.has_value()) return store::AddWaiting(tx, enrolment, milestone);
    return Tell(tx, *application, milestone);
  };
}

// Takes only the people's own part of a fact that names both sides.
template <class Payload>
void On(inbox::Handlers& handlers, const char* service, const char* milestone,
        std::vector<std::string> (*reasons)(const Payload&)) {
  handlers.On<Payload>(service,
                       [milestone, reasons](const Event& event, const Payload& payload) -> Effect {
                         return Milestone(payload.parties().mentee_enrolment(),
                                          {milestone, reasons(payload), event.time});
                       });
}

void SubscribeMilestones(inbox::Handlers& handlers) {
  handlers.On<registration_events::EnrolmentCreated>(
      "registration",
      [](const Event& event, const registration_events::EnrolmentCreated& created) -> Effect {
        if (created.role() != registration_events::ENROLMENT_ROLE_MENTEE) {
          return [](database::Transaction&) { return absl::OkStatus(); };
        }
        return [created, at = event.time](database::Transaction& tx) -> absl::Status {
          TREMPLIN_RETURN_IF_ERROR(
              store::SaveEnrolment(tx, created.enrolment(), created.application()));
          TREMPLIN_ASSIGN_OR_RETURN(const std::vector<WaitingMilestone> waiting,
                                    store::TakeWaiting(tx, created.enrolment()));
          if (created.application().empty()) return absl::OkStatus();
          TREMPLIN_RETURN_IF_ERROR(Tell(tx, created.application(), {"enrolled", {}, at}));
          for (const WaitingMilestone& milestone : waiting) {
            TREMPLIN_RETURN_IF_ERROR(Tell(tx, created.application(), milestone));
          }
          return absl::OkStatus();
        };
      },
      kAtEventOnly);
  handlers.On<registration_events::EnrolmentReady>(
      "registration",
      [](const Event& event, const registration_events::EnrolmentReady& ready) -> Effect {
        if (ready.role() != registration_events::ENROLMENT_ROLE_MENTEE) {
          return [](database::Transaction&) { return absl::OkStatus(); };
        }
        return Milestone(ready.enrolment(), {"ready", {}, event.time});
      },
      kAtEventOnly);
  On<matching_events::MatchMade>(handlers, "matching", "matched",
                                 [](const auto&) { return std::vector<std::string>(); });
  On<session_events::MentorshipStarted>(handlers, "session", "started",
                                        [](const auto&) { return std::vector<std::string>(); });
  On<session_events::MentorshipCompleted>(
      handlers, "session", "completed",
      [](const auto& completed) { return std::vector<std::string>{completed.reason()}; });
  On<session_events::MentorshipEndedEarly>(
      handlers, "session", "ended_early",
      [](const auto& ended) { return std::vector<std::string>{ended.reason()}; });
  handlers.On<outcome_events::FollowUpAnswered>(
      "outcome",
      [](const Event& event, const outcome_events::FollowUpAnswered& answered) -> Effect {
        return Milestone(answered.enrolment(),
                         {"outcome", {answered.stage(), answered.employment()}, event.time});
      },
      kAtEventOnly);
}

}  // namespace

void Subscribe(inbox::Handlers& handlers) {
  handlers.On<registration_events::OrganizationCreated>(
      "registration",
      [](const Event&, const registration_events::OrganizationCreated& created) -> Effect {
        return [organization = created.organization()](database::Transaction& tx) {
          return store::AddOrganization(tx, organization);
        };
      },
      kAtEventOnly);
  SubscribeMilestones(handlers);
}

}  // namespace tremplin::referral
