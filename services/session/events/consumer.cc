#include "services/session/events/consumer.h"

#include <map>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "common/ids/ids.h"
#include "common/program/format.h"
#include "common/resources/names.h"
#include "common/status/macros.h"
#include "common/text/text.h"
#include "services/session/domain/engagement.h"
#include "services/session/store/engagements.h"
#include "services/session/store/enrolments.h"
#include "services/session/store/terms.h"
#include "tremplin/registration/v1/registration.pb.h"

namespace tremplin::session::events {
namespace {

namespace matching_events = matching::events::v1;
namespace registration_events = registration::events::v1;

constexpr absl::Duration kPeerTimeout = absl::Seconds(5);

std::vector<domain::Participant> ParticipantsOf(const matching_events::ProposalRef& ref) {
  std::vector<domain::Participant> participants;
  for (const matching_events::Participant& from : ref.participants()) {
    domain::Participant to;
    to.enrolment = from.enrolment();
    to.person = from.person();
    to.side =
        from.side() == program::v1::SUBJECT_MENTOR ? domain::Side::kMentor : domain::Side::kMentee;
    to.business_key = from.business_key();
    participants.push_back(std::move(to));
  }
  return participants;
}

absl::Time SignBy(const matching_events::MatchMade& made) {
  return made.has_sign_by() ? resources::FromTimestamp(made.sign_by()) : absl::InfinitePast();
}

domain::Engagement EngagementOf(const matching_events::MatchMade& made, domain::Terms terms) {
  const matching_events::ProposalRef& ref = made.proposal();
  const std::string_view parts[] = {"engagement", ref.proposal()};
  domain::Engagement engagement;
  engagement.id = ids::Derive(parts);
  engagement.proposal = ref.proposal();
  engagement.program = ref.program();
  engagement.program_version = ref.program_version();
  engagement.format = ref.format();
  engagement.continues = ref.continues_engagement();
  engagement.terms = std::move(terms);
  engagement.participants = ParticipantsOf(ref);
  engagement.sign_by = SignBy(made);
  return engagement;
}

domain::Side SideOf(registration_events::EnrolmentRole role) {
  return role == registration_events::ENROLMENT_ROLE_MENTOR ? domain::Side::kMentor
                                                            : domain::Side::kMentee;
}

// What the profile says yes or no to.
std::map<std::string, bool> SaysOf(const registration_events::Profile& profile) {
  std::map<std::string, bool> says;
  for (const program::v1::GivenFact& fact : profile.facts()) {
    if (fact.values_size() != 1) continue;
    if (fact.values(0) == "yes") says[fact.name()] = true;
    if (fact.values(0) == "no") says[fact.name()] = false;
  }
  return says;
}

}  // namespace

Consumer::Consumer(program::ProgramStore& programs, peers::Peers& peers, const clock::Clock& clock,
                   const app::Ledger& ledger)
    : programs_(programs), peers_(peers), clock_(clock), ledger_(ledger) {}

void Consumer::Subscribe(inbox::Handlers& handlers) {
  using inbox::Handlers;
  handlers.On<matching_events::MatchMade>(
      "matching",
      [this](const Event& e, const matching_events::MatchMade& p) { return OnMatch(e, p); });
  handlers.On<matching_events::ContinuationRefused>(
      "matching",
      [this](const Event& e, const matching_events::ContinuationRefused& p) {
        return OnRefused(e, p);
      },
      Handlers::Reads::kEventAlone);
  handlers.On<registration_events::EnrolmentReady>(
      "registration",
      [this](const Event& e, const registration_events::EnrolmentReady& p) {
        return OnReady(e, p);
      },
      Handlers::Reads::kEventAlone);
  handlers.On<registration_events::EnrolmentChanged>(
      "registration",
      [this](const Event& e, const registration_events::EnrolmentChanged& p) {
        return OnChanged(e, p);
      },
      Handlers::Reads::kEventAlone);
  handlers.On<registration_events::EnrolmentIdentified>(
      "registration",
      [this](const Event& e, const registration_events::EnrolmentIdentified& p) {
        return OnIdentified(e, p);
      },
      Handlers::Reads::kEventAlone);
  handlers.On<registration_events::EnrolmentEnded>(
      "registration",
      [this](const Event& e, const registration_events::EnrolmentEnded& p) {
        return OnEnded(e, p);
      },
      Handlers::Reads::kEventAlone);
}

absl::StatusOr<program::v1::ProgramDefinition> Consumer::Fetch(const std::string& program,
                                                               int64_t version,
                                                               const Event& event) {
  registration::v1::GetProgramRequest request;
  request.set_name(resources::NameOf("programs", program));
  request.set_version(version);
  peers::PeerCall call = peers::PeerCall::AsService(clock_.SystemNow() + kPeerTimeout);
  call.traceparent = event.traceparent;
  TREMPLIN_ASSIGN_OR_RETURN(
      registration::v1::Program found,
      peers_.Call<registration::v1::Program>(
          "tremplin.registration.v1.RegistrationService/GetProgram", request, call));
  return std::move(*found.mutable_definition());
}

absl::StatusOr<program::v1::ProgramDefinition> Consumer::Definition(const std::string& program,
                                                                    int64_t version,
                                                                    const Event& event) {
  absl::StatusOr<std::shared_ptr<const program::Program>> known =
      programs_.Version(program, version);
  if (known.ok()) return (*known)->definition;
  // Topics are not ordered among each other: the match may come before the publication.
  if (absl::IsNotFound(known.status())) return Fetch(program, version, event);
  return known.status();
}

absl::StatusOr<inbox::Apply> Consumer::OnMatch(const Event& event,
                                               const matching_events::MatchMade& made) {
  if (!made.proposal().joins_engagement().empty()) return Joining(event, made);
  return Opening(event, made);
}

inbox::Apply Consumer::Joining(const Event& event, const matching_events::MatchMade& made) {
  return [this, id = made.proposal().joins_engagement(),
          join = domain::Join{ParticipantsOf(made.proposal()), SignBy(made)}, time = event.time,
          trace = event.traceparent](database::Transaction& tx) -> absl::Status {
    TREMPLIN_ASSIGN_OR_RETURN(std::optional<store::EngagementRow> row,
                              store::FindEngagement(tx, id));
    if (!row.has_value()) return absl::NotFoundError("nobody can join what never was");
    return ledger_.Join(tx, join, time, {.traceparent = trace}, &*row);
  };
}

absl::StatusOr<inbox::Apply> Consumer::Opening(const Event& event,
                                               const matching_events::MatchMade& made) {
  const matching_events::ProposalRef& ref = made.proposal();
  TREMPLIN_ASSIGN_OR_RETURN(const program::v1::ProgramDefinition definition,
                            Definition(ref.program(), ref.program_version(), event));
  const program::v1::Format* format = program::FindFormat(definition, ref.format());
  if (format == nullptr) {
    return absl::InvalidArgumentError(text::Cat("the program has no format ", ref.format()));
  }
  program::v1::Format pinned = store::Pinned(*format);
  TREMPLIN_ASSIGN_OR_RETURN(domain::Terms terms, store::TermsOf(pinned, definition.time_zone()));
  return inbox::Apply([this, engagement = EngagementOf(made, std::move(terms)),
                       pinned = std::move(pinned), time = event.time,
                       trace = event.traceparent](database::Transaction& tx) {
    return ledger_.Open(tx, engagement, pinned, time, {.traceparent = trace});
  });
}

absl::StatusOr<inbox::Apply> Consumer::OnRefused(
    const Event& event, const matching_events::ContinuationRefused& refused) {
  return inbox::Apply([this, id = refused.engagement(), time = event.time,
                       trace = event.traceparent](database::Transaction& tx) -> absl::Status {
    TREMPLIN_ASSIGN_OR_RETURN(std::optional<store::EngagementRow> row,
                              store::FindEngagement(tx, id));
    if (!row.has_value()) return absl::NotFoundError("nobody can go on from what never was");
    return ledger_.Apply(tx, domain::CannotGoOn{}, time, {.traceparent = trace}, &*row);
  });
}

absl::StatusOr<inbox::Apply> Consumer::OnReady(const Event& event,
                                               const registration_events::EnrolmentReady& ready) {
  store::Enrolment enrolment{ready.enrolment(), ready.program(), ready.person(),
                             SideOf(ready.role())};
  return inbox::Apply([enrolment = std::move(enrolment), says = SaysOf(ready.profile()),
                       time = event.time](database::Transaction& tx) -> absl::Status {
    TREMPLIN_RETURN_IF_ERROR(store::PutEnrolment(tx, enrolment));
    return store::PutFacts(tx, enrolment.id, time, says);
  });
}

absl::StatusOr<inbox::Apply> Consumer::OnChanged(
    const Event& event, const registration_events::EnrolmentChanged& changed) {
  return inbox::Apply([enrolment = changed.enrolment(), says = SaysOf(changed.profile()),
                       time = event.time](database::Transaction& tx) {
    return store::PutFacts(tx, enrolment, time, says);
  });
}

absl::StatusOr<inbox::Apply> Consumer::OnEnded(const Event& event,
                                               const registration_events::EnrolmentEnded& ended) {
  store::Enrolment enrolment{ended.enrolment(), ended.program(), ended.person(),
                             SideOf(ended.role()), event.time};
  return inbox::Apply([this, enrolment = std::move(enrolment), time = event.time,
                       trace = event.traceparent](database::Transaction& tx) -> absl::Status {
    TREMPLIN_RETURN_IF_ERROR(store::PutEnrolment(tx, enrolment));
    TREMPLIN_ASSIGN_OR_RETURN(std::vector<store::EngagementRow> rows,
                              store::ListOfEnrolment(tx, enrolment.id));
    for (store::EngagementRow& row : rows) {
      TREMPLIN_RETURN_IF_ERROR(
          ledger_.LeaveEnded(tx, enrolment.id, time, {.traceparent = trace}, &row));
    }
    return absl::OkStatus();
  });
}

absl::StatusOr<inbox::Apply> Consumer::OnIdentified(
    const Event&, const registration_events::EnrolmentIdentified& identified) {
  return inbox::Apply([identified](database::Transaction& tx) {
    return store::SetPerson(tx, identified.enrolment(), identified.person());
  });
}

}  // namespace tremplin::session::events
