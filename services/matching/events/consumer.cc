#include "services/matching/events/consumer.h"

#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string_view>
#include <utility>
#include <vector>

#include "common/ids/ids.h"
#include "common/program/format.h"
#include "common/resources/names.h"
#include "common/status/macros.h"
#include "common/text/text.h"
#include "services/matching/app/staff_pairs.h"
#include "services/matching/store/bars.h"
#include "services/matching/store/identification.h"
#include "services/matching/store/pins.h"
#include "services/matching/store/pool.h"
#include "services/matching/store/proposals.h"
#include "services/matching/store/run_input.h"

namespace tremplin::matching::events {
namespace {

namespace reg = registration::events::v1;
namespace ses = session::events::v1;

constexpr char kContinued[] = "continued";
constexpr char kSamePerson[] = "same_person";

// Whether somebody in it is in it twice.
bool MeetsThemselves(const domain::Proposal& proposal) {
  std::set<std::string_view> people;
  for (const domain::Participant& one : proposal.participants) {
    if (one.in() && !people.insert(one.person).second) return true;
  }
  return false;
}

std::vector<std::string> Sorted(const google::protobuf::RepeatedPtrField<std::string>& texts) {
  std::vector<std::string> sorted(texts.begin(), texts.end());
  std::sort(sorted.begin(), sorted.end());
  return sorted;
}

void Take(const reg::Profile& profile,
          const google::protobuf::RepeatedPtrField<std::string>& formats,
          const program::Registry& registry, store::PoolEntry* entry) {
  entry->facts = profile.facts();
  entry->wishes = Sorted(profile.wishes());
  entry->required = Sorted(profile.required());
  entry->attributes = Sorted(profile.attributes());
  entry->formats = Sorted(formats);
  const bool mentor = entry->side == domain::Side::kMentor;
  entry->capacity = mentor ? store::CapacityOf(registry, entry->facts) : 0;
}

// Whether something of `before` is not in `now`; both are sorted.
bool Lacks(const std::vector<std::string>& before, const std::vector<std::string>& now) {
  return !std::includes(now.begin(), now.end(), before.begin(), before.end());
}

absl::Status Renew(database::Transaction& tx, std::string_view enrolment,
                   const std::function<void(store::PoolEntry*)>& change) {
  TREMPLIN_ASSIGN_OR_RETURN(std::optional<store::PoolEntry> entry, store::FindEntry(tx, enrolment));
  if (!entry.has_value()) return absl::OkStatus();  // not ready yet: EnrolmentReady tells it all
  TREMPLIN_ASSIGN_OR_RETURN(const int64_t version, store::NextPoolVersion(tx, entry->program));
  const store::PoolEntry before = *entry;
  change(&*entry);
  TREMPLIN_RETURN_IF_ERROR(store::UpdateEntry(tx, *entry, version));
  // What was withdrawn leaves the records of runs too.
  const bool withdrawn = Lacks(before.wishes, entry->wishes) ||
                         Lacks(before.required, entry->required) ||
                         Lacks(before.attributes, entry->attributes);
  return withdrawn ? store::ForgetVolunteered(tx, *entry) : absl::OkStatus();
}

// What becomes of somebody whose part in something is over.
enum class Wish { kMatched, kPaused, kAsBefore };

// Nobody is asked after a single meeting whether to have another: they stay as they were until they
// say otherwise. After anything else, who has not said is paused until they do.
Wish WishOf(ses::Participant::Rematch said, bool single_meeting) {
  if (said == ses::Participant::REMATCH_YES) return Wish::kMatched;
  if (said == ses::Participant::REMATCH_NO) return Wish::kPaused;
  return single_meeting ? Wish::kAsBefore : Wish::kPaused;
}

void Follow(Wish wish, store::PoolEntry* entry) {
  if (entry->paused_by == store::kPausedByStaff || wish == Wish::kAsBefore) return;
  if (wish == Wish::kPaused) {
    entry->Pause(store::kPausedByEngagement, absl::InfinitePast());
  } else if (entry->paused_by == store::kPausedByEngagement) {
    entry->Resume();
  }
}

// Who is free again waits on with the time that they had waited until they were matched; who never
// began (`ended` InfinitePast), as though nothing had been.
void WaitOn(absl::Time matched, absl::Time ended, store::PoolEntry* entry) {
  if (ended == absl::InfinitePast()) return;
  entry->waiting_since = entry->waiting_since < matched ? ended - (matched - entry->waiting_since)
                                                        : std::max(entry->waiting_since, ended);
}

// Who went on with something else is busy, not free: a mentee with anything, anybody with what
// continues the engagement.
absl::StatusOr<bool> GoesOn(database::Reader& reader, const ses::Participant& who,
                            const std::string& engagement) {
  TREMPLIN_ASSIGN_OR_RETURN(const std::vector<std::string> active,
                            store::ActiveProposalsOf(reader, who.enrolment()));
  if (who.side() == program::v1::SUBJECT_MENTEE) return !active.empty();
  for (const std::string& id : active) {
    TREMPLIN_ASSIGN_OR_RETURN(const auto row, store::FindProposal(reader, id));
    if (row.has_value() && row->continues_engagement == engagement) return true;
  }
  return false;
}

// A mentee who goes on with something else is busy; a no of theirs counts all the same. Two
// meetings may be over at one moment, and are told of in any order: the first of them that was
// proposed tells how long they had waited, and a no to either stands.
absl::Status Rematch(database::Transaction& tx, const ses::Participant& who,
                     const std::string& engagement, Wish wish, absl::Time matched,
                     absl::Time ended) {
  TREMPLIN_ASSIGN_OR_RETURN(const bool goes_on, GoesOn(tx, who, engagement));
  if (goes_on && who.side() != program::v1::SUBJECT_MENTEE) return absl::OkStatus();
  return Renew(tx, who.enrolment(), [&](store::PoolEntry* entry) {
    const bool another = ended != absl::InfinitePast() && entry->over == ended;
    const absl::Time taken = another ? std::min(entry->over_taken, matched) : matched;
    const bool no = who.rematch() == ses::Participant::REMATCH_NO;
    const bool resumes = wish == Wish::kMatched;
    if (no || (!goes_on && !(another && resumes))) Follow(wish, entry);
    if (goes_on) {
      entry->over = ended;
      entry->over_taken = taken;
    } else {
      WaitOn(taken, ended, entry);
    }
  });
}

bool IsSingleMeeting(const program::Program& program, std::string_view format) {
  const program::v1::Format* found = program::FindFormat(program.definition, format);
  return found != nullptr && program::ShapeOf(*found) == program::Shape::kMeetings;
}

// The proposal that somebody of the engagement came by: its own, or one by which they joined.
absl::StatusOr<std::optional<store::ProposalRow>> FindOf(database::Reader& reader,
                                                         const ses::EngagementRef& ref,
                                                         const std::string& enrolment) {
  TREMPLIN_ASSIGN_OR_RETURN(std::vector<std::string> ids,
                            store::JoiningProposals(reader, ref.engagement()));
  ids.push_back(ref.proposal());
  for (const std::string& id : ids) {
    TREMPLIN_ASSIGN_OR_RETURN(std::optional<store::ProposalRow> row,
                              store::FindProposal(reader, id));
    if (!row.has_value()) continue;
    // What went on as something else holds nobody's place any more.
    const domain::Participant* one = row->proposal.Find(enrolment);
    const bool holds = one != nullptr && one->in();
    if (holds && row->proposal.state == domain::State::kMatched) return row;
  }
  return std::nullopt;
}

// That nothing is left to be closed: it went on as something else, or all who came by it left.
bool IsOver(const domain::Proposal& proposal) {
  if (proposal.state != domain::State::kClosed) return false;
  return proposal.end_reason == kContinued ||
         proposal.In(domain::Side::kMentee) + proposal.In(domain::Side::kMentor) == 0;
}

// Frees the places of an engagement, of who joined it later too, for what it goes on as.
absl::Status CloseContinued(database::Transaction& tx, const app::Ledger& ledger,
                            const ses::EngagementRef& ref, absl::Time now, std::string_view trace) {
  TREMPLIN_ASSIGN_OR_RETURN(std::vector<std::string> ids,
                            store::JoiningProposals(tx, ref.engagement()));
  ids.push_back(ref.proposal());
  for (const std::string& id : ids) {
    TREMPLIN_ASSIGN_OR_RETURN(std::optional<store::ProposalRow> row, store::FindProposal(tx, id));
    if (!row.has_value() || row->proposal.state != domain::State::kMatched) continue;
    TREMPLIN_RETURN_IF_ERROR(ledger.Apply(tx, domain::Close{kContinued}, now, trace, &*row));
  }
  return absl::OkStatus();
}

// Whether everybody has room for what the engagement is to go on as, once its own places are free.
// Asked before they are freed: one that does not go on keeps them.
absl::StatusOr<bool> HaveRoom(database::Transaction& tx, const ses::EngagementRef& ref,
                              const app::Draft& draft) {
  TREMPLIN_ASSIGN_OR_RETURN(const std::vector<std::string> joining,
                            store::JoiningProposals(tx, ref.engagement()));
  std::set<std::string> own(joining.begin(), joining.end());
  own.insert(ref.proposal());
  const std::string& group = draft.format->matching().exclusivity_group();
  std::set<std::string> elsewhere;
  if (!group.empty()) {
    TREMPLIN_ASSIGN_OR_RETURN(elsewhere, store::EngagedElsewhere(tx, ref.program(), group));
  }
  for (const store::PoolEntry& one : draft.people) {
    TREMPLIN_ASSIGN_OR_RETURN(const std::vector<std::string> active,
                              store::ActiveProposalsOf(tx, one.enrolment));
    int64_t freed = 0;
    for (const std::string& id : active) {
      freed += own.contains(id) ? 1 : 0;
      if (own.contains(id) || one.side == domain::Side::kMentor) continue;
      TREMPLIN_ASSIGN_OR_RETURN(const auto row, store::FindProposal(tx, id));
      if (row.has_value() && !row->parallel) return false;
    }
    const bool full = one.taken - freed >= one.capacity;
    if (one.side == domain::Side::kMentor ? full : elsewhere.contains(one.person)) return false;
  }
  return true;
}

events::v1::ContinuationRefused RefusalOf(const ses::EngagementRef& ref, const std::string& format,
                                          std::string_view reason) {
  events::v1::ContinuationRefused refused;
  events::v1::ProposalRef& proposal = *refused.mutable_proposal();
  proposal.set_proposal(ref.proposal());
  proposal.set_program(ref.program());
  proposal.set_program_version(ref.program_version());
  proposal.set_format(ref.format());
  for (const ses::Participant& one : ref.participants()) {
    events::v1::Participant& to = *proposal.add_participants();
    to.set_enrolment(one.enrolment());
    to.set_person(one.person());
    to.set_side(one.side());
    to.set_business_key(one.business_key());
  }
  refused.set_engagement(ref.engagement());
  refused.set_format(format);
  refused.set_reason(std::string(reason));
  return refused;
}

std::string DerivedId(std::string_view what, const std::string& engagement,
                      std::string_view which) {
  const std::string_view parts[] = {what, engagement, which};
  return ids::Derive(parts);
}

}  // namespace

Consumer::Consumer(const app::Ledger& ledger, program::ProgramStore& programs,
                   const clock::Clock& clock, engine::Distance distance)
    : ledger_(ledger), programs_(programs, clock), distance_(std::move(distance)) {}

void Consumer::Subscribe(inbox::Handlers& handlers) {
  constexpr auto kEventAlone = inbox::Handlers::Reads::kEventAlone;
  handlers.On<reg::EnrolmentReady>(
      "registration",
      [this](const Event& e, const reg::EnrolmentReady& p) { return OnReady(e, p); }, kEventAlone);
  handlers.On<reg::EnrolmentChanged>(
      "registration",
      [this](const Event& e, const reg::EnrolmentChanged& p) { return OnChanged(e, p); },
      kEventAlone);
  handlers.On<reg::EnrolmentEnded>(
      "registration",
      [this](const Event& e, const reg::EnrolmentEnded& p) { return OnEnded(e, p); }, kEventAlone);
  handlers.On<reg::EnrolmentIdentified>(
      "registration",
      [this](const Event& e, const reg::EnrolmentIdentified& p) { return OnIdentified(e, p); },
      kEventAlone);
  handlers.On<ses::AgreementPending>(
      "session",
      [this](const Event&, const ses::AgreementPending& p) { return OnKnown(p.engagement()); },
      kEventAlone);
  handlers.On<ses::EngagementStarted>(
      "session",
      [this](const Event&, const ses::EngagementStarted& p) { return OnKnown(p.engagement()); },
      kEventAlone);
  handlers.On<ses::AgreementLapsed>(
      "session",
      [this](const Event& e, const ses::AgreementLapsed& p) {
        return OnOver(e, p.engagement(), "agreement_lapsed", absl::InfinitePast());
      },
      kEventAlone);
  handlers.On<ses::EngagementCompleted>(
      "session",
      [this](const Event& e, const ses::EngagementCompleted& p) {
        return OnOver(e, p.engagement(), p.reason(), resources::FromTimestamp(p.ended_at()));
      },
      kEventAlone);
  handlers.On<ses::EngagementEndedEarly>(
      "session",
      [this](const Event& e, const ses::EngagementEndedEarly& p) {
        return OnOver(e, p.engagement(), p.reason(), resources::FromTimestamp(p.ended_at()));
      },
      kEventAlone);
  handlers.On<ses::ParticipantLeft>(
      "session", [this](const Event& e, const ses::ParticipantLeft& p) { return OnLeft(e, p); },
      kEventAlone);
  handlers.On<ses::RematchAnswered>(
      "session", [this](const Event& e, const ses::RematchAnswered& p) { return OnRematch(e, p); },
      kEventAlone);
  handlers.On<ses::ContinuationAgreed>(
      "session",
      [this](const Event& e, const ses::ContinuationAgreed& p) { return OnContinued(e, p); },
      kEventAlone);
  handlers.On<ses::IntroductionGiven>(
      "session",
      [this](const Event& e, const ses::IntroductionGiven& p) { return OnIntroduced(e, p); },
      kEventAlone);
}

absl::StatusOr<inbox::Apply> Consumer::OnReady(const Event& event,
                                               const reg::EnrolmentReady& ready) const {
  TREMPLIN_ASSIGN_OR_RETURN(const std::shared_ptr<const program::Program> program,
                            programs_.Version(ready.program(), ready.program_version()));
  store::PoolEntry entry;
  entry.enrolment = ready.enrolment();
  entry.program = ready.program();
  entry.side =
      ready.role() == reg::ENROLMENT_ROLE_MENTOR ? domain::Side::kMentor : domain::Side::kMentee;
  entry.person = ready.person();
  entry.business_key = ready.business_key();
  Take(ready.profile(), ready.formats(), program->registry, &entry);
  entry.waiting_since = event.time;
  return inbox::Apply([this, entry](database::Transaction& tx) -> absl::Status {
    TREMPLIN_RETURN_IF_ERROR(ledger_.Arrived(tx, entry.program, entry.waiting_since));
    TREMPLIN_ASSIGN_OR_RETURN(const int64_t version, store::NextPoolVersion(tx, entry.program));
    return store::PutEntry(tx, entry, version);
  });
}

absl::StatusOr<inbox::Apply> Consumer::OnChanged(const Event& event,
                                                 const reg::EnrolmentChanged& changed) const {
  TREMPLIN_ASSIGN_OR_RETURN(const std::shared_ptr<const program::Program> program,
                            programs_.InForce(changed.program(), event.time));
  return inbox::Apply(
      [this, changed, program, time = event.time](database::Transaction& tx) -> absl::Status {
        TREMPLIN_RETURN_IF_ERROR(ledger_.Arrived(tx, changed.program(), time));
        return Renew(tx, changed.enrolment(), [&](store::PoolEntry* entry) {
          const int64_t places = entry->capacity;
          Take(changed.profile(), changed.formats(), program->registry, entry);
          // A mentor who says anew how many mentees they take, takes them; unless staff paused
          // them.
          if (entry->capacity != places && entry->paused_by != store::kPausedByStaff) {
            entry->Resume();
          }
        });
      });
}

absl::StatusOr<inbox::Apply> Consumer::OnEnded(const Event& event,
                                               const reg::EnrolmentEnded& ended) const {
  return inbox::Apply([this, ended, time = event.time](database::Transaction& tx) -> absl::Status {
    TREMPLIN_RETURN_IF_ERROR(Renew(tx, ended.enrolment(), [](store::PoolEntry* entry) {
      entry->ready = false;
      // What was volunteered for matching goes with the enrolment.
      entry->wishes.clear();
      entry->required.clear();
      entry->attributes.clear();
    }));
    TREMPLIN_ASSIGN_OR_RETURN(const std::vector<store::Pin> pins,
                              store::PinsOf(tx, ended.enrolment()));
    for (const store::Pin& pin : pins) {
      TREMPLIN_RETURN_IF_ERROR(ledger_.EndPin(tx, pin));
      // Whoever was kept for a mentor who left may have another.
      TREMPLIN_RETURN_IF_ERROR(ledger_.Arrived(tx, pin.program, time));
    }
    TREMPLIN_ASSIGN_OR_RETURN(const std::vector<std::string> open,
                              store::OpenProposalsOf(tx, ended.enrolment()));
    for (const std::string& id : open) {
      TREMPLIN_ASSIGN_OR_RETURN(std::optional<store::ProposalRow> row, store::FindProposal(tx, id));
      if (!row.has_value()) continue;
      TREMPLIN_RETURN_IF_ERROR(
          ledger_.Apply(tx, domain::Leave{ended.enrolment(), ended.reason()}, time, "", &*row));
    }
    return absl::OkStatus();
  });
}

// What runs goes on: a link takes nobody's mentor away. Only what would bring somebody together
// with themselves ends.
absl::StatusOr<inbox::Apply> Consumer::OnIdentified(
    const Event& event, const reg::EnrolmentIdentified& identified) const {
  return inbox::Apply([this, identified, time = event.time,
                       trace = event.traceparent](database::Transaction& tx) -> absl::Status {
    const std::string& enrolment = identified.enrolment();
    TREMPLIN_ASSIGN_OR_RETURN(const int64_t version,
                              store::NextPoolVersion(tx, identified.program()));
    TREMPLIN_RETURN_IF_ERROR(
        store::Identify(tx, enrolment, identified.person(), !identified.behind().empty(), version));
    TREMPLIN_RETURN_IF_ERROR(store::Touch(tx, {enrolment}));
    TREMPLIN_RETURN_IF_ERROR(ledger_.Arrived(tx, identified.program(), time));
    TREMPLIN_ASSIGN_OR_RETURN(const std::vector<std::string> open,
                              store::OpenProposalsOf(tx, enrolment));
    for (const std::string& id : open) {
      TREMPLIN_ASSIGN_OR_RETURN(std::optional<store::ProposalRow> row, store::FindProposal(tx, id));
      if (!row.has_value() || !MeetsThemselves(row->proposal)) continue;
      TREMPLIN_RETURN_IF_ERROR(
          ledger_.Apply(tx, domain::Cancel{"staff", kSamePerson}, time, trace, &*row));
    }
    return absl::OkStatus();
  });
}

absl::StatusOr<inbox::Apply> Consumer::OnKnown(const Ref& ref) const {
  return inbox::Apply([ref](database::Transaction& tx) {
    return store::SetEngagement(tx, ref.proposal(), ref.engagement());
  });
}

absl::StatusOr<inbox::Apply> Consumer::OnOver(const Event& event, Ref ref,
                                              const std::string& reason,
                                              absl::Time ended_at) const {
  TREMPLIN_ASSIGN_OR_RETURN(const std::shared_ptr<const program::Program> program,
                            programs_.Version(ref.program(), ref.program_version()));
  return inbox::Apply([this, ref, reason, ended_at,
                       meeting = IsSingleMeeting(*program, ref.format()), time = event.time,
                       trace = event.traceparent](database::Transaction& tx) -> absl::Status {
    TREMPLIN_ASSIGN_OR_RETURN(std::vector<std::string> ids,
                              store::JoiningProposals(tx, ref.engagement()));
    ids.push_back(ref.proposal());
    absl::Time matched = absl::InfinitePast();
    std::map<std::string, absl::Time> joined;  // when who came later was proposed
    for (const std::string& id : ids) {
      TREMPLIN_ASSIGN_OR_RETURN(std::optional<store::ProposalRow> row, store::FindProposal(tx, id));
      if (!row.has_value()) return absl::FailedPreconditionError(text::Cat("no proposal ", id));
      if (id == ref.proposal()) {
        matched = row->created;
      } else {
        for (const domain::Participant& one : row->proposal.participants) {
          if (one.in()) joined.emplace(one.enrolment, row->created);
        }
      }
      if (row->proposal.state == domain::State::kOpen) {
        TREMPLIN_RETURN_IF_ERROR(
            ledger_.Apply(tx, domain::Cancel{"engagement", reason}, time, trace, &*row));
      } else if (!IsOver(row->proposal)) {
        TREMPLIN_RETURN_IF_ERROR(ledger_.Apply(tx, domain::Close{reason}, time, trace, &*row));
      }
    }
    for (const ses::Participant& one : ref.participants()) {
      const auto later = joined.find(one.enrolment());
      const absl::Time since = later == joined.end() ? matched : later->second;
      TREMPLIN_RETURN_IF_ERROR(
          Rematch(tx, one, ref.engagement(), WishOf(one.rematch(), meeting), since, ended_at));
    }
    return absl::OkStatus();
  });
}

absl::StatusOr<inbox::Apply> Consumer::OnLeft(const Event& event,
                                              const ses::ParticipantLeft& left) const {
  return inbox::Apply([this, left, time = event.time,
                       trace = event.traceparent](database::Transaction& tx) -> absl::Status {
    const std::string& enrolment = left.participant().enrolment();
    TREMPLIN_RETURN_IF_ERROR(
        store::SetEngagement(tx, left.engagement().proposal(), left.engagement().engagement()));
    TREMPLIN_ASSIGN_OR_RETURN(std::optional<store::ProposalRow> row,
                              FindOf(tx, left.engagement(), enrolment));
    // Somebody who came by no proposal holds no place of one.
    absl::Time matched = time;
    if (row.has_value()) {
      matched = row->created;
      TREMPLIN_RETURN_IF_ERROR(
          ledger_.Apply(tx, domain::Leave{enrolment, left.reason()}, time, trace, &*row));
    }
    return Rematch(tx, left.participant(), left.engagement().engagement(),
                   WishOf(left.participant().rematch(), /*single_meeting=*/false), matched, time);
  });
}

absl::StatusOr<inbox::Apply> Consumer::OnRematch(const Event& event,
                                                 const ses::RematchAnswered& said) const {
  return inbox::Apply([this, said, time = event.time](database::Transaction& tx) -> absl::Status {
    TREMPLIN_RETURN_IF_ERROR(ledger_.Freed(tx, said.engagement().program(), time));
    return Renew(tx, said.participant().enrolment(), [&](store::PoolEntry* entry) {
      Follow(WishOf(said.participant().rematch(), /*single_meeting=*/false), entry);
    });
  });
}

// The places of what it goes on from are free for it.
absl::StatusOr<inbox::Apply> Consumer::OnContinued(const Event& event,
                                                   const ses::ContinuationAgreed& agreed) const {
  const Ref& ref = agreed.engagement();
  TREMPLIN_ASSIGN_OR_RETURN(const std::shared_ptr<const program::Program> program,
                            programs_.Version(ref.program(), ref.program_version()));
  const program::v1::Format* format = program::FindFormat(program->definition, agreed.format());
  if (format == nullptr) {
    return absl::FailedPreconditionError(text::Cat("no format ", agreed.format()));
  }
  return inbox::Apply([this, ref, program, format, time = event.time,
                       trace = event.traceparent](database::Transaction& tx) -> absl::Status {
    TREMPLIN_ASSIGN_OR_RETURN(const std::optional<store::ProposalRow> before,
                              store::FindProposal(tx, ref.proposal()));
    // The timer before the version, as wherever places are freed.
    if (before.has_value() && before->proposal.state == domain::State::kMatched) {
      TREMPLIN_RETURN_IF_ERROR(ledger_.Freed(tx, ref.program(), time));
    }
    TREMPLIN_RETURN_IF_ERROR(store::NextPoolVersion(tx, ref.program()).status());
    const auto refuse = [&](std::string_view reason) {
      return ledger_.Tell(tx, RefusalOf(ref, format->code(), reason), time, trace);
    };
    app::Draft draft{.id = DerivedId("continuation", ref.engagement(), format->code()),
                     .format = format,
                     .initiator = program::v1::INITIATOR_PARTICIPANT,
                     .continues_engagement = ref.engagement(),
                     .matched = true};
    for (const ses::Participant& one : ref.participants()) {
      TREMPLIN_ASSIGN_OR_RETURN(std::optional<store::PoolEntry> entry,
                                store::FindEntry(tx, one.enrolment()));
      // They left meanwhile: what they are in goes on, or ends, as session tells.
      if (!entry.has_value() || !entry->ready) return refuse("left");
      draft.people.push_back(*std::move(entry));
    }
    if (ledger_.Fits(*program, draft) != app::Ledger::Refusal::kNone) return refuse("not_possible");
    TREMPLIN_ASSIGN_OR_RETURN(const bool room, HaveRoom(tx, ref, draft));
    if (!room) return refuse("no_place");
    TREMPLIN_RETURN_IF_ERROR(CloseContinued(tx, ledger_, ref, time, trace));
    app::ScoreDraft(*program, time, distance_, &draft);
    const auto made = ledger_.Make(tx, *program, draft, time, trace);
    if (!made.ok()) return made.status();
    if (made->refusal != app::Ledger::Refusal::kNone) return refuse("no_place");
    for (const store::PoolEntry& one : draft.people) {
      TREMPLIN_RETURN_IF_ERROR(Renew(tx, one.enrolment, [](store::PoolEntry* entry) {
        if (entry->paused_by == store::kPausedByEngagement) entry->Resume();
      }));
    }
    return absl::OkStatus();
  });
}

// Where the connector is full, paused, barred or was met already, nothing is proposed: the next run
// finds another.
absl::StatusOr<inbox::Apply> Consumer::OnIntroduced(const Event& event,
                                                    const ses::IntroductionGiven& given) const {
  if (given.to().empty()) {
    return inbox::Apply([](database::Transaction&) { return absl::OkStatus(); });
  }
  const Ref& ref = given.engagement();
  TREMPLIN_ASSIGN_OR_RETURN(const std::shared_ptr<const program::Program> program,
                            programs_.InForce(ref.program(), event.time));
  return inbox::Apply([this, ref, program, to = given.to(), introduction = given.introduction(),
                       time = event.time,
                       trace = event.traceparent](database::Transaction& tx) -> absl::Status {
    const program::v1::Format* format = program::FindFormat(program->definition, ref.format());
    if (format == nullptr) return absl::OkStatus();
    TREMPLIN_RETURN_IF_ERROR(store::NextPoolVersion(tx, ref.program()).status());
    app::Draft draft{.id = DerivedId("introduction", ref.engagement(), introduction),
                     .format = format,
                     .initiator = program::v1::INITIATOR_PARTICIPANT,
                     .continues_engagement = ref.engagement()};
    TREMPLIN_ASSIGN_OR_RETURN(const auto met,
                              store::MetInFormat(tx, ref.program(), format->code()));
    for (const ses::Participant& one : ref.participants()) {
      if (one.side() != program::v1::SUBJECT_MENTEE) continue;
      TREMPLIN_ASSIGN_OR_RETURN(std::optional<store::PoolEntry> entry,
                                store::FindEntry(tx, one.enrolment()));
      if (!entry.has_value()) return absl::OkStatus();
      TREMPLIN_ASSIGN_OR_RETURN(const std::set<std::string> barred,
                                store::BarredMentors(tx, one.enrolment(), format->code()));
      const auto before = met.find(one.enrolment());
      if (barred.contains(to) || (before != met.end() && before->second.contains(to))) {
        return absl::OkStatus();
      }
      draft.people.push_back(*std::move(entry));
    }
    TREMPLIN_ASSIGN_OR_RETURN(std::optional<store::PoolEntry> connector, store::FindEntry(tx, to));
    if (!connector.has_value() || !connector->Qualifies(format->code())) return absl::OkStatus();
    draft.people.push_back(*std::move(connector));
    app::ScoreDraft(*program, time, distance_, &draft);
    return ledger_.Make(tx, *program, draft, time, trace).status();
  });
}

}  // namespace tremplin::matching::events
