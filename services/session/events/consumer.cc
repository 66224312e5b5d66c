#include "services/session/events/consumer.h"

#include <memory>
#include <string_view>
#include <utility>

#include "common/ids/ids.h"
#include "common/resources/names.h"
#include "common/status/macros.h"
#include "services/session/domain/mentorship.h"
#include "tremplin/registration/v1/registration.pb.h"

namespace tremplin::session::events {
namespace {

constexpr absl::Duration kPeerTimeout = absl::Seconds(5);

absl::StatusOr<domain::Terms> TermsOf(const program::v1::ProgramDefinition& definition) {
  const program::v1::Engagement& engagement = definition.engagement();
  domain::Terms terms;
  terms.length_days = engagement.length_days();
  terms.review_every_days = engagement.review_every_days();
  terms.max_extension_days = engagement.max_extension_days();
  terms.close_grace_days = engagement.close_grace_days();
  for (const std::string& name : engagement.counting_contacts()) {
    TREMPLIN_ASSIGN_OR_RETURN(const domain::Contact contact, domain::ContactOf(name));
    terms.counting.push_back(contact);
  }
  terms.time_zone = definition.time_zone();
  return terms;
}

domain::Mentorship MentorshipOf(const matching::events::v1::MatchMade& made, domain::Terms terms) {
  const matching::events::v1::ProposalParties& parties = made.parties();
  const std::string_view parts[] = {"mentorship", parties.proposal()};
  domain::Mentorship mentorship;
  mentorship.id = ids::Derive(parts);
  mentorship.proposal = parties.proposal();
  mentorship.program = parties.program();
  mentorship.program_version = parties.program_version();
  mentorship.mentee.enrolment = parties.mentee_enrolment();
  mentorship.mentee.person = parties.mentee_person();
  mentorship.mentee.business_key = parties.mentee_business_key();
  mentorship.mentor.enrolment = parties.mentor_enrolment();
  mentorship.mentor.person = parties.mentor_person();
  mentorship.mentor.business_key = parties.mentor_business_key();
  mentorship.terms = std::move(terms);
  mentorship.sign_by = resources::FromTimestamp(made.sign_by());
  return mentorship;
}

}  // namespace

Consumer::Consumer(program::ProgramStore& programs, peers::Peers& peers, const clock::Clock& clock,
                   const app::Ledger& ledger)
    : programs_(programs), peers_(peers), clock_(clock), ledger_(ledger) {}

void Consumer::Subscribe(inbox::Handlers& handlers) {
  handlers.On<matching::events::v1::MatchMade>(
      "matching",
      [this](const Event& e, const matching::events::v1::MatchMade& p) { return OnMatch(e, p); });
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

absl::StatusOr<inbox::Apply> Consumer::OnMatch(const Event& event,
                                               const matching::events::v1::MatchMade& made) {
  const std::string& program = made.parties().program();
  const int64_t version = made.parties().program_version();
  program::v1::ProgramDefinition definition;
  absl::StatusOr<std::shared_ptr<const program::Program>> known =
      programs_.Version(program, version);
  if (known.ok()) {
    definition = (*known)->definition;
  } else if (absl::IsNotFound(known.status())) {
    // Topics are not ordered among each other: the match may come before the publication.
    TREMPLIN_ASSIGN_OR_RETURN(definition, Fetch(program, version, event));
  } else {
    return known.status();
  }
  TREMPLIN_ASSIGN_OR_RETURN(domain::Terms terms, TermsOf(definition));
  return inbox::Apply([this, mentorship = MentorshipOf(made, std::move(terms)), time = event.time,
                       trace = event.traceparent](database::Transaction& tx) {
    return ledger_.Open(tx, mentorship, time, {.traceparent = trace});
  });
}

}  // namespace tremplin::session::events
