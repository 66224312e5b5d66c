#include "services/outcome/events/facts.h"

#include <map>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "common/program/format.h"
#include "common/resources/names.h"
#include "common/status/macros.h"
#include "services/outcome/store/measure_store.h"

namespace tremplin::outcome {
namespace {

namespace registration_events = registration::events::v1;
namespace referral_events = referral::events::v1;
namespace matching_events = matching::events::v1;
namespace session_events = session::events::v1;

using program::v1::ProposalStep;

// Nothing a handler reads is changed by earlier events of the key: a chunk needs one Write.
constexpr auto kEventOnly = inbox::Handlers::Reads::kEventAlone;
constexpr int kMentee = registration_events::ENROLMENT_ROLE_MENTEE;
constexpr absl::Time kNotTold = absl::InfinitePast();

inbox::Apply Count(std::string program, std::string code, std::string key, absl::Time at) {
  return [program = std::move(program), code = std::move(code), key = std::move(key),
          at](database::Transaction& tx) { return CountFact(tx, program, code, key, at); };
}

// Applications of one person to one program count as one, until a link is undone.
template <class Applications>
inbox::Apply CountAll(const Applications& applications) {
  return [applications](database::Transaction& tx) -> absl::Status {
    for (const auto& each : applications) {
      TREMPLIN_RETURN_IF_ERROR(CountAs(tx, each.program(), each.application(), each.counts_as()));
    }
    return absl::OkStatus();
  };
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

// The kind of the step that a fact of matching calls so.
ProposalStep::Kind StepKind(std::string_view step) {
  if (step == "interest") return ProposalStep::KIND_INTEREST;
  if (step == "contact_meeting") return ProposalStep::KIND_CONTACT_MEETING;
  if (step == "acceptance") return ProposalStep::KIND_ACCEPTANCE;
  return ProposalStep::KIND_UNSPECIFIED;
}

// The funnel's steps that lie behind a proposal of the format that reached the step; all of the
// format's when it is matched (`reached` UNSPECIFIED).
std::vector<std::string> PassedBy(const program::Program& program, const std::string& format,
                                  ProposalStep::Kind reached) {
  std::vector<std::string> passed;
  const program::v1::Format* found = program::FindFormat(program.definition, format);
  if (found == nullptr) return passed;
  for (const ProposalStep& step : found->steps()) {
    if (step.kind() == reached) break;
    if (step.kind() == ProposalStep::KIND_INTEREST) passed.emplace_back("interested");
    if (step.kind() == ProposalStep::KIND_CONTACT_MEETING) passed.emplace_back("met");
  }
  return passed;
}

// What a participant's side is to us: mentees are followed up.
template <class Participant>
bool IsMentee(const Participant& participant) {
  return participant.side() == program::v1::SUBJECT_MENTEE;
}

template <class Ref, class Participant>
EnrolmentRecord RecordOf(const Ref& ref, const Participant& participant) {
  EnrolmentRecord record;
  record.id = participant.enrolment();
  record.person = participant.person();
  record.program = ref.program();
  record.program_version = ref.program_version();
  record.role = kMentee;
  return record;
}

// The first meeting of each who attended and is, as far as the fact tells, no mentor. Who has left
// the engagement since is not among its participants: their enrolment tells who they are.
template <class Event>
std::vector<EnrolmentRecord> FirstMeetings(const Event& p) {
  std::map<std::string_view, const session_events::Participant*> present;
  for (const session_events::Participant& participant : p.engagement().participants()) {
    present[participant.enrolment()] = &participant;
  }
  std::vector<EnrolmentRecord> records;
  for (const std::string& enrolment : p.attended()) {
    const auto found = present.find(enrolment);
    if (found != present.end() && !IsMentee(*found->second)) continue;
    EnrolmentRecord record;
    record.id = enrolment;
    record.program = p.engagement().program();
    if (found != present.end()) record = RecordOf(p.engagement(), *found->second);
    record.first_meeting = resources::FromTimestamp(p.held_at());
    records.push_back(std::move(record));
  }
  return records;
}

}  // namespace

Facts::Facts(program::ProgramStore& programs, const clock::Clock& clock, const Schedule& schedule)
    : programs_(programs, clock), schedule_(schedule) {}

void Facts::Subscribe(inbox::Handlers& handlers) {
  SubscribeEntry(handlers);
  SubscribeMatching(handlers);
  SubscribeSession(handlers);
}

void Facts::SubscribeEntry(inbox::Handlers& handlers) {
  handlers.On<registration_events::EnrolmentCreated>(
      "registration", [this](const auto& event, const auto& p) { return OnEnrolled(event, p); },
      kEventOnly);
  handlers.On<registration_events::EnrolmentReady>(
      "registration", [this](const auto& event, const auto& p) { return OnReady(event, p); },
      kEventOnly);
  handlers.On<registration_events::EnrolmentEnded>(
      "registration", [this](const auto& event, const auto& p) { return OnLeft(event, p); },
      kEventOnly);
  handlers.On<registration_events::EnrolmentIdentified>(
      "registration", [](const auto&, const auto& p) { return OnIdentified(p); }, kEventOnly);
  handlers.On<referral_events::ReferralsLinked>(
      "referral", [](const auto&, const auto& p) -> Effect { return CountAll(p.applications()); },
      kEventOnly);
  handlers.On<referral_events::ReferralsUnlinked>(
      "referral", [](const auto&, const auto& p) -> Effect { return CountAll(p.applications()); },
      kEventOnly);
  handlers.On<referral_events::ApplicationChanged>(
      "referral", [this](const auto& event, const auto& p) { return OnApplication(event, p); },
      kEventOnly);
}

void Facts::SubscribeMatching(inbox::Handlers& handlers) {
  handlers.On<matching_events::ProposalMade>(
      "matching",
      [](const auto& event, const auto& p) -> Effect {
        return Count(p.proposal().program(), "proposed", p.proposal().proposal(), event.time);
      },
      kEventOnly);
  handlers.On<matching_events::StepReached>(
      "matching", [this](const auto& event, const auto& p) { return OnStep(event, p); },
      kEventOnly);
  handlers.On<matching_events::MatchMade>(
      "matching", [this](const auto& event, const auto& p) { return OnMatched(event, p); },
      kEventOnly);
  handlers.On<matching_events::ProposalEnded>(
      "matching", [this](const auto& event, const auto& p) { return OnProposalEnded(event, p); },
      kEventOnly);
}

void Facts::SubscribeSession(inbox::Handlers& handlers) {
  handlers.On<session_events::EngagementStarted>(
      "session", [this](const auto& event, const auto& p) { return OnStarted(event, p); },
      kEventOnly);
  handlers.On<session_events::EngagementCompleted>(
      "session",
      [this](const auto&, const auto& p) {
        return OnEngagementEnd(p.engagement(), "completed", resources::FromTimestamp(p.ended_at()));
      },
      kEventOnly);
  handlers.On<session_events::EngagementEndedEarly>(
      "session",
      [this](const auto&, const auto& p) {
        return OnEngagementEnd(p.engagement(), "ended_early",
                               resources::FromTimestamp(p.ended_at()));
      },
      kEventOnly);
  handlers.On<session_events::ParticipantJoined>(
      "session", [this](const auto& event, const auto& p) { return OnParticipantJoined(event, p); },
      kEventOnly);
  handlers.On<session_events::ParticipantLeft>(
      "session", [this](const auto& event, const auto& p) { return OnParticipantLeft(event, p); },
      kEventOnly);
  handlers.On<session_events::SessionLogged>(
      "session", [this](const auto& event, const auto& p) { return OnSession(event, p); },
      kEventOnly);
  handlers.On<session_events::SessionCorrected>(
      "session", [this](const auto& event, const auto& p) { return OnCorrected(event, p); },
      kEventOnly);
  handlers.On<session_events::SessionStruck>(
      "session", [this](const auto& event, const auto& p) { return OnStruck(event, p); },
      kEventOnly);
  handlers.On<session_events::AgreementLapsed>(
      "session",
      [](const auto& event, const auto& p) -> Effect {
        return Count(p.engagement().program(), "lapsed", p.engagement().engagement(), event.time);
      },
      kEventOnly);
  handlers.On<session_events::IntroductionGiven>(
      "session",
      [](const auto& event, const auto& p) -> Effect {
        return Count(p.engagement().program(), "introductions", p.introduction(), event.time);
      },
      kEventOnly);
}

Facts::Effect Facts::OnApplication(const tremplin::events::Event& event,
                                   const referral_events::ApplicationChanged& p) {
  // Mentors apply too; the funnel's way begins with mentees, and counts mentors as enrolled.
  if (p.side() == program::v1::SUBJECT_MENTOR) {
    return inbox::Apply([](database::Transaction&) { return absl::OkStatus(); });
  }
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
  TREMPLIN_RETURN_IF_ERROR(programs_.Version(p.program(), p.program_version()).status());
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
  return inbox::Apply([this, told](database::Transaction& tx) -> absl::Status {
    TREMPLIN_ASSIGN_OR_RETURN(const EnrolmentRecord whole, MergeEnrolment(tx, told));
    TREMPLIN_RETURN_IF_ERROR(
        CountFact(tx, told.program, "mentees_enrolled", told.id, told.created));
    return schedule_.Replan(tx, whole, told.created);
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

Facts::Effect Facts::OnLeft(const tremplin::events::Event& event,
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
  return inbox::Apply([this, told](database::Transaction& tx) -> absl::Status {
    TREMPLIN_ASSIGN_OR_RETURN(const EnrolmentRecord whole, MergeEnrolment(tx, told));
    TREMPLIN_RETURN_IF_ERROR(CountFact(tx, told.program, "left", told.id, told.ended));
    return schedule_.Replan(tx, whole, told.ended);
  });
}

// Of one person's enrolments in a program and part one counts.
Facts::Effect Facts::OnIdentified(const registration_events::EnrolmentIdentified& p) {
  return inbox::Apply([p](database::Transaction& tx) -> absl::Status {
    TREMPLIN_RETURN_IF_ERROR(SetPerson(tx, p.enrolment(), p.person()));
    if (p.behind().empty()) return CountAs(tx, p.program(), p.enrolment(), p.enrolment());
    TREMPLIN_RETURN_IF_ERROR(CountAs(tx, p.program(), p.behind(), p.behind()));
    return CountAs(tx, p.program(), p.enrolment(), p.behind());
  });
}

Facts::Effect Facts::OnStep(const tremplin::events::Event& event,
                            const matching_events::StepReached& p) {
  const matching_events::ProposalRef& ref = p.proposal();
  TREMPLIN_ASSIGN_OR_RETURN(const std::shared_ptr<const program::Program> program,
                            programs_.Version(ref.program(), ref.program_version()));
  std::vector<std::string> passed = PassedBy(*program, ref.format(), StepKind(p.step()));
  if (passed.empty()) return nullptr;
  return inbox::Apply([passed = std::move(passed), program = ref.program(),
                       proposal = ref.proposal(),
                       at = event.time](database::Transaction& tx) -> absl::Status {
    for (const std::string& code : passed) {
      TREMPLIN_RETURN_IF_ERROR(CountFact(tx, program, code, proposal, at));
    }
    return absl::OkStatus();
  });
}

Facts::Effect Facts::OnMatched(const tremplin::events::Event& event,
                               const matching_events::MatchMade& p) {
  const matching_events::ProposalRef& ref = p.proposal();
  TREMPLIN_ASSIGN_OR_RETURN(const std::shared_ptr<const program::Program> program,
                            programs_.Version(ref.program(), ref.program_version()));
  std::vector<std::string> reached =
      PassedBy(*program, ref.format(), ProposalStep::KIND_UNSPECIFIED);
  reached.emplace_back("matched");
  return inbox::Apply([reached = std::move(reached), ref,
                       at = event.time](database::Transaction& tx) -> absl::Status {
    for (const std::string& code : reached) {
      TREMPLIN_RETURN_IF_ERROR(CountFact(tx, ref.program(), code, ref.proposal(), at));
    }
    for (const matching_events::Participant& participant : ref.participants()) {
      if (!IsMentee(participant)) continue;
      EnrolmentRecord told = RecordOf(ref, participant);
      told.matched = at;
      TREMPLIN_RETURN_IF_ERROR(MergeEnrolment(tx, told).status());
    }
    return absl::OkStatus();
  });
}

Facts::Effect Facts::OnProposalEnded(const tremplin::events::Event& event,
                                     const matching_events::ProposalEnded& p) {
  if (p.outcome() != "declined" && p.outcome() != "expired") {
    return nullptr;
  }
  return Count(p.proposal().program(), p.outcome(), p.proposal().proposal(), event.time);
}

Facts::Effect Facts::OnStarted(const tremplin::events::Event& event,
                               const session_events::EngagementStarted& p) {
  return inbox::Apply(
      [this, ref = p.engagement(), at = event.time](database::Transaction& tx) -> absl::Status {
        TREMPLIN_RETURN_IF_ERROR(CountFact(tx, ref.program(), "started", ref.engagement(), at));
        return AllWentThrough(tx, ref, at, kNotTold);
      });
}

Facts::Effect Facts::OnEngagementEnd(const session_events::EngagementRef& engagement,
                                     const char* code, absl::Time ended_at) {
  return inbox::Apply([this, ref = engagement, code = std::string(code),
                       ended_at](database::Transaction& tx) -> absl::Status {
    TREMPLIN_RETURN_IF_ERROR(CountFact(tx, ref.program(), code, ref.engagement(), ended_at));
    return AllWentThrough(tx, ref, ended_at, ended_at);
  });
}

Facts::Effect Facts::OnParticipantJoined(const tremplin::events::Event& event,
                                         const session_events::ParticipantJoined& p) {
  if (!IsMentee(p.participant())) return nullptr;
  return inbox::Apply([this, p, at = event.time](database::Transaction& tx) -> absl::Status {
    const session_events::EngagementRef& ref = p.engagement();
    // Who joins before the start begins with all the others. Facts of one engagement come in order.
    TREMPLIN_ASSIGN_OR_RETURN(const bool started,
                              IsCounted(tx, ref.program(), "started", ref.engagement()));
    return started ? WentThrough(tx, ref, p.participant(), at, kNotTold) : absl::OkStatus();
  });
}

Facts::Effect Facts::OnParticipantLeft(const tremplin::events::Event& event,
                                       const session_events::ParticipantLeft& p) {
  if (!IsMentee(p.participant())) return nullptr;
  const EnrolmentRecord told = RecordOf(p.engagement(), p.participant());
  return inbox::Apply([this, told, engagement = p.engagement().engagement(),
                       at = event.time](database::Transaction& tx) -> absl::Status {
    TREMPLIN_ASSIGN_OR_RETURN(const EnrolmentRecord whole, MergeEnrolment(tx, told));
    TREMPLIN_ASSIGN_OR_RETURN(const bool began, LeaveEngagement(tx, told.id, engagement, at));
    return began ? schedule_.Replan(tx, whole, at) : absl::OkStatus();
  });
}

Facts::Effect Facts::OnSession(const tremplin::events::Event& event,
                               const session_events::SessionLogged& p) {
  return inbox::Apply([this, program = p.engagement().program(), session = p.session(),
                       attended = FirstMeetings(p),
                       at = event.time](database::Transaction& tx) -> absl::Status {
    TREMPLIN_RETURN_IF_ERROR(CountFact(tx, program, "sessions", session, at));
    TREMPLIN_RETURN_IF_ERROR(SetAttended(tx, session, attended).status());
    return Meet(tx, attended, at);
  });
}

Facts::Effect Facts::OnCorrected(const tremplin::events::Event& event,
                                 const session_events::SessionCorrected& p) {
  return inbox::Apply([this, session = p.session(), attended = FirstMeetings(p),
                       at = event.time](database::Transaction& tx) -> absl::Status {
    TREMPLIN_RETURN_IF_ERROR(MeetLater(tx, session, attended, at));
    return Meet(tx, attended, at);
  });
}

Facts::Effect Facts::OnStruck(const tremplin::events::Event& event,
                              const session_events::SessionStruck& p) {
  return inbox::Apply([this, program = p.engagement().program(), session = p.session(),
                       at = event.time](database::Transaction& tx) -> absl::Status {
    TREMPLIN_RETURN_IF_ERROR(UncountFact(tx, program, "sessions", session).status());
    return MeetLater(tx, session, {}, at);
  });
}

absl::Status Facts::Meet(database::Transaction& tx, const std::vector<EnrolmentRecord>& attended,
                         absl::Time at) const {
  for (const EnrolmentRecord& told : attended) {
    TREMPLIN_ASSIGN_OR_RETURN(const bool first, MergeFirstMeeting(tx, told));
    if (!first) continue;
    TREMPLIN_ASSIGN_OR_RETURN(const std::optional<EnrolmentRecord> whole,
                              FindEnrolment(tx, told.id));
    if (!whole.has_value()) return absl::InternalError("an enrolment just written is not there");
    TREMPLIN_RETURN_IF_ERROR(schedule_.Replan(tx, *whole, at));
  }
  return absl::OkStatus();
}

absl::Status Facts::MeetLater(database::Transaction& tx, const std::string& session,
                              const std::vector<EnrolmentRecord>& attended, absl::Time at) const {
  TREMPLIN_ASSIGN_OR_RETURN(const std::vector<EnrolmentRecord> moved,
                            SetAttended(tx, session, attended));
  for (const EnrolmentRecord& whole : moved) {
    TREMPLIN_RETURN_IF_ERROR(schedule_.Replan(tx, whole, at));
  }
  return absl::OkStatus();
}

absl::Status Facts::AllWentThrough(database::Transaction& tx,
                                   const session_events::EngagementRef& engagement,
                                   absl::Time began, absl::Time ended) const {
  for (const session_events::Participant& participant : engagement.participants()) {
    if (!IsMentee(participant)) continue;
    TREMPLIN_RETURN_IF_ERROR(WentThrough(tx, engagement, participant, began, ended));
  }
  return absl::OkStatus();
}

absl::Status Facts::WentThrough(database::Transaction& tx,
                                const session_events::EngagementRef& engagement,
                                const session_events::Participant& participant, absl::Time began,
                                absl::Time ended) const {
  TREMPLIN_ASSIGN_OR_RETURN(const EnrolmentRecord whole,
                            MergeEnrolment(tx, RecordOf(engagement, participant)));
  TREMPLIN_RETURN_IF_ERROR(MergeEngagement(tx, whole.id, engagement.engagement(), began, ended));
  return schedule_.Replan(tx, whole, ended == kNotTold ? began : ended);
}

}  // namespace tremplin::outcome
