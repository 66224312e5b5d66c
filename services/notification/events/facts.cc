#include "services/notification/events/facts.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "common/program/format.h"
#include "common/resources/names.h"
#include "common/status/macros.h"
#include "services/notification/app/queueing.h"
#include "services/notification/events/task_facts.h"
#include "services/notification/store/message_store.h"
#include "services/notification/store/task_store.h"
#include "tremplin/registration/events/v1/sign_in.pb.h"

namespace tremplin::notification {
namespace {

namespace matching_events = matching::events::v1;
namespace session_events = session::events::v1;
namespace outcome_events = outcome::events::v1;
namespace referral_events = referral::events::v1;
namespace registration_events = registration::events::v1;

using program::v1::ProposalStep;
using program::v1::Subject;

using Effect = absl::StatusOr<inbox::Apply>;
using Notices = std::vector<Notice>;

// Nothing is read while preparing but definitions, which do not change: a chunk needs one Write.
constexpr auto kEventOnly = inbox::Handlers::Reads::kEventAlone;

Recipient Staff(const std::string& program) { return {RecipientKind::kStaff, program}; }

template <class Participant>
Notice To(std::string_view template_code, const Participant& participant) {
  return {template_code, {RecipientKind::kPerson, participant.person()}, participant.enrolment()};
}
Notice ToStaff(std::string_view template_code, const std::string& program) {
  return {template_code, Staff(program)};
}

template <class Participants>
Notices ToAll(std::string_view template_code, const Participants& participants) {
  Notices notices;
  for (const auto& participant : participants) notices.push_back(To(template_code, participant));
  return notices;
}

// Whether the format holds a contact meeting before its people accept.
bool MeetsBeforeAccepting(const program::v1::Format& format) {
  for (const ProposalStep& step : format.steps()) {
    if (step.kind() == ProposalStep::KIND_CONTACT_MEETING) return true;
    if (step.kind() == ProposalStep::KIND_ACCEPTANCE) return false;
  }
  return false;
}

// All but one, of whom the message speaks.
template <class Ref, class Participant>
Notices ToOthers(std::string_view template_code, const Ref& ref, const Participant& spoken_of) {
  const Spoken spoken{ref.program_version(), ref.format(), static_cast<int>(spoken_of.side())};
  Notices notices;
  for (const auto& participant : ref.participants()) {
    if (participant.enrolment() == spoken_of.enrolment()) continue;
    notices.push_back(To(template_code, participant));
    notices.back().spoken = spoken;
  }
  return notices;
}

// The same to staff.
template <class Ref, class Participant>
void AddStaffOf(std::string_view template_code, const Ref& ref, const Participant& spoken_of,
                Notices& notices) {
  notices.push_back(ToStaff(template_code, ref.program()));
  notices.back().spoken = {ref.program_version(), ref.format(), static_cast<int>(spoken_of.side())};
}

// Who left the program and ended it by that needs not be told, though the end of the enrolment may
// not have been heard of here; the others are.
Notices ToThoseLeft(std::string_view template_code, const session_events::EngagementRef& ref,
                    const std::string& reason) {
  Notices notices;
  for (const session_events::Participant& participant : ref.participants()) {
    const bool left = reason == "enrolment_ended" &&
                      participant.rematch() == session_events::Participant::REMATCH_NO;
    if (!left) notices.push_back(To(template_code, participant));
  }
  return notices;
}

// What those are told whose wish for another match is not known.
void AddRematch(const session_events::EngagementRef& ref, Notices& notices) {
  for (const session_events::Participant& participant : ref.participants()) {
    if (participant.rematch() != session_events::Participant::REMATCH_UNSPECIFIED) continue;
    notices.push_back(To("rematch_asked", participant));
  }
}

// The step of a proposal by its name in events; nullptr where nobody is asked at it.
const ProposalStep* AskingStep(const program::v1::Format& format, const std::string& name) {
  if (name == "interest") return program::FindStep(format, ProposalStep::KIND_INTEREST);
  if (name == "acceptance") return program::FindStep(format, ProposalStep::KIND_ACCEPTANCE);
  return nullptr;
}

Notices OnProposalEnd(const matching_events::ProposalEnded& p) {
  Notices notices;
  for (const matching_events::Participant& participant : p.proposal().participants()) {
    // Who left the program needs not be told, though that may not have been heard of here.
    const bool left = p.by() == "enrolment" && participant.enrolment() == p.by_enrolment();
    if (!left) notices.push_back(To("proposal_ended", participant));
  }
  if (p.by() == "enrolment") notices.push_back(ToStaff("proposal_ended", p.proposal().program()));
  return notices;
}

Notices OnDropped(const matching_events::ParticipantDropped& p) {
  Notices notices = ToOthers("proposal_left", p.proposal(), p.participant());
  AddStaffOf("proposal_left", p.proposal(), p.participant(), notices);
  notices.push_back(To("proposal_dropped", p.participant()));
  return notices;
}

Notices OnMoreAsked(const matching_events::MoreAsked& p) {
  Notices notices = ToOthers("more_asked", p.proposal(), p.participant());
  AddStaffOf("more_asked", p.proposal(), p.participant(), notices);
  return notices;
}

Notices OnTakenIn(const matching_events::ParticipantProposed& p) {
  Notices notices = ToOthers("proposal_taken_in", p.proposal(), p.participant());
  notices.push_back(To("proposal_made", p.participant()));
  return notices;
}

Notices OnLeft(const session_events::ParticipantLeft& p) {
  Notices notices = ToOthers("engagement_left", p.engagement(), p.participant());
  AddStaffOf("engagement_left", p.engagement(), p.participant(), notices);
  // Who left the program with it is asked nothing, though the end of the enrolment may not have
  // been heard of here.
  if (p.reason() != "enrolment_ended" &&
      p.participant().rematch() == session_events::Participant::REMATCH_UNSPECIFIED) {
    notices.push_back(To("rematch_asked", p.participant()));
  }
  return notices;
}

Notices OnExtension(const session_events::ExtensionAsked& p) {
  Notices notices;
  for (const session_events::Participant& participant : p.engagement().participants()) {
    if (participant.enrolment() == p.by()) continue;
    notices.push_back(To("extension_asked", participant));
  }
  notices.push_back(ToStaff("extension_asked", p.engagement().program()));
  return notices;
}

// Asked of who introduces: the mentors' side, or all where there is none.
Notices OnIntroductions(const session_events::IntroductionsDue& p) {
  Notices notices;
  for (const session_events::Participant& participant : p.engagement().participants()) {
    if (participant.side() != Subject::SUBJECT_MENTOR) continue;
    notices.push_back(To("introductions_due", participant));
  }
  return notices.empty() ? ToAll("introductions_due", p.engagement().participants()) : notices;
}

std::string_view TemplateOf(referral_events::ApplicationState state) {
  if (state == referral_events::APPLICATION_STATE_RETURNED) return "application_returned";
  if (state == referral_events::APPLICATION_STATE_ADMITTED) return "application_admitted";
  if (state == referral_events::APPLICATION_STATE_WAITLISTED) return "application_waitlisted";
  return "";
}

// Told to the organization they came through, while consent to share stands, or to who applied by
// themselves.
Notices OnApplication(const referral_events::ApplicationChanged& p) {
  const std::string_view code = TemplateOf(p.state());
  if (code.empty() || (p.silent() && !p.agency().empty())) return {};
  if (!p.agency().empty()) return {{code, {RecipientKind::kOrganization, p.agency()}}};
  return {{code, {RecipientKind::kApplicant, p.referral()}}};
}

std::string ProposalName(const matching_events::ProposalRef& ref) {
  return resources::NameOf("proposals", ref.proposal());
}
std::string EngagementName(const session_events::EngagementRef& ref) {
  return resources::NameOf("engagements", ref.engagement());
}

}  // namespace

Facts::Facts(const outbox::Outbox& outbox, program::ProgramStore& programs,
             const clock::Clock& clock, bool mails)
    : outbox_(outbox), programs_(programs, clock), clock_(clock), mails_(mails) {}

void Facts::Subscribe(inbox::Handlers& handlers) {
  SubscribeMatching(handlers);
  SubscribeSession(handlers);
  SubscribeOutcome(handlers);
  SubscribeEntry(handlers);
}

void Facts::SubscribeMatching(inbox::Handlers& handlers) {
  // `tell` makes the notices of a payload of matching.
  const auto on =
      [this, &handlers]<class Payload>(absl::StatusOr<Notices> (*tell)(Facts&, const Payload&)) {
        handlers.On<Payload>(
            "matching",
            [this, tell](const auto& event, const Payload& p) -> Effect {
              TREMPLIN_ASSIGN_OR_RETURN(const Notices notices, tell(*this, p));
              return Queue(event, p.proposal().program(), ProposalName(p.proposal()), notices,
                           TasksOf(p));
            },
            kEventOnly);
      };
  using absl::StatusOr;
  on(+[](Facts& self, const matching_events::ProposalMade& p) { return self.OnProposal(p); });
  on(+[](Facts& self, const matching_events::StepReached& p) { return self.OnStep(p); });
  on(+[](Facts&, const matching_events::MoreAsked& p) -> StatusOr<Notices> {
    return OnMoreAsked(p);
  });
  on(+[](Facts&, const matching_events::ParticipantProposed& p) -> StatusOr<Notices> {
    return OnTakenIn(p);
  });
  on(+[](Facts&, const matching_events::ParticipantDropped& p) -> StatusOr<Notices> {
    return OnDropped(p);
  });
  on(+[](Facts&, const matching_events::ProposalEnded& p) -> StatusOr<Notices> {
    return OnProposalEnd(p);
  });
  on(+[](Facts&, const matching_events::ContinuationRefused& p) -> StatusOr<Notices> {
    Notices notices = ToAll("continuation_refused", p.proposal().participants());
    notices.push_back(ToStaff("continuation_refused", p.proposal().program()));
    return notices;
  });
  on(+[](Facts&, const matching_events::MatchMade& p) -> StatusOr<Notices> {
    if (!p.has_sign_by()) return Notices();
    return ToAll("agreement_to_sign", p.proposal().participants());
  });
}

void Facts::SubscribeSession(inbox::Handlers& handlers) {
  const auto on =
      [this, &handlers]<class Payload>(absl::StatusOr<Notices> (*tell)(Facts&, const Payload&)) {
        handlers.On<Payload>(
            "session",
            [this, tell](const auto& event, const Payload& p) -> Effect {
              TREMPLIN_ASSIGN_OR_RETURN(const Notices notices, tell(*this, p));
              return Queue(event, p.engagement().program(), EngagementName(p.engagement()), notices,
                           TasksOf(p));
            },
            kEventOnly);
      };
  using absl::StatusOr;
  on(+[](Facts&, const session_events::AgreementLapsed& p) -> StatusOr<Notices> {
    Notices notices = ToThoseLeft("agreement_lapsed", p.engagement(), p.reason());
    if (p.reason() != "not_signed") {  // somebody left, or will not sign
      notices.push_back(ToStaff("agreement_lapsed", p.engagement().program()));
    }
    AddRematch(p.engagement(), notices);
    return notices;
  });
  on(+[](Facts& self, const session_events::EngagementStarted& p) {
    return self.OnStarted(p.engagement());
  });
  on(+[](Facts& self, const session_events::ParticipantJoined& p) { return self.OnJoined(p); });
  on(+[](Facts&, const session_events::ParticipantLeft& p) -> StatusOr<Notices> {
    return OnLeft(p);
  });
  on(+[](Facts&, const session_events::EngagementCompleted& p) -> StatusOr<Notices> {
    Notices notices = ToAll("engagement_completed", p.engagement().participants());
    AddRematch(p.engagement(), notices);
    return notices;
  });
  on(+[](Facts&, const session_events::EngagementEndedEarly& p) -> StatusOr<Notices> {
    Notices notices = ToThoseLeft("engagement_ended_early", p.engagement(), p.reason());
    notices.push_back(ToStaff("engagement_ended_early", p.engagement().program()));
    AddRematch(p.engagement(), notices);
    return notices;
  });
  on(+[](Facts&, const session_events::ExtensionAsked& p) -> StatusOr<Notices> {
    return OnExtension(p);
  });
  on(+[](Facts&, const session_events::MissesFlagged& p) -> StatusOr<Notices> {
    return Notices{ToStaff("misses_flagged", p.engagement().program())};
  });
  on(+[](Facts&, const session_events::CheckInAnswered& p) -> StatusOr<Notices> {
    if (!p.wants_help()) return Notices();
    return Notices{ToStaff("help_wanted", p.engagement().program())};
  });
  on(+[](Facts&, const session_events::ReviewDue& p) -> StatusOr<Notices> {
    return Notices{ToStaff("review_due", p.engagement().program())};
  });
  on(+[](Facts&, const session_events::EngagementExtended&) -> StatusOr<Notices> {
    return Notices();
  });
  on(+[](Facts&, const session_events::ReviewRecorded&) -> StatusOr<Notices> { return Notices(); });
  on(+[](Facts&, const session_events::IntroductionsDue& p) -> StatusOr<Notices> {
    return OnIntroductions(p);
  });
}

void Facts::SubscribeOutcome(inbox::Handlers& handlers) {
  handlers.On<outcome_events::FollowUpOpened>(
      "outcome",
      [this](const auto& event, const auto& p) -> Effect {
        TREMPLIN_ASSIGN_OR_RETURN(const Notices notices, OnFollowUp(event, p, "follow_up_open"));
        return Queue(event, p.program(), resources::NameOf("followUps", p.follow_up()), notices);
      },
      kEventOnly);
  handlers.On<outcome_events::FollowUpAttemptDue>(
      "outcome",
      [this](const auto& event, const auto& p) -> Effect {
        TREMPLIN_ASSIGN_OR_RETURN(const Notices notices,
                                  OnFollowUp(event, p, "follow_up_reminder"));
        return Queue(event, p.program(), resources::NameOf("followUps", p.follow_up()), notices);
      },
      kEventOnly);
}

void Facts::SubscribeEntry(inbox::Handlers& handlers) {
  handlers.On<referral_events::ApplicationChanged>(
      "referral",
      [this](const auto& event, const auto& p) -> Effect {
        return Queue(event, p.program(), resources::NameOf("applications", p.application()),
                     OnApplication(p));
      },
      kEventOnly);
  handlers.On<registration_events::EnrolmentReady>(
      "registration",
      [this](const auto& event, const auto& p) -> Effect {
        return Queue(event, p.program(), resources::NameOf("enrolments", p.enrolment()),
                     {To("enrolment_ready", p)});
      },
      kEventOnly);
  handlers.On<registration_events::SignInLinkAsked>(
      "registration",
      [this](const auto& event, const auto& p) -> Effect {
        return Queue(event, "", resources::NameOf("signInLinks", p.link()),
                     {Notice{"sign_in_link", {RecipientKind::kAccount, p.account()}}});
      },
      kEventOnly);
  handlers.On<registration_events::EnrolmentEnded>(
      "registration",
      [](const auto& event, const auto& p) -> Effect {
        return inbox::Apply([enrolment = p.enrolment(), at = event.time](
                                database::Transaction& tx) { return SaveLeft(tx, enrolment, at); });
      },
      kEventOnly);
}

// A proposal that a participant asked for is told to the other side, where there is one.
absl::StatusOr<Notices> Facts::OnProposal(const matching_events::ProposalMade& p) {
  const matching_events::ProposalRef& ref = p.proposal();
  TREMPLIN_ASSIGN_OR_RETURN(const std::shared_ptr<const program::Program> program,
                            programs_.Version(ref.program(), ref.program_version()));
  const program::v1::Format* format = program::FindFormat(program->definition, ref.format());
  const ProposalStep* step = format == nullptr ? nullptr : AskingStep(*format, p.step());
  const auto& participants = ref.participants();
  const bool other_side = std::any_of(
      participants.begin(), participants.end(),
      [](const auto& participant) { return participant.side() == Subject::SUBJECT_MENTOR; });
  Notices notices;
  for (const matching_events::Participant& participant : participants) {
    const bool asked_for_it = p.initiator() == "participant" && other_side &&
                              participant.side() == Subject::SUBJECT_MENTEE;
    if (asked_for_it) continue;
    notices.push_back(To("proposal_made", participant));
    if (step != nullptr && program::Asks(*step, participant.side())) {
      notices.back().step = p.step();
    }
  }
  if (p.step() == "contact_meeting") {
    notices.push_back(ToStaff("contact_meeting_to_hold", ref.program()));
  }
  return notices;
}

absl::StatusOr<Notices> Facts::OnStep(const matching_events::StepReached& p) {
  const matching_events::ProposalRef& ref = p.proposal();
  if (p.step() == "contact_meeting") {
    return Notices{ToStaff("contact_meeting_to_hold", ref.program())};
  }
  TREMPLIN_ASSIGN_OR_RETURN(const std::shared_ptr<const program::Program> program,
                            programs_.Version(ref.program(), ref.program_version()));
  const program::v1::Format* format = program::FindFormat(program->definition, ref.format());
  if (format == nullptr) return Notices();
  const bool accepts = p.step() == "acceptance";
  const std::string_view code = !accepts                        ? "proposal_to_study"
                                : MeetsBeforeAccepting(*format) ? "contact_meeting_held"
                                                                : "proposal_to_accept";
  const ProposalStep* step = AskingStep(*format, p.step());
  Notices notices;
  for (const matching_events::Participant& participant : ref.participants()) {
    if (step != nullptr && !program::Asks(*step, participant.side())) continue;
    notices.push_back(To(code, participant));
    notices.back().step = p.step();
  }
  return notices;
}

absl::StatusOr<Notices> Facts::OnStarted(const session_events::EngagementRef& engagement) {
  TREMPLIN_ASSIGN_OR_RETURN(const std::shared_ptr<const program::Program> program,
                            programs_.Version(engagement.program(), engagement.program_version()));
  Notices notices = ToAll("engagement_started", engagement.participants());
  AddDocuments(*program, engagement.format(), engagement.participants(), notices);
  return notices;
}

absl::StatusOr<Notices> Facts::OnJoined(const session_events::ParticipantJoined& p) {
  const session_events::EngagementRef& ref = p.engagement();
  TREMPLIN_ASSIGN_OR_RETURN(const std::shared_ptr<const program::Program> program,
                            programs_.Version(ref.program(), ref.program_version()));
  Notices notices = ToOthers("engagement_joined", ref, p.participant());
  notices.push_back(To("engagement_entered", p.participant()));
  google::protobuf::RepeatedPtrField<session_events::Participant> joined;
  *joined.Add() = p.participant();
  AddDocuments(*program, ref.format(), joined, notices);
  return notices;
}

void Facts::AddDocuments(
    const program::Program& program, const std::string& format,
    const google::protobuf::RepeatedPtrField<session_events::Participant>& participants,
    Notices& notices) const {
  const program::v1::Format* found = program::FindFormat(program.definition, format);
  if (found == nullptr) return;
  for (const session_events::Participant& participant : participants) {
    const auto& documents = found->engagement().documents();
    const bool signs = std::any_of(documents.begin(), documents.end(), [&](const auto& document) {
      const auto& by = document.signed_by();
      return !document.before_start() &&
             (by.empty() || std::find(by.begin(), by.end(), participant.side()) != by.end());
    });
    if (signs) notices.push_back(To("documents_to_sign", participant));
  }
}

template <class Fact>
absl::StatusOr<Notices> Facts::OnFollowUp(const tremplin::events::Event& event, const Fact& p,
                                          std::string_view template_code) {
  const auto program = programs_.InForce(p.program(), event.time);
  bool after_leaving = false;
  if (program.ok()) {
    const auto& stages = (*program)->definition.follow_up().stages();
    after_leaving = std::any_of(stages.begin(), stages.end(), [&](const auto& stage) {
      return stage.code() == p.stage() && stage.also_without_engagement();
    });
  } else if (!absl::IsNotFound(program.status())) {
    return program.status();
  }
  Notice notice = To(template_code, p);
  if (after_leaving) notice.enrolment.clear();
  return Notices{std::move(notice)};
}

inbox::Apply Facts::Queue(const tremplin::events::Event& event, const std::string& program,
                          const std::string& about, const Notices& notices,
                          const TaskChanges& changes) const {
  if (notices.empty() && changes.empty()) return nullptr;
  struct Queued {
    QueuedMessage message;
    std::string enrolment;
    std::string step;
  };
  std::vector<Queued> queued;
  queued.reserve(notices.size());
  for (const Notice& notice : notices) {
    queued.push_back(
        {MakeMessage(event.id, notice.recipient, notice.template_code, program, about, event.time),
         notice.enrolment, notice.step});
    queued.back().message.spoken = notice.spoken;
  }
  std::vector<Task> tasks;
  for (const TaskChanges::Asked& one : changes.asked) {
    tasks.push_back(MakeTask(event.id, one, program, about, event.time));
  }
  return
      [this, queued = std::move(queued), tasks = std::move(tasks), about,
       overtaken = changes.overtaken, at = event.time](database::Transaction& tx) -> absl::Status {
        for (const std::string_view kind : overtaken) {
          TREMPLIN_RETURN_IF_ERROR(Overtake(tx, about, kind, at));
        }
        for (const Task& task : tasks) TREMPLIN_RETURN_IF_ERROR(InsertTask(tx, task));
        for (const auto& [message, enrolment, step] : queued) {
          if (!enrolment.empty()) {
            TREMPLIN_ASSIGN_OR_RETURN(const bool left, HasLeft(tx, enrolment));
            if (left) continue;
          }
          std::optional<MailTerms> mail;
          if (mails_) mail = MailTerms{enrolment, step, clock_.SystemNow()};
          TREMPLIN_RETURN_IF_ERROR(QueueMessage(tx, outbox_, message, mail));
        }
        return absl::OkStatus();
      };
}

}  // namespace tremplin::notification
