#include "services/matching/app/ledger.h"

#include <algorithm>
#include <memory>
#include <set>
#include <variant>

#include "common/clock/day.h"
#include "common/program/format.h"
#include "common/resources/names.h"
#include "common/status/error.h"
#include "common/status/macros.h"
#include "common/text/text.h"
#include "services/matching/app/policy.h"
#include "services/matching/domain/lesson.h"
#include "services/matching/engine/score.h"
#include "services/matching/messages.h"
#include "services/matching/store/bars.h"
#include "tremplin/matching/events/v1/events.pb.h"

namespace tremplin::matching::app {
namespace {

namespace events = tremplin::matching::events::v1;
namespace pv = program::v1;
using resources::ToTimestamp;

constexpr char kContinuous[] = "continuous";
constexpr char kMatchedElsewhere[] = "matched_elsewhere";

pv::Subject SubjectOf(domain::Side side) {
  return side == domain::Side::kMentee ? pv::SUBJECT_MENTEE : pv::SUBJECT_MENTOR;
}

void Fill(const domain::Participant& from, events::Participant* to) {
  to->set_enrolment(from.enrolment);
  to->set_person(from.person);
  to->set_side(SubjectOf(from.side));
  to->set_business_key(from.business_key);
}

// Whose no, or whose leaving the program, ended it; "" where time or staff did.
std::string EndedBy(const domain::Proposal& before, const domain::Proposal& after) {
  if (after.ended_by == "time" || after.ended_by == "staff") return "";
  for (const domain::Participant& one : after.participants) {
    const domain::Participant* was = before.Find(one.enrolment);
    if (!one.in() && was != nullptr && was->in()) return one.enrolment;
  }
  return "";
}

// Of whom an agreement was, and why it is none any more.
events::MatchEnded EndOfMatch(const domain::Proposal& proposal,
                              const std::vector<std::string>& freed) {
  events::MatchEnded event;
  for (const std::string& enrolment : freed) {
    Fill(*proposal.Find(enrolment), event.add_freed());
    event.set_reason(proposal.Find(enrolment)->reason);
  }
  if (proposal.state == domain::State::kClosed) event.set_reason(proposal.end_reason);
  return event;
}

void FillRef(const store::ProposalRow& row, events::ProposalRef* ref) {
  ref->set_proposal(row.proposal.id);
  ref->set_program(row.proposal.program);
  ref->set_program_version(row.proposal.program_version);
  ref->set_format(row.proposal.format);
  ref->set_joins_engagement(row.joins_engagement);
  ref->set_continues_engagement(row.continues_engagement);
}

std::string InitiatorName(pv::Initiator initiator) {
  if (initiator == pv::INITIATOR_ALGORITHM) return "algorithm";
  return initiator == pv::INITIATOR_PARTICIPANT ? "participant" : "coordinator";
}

domain::Participant ParticipantOf(const store::PoolEntry& entry) {
  domain::Participant one;
  one.enrolment = entry.enrolment;
  one.person = entry.person;
  one.business_key = entry.business_key;
  one.side = entry.side;
  return one;
}

int CountOf(const Draft& draft, domain::Side side) {
  return static_cast<int>(std::count_if(draft.people.begin(), draft.people.end(),
                                        [&](const auto& one) { return one.side == side; }));
}

// Documents that hold the start open, of which the agreement is the step.
bool HasDocumentsBeforeStart(const pv::Format& format) {
  return std::any_of(format.engagement().documents().begin(), format.engagement().documents().end(),
                     [](const pv::Document& one) { return one.before_start(); });
}

std::optional<domain::StepKind> KindOf(pv::ProposalStep::Kind kind) {
  if (kind == pv::ProposalStep::KIND_STAFF_APPROVAL) return domain::StepKind::kApproval;
  if (kind == pv::ProposalStep::KIND_INTEREST) return domain::StepKind::kInterest;
  if (kind == pv::ProposalStep::KIND_CONTACT_MEETING) return domain::StepKind::kMeeting;
  if (kind == pv::ProposalStep::KIND_ACCEPTANCE) return domain::StepKind::kAcceptance;
  return std::nullopt;
}

// What the engine did not choose needs no approval of it.
domain::Terms TermsOf(const program::Program& program, const Draft& draft) {
  const pv::Format& format = *draft.format;
  domain::Terms terms;
  for (const pv::ProposalStep& step : format.steps()) {
    const std::optional<domain::StepKind> kind = KindOf(step.kind());
    if (!kind.has_value() || draft.matched) continue;
    if (kind == domain::StepKind::kApproval && draft.initiator != pv::INITIATOR_ALGORITHM) continue;
    terms.steps.push_back({*kind, step.days(), program::Asks(step, pv::SUBJECT_MENTEE),
                           program::Asks(step, pv::SUBJECT_MENTOR)});
  }
  if (HasDocumentsBeforeStart(format)) terms.agreement_days = program::AgreementDays(format);
  terms.time_zone = program.definition.time_zone();
  if (draft.joins_engagement.empty()) {
    terms.mentees = {format.mentees().least(), format.mentees().most()};
    terms.mentors = {format.mentors().least(), format.mentors().most()};
    terms.fills = program::ShapeOf(format) == program::Shape::kGroup;
  } else {
    const int mentees = CountOf(draft, domain::Side::kMentee);
    const int mentors = CountOf(draft, domain::Side::kMentor);
    terms.mentees = {mentees, mentees};
    terms.mentors = {mentors, mentors};
  }
  return terms;
}

bool Within(int count, const domain::Bounds& bounds) {
  return count >= bounds.least && count <= bounds.most;
}

// Requests until they are accepted, and single meetings.
bool IsParallel(const Draft& draft) {
  if (program::ShapeOf(*draft.format) == program::Shape::kMeetings) return true;
  return draft.initiator == pv::INITIATOR_PARTICIPANT && !draft.by.empty();
}

Ledger::Refusal Fitting(const program::Program& program, const Draft& draft,
                        const domain::Terms& terms) {
  std::set<std::string> persons;
  std::set<std::string> enrolments;
  for (const store::PoolEntry& one : draft.people) {
    if (!one.ready) return Ledger::Refusal::kNotInPool;
    if (one.program != program.id) return Ledger::Refusal::kOtherProgram;
    if (!enrolments.insert(one.enrolment).second || !persons.insert(one.person).second) {
      return Ledger::Refusal::kSamePerson;
    }
    const bool staffs = one.paused_by == store::kPausedByStaff;
    if (one.paused && (staffs || !draft.matched)) return Ledger::Refusal::kPaused;
  }
  const bool within = Within(CountOf(draft, domain::Side::kMentee), terms.mentees) &&
                      Within(CountOf(draft, domain::Side::kMentor), terms.mentors);
  return within ? Ledger::Refusal::kNone : Ledger::Refusal::kOutOfBounds;
}

// As somebody who takes part at once, whatever they are to be asked.
store::PoolEntry Unpaused(store::PoolEntry entry) {
  entry.Resume();
  return entry;
}

bool BecameMatched(const domain::Proposal& before, const domain::Proposal& now) {
  return before.state != domain::State::kMatched && now.state == domain::State::kMatched;
}

}  // namespace

std::string CascadeKey(std::string_view program, std::string_view format) {
  return text::Cat(program, "/", format);
}

Ledger::Ledger(const outbox::Outbox& outbox, const timers::Timers& timers,
               program::ProgramStore& programs)
    : outbox_(outbox), timers_(timers), programs_(programs) {}

// A definition that has not come yet says nothing of it: what waits is found by the next run.
absl::Status Ledger::Run(database::Transaction& tx, std::string_view program, bool freed,
                         absl::Time now) const {
  const auto found = programs_.InForce(tx, program, now);
  if (absl::IsNotFound(found.status())) return absl::OkStatus();
  if (!found.ok()) return found.status();
  bool daily = !freed;
  bool continuous = false;
  for (const pv::Format* format : FormatsOf(**found, pv::INITIATOR_ALGORITHM)) {
    const bool at_once = format->matching().proposing() == kContinuous;
    bool& done = at_once ? continuous : daily;
    if (std::exchange(done, true)) continue;
    const absl::Time due = at_once ? now : clock::NextHour(now, kCascadeHour, (*found)->time_zone);
    TREMPLIN_RETURN_IF_ERROR(
        timers_.SetSooner(tx, kCascadeTimer, CascadeKey(program, format->code()), due));
  }
  return absl::OkStatus();
}

absl::Status Ledger::Arrived(database::Transaction& tx, std::string_view program,
                             absl::Time now) const {
  return Run(tx, program, /*freed=*/false, now);
}

absl::Status Ledger::Freed(database::Transaction& tx, std::string_view program,
                           absl::Time now) const {
  return Run(tx, program, /*freed=*/true, now);
}

absl::Status Ledger::RunNext(database::Transaction& tx, const program::Program& program,
                             const pv::Format& format, absl::Time now) const {
  bool after = false;
  for (const pv::Format* one : FormatsOf(program, pv::INITIATOR_ALGORITHM)) {
    if (one == &format) {
      after = true;
    } else if (after && (one->matching().proposing() == kContinuous) ==
                            (format.matching().proposing() == kContinuous)) {
      return timers_.SetSooner(tx, kCascadeTimer, CascadeKey(program.id, one->code()), now);
    }
  }
  return absl::OkStatus();
}

absl::Status Ledger::EndPin(database::Transaction& tx, const store::Pin& pin) const {
  TREMPLIN_RETURN_IF_ERROR(store::DropPin(tx, pin.mentee));
  TREMPLIN_RETURN_IF_ERROR(store::Touch(tx, {pin.mentee, pin.mentor}));
  return timers_.Cancel(tx, kPinTimer, pin.mentee);
}

absl::StatusOr<Ledger::Made> Ledger::Make(database::Transaction& tx,
                                          const program::Program& program, const Draft& draft,
                                          absl::Time now, std::string_view traceparent) const {
  domain::Proposal proposal;
  proposal.id = draft.id;
  proposal.program = program.id;
  proposal.program_version = program.version;
  proposal.format = draft.format->code();
  proposal.terms = TermsOf(program, draft);
  if (const Refusal refusal = Fitting(program, draft, proposal.terms); refusal != Refusal::kNone) {
    return Made{refusal, {}};
  }
  store::ProposalRow row;
  row.parallel = IsParallel(draft);
  row.exclusivity_group = draft.format->matching().exclusivity_group();
  std::vector<std::string> enrolments;
  for (const store::PoolEntry& one : draft.people) {
    proposal.participants.push_back(ParticipantOf(one));
    enrolments.push_back(one.enrolment);
    const bool request = row.parallel && !draft.by.empty() && one.side == domain::Side::kMentee;
    if (!request) continue;
    TREMPLIN_ASSIGN_OR_RETURN(
        const bool engaged, store::IsEngaged(tx, one.enrolment, one.person, row.exclusivity_group));
    if (engaged) return Made{Refusal::kMenteeEngaged, {}};
  }
  for (const store::PoolEntry& one : draft.people) {
    if (one.side != domain::Side::kMentor) continue;
    TREMPLIN_ASSIGN_OR_RETURN(const bool reserved,
                              store::Reserve(tx, draft.matched ? Unpaused(one) : one, draft.id));
    if (reserved) continue;
    TREMPLIN_RETURN_IF_ERROR(store::ReleaseAll(tx, draft.id));
    return Made{Refusal::kMentorFull, {}};
  }
  const domain::Decision decision = domain::Propose(std::move(proposal), now, draft.by);
  row.proposal = decision.next;
  row.initiator = draft.initiator;
  row.score = draft.score;
  row.rank = draft.rank;
  row.contributions = draft.contributions;
  row.override_reason = draft.override_reason;
  row.run = draft.run;
  row.contested = draft.contested;
  row.joins_engagement = draft.joins_engagement;
  row.continues_engagement = draft.continues_engagement;
  row.language = draft.language;
  row.slot = draft.slot;
  row.created = now;
  TREMPLIN_ASSIGN_OR_RETURN(const bool inserted, store::InsertProposal(tx, row));
  if (!inserted) {
    TREMPLIN_RETURN_IF_ERROR(store::ReleaseAll(tx, draft.id));
    return Made{Refusal::kMenteeEngaged, {}};
  }
  TREMPLIN_RETURN_IF_ERROR(store::Touch(tx, enrolments));
  for (const store::PoolEntry& one : draft.people) {
    if (one.side != domain::Side::kMentee) continue;
    TREMPLIN_ASSIGN_OR_RETURN(const std::optional<store::Pin> pin,
                              store::FindPin(tx, one.enrolment));
    if (!pin.has_value() || row.proposal.Find(pin->mentor) == nullptr) continue;
    TREMPLIN_RETURN_IF_ERROR(EndPin(tx, *pin));
  }
  domain::Proposal before = row.proposal;
  before.due = absl::InfinitePast();
  before.state = domain::State::kOpen;
  TREMPLIN_RETURN_IF_ERROR(Carry(tx, before, decision, now, traceparent, &row));
  return Made{Refusal::kNone, std::move(row)};
}

absl::Status Ledger::Tell(database::Transaction& tx, const events::ContinuationRefused& refused,
                          absl::Time now, std::string_view traceparent) const {
  return outbox_.Append(tx, refused.proposal().proposal(), now, refused, traceparent);
}

Ledger::Refusal Ledger::Fits(const program::Program& program, const Draft& draft) const {
  return Fitting(program, draft, TermsOf(program, draft));
}

absl::StatusOr<Ledger::Refusal> Ledger::TakeIn(database::Transaction& tx,
                                               const store::PoolEntry& newcomer, absl::Time now,
                                               std::string_view traceparent,
                                               store::ProposalRow* row) const {
  if (!newcomer.ready || newcomer.program != row->proposal.program) return Refusal::kNotInPool;
  if (newcomer.paused) return Refusal::kPaused;
  for (const domain::Participant& one : row->proposal.participants) {
    if (one.person == newcomer.person) return Refusal::kSamePerson;
  }
  if (newcomer.side == domain::Side::kMentor) {
    TREMPLIN_ASSIGN_OR_RETURN(const bool reserved, store::Reserve(tx, newcomer, row->proposal.id));
    if (!reserved) return Refusal::kMentorFull;
  } else {
    TREMPLIN_ASSIGN_OR_RETURN(
        const bool engaged,
        store::IsEngaged(tx, newcomer.enrolment, newcomer.person, row->exclusivity_group));
    if (engaged) return Refusal::kMenteeEngaged;
  }
  TREMPLIN_RETURN_IF_ERROR(
      Apply(tx, domain::TakeIn{ParticipantOf(newcomer)}, now, traceparent, row));
  TREMPLIN_RETURN_IF_ERROR(store::Touch(tx, {newcomer.enrolment}));
  return Refusal::kNone;
}

absl::Status Ledger::Apply(database::Transaction& tx, const domain::Command& command,
                           absl::Time now, std::string_view traceparent,
                           store::ProposalRow* row) const {
  TREMPLIN_ASSIGN_OR_RETURN(domain::Decision decision, domain::Decide(row->proposal, command, now));
  // The timer before the version, in the order in which a cascade writes them.
  if (!decision.freed.empty()) {
    TREMPLIN_RETURN_IF_ERROR(Freed(tx, row->proposal.program, now));
  }
  TREMPLIN_ASSIGN_OR_RETURN(const int64_t version,
                            store::NextPoolVersion(tx, row->proposal.program));
  const domain::Proposal before = row->proposal;
  TREMPLIN_RETURN_IF_ERROR(store::UpdateProposal(tx, decision.next, row));
  if (const auto* no = std::get_if<domain::SayNo>(&command); no != nullptr) {
    TREMPLIN_RETURN_IF_ERROR(Teach(tx, *no, version));
  }
  return Carry(tx, before, decision, now, traceparent, row);
}

absl::Status Ledger::Carry(database::Transaction& tx, const domain::Proposal& before,
                           const domain::Decision& decision, absl::Time now,
                           std::string_view traceparent, store::ProposalRow* row) const {
  const domain::Proposal& proposal = decision.next;
  if (proposal.due != before.due) {
    TREMPLIN_RETURN_IF_ERROR(proposal.due == absl::InfinitePast()
                                 ? timers_.Cancel(tx, kAnswerTimer, proposal.id)
                                 : timers_.Set(tx, kAnswerTimer, proposal.id, proposal.due));
  }
  if (!domain::IsActive(proposal.state)) {
    TREMPLIN_RETURN_IF_ERROR(store::ReleaseAll(tx, proposal.id));
  } else {
    for (const std::string& enrolment : decision.freed) {
      TREMPLIN_RETURN_IF_ERROR(store::Release(tx, proposal.id, enrolment));
    }
  }
  TREMPLIN_RETURN_IF_ERROR(store::Touch(tx, decision.freed));
  for (const auto& [mentee, mentor] : decision.barred) {
    TREMPLIN_RETURN_IF_ERROR(
        store::PutPastPair(tx, proposal.program, proposal.format, mentee, mentor));
    TREMPLIN_RETURN_IF_ERROR(store::Touch(tx, {mentee, mentor}));
  }
  for (const domain::Fact& fact : decision.facts) {
    TREMPLIN_RETURN_IF_ERROR(Tell(tx, *row, before, decision, fact, now, traceparent));
  }
  if (BecameMatched(before, proposal)) return Settle(tx, now, traceparent, row);
  return absl::OkStatus();
}

absl::Status Ledger::Settle(database::Transaction& tx, absl::Time now, std::string_view traceparent,
                            store::ProposalRow* row) const {
  TREMPLIN_ASSIGN_OR_RETURN(
      const std::shared_ptr<const program::Program> program,
      programs_.Version(tx, row->proposal.program, row->proposal.program_version));
  const pv::Format* format = program::FindFormat(program->definition, row->proposal.format);
  if (format == nullptr || program::ShapeOf(*format) == program::Shape::kMeetings) {
    return absl::OkStatus();
  }
  if (row->parallel) {
    TREMPLIN_ASSIGN_OR_RETURN(const bool exclusive, store::MakeExclusive(tx, row));
    if (!exclusive) return status::Error(absl::StatusCode::kFailedPrecondition, kMenteeEngaged);
  }
  for (const domain::Participant& one : row->proposal.participants) {
    if (!one.in() || one.side != domain::Side::kMentee) continue;
    TREMPLIN_ASSIGN_OR_RETURN(const std::vector<std::string> open,
                              store::OpenProposalsOf(tx, one.enrolment));
    for (const std::string& id : open) {
      TREMPLIN_ASSIGN_OR_RETURN(std::optional<store::ProposalRow> other,
                                store::FindProposal(tx, id));
      if (!other.has_value() || !other->parallel || other->initiator != pv::INITIATOR_PARTICIPANT) {
        continue;
      }
      TREMPLIN_RETURN_IF_ERROR(
          Apply(tx, domain::Cancel{"mentee", kMatchedElsewhere}, now, traceparent, &*other));
    }
  }
  return absl::OkStatus();
}

absl::Status Ledger::Teach(database::Transaction& tx, const domain::SayNo& no,
                           int64_t pool_version) const {
  const std::string criterion(domain::CriterionOf(no.reason));
  if (criterion.empty()) return absl::OkStatus();
  TREMPLIN_ASSIGN_OR_RETURN(std::optional<store::PoolEntry> entry,
                            store::FindEntry(tx, no.enrolment));
  if (!entry.has_value()) return absl::OkStatus();
  if (engine::LessonsOn(criterion, entry->lessons) == engine::kMostLessons) return absl::OkStatus();
  entry->lessons.push_back(criterion);
  return store::UpdateEntry(tx, *entry, pool_version);
}

absl::Status Ledger::Tell(database::Transaction& tx, const store::ProposalRow& row,
                          const domain::Proposal& before, const domain::Decision& decision,
                          const domain::Fact& fact, absl::Time now,
                          std::string_view traceparent) const {
  const domain::Proposal& proposal = decision.next;
  const auto append = [&](auto event) {
    FillRef(row, event.mutable_proposal());
    // An end is told of all whom it meets.
    const bool ends = fact.kind == domain::FactKind::kEnded;
    for (const domain::Participant& one : (ends ? before : proposal).participants) {
      if (one.in()) Fill(one, event.mutable_proposal()->add_participants());
    }
    return outbox_.Append(tx, proposal.id, now, event, traceparent);
  };
  const auto set_due = [&](auto* event) {
    if (proposal.due != absl::InfinitePast()) *event->mutable_due() = ToTimestamp(proposal.due);
  };
  const domain::Step* present = proposal.present();
  const std::string step = present == nullptr ? "" : std::string(domain::NameOf(present->kind));
  switch (fact.kind) {
    case domain::FactKind::kProposed: {
      events::ProposalMade event;
      set_due(&event);
      event.set_override_reason(row.override_reason);
      event.set_initiator(InitiatorName(row.initiator));
      event.set_step(step);
      return append(std::move(event));
    }
    case domain::FactKind::kStepReached: {
      events::StepReached event;
      event.set_step(step);
      set_due(&event);
      return append(std::move(event));
    }
    case domain::FactKind::kMoreAsked: {
      events::MoreAsked event;
      Fill(*proposal.Find(fact.enrolment), event.mutable_participant());
      set_due(&event);
      return append(std::move(event));
    }
    case domain::FactKind::kTakenIn: {
      events::ParticipantProposed event;
      Fill(*proposal.Find(fact.enrolment), event.mutable_participant());
      set_due(&event);
      return append(std::move(event));
    }
    case domain::FactKind::kDropped: {
      events::ParticipantDropped event;
      const domain::Participant& one = *proposal.Find(fact.enrolment);
      Fill(one, event.mutable_participant());
      event.set_outcome(std::string(domain::NameOf(one.standing)));
      event.set_reason(one.reason);
      return append(std::move(event));
    }
    case domain::FactKind::kMatched: {
      events::MatchMade event;
      const absl::Time sign_by = domain::SignBy(proposal, now);
      if (sign_by != absl::InfinitePast()) *event.mutable_sign_by() = ToTimestamp(sign_by);
      return append(std::move(event));
    }
    case domain::FactKind::kEnded: {
      events::ProposalEnded event;
      event.set_outcome(std::string(domain::NameOf(proposal.state)));
      event.set_by(proposal.ended_by);
      event.set_reason(proposal.end_reason);
      event.set_by_enrolment(EndedBy(before, proposal));
      return append(std::move(event));
    }
    case domain::FactKind::kFreed:
      return append(EndOfMatch(proposal, decision.freed));
  }
  return absl::OkStatus();
}

}  // namespace tremplin::matching::app
