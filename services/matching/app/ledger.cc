#include "services/matching/app/ledger.h"

#include <utility>
#include <variant>

#include "common/clock/day.h"
#include "common/resources/names.h"
#include "common/status/macros.h"
#include "services/matching/domain/lesson.h"
#include "services/matching/engine/score.h"
#include "services/matching/store/pins.h"
#include "tremplin/matching/events/v1/events.pb.h"

namespace tremplin::matching::app {
namespace {

namespace events = tremplin::matching::events::v1;
using resources::ToTimestamp;

void FillParties(const domain::Proposal& proposal, events::ProposalParties* parties) {
  parties->set_proposal(proposal.id);
  parties->set_program(proposal.program);
  parties->set_program_version(proposal.program_version);
  parties->set_mentee_enrolment(proposal.mentee.enrolment);
  parties->set_mentee_person(proposal.mentee.person);
  parties->set_mentee_business_key(proposal.mentee.business_key);
  parties->set_mentor_enrolment(proposal.mentor.enrolment);
  parties->set_mentor_person(proposal.mentor.person);
  parties->set_mentor_business_key(proposal.mentor.business_key);
}

domain::Party PartyOf(const store::PoolEntry& entry) {
  domain::Party party;
  party.enrolment = entry.enrolment;
  party.person = entry.person;
  party.business_key = entry.business_key;
  return party;
}

constexpr int kDefaultApprovalDays = 7;

// What staff decided themselves needs no approval of staff.
domain::Terms TermsOf(const program::Program& program, bool by_staff) {
  const program::v1::MatchingPolicy& policy = program.definition.matching();
  int approval_days = 0;
  if (policy.approval() == "coordinator" && !by_staff) {
    approval_days = policy.approval_days() > 0 ? policy.approval_days() : kDefaultApprovalDays;
  }
  return {policy.answer_days(), policy.contact_meeting_days(), policy.agreement_days(),
          program.definition.time_zone(), approval_days};
}

absl::TimeZone ZoneOf(const domain::Terms& terms) {
  absl::TimeZone zone = absl::UTCTimeZone();
  absl::LoadTimeZone(terms.time_zone, &zone);
  return zone;
}

// The state of an end as events name it.
std::string OutcomeOf(domain::State state) { return std::string(domain::NameOf(state)); }

}  // namespace

Ledger::Ledger(const outbox::Outbox& outbox, const timers::Timers& timers,
               program::ProgramStore& programs)
    : outbox_(outbox), timers_(timers), programs_(programs) {}

// A definition that has not come yet says nothing of it: what waits is found by the next run.
absl::StatusOr<bool> Ledger::ProposesContinuously(database::Transaction& tx,
                                                  std::string_view program, absl::Time now) const {
  const auto found = programs_.InForce(tx, program, now);
  if (absl::IsNotFound(found.status())) return false;
  if (!found.ok()) return found.status();
  return (*found)->definition.matching().proposing() == "continuous";
}

absl::Status Ledger::Arrived(database::Transaction& tx, std::string_view program,
                             absl::Time now) const {
  TREMPLIN_ASSIGN_OR_RETURN(const bool at_once, ProposesContinuously(tx, program, now));
  if (!at_once) return absl::OkStatus();
  return timers_.SetSooner(tx, kCascadeTimer, program, now);
}

absl::Status Ledger::Freed(database::Transaction& tx, std::string_view program, absl::TimeZone zone,
                           absl::Time now) const {
  TREMPLIN_ASSIGN_OR_RETURN(const bool at_once, ProposesContinuously(tx, program, now));
  const absl::Time due = at_once ? now : clock::NextHour(now, kCascadeHour, zone);
  return timers_.SetSooner(tx, kCascadeTimer, program, due);
}

absl::Status Ledger::EndPin(database::Transaction& tx, const store::Pin& pin) const {
  TREMPLIN_RETURN_IF_ERROR(store::DropPin(tx, pin.mentee));
  TREMPLIN_RETURN_IF_ERROR(store::TouchPair(tx, pin.mentee, pin.mentor));
  return timers_.Cancel(tx, kPinTimer, pin.mentee);
}

absl::StatusOr<Ledger::Made> Ledger::Make(database::Transaction& tx,
                                          const program::Program& program, const Pair& pair,
                                          absl::Time now, std::string_view traceparent) const {
  const store::PoolEntry& mentee = pair.mentee;
  const store::PoolEntry& mentor = pair.mentor;
  if (!mentee.ready || !mentor.ready || mentee.side != domain::Side::kMentee ||
      mentor.side != domain::Side::kMentor) {
    return Made{Refusal::kNotInPool, {}};
  }
  if (mentee.program != program.id || mentor.program != program.id) {
    return Made{Refusal::kOtherProgram, {}};
  }
  if (mentee.person == mentor.person) return Made{Refusal::kSamePerson, {}};
  if (mentee.paused || mentor.paused) return Made{Refusal::kPaused, {}};

  TREMPLIN_ASSIGN_OR_RETURN(const bool reserved, store::Reserve(tx, mentor, pair.id));
  if (!reserved) return Made{Refusal::kMentorFull, {}};

  domain::Proposal proposal;
  proposal.id = pair.id;
  proposal.program = program.id;
  proposal.program_version = program.version;
  proposal.mentee = PartyOf(mentee);
  proposal.mentor = PartyOf(mentor);
  proposal.terms = TermsOf(program, !pair.override_reason.empty());
  store::ProposalRow row;
  row.proposal = domain::Propose(std::move(proposal), now);
  row.exclusivity_group = program.definition.matching().exclusivity_group();
  row.score = pair.score;
  row.rank = pair.rank;
  row.contributions = pair.contributions;
  row.override_reason = pair.override_reason;
  row.run = pair.run;
  row.contested = pair.contested;
  row.created = now;
  TREMPLIN_ASSIGN_OR_RETURN(const bool inserted, store::InsertProposal(tx, row));
  if (!inserted) {
    TREMPLIN_RETURN_IF_ERROR(store::Release(tx, pair.id));
    return Made{Refusal::kMenteeEngaged, {}};
  }
  TREMPLIN_RETURN_IF_ERROR(store::TouchPair(tx, mentee.enrolment, mentor.enrolment));

  TREMPLIN_RETURN_IF_ERROR(timers_.Set(tx, kAnswerTimer, pair.id, row.proposal.due));
  TREMPLIN_ASSIGN_OR_RETURN(const std::optional<store::Pin> pin,
                            store::FindPin(tx, mentee.enrolment));
  if (pin.has_value() && pin->mentor == mentor.enrolment) {
    TREMPLIN_RETURN_IF_ERROR(EndPin(tx, *pin));
  }
  const domain::Fact fact = row.proposal.shown ? domain::Fact::kProposed : domain::Fact::kNone;
  TREMPLIN_RETURN_IF_ERROR(Tell(tx, row, fact, now, traceparent));
  return Made{Refusal::kNone, std::move(row)};
}

absl::Status Ledger::Apply(database::Transaction& tx, const domain::Command& command,
                           absl::Time now, std::string_view traceparent,
                           store::ProposalRow* row) const {
  TREMPLIN_ASSIGN_OR_RETURN(domain::Decision decision, domain::Decide(row->proposal, command, now));
  // The timer before the version, in the order in which a cascade writes them.
  if (decision.frees_place) {
    TREMPLIN_RETURN_IF_ERROR(Freed(tx, row->proposal.program, ZoneOf(row->proposal.terms), now));
  }
  TREMPLIN_ASSIGN_OR_RETURN(const int64_t version,
                            store::NextPoolVersion(tx, row->proposal.program));
  const absl::Time due_before = row->proposal.due;
  TREMPLIN_RETURN_IF_ERROR(store::UpdateProposal(tx, std::move(decision.next), row));
  if (const auto* no = std::get_if<domain::SayNo>(&command); no != nullptr) {
    TREMPLIN_RETURN_IF_ERROR(Teach(tx, row->proposal, *no, version));
  }
  const domain::Proposal& proposal = row->proposal;
  if (proposal.due == absl::InfinitePast()) {
    TREMPLIN_RETURN_IF_ERROR(timers_.Cancel(tx, kAnswerTimer, proposal.id));
  } else if (proposal.due != due_before) {
    TREMPLIN_RETURN_IF_ERROR(timers_.Set(tx, kAnswerTimer, proposal.id, proposal.due));
  }
  if (decision.frees_place) {
    TREMPLIN_RETURN_IF_ERROR(store::Release(tx, proposal.id));
    TREMPLIN_RETURN_IF_ERROR(
        store::TouchPair(tx, proposal.mentee.enrolment, proposal.mentor.enrolment));
  }
  return Tell(tx, *row, decision.fact, now, traceparent);
}

absl::Status Ledger::Teach(database::Transaction& tx, const domain::Proposal& proposal,
                           const domain::SayNo& no, int64_t pool_version) const {
  const std::string criterion(domain::CriterionOf(no.reason));
  if (criterion.empty()) return absl::OkStatus();
  TREMPLIN_ASSIGN_OR_RETURN(std::optional<store::PoolEntry> entry,
                            store::FindEntry(tx, proposal.party(no.side).enrolment));
  if (!entry.has_value()) return absl::OkStatus();
  if (engine::LessonsOn(criterion, entry->lessons) == engine::kMostLessons) return absl::OkStatus();
  entry->lessons.push_back(criterion);
  return store::UpdateEntry(tx, *entry, pool_version);
}

absl::Status Ledger::Tell(database::Transaction& tx, const store::ProposalRow& row,
                          domain::Fact fact, absl::Time now, std::string_view traceparent) const {
  const domain::Proposal& proposal = row.proposal;
  const auto append = [&](auto event) {
    FillParties(proposal, event.mutable_parties());
    return outbox_.Append(tx, proposal.id, now, event, traceparent);
  };
  switch (fact) {
    case domain::Fact::kNone:
      return absl::OkStatus();
    case domain::Fact::kProposed: {
      events::ProposalMade event;
      *event.mutable_answer_by() = ToTimestamp(proposal.due);
      event.set_override_reason(row.override_reason);
      return append(std::move(event));
    }
    case domain::Fact::kInterested: {
      events::ProposalInterested event;
      *event.mutable_meet_by() = ToTimestamp(proposal.due);
      return append(std::move(event));
    }
    case domain::Fact::kMeetingHeld: {
      events::ContactMeetingHeld event;
      *event.mutable_answer_by() = ToTimestamp(proposal.due);
      return append(std::move(event));
    }
    case domain::Fact::kMatched: {
      events::MatchMade event;
      *event.mutable_sign_by() = ToTimestamp(domain::SignBy(proposal, now));
      return append(std::move(event));
    }
    case domain::Fact::kEnded: {
      events::ProposalEnded event;
      event.set_outcome(OutcomeOf(proposal.state));
      event.set_by(proposal.ended_by);
      event.set_reason(proposal.end_reason);
      return append(std::move(event));
    }
    case domain::Fact::kMatchEnded: {
      events::MatchEnded event;
      event.set_reason(proposal.end_reason);
      return append(std::move(event));
    }
  }
  return absl::OkStatus();
}

}  // namespace tremplin::matching::app
