#include "services/referral/events/consumers.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <utility>

#include "common/status/macros.h"
#include "services/referral/store/application_store.h"
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
using clock::Clock;
using ::tremplin::events::Event;
using Effect = absl::StatusOr<inbox::Apply>;
constexpr inbox::Handlers::Reads kEventAlone = inbox::Handlers::Reads::kEventAlone;

// The way of whoever is admitted, in the order in which its places are reached at one moment.
constexpr std::string_view kWay[] = {"enrolled", "ready",     "matched",
                                     "started",  "completed", "ended_early"};

// Whether the milestone is a place behind the one that the application's source knows of. Topics
// are read side by side, so what happened first may come last.
bool IsLater(const WaitingMilestone& milestone, const ApplicationRow& application) {
  const auto* const place = std::find(std::begin(kWay), std::end(kWay), milestone.milestone);
  if (place == std::end(kWay)) return false;  // what came of it all
  if (milestone.at != application.milestone_at) return milestone.at > application.milestone_at;
  const auto* const known = std::find(std::begin(kWay), std::end(kWay), application.milestone);
  return known == std::end(kWay) || place >= known;
}

// Adds the milestone to the feed of the organization they came through, if the person agreed to it
// when it happened and does so now.
absl::Status Tell(database::Transaction& tx, const Clock& clock, const std::string& application_id,
                  const WaitingMilestone& milestone) {
  TREMPLIN_ASSIGN_OR_RETURN(const std::optional<ApplicationRow> application,
                            store::GetApplication(tx, application_id));
  if (!application.has_value()) return absl::OkStatus();  // erased since
  const absl::Time now = clock.BusinessNow();
  if (!application->sharing.Tells(milestone.at, now)) return absl::OkStatus();
  if (IsLater(milestone, *application)) {
    TREMPLIN_RETURN_IF_ERROR(
        store::SaveMilestone(tx, application->id, milestone.milestone, milestone.at, now));
  }
  std::vector<Finding> reasons;
  for (const std::string& code : milestone.reasons) reasons.push_back({code, Result::kFail});
  return store::AppendFeed(tx, {.agency = application->agency,
                                .door = application->door,
                                .referral = application->referral,
                                .side = application->side,
                                .external_id = application->external_id,
                                .application = application->id,
                                .program = application->program,
                                .program_version = application->program_version,
                                .milestone = milestone.milestone,
                                .reasons = std::move(reasons),
                                .at = milestone.at,
                                .told = now});
}

// Topics are read side by side, so a milestone may come before the enrolment it is about: it waits.
absl::Status TellOf(database::Transaction& tx, const Clock& clock, const std::string& enrolment,
                    const WaitingMilestone& milestone) {
  TREMPLIN_ASSIGN_OR_RETURN(const std::optional<std::string> application,
                            store::ApplicationOf(tx, enrolment));
  if (!application.has_value()) return store::AddWaiting(tx, enrolment, milestone);
  TREMPLIN_RETURN_IF_ERROR(Tell(tx, clock, *application, milestone));
  // Whoever else sent the same person follows them as well, each by its own referral.
  TREMPLIN_ASSIGN_OR_RETURN(const std::vector<std::string> followers,
                            store::FollowersOf(tx, enrolment));
  for (const std::string& follower : followers) {
    if (milestone.milestone == "started") {
      TREMPLIN_RETURN_IF_ERROR(store::KeepStarted(tx, enrolment, follower));
    } else if (milestone.milestone == "completed" || milestone.milestone == "ended_early") {
      TREMPLIN_ASSIGN_OR_RETURN(const bool told, store::TakeStarted(tx, enrolment, follower));
      if (!told) continue;
    }
    TREMPLIN_RETURN_IF_ERROR(Tell(tx, clock, follower, milestone));
  }
  return absl::OkStatus();
}

// Somebody was enrolled by the application: told once, though they may have stood behind another
// enrolment of theirs at first.
absl::Status TellEnrolled(database::Transaction& tx, const Clock& clock,
                          const std::string& enrolment, const std::string& application,
                          absl::Time at) {
  TREMPLIN_ASSIGN_OR_RETURN(const std::optional<std::string> known,
                            store::ApplicationOf(tx, enrolment));
  TREMPLIN_RETURN_IF_ERROR(store::SaveEnrolment(tx, enrolment, application));
  TREMPLIN_ASSIGN_OR_RETURN(const std::vector<WaitingMilestone> waiting,
                            store::TakeWaiting(tx, enrolment));
  if (application.empty()) return absl::OkStatus();
  if (!known.has_value()) {
    TREMPLIN_RETURN_IF_ERROR(Tell(tx, clock, application, {"enrolled", {}, at}));
  }
  for (const WaitingMilestone& milestone : waiting) {
    TREMPLIN_RETURN_IF_ERROR(Tell(tx, clock, application, milestone));
  }
  return absl::OkStatus();
}

inbox::Apply Milestone(const Clock& clock, std::vector<std::string> enrolments,
                       WaitingMilestone milestone) {
  return [&clock, enrolments = std::move(enrolments),
          milestone = std::move(milestone)](database::Transaction& tx) -> absl::Status {
    for (const std::string& enrolment : enrolments) {
      TREMPLIN_RETURN_IF_ERROR(TellOf(tx, clock, enrolment, milestone));
    }
    return absl::OkStatus();
  };
}

template <class Participants>
std::vector<std::string> EnrolmentsOf(const Participants& participants) {
  std::vector<std::string> enrolments;
  for (const auto& participant : participants) enrolments.push_back(participant.enrolment());
  return enrolments;
}

