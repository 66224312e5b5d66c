#include "services/outcome/events/facts.h"

#include <memory>
#include <utility>

#include "common/resources/names.h"
#include "common/status/macros.h"
#include "services/outcome/store/measure_store.h"

namespace tremplin::outcome {
namespace {

namespace registration_events = registration::events::v1;
namespace referral_events = referral::events::v1;
namespace matching_events = matching::events::v1;
namespace session_events = session::events::v1;

// Nothing a handler reads is changed by earlier events of the key: a chunk needs one Write.
constexpr auto kEventOnly = inbox::Handlers::Looks::kAtEventOnly;
constexpr int kMentee = registration_events::ENROLMENT_ROLE_MENTEE;

inbox::Apply Count(std::string program, std::string code, std::string key, absl::Time at) {
  return [program = std::move(program), code = std::move(code), key = std::move(key),
          at](database::Transaction& tx) { return CountFact(tx, program, code, key, at); };
}

// The funnel's step of an application that entered a state; "" for those not counted.
const char* StepOf(referral_events::ApplicationState state) {
  if (state == referral_events::APPLICATION_STATE_RECEIVED) return "referred";
  if (state == referral_events::APPLICATION_STATE_ADMITTED) return "admitted";
  if (state == referral_events::APPLICATION_STATE_RETURNED) return "returned";
  if (state == referral_events::APPLICATION_STATE_WAITLISTED) return "waitlisted";
  if (state == referral_events::APPLICATION_STATE_WITHDRAWN) return "withdrawn";
  return "";
}

}  // namespace

Facts::Facts(program::ProgramStore& programs, const Schedule& schedule)
    : programs_(programs), schedule_(schedule) {}

void Facts::Subscribe(inbox::Handlers& handlers) {
  handlers.On<registration_events::EnrolmentCreated>(
      "registration", [this](const auto& event, const auto& p) { return OnEnrolled(event, p); },
      kEventOnly);
  handlers.On<registration_events::EnrolmentReady>(
      "registration", [this](const auto& event, const auto& p) { return OnReady(event, p); },
      kEventOnly);
  handlers.On<registration_events::EnrolmentEnded>(
      "registration", [this](const auto& event, const auto& p) { return OnEnded(event, p); },
      kEventOnly);
  handlers.On<referral_events::ApplicationChanged>(
      "referral", [this](const auto& event, const auto& p) { return OnApplication(event, p); },
      kEventOnly);
  handlers.On<matching_events::MatchMade>(
      "matching", [this](const auto& event, const auto& p) { return OnMatched(event, p); },
      kEventOnly);
  handlers.On<matching_events::ProposalEnded>(
      "matching", [this](const auto& event, const auto& p) { return OnProposalEnded(event, p); },
      kEventOnly);
  handlers.On<session_events::MentorshipCompleted>(
      "session",
      [this](const auto&, const auto& p) {
        return OnMentorshipEnd(p.parties(), "completed", resources::FromTimestamp(p.ended_at()));
      },
      kEventOnly);
  handlers.On<session_events::MentorshipEndedEarly>(
      "session",
      [this](const auto&, const auto& p) {
        return OnMentorshipEnd(p.parties(), "ended_early", resources::FromTimestamp(p.ended_at()));
      },
      kEventOnly);
  SubscribeCounts(handlers);
}

void Facts::SubscribeCounts(inbox::Handlers& handlers) {
  handlers.On<matching_events::ProposalMade>(
      "matching",
      [](const auto& event, const auto& p) -> Effect {
        return Count(p.parties().program(), "proposed", p.parties().proposal(), event.time);
      },
      kEventOnly);
  handlers.On<matching_events::ProposalInterested>(
      "matching",
      [](const auto& event, const auto& p) -> Effect {
        return Count(p.parties().program(), "interested", p.parties().proposal(), event.time);
      },
      kEventOnly);
  handlers.On<matching_events::ContactMeetingHeld>(
      "matching",
      [](const auto& event, const auto& p) -> Effect {
        return Count(p.parties().program(), "met", p.parties().proposal(), event.time);
      },
      kEventOnly);
  handlers.On<session_events::MentorshipStarted>(
      "session",
      [](const auto& event, const auto& p) -> Effect {
        return Count(p.parties().program(), "started", p.parties().mentorship(), event.time);
      },
      kEventOnly);
  handlers.On<session_events::AgreementLapsed>(
      "session",
      [](const auto& event, const auto& p) -> Effect {
        return Count(p.parties().program(), "lapsed", p.parties().mentorship(), event.time);
      },
      kEventOnly);
  handlers.On<session_events::SessionLogged>(
      "session",
      [](const auto& event, const auto& p) -> Effect {
        return Count(p.parties().program(), "sessions", p.session(), event.time);
      },
      kEventOnly);
}

Facts::Effect Facts::OnApplication(const tremplin::events::Event& event,
                                   const referral_events::ApplicationChanged& p) {
  return inbox::Apply([p, at = event.time](database::Transaction& tx) -> absl::Status {
    const std::string step = StepOf(p.state());
    if (!step.empty()) {
      TREMPLIN_RETURN_IF_ERROR(CountFact(tx, p.program(), step, p.application(), at));
    }
    if (p.verdict() == "eligible") {
      TREMPLIN_RETURN_IF_ERROR(CountFact(tx, p.program(), "eligible", p.application(), at));
    }
    return absl::OkStatus();
  });
}

Facts::Effect Facts::OnEnrolled(const tremplin::events::Event& event,
                                const registration_events::EnrolmentCreated& p) {
  if (p.role() != registration_events::ENROLMENT_ROLE_MENTEE) {
    return Count(p.program(), "mentors_enrolled", p.enrolment(), event.time);
  }
  TREMPLIN_ASSIGN_OR_RETURN(const std::shared_ptr<const program::Program> program,
                            Definition(p.program(), p.program_version()));
  EnrolmentRecord told;
  told.id = p.enrolment();
  told.person = p.person();
  told.program = p.program();
  told.program_version = p.program_version();
  told.role = kMentee;
  told.organization = p.organization();
  told.business_key = p.business_key();
  told.language = p.language();
  told.created = event.time;
  return inbox::Apply([this, told, program](database::Transaction& tx) -> absl::Status {
    TREMPLIN_ASSIGN_OR_RETURN(const EnrolmentRecord whole, MergeEnrolment(tx, told));
    TREMPLIN_RETURN_IF_ERROR(
        CountFact(tx, told.program, "mentees_enrolled", told.id, told.created));
    TREMPLIN_RETURN_IF_ERROR(schedule_.OpenBaseline(tx, whole, *program));
    if (whole.mentorship_ended == absl::InfinitePast()) return absl::OkStatus();
    return schedule_.ScheduleAfterEnd(tx, whole, *program);
  });
}

Facts::Effect Facts::OnReady(const tremplin::events::Event& event,
                             const registration_events::EnrolmentReady& p) {
  if (p.role() != registration_events::ENROLMENT_ROLE_MENTEE) {
    return Count(p.program(), "mentors_ready", p.enrolment(), event.time);
  }
  EnrolmentRecord told;
  told.id = p.enrolment();
  told.person = p.person();
  told.program = p.program();
  told.program_version = p.program_version();
  told.role = kMentee;
  told.organization = p.organization();
  told.business_key = p.business_key();
  told.ready = event.time;
  return inbox::Apply([told](database::Transaction& tx) -> absl::Status {
    TREMPLIN_RETURN_IF_ERROR(MergeEnrolment(tx, told).status());
    return CountFact(tx, told.program, "mentees_ready", told.id, told.ready);
  });
}

Facts::Effect Facts::OnEnded(const tremplin::events::Event& event,
                             const registration_events::EnrolmentEnded& p) {
  if (p.role() != registration_events::ENROLMENT_ROLE_MENTEE) {
    return nullptr;
  }
  EnrolmentRecord told;
  told.id = p.enrolment();
  told.person = p.person();
  told.program = p.program();
  told.role = kMentee;
  told.ended = event.time;
  return inbox::Apply([told](database::Transaction& tx) -> absl::Status {
    return MergeEnrolment(tx, told).status();
  });
}

Facts::Effect Facts::OnMatched(const tremplin::events::Event& event,
                               const matching_events::MatchMade& p) {
  EnrolmentRecord told;
  told.id = p.parties().mentee_enrolment();
  told.person = p.parties().mentee_person();
  told.program = p.parties().program();
  told.program_version = p.parties().program_version();
  told.role = kMentee;
  told.matched = event.time;
  return inbox::Apply(
      [told, proposal = p.parties().proposal()](database::Transaction& tx) -> absl::Status {
        TREMPLIN_RETURN_IF_ERROR(MergeEnrolment(tx, told).status());
        return CountFact(tx, told.program, "matched", proposal, told.matched);
      });
}

Facts::Effect Facts::OnProposalEnded(const tremplin::events::Event& event,
                                     const matching_events::ProposalEnded& p) {
  if (p.outcome() != "declined" && p.outcome() != "expired") {
    return nullptr;
  }
  return Count(p.parties().program(), p.outcome(), p.parties().proposal(), event.time);
}

Facts::Effect Facts::OnMentorshipEnd(const session_events::MentorshipParties& parties,
                                     const char* code, absl::Time ended_at) {
  TREMPLIN_ASSIGN_OR_RETURN(const std::shared_ptr<const program::Program> program,
                            Definition(parties.program(), parties.program_version()));
  EnrolmentRecord told;
  told.id = parties.mentee_enrolment();
  told.person = parties.mentee_person();
  told.program = parties.program();
  told.program_version = parties.program_version();
  told.role = kMentee;
  told.mentorship_ended = ended_at;
  return inbox::Apply([this, told, program, code = std::string(code),
                       mentorship =
                           parties.mentorship()](database::Transaction& tx) -> absl::Status {
    TREMPLIN_ASSIGN_OR_RETURN(const EnrolmentRecord whole, MergeEnrolment(tx, told));
    TREMPLIN_RETURN_IF_ERROR(CountFact(tx, told.program, code, mentorship, told.mentorship_ended));
    // Heard before the enrolment itself: the handler of EnrolmentCreated schedules.
    if (whole.created == absl::InfinitePast()) return absl::OkStatus();
    return schedule_.ScheduleAfterEnd(tx, whole, *program);
  });
}

absl::StatusOr<std::shared_ptr<const program::Program>> Facts::Definition(
    const std::string& program, int64_t version) {
  absl::StatusOr<std::shared_ptr<const program::Program>> found =
      programs_.Version(program, version);
  if (absl::IsNotFound(found.status())) {
    return absl::UnavailableError("the publication of this program was not heard of yet");
  }
  return found;
}

}  // namespace tremplin::outcome