// A fact about everybody who is in an engagement. Its reason is told of mentees: why it ended may
// be theirs ("found_work"), and whoever a mentor came through has no part in that.
template <class Payload>
void OnEngagement(inbox::Handlers& handlers, const Clock& clock, const char* milestone,
                  std::vector<std::string> (*reasons)(const Payload&)) {
  handlers.On<Payload>(
      "session",
      [&clock, milestone, reasons](const Event& event, const Payload& payload) -> Effect {
        std::vector<std::string> mentees;
        std::vector<std::string> mentors;
        for (const auto& one : payload.engagement().participants()) {
          const bool mentor = one.side() == program::v1::SUBJECT_MENTOR;
          (mentor ? mentors : mentees).push_back(one.enrolment());
        }
        return [of_mentees =
                    Milestone(clock, std::move(mentees), {milestone, reasons(payload), event.time}),
                of_mentors = Milestone(clock, std::move(mentors), {milestone, {}, event.time})](
                   database::Transaction& tx) -> absl::Status {
          TREMPLIN_RETURN_IF_ERROR(of_mentees(tx));
          return of_mentors(tx);
        };
      },
      kEventAlone);
}

// A fact about one person: `enrolment` and `reasons` of the payload.
template <class Payload>
void OnPerson(inbox::Handlers& handlers, const Clock& clock, const char* service,
              const char* milestone, std::string (*enrolment)(const Payload&),
              std::vector<std::string> (*reasons)(const Payload&)) {
  handlers.On<Payload>(
      service,
      [=, &clock](const Event& event, const Payload& payload) -> Effect {
        return Milestone(clock, {enrolment(payload)}, {milestone, reasons(payload), event.time});
      },
      kEventAlone);
}

template <class Payload>
std::vector<std::string> None(const Payload&) {
  return {};
}
template <class Payload>
std::vector<std::string> Why(const Payload& payload) {
  return {payload.reason()};
}
template <class Payload>
std::string Own(const Payload& payload) {
  return payload.enrolment();
}
template <class Payload>
std::string OfParticipant(const Payload& payload) {
  return payload.participant().enrolment();
}

void SubscribeEnrolments(inbox::Handlers& handlers, const Clock& clock) {
  handlers.On<registration_events::EnrolmentCreated>(
      "registration",
      [&clock](const Event& event, const registration_events::EnrolmentCreated& created) -> Effect {
        return [&clock, created, at = event.time](database::Transaction& tx) {
          return TellEnrolled(tx, clock, created.enrolment(), created.application(), at);
        };
      },
      kEventAlone);
  handlers.On<registration_events::EnrolmentIdentified>(
      "registration",
      [&clock](const Event& event,
               const registration_events::EnrolmentIdentified& identified) -> Effect {
        return [&clock, identified, at = event.time](database::Transaction& tx) -> absl::Status {
          if (identified.application().empty()) return absl::OkStatus();
          TREMPLIN_RETURN_IF_ERROR(
              store::Follow(tx, identified.application(), identified.behind()));
          return TellEnrolled(tx, clock, identified.enrolment(), identified.application(), at);
        };
      },
      kEventAlone);
  OnPerson<registration_events::EnrolmentReady>(handlers, clock, "registration", "ready", Own,
                                                None);
}

void SubscribeEngagements(inbox::Handlers& handlers, const Clock& clock) {
  handlers.On<matching_events::MatchMade>(
      "matching",
      [&clock](const Event& event, const matching_events::MatchMade& made) -> Effect {
        return Milestone(clock, EnrolmentsOf(made.proposal().participants()),
                         {"matched", {}, event.time});
      },
      kEventAlone);
  OnEngagement<session_events::EngagementStarted>(handlers, clock, "started", None);
  OnPerson<session_events::ParticipantJoined>(handlers, clock, "session", "started", OfParticipant,
                                              None);
  OnPerson<session_events::ParticipantLeft>(handlers, clock, "session", "ended_early",
                                            OfParticipant, Why);
  OnEngagement<session_events::EngagementCompleted>(handlers, clock, "completed", Why);
  OnEngagement<session_events::EngagementEndedEarly>(handlers, clock, "ended_early", Why);
}

void SubscribeOutcomes(inbox::Handlers& handlers, const Clock& clock) {
  OnPerson<outcome_events::FollowUpAnswered>(
      handlers, clock, "outcome", "outcome", Own,
      [](const outcome_events::FollowUpAnswered& answered) {
        return std::vector<std::string>{answered.stage(), answered.employment()};
      });
  OnPerson<outcome_events::FollowUpAmended>(handlers, clock, "outcome", "outcome_amended", Own,
                                            [](const outcome_events::FollowUpAmended& amended) {
                                              std::vector<std::string> reasons = {amended.stage()};
                                              if (!amended.employment().empty())
                                                reasons.push_back(amended.employment());
                                              return reasons;
                                            });
  OnPerson<outcome_events::JobReported>(handlers, clock, "outcome", "outcome", Own,
                                        [](const outcome_events::JobReported& reported) {
                                          return std::vector<std::string>{reported.employment()};
                                        });
}

}  // namespace

void Subscribe(inbox::Handlers& handlers, const Clock& clock) {
  handlers.On<registration_events::OrganizationCreated>(
      "registration",
      [](const Event&, const registration_events::OrganizationCreated& created) -> Effect {
        return [organization = created.organization()](database::Transaction& tx) {
          return store::AddOrganization(tx, organization);
        };
      },
      kEventAlone);
  SubscribeEnrolments(handlers, clock);
  SubscribeEngagements(handlers, clock);
  SubscribeOutcomes(handlers, clock);
}

}  // namespace tremplin::referral
