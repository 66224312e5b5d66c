#include "services/matching/app/view.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/classification/vocabulary.h"
#include "common/program/format.h"
#include "common/resources/names.h"
#include "common/status/error.h"
#include "common/status/macros.h"
#include "common/text/text.h"
#include "services/matching/app/groups.h"
#include "services/matching/engine/report.h"
#include "services/matching/messages.h"
#include "services/matching/store/run_input.h"

namespace tremplin::matching::app {
namespace {

// Criteria whose value would tell one side what is the other's own: how long they wait, what they
// wish, what they volunteered to staff.
constexpr std::string_view kOwnCriteria[] = {"waiting", "preference"};

using resources::NameOf;
using resources::ToTimestamp;

const messages::Message* CriterionText(std::string_view criterion) {
  static constexpr std::array<std::pair<std::string_view, const messages::Message*>, 10> kTexts = {
      {{"occupation", &kCriterionOccupation},
       {"industry", &kCriterionIndustry},
       {"language", &kCriterionLanguage},
       {"proximity", &kCriterionProximity},
       {"availability", &kCriterionAvailability},
       {"level", &kCriterionLevel},
       {"goals", &kCriterionGoals},
       {"preference", &kCriterionPreference},
       {"waiting", &kCriterionWaiting},
       {kCohesion, &kCriterionCohesion}}};
  for (const auto& [code, message] : kTexts) {
    if (code == criterion) return message;
  }
  return nullptr;
}

// The criterion in both languages: the engine's own, or a fact's title.
program::v1::Text TextOf(const std::string& criterion, const program::Registry& registry) {
  program::v1::Text text;
  if (const messages::Message* message = CriterionText(criterion); message != nullptr) {
    SetText(*message, {}, &text);
  } else if (const program::v1::Fact* fact = registry.Find(criterion); fact != nullptr) {
    text = fact->title();
  } else {
    text.set_en(criterion);
    text.set_fr(criterion);
  }
  return text;
}

bool IsOwn(std::string_view criterion) {
  return std::find(std::begin(kOwnCriteria), std::end(kOwnCriteria), criterion) !=
         std::end(kOwnCriteria);
}

v1::Proposal::State ToProto(domain::State state) {
  switch (state) {
    case domain::State::kOpen:
      return v1::Proposal::STATE_OPEN;
    case domain::State::kMatched:
      return v1::Proposal::STATE_MATCHED;
    case domain::State::kDeclined:
      return v1::Proposal::STATE_DECLINED;
    case domain::State::kExpired:
      return v1::Proposal::STATE_EXPIRED;
    case domain::State::kCancelled:
      return v1::Proposal::STATE_CANCELLED;
    case domain::State::kClosed:
      return v1::Proposal::STATE_CLOSED;
  }
  return v1::Proposal::STATE_UNSPECIFIED;
}

using StepKind = program::v1::ProposalStep;

constexpr std::pair<domain::StepKind, StepKind::Kind> kStepKinds[] = {
    {domain::StepKind::kApproval, StepKind::KIND_STAFF_APPROVAL},
    {domain::StepKind::kInterest, StepKind::KIND_INTEREST},
    {domain::StepKind::kMeeting, StepKind::KIND_CONTACT_MEETING},
    {domain::StepKind::kAcceptance, StepKind::KIND_ACCEPTANCE}};

StepKind::Kind ToProto(domain::StepKind kind) {
  for (const auto& [own, told] : kStepKinds) {
    if (own == kind) return told;
  }
  return StepKind::KIND_UNSPECIFIED;
}

// Where a kind of step stands among a format's; one that it has not comes with the match.
int PlaceOf(StepKind::Kind kind, const program::v1::Format& format) {
  for (int i = 0; i < format.steps_size(); ++i) {
    if (format.steps(i).kind() == kind) return i;
  }
  return format.steps_size();
}

program::v1::Subject SubjectOf(domain::Side side) {
  return side == domain::Side::kMentee ? program::v1::SUBJECT_MENTEE : program::v1::SUBJECT_MENTOR;
}

Disclosed DisclosedUpTo(int place, domain::Side side, const program::v1::Format& format) {
  Disclosed known;
  for (const program::v1::Disclosure& one : format.disclosures()) {
    const int from = one.from() == StepKind::KIND_UNSPECIFIED ? format.steps_size()
                                                              : PlaceOf(one.from(), format);
    if (one.to() != SubjectOf(side) || from > place) continue;
    known.facts.insert(one.facts().begin(), one.facts().end());
    known.contact = known.contact || one.contact();
  }
  return known;
}

v1::Answer ToProto(domain::Reply reply) {
  switch (reply) {
    case domain::Reply::kNone:
      return v1::ANSWER_UNSPECIFIED;
    case domain::Reply::kYes:
      return v1::ANSWER_YES;
    case domain::Reply::kAskMore:
      return v1::ANSWER_ASK_MORE;
  }
  return v1::ANSWER_UNSPECIFIED;
}

std::pair<std::string_view, const messages::Message*> ReasonOf(engine::Reason reason) {
  switch (reason) {
    case engine::Reason::kNoSharedLanguage:
      return {"no_shared_language", &kWhyNoSharedLanguage};
    case engine::Reason::kAlreadyDeclined:
      return {"already_declined", &kWhyAlreadyDeclined};
    case engine::Reason::kScoreTooLow:
      return {"score_too_low", &kWhyScoreTooLow};
    case engine::Reason::kNoMentorFree:
      return {"no_mentor_free", &kWhyNoMentorFree};
    case engine::Reason::kNoSharedSlot:
      return {"no_shared_slot", &kWhyNoSharedSlot};
    case engine::Reason::kNoneAsRequired:
      return {"none_as_required", &kWhyNoneAsRequired};
    case engine::Reason::kOthersSuitBetter:
      return {"others_suit_better", &kWhyOthersSuitBetter};
    case engine::Reason::kLimitReached:
      return {"limit_reached", &kWhyLimitReached};
  }
  return {"no_mentor_free", &kWhyNoMentorFree};
}

std::string ObjectiveName(engine::Objective objective) {
  switch (objective) {
    case engine::Objective::kQuality:
      return "quality";
    case engine::Objective::kCoverage:
      return "coverage";
    case engine::Objective::kStable:
      return "stable";
  }
  return "";
}

void FillWaits(const engine::Waits& from, v1::RunReport::Waits* to) {
  to->set_p50(from.p50);
  to->set_p90(from.p90);
  to->set_p99(from.p99);
}

void FillGroup(const std::string& attribute, const engine::GroupReport& from,
               v1::RunReport::Group* to) {
  to->set_attribute(attribute);
  to->set_group(from.group);
  to->set_mentees(from.mentees);
  to->set_matched(from.matched);
  to->set_match_rate(from.match_rate);
  to->set_mean_score(from.mean_points / engine::kFullPoints);
  FillWaits(from.matched_waits, to->mutable_matched_waits());
  FillWaits(from.unmatched_waits, to->mutable_unmatched_waits());
}

v1::RunReport ToProto(const engine::RunReport& from, const store::AnswerCounts& answers) {
  const auto share = [](int64_t part, int64_t whole) {
    return whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole);
  };
  v1::RunReport to;
  FillGroup("", from.all, to.mutable_all());
  for (const engine::AttributeReport& attribute : from.attributes) {
    for (const engine::GroupReport& group : attribute.groups) {
      FillGroup(attribute.attribute, group, to.add_groups());
    }
    v1::RunReport::Ratio* ratio = to.add_ratios();
    ratio->set_attribute(attribute.attribute);
    ratio->set_match_rate(attribute.rate_ratio);
    ratio->set_mean_score(attribute.points_ratio);
  }
  to.set_exposure_gini(from.exposure_gini);
  to.set_blocking_pairs(from.blocking_pairs);
  to.set_optimality_gap(from.optimality_gap);
  to.set_decline_rate(share(answers.declined, answers.answered));
  to.set_override_share(share(answers.overridden, answers.proposed));
  return to;
}

std::pair<std::string_view, const messages::Message*> StageOf(engine::Rule rule) {
  switch (rule) {
    case engine::Rule::kAnotherPerson:
      return {"another_person", &kStageAnotherPerson};
    case engine::Rule::kSharedLanguage:
      return {"shared_language", &kStageSharedLanguage};
    case engine::Rule::kSharedSlot:
      return {"shared_slot", &kStageSharedSlot};
    case engine::Rule::kRequired:
      return {"required_wishes", &kStageRequired};
    case engine::Rule::kNotBarred:
      return {"not_barred", &kStageNotBarred};
    case engine::Rule::kLeastPoints:
      return {"least_score", &kStageLeastScore};
    case engine::Rule::kPlace:
      return {"place", &kStagePlace};
  }
  return {"", &kStagePlace};
}

void FillNearest(const engine::Nearest& from, const engine::Solution& solution,
                 const program::Registry& registry, bool staff,
                 v1::MenteeExplanation::Nearest* to) {
  if (staff) {
    to->set_mentor_enrolment(NameOf("enrolments", solution.MentorAt(from.mentor).enrolment));
  }
  to->set_points(from.points);
  to->set_short_by(static_cast<int32_t>(from.short_by));
  to->set_criterion(from.criterion);
  const program::v1::Text criterion = TextOf(from.criterion, registry);
  const std::string points = absl::StrCat(from.short_by);
  to->mutable_text()->set_en(status::Fill(kNearestShort.en(), {points, criterion.en()}));
  to->mutable_text()->set_fr(status::Fill(kNearestShort.fr(), {points, criterion.fr()}));
}

void FillRemedy(const engine::Change& from, const engine::Solution& solution, bool staff,
                v1::MenteeExplanation::Remedy* to) {
  switch (from.kind) {
    case engine::ChangeKind::kLanguage:
      to->set_kind("language");
      to->set_code(from.code);
      return SetText(kRemedyLanguage, {from.code}, to->mutable_text());
    case engine::ChangeKind::kSlot:
      to->set_kind("slot");
      to->set_code(from.code);
      return SetText(kRemedySlot, {from.code}, to->mutable_text());
    case engine::ChangeKind::kWish: {
      to->set_kind("wish");
      to->set_code(from.code);
      const classification::Term* trait = classification::FindTrait(from.code);
      program::v1::Text* text = to->mutable_text();
      text->set_en(
          status::Fill(kRemedyWish.en(), {trait == nullptr ? from.code : trait->label.en()}));
      text->set_fr(
          status::Fill(kRemedyWish.fr(), {trait == nullptr ? from.code : trait->label.fr()}));
      return;
    }
    case engine::ChangeKind::kPlace:
      to->set_kind("place");
      if (staff) {
        to->set_mentor_enrolment(NameOf("enrolments", solution.MentorAt(from.mentor).enrolment));
      }
      return SetText(kRemedyPlace, {}, to->mutable_text());
    case engine::ChangeKind::kMinimum:
      to->set_kind("least_score");
      to->set_least_points(from.least_points);
      return SetText(kRemedyLeastScore, {absl::StrCat(from.least_points)}, to->mutable_text());
  }
}

}  // namespace

void SetText(const messages::Message& message, std::initializer_list<std::string_view> args,
             program::v1::Text* text) {
  text->set_en(status::Fill(message.en(), args));
  text->set_fr(status::Fill(message.fr(), args));
}

std::optional<domain::Side> OwnSide(const rpc::Principal& principal) {
  if (principal.role == rpc::Role::ROLE_MENTEE) return domain::Side::kMentee;
  if (principal.role == rpc::Role::ROLE_MENTOR) return domain::Side::kMentor;
  return std::nullopt;
}

bool MaySeeProgram(const rpc::Principal& principal, std::string_view program) {
  // Staff placed with an organization see its people; what is here is a whole program's.
  const bool placed =
      principal.role == rpc::Role::ROLE_COORDINATOR && !principal.organization.empty();
  return !placed && (principal.program.empty() || principal.program == program);
}

const domain::Participant* OwnPart(const rpc::Principal& principal,
                                   const domain::Proposal& proposal) {
  const std::optional<domain::Side> side = OwnSide(principal);
  if (!side.has_value() || principal.person.empty()) return nullptr;
  const auto own = std::find_if(
      proposal.participants.begin(), proposal.participants.end(),
      [&](const auto& one) { return one.side == *side && one.person == principal.person; });
  return own == proposal.participants.end() ? nullptr : &*own;
}

bool MaySee(const rpc::Principal& principal, const domain::Proposal& proposal) {
  if (!MaySeeProgram(principal, proposal.program)) return false;
  if (!OwnSide(principal).has_value()) return true;
  return proposal.shown && OwnPart(principal, proposal) != nullptr;
}

absl::StatusOr<store::ProposalRow> ReadVisible(database::Reader& reader,
                                               const rpc::Principal& principal,
                                               std::string_view id) {
  TREMPLIN_ASSIGN_OR_RETURN(std::optional<store::ProposalRow> row, store::FindProposal(reader, id));
  if (!row.has_value() || !MaySee(principal, row->proposal)) {
    return status::Error(absl::StatusCode::kNotFound, kProposalNotFound);
  }
  return *std::move(row);
}

absl::StatusOr<store::PoolEntry> ReadVisibleEntry(database::Reader& reader,
                                                  const rpc::Principal& principal,
                                                  std::string_view enrolment) {
  TREMPLIN_ASSIGN_OR_RETURN(std::optional<store::PoolEntry> entry,
                            store::FindEntry(reader, enrolment));
  if (!entry.has_value() || !MaySeeProgram(principal, entry->program)) {
    return status::Error(absl::StatusCode::kNotFound, kEnrolmentNotInPool);
  }
  return *std::move(entry);
}

bool LearnsOf(const domain::Participant& own, const domain::Participant& other,
              const program::v1::Format& format) {
  const bool peers = program::ShapeOf(format) == program::Shape::kPeers;
  return own.in() && other.in() && own.enrolment != other.enrolment &&
         (peers || own.side != other.side);
}

Disclosed DisclosedTo(domain::Side side, const program::v1::Format& format,
                      const domain::Proposal& proposal) {
  if (!domain::IsActive(proposal.state)) return {};
  const domain::Step* present = proposal.present();
  const int place =
      present == nullptr ? format.steps_size() : PlaceOf(ToProto(present->kind), format);
  return DisclosedUpTo(place, side, format);
}

Disclosed DisclosedAtFirst(domain::Side side, const program::v1::Format& format) {
  // Staff's approval is passed over where participants ask each other.
  const bool approved =
      format.steps_size() > 0 && format.steps(0).kind() == StepKind::KIND_STAFF_APPROVAL;
  Disclosed known = DisclosedUpTo(approved ? 1 : 0, side, format);
  known.contact = false;
  return known;
}

std::vector<engine::Contribution> KnownTo(const Disclosed& disclosed,
                                          const std::vector<engine::Contribution>& contributions,
                                          const program::v1::Format& format,
                                          const program::Registry& registry) {
  const auto own_weight = [&](const engine::Contribution& one) {
    for (const program::v1::Weight& own : format.matching().weights()) {
      if (own.criterion() == one.criterion) return own.weight();
    }
    return one.weight;
  };
  // A group's criteria weigh together what its fit does.
  double scale = 1;
  if (!contributions.empty() && contributions[0].criterion == kCohesion) {
    double all = 0;
    for (size_t i = 1; i < contributions.size(); ++i) all += own_weight(contributions[i]);
    scale = all > 0 ? AimsOf(format.matching()).second / all : 0;
  }
  std::vector<engine::Contribution> known;
  for (const engine::Contribution& one : contributions) {
    const bool hidden = registry.Find(one.criterion) != nullptr &&
                        !disclosed.facts.contains(one.criterion) &&
                        CriterionText(one.criterion) == nullptr;
    if (IsOwn(one.criterion) || hidden) continue;
    const double counts = one.criterion == kCohesion ? one.weight : scale * own_weight(one);
    known.push_back({one.criterion, std::round(one.value * 2) / 2, counts});
  }
  return known;
}

void FillContributions(const std::vector<engine::Contribution>& from, bool weights,
                       const program::Registry& registry,
                       google::protobuf::RepeatedPtrField<v1::Contribution>* to) {
  for (const engine::Contribution& one : from) {
    v1::Contribution* contribution = to->Add();
    contribution->set_criterion(one.criterion);
    contribution->set_value(one.value);
    if (weights) contribution->set_weight(one.weight);
    *contribution->mutable_text() = TextOf(one.criterion, registry);
  }
}

namespace {

// What staff alone see.
void FillForStaff(const store::ProposalRow& row, v1::Proposal* to) {
  to->set_override_reason(row.override_reason);
  to->set_run(NameOf("runs", row.run));
  to->set_contested(row.contested);
  to->set_approved_by(row.proposal.approved_by);
  if (row.proposal.approved != absl::InfinitePast()) {
    *to->mutable_approve_time() = ToTimestamp(row.proposal.approved);
  }
}

// `known`: the facts of theirs that the caller has learnt.
void FillParticipant(const domain::Participant& from, const domain::Participant* own, bool staff,
                     const std::set<std::string>& known, const ViewOf& view,
                     v1::ProposalParticipant* to) {
  to->set_enrolment(NameOf("enrolments", from.enrolment));
  to->set_side(SubjectOf(from.side));
  to->set_answer(ToProto(from.reply));
  to->set_dropped(std::string(domain::NameOf(from.standing)));
  const bool self = own != nullptr && own->enrolment == from.enrolment;
  if (staff || self) {
    to->set_business_key(from.business_key);
    to->set_drop_reason(from.reason);
  }
  const auto entry = view.entries.find(from.enrolment);
  if (entry == view.entries.end()) return;
  for (const program::v1::GivenFact& fact : entry->second.facts) {
    if (staff || self || known.contains(fact.name())) {
      *to->add_facts() = fact;
    }
  }
}

}  // namespace

v1::Proposal ToProto(const store::ProposalRow& row, const rpc::Principal& principal,
                     const ViewOf& view) {
  const domain::Proposal& from = row.proposal;
  const bool staff = !OwnSide(principal).has_value();
  const domain::Participant* own = OwnPart(principal, from);
  const program::v1::Format* format = program::FindFormat(view.program.definition, from.format);
  Disclosed disclosed;
  if (own != nullptr && format != nullptr) disclosed = DisclosedTo(own->side, *format, from);
  v1::Proposal to;
  to.set_name(NameOf("proposals", from.id));
  to.set_program(NameOf("programs", from.program));
  to.set_program_version(from.program_version);
  to.set_format(from.format);
  for (const domain::Participant& one : from.participants) {
    const bool learns = own != nullptr && format != nullptr && LearnsOf(*own, one, *format);
    FillParticipant(one, own, staff, learns ? disclosed.facts : std::set<std::string>(), view,
                    to.add_participants());
  }
  to.set_state(ToProto(from.state));
  if (from.present() != nullptr) to.set_step(ToProto(from.present()->kind));
  const std::vector<engine::Contribution> counts =
      staff || format == nullptr
          ? row.contributions
          : KnownTo(disclosed, row.contributions, *format, view.program.registry);
  to.set_score(staff ? row.score : engine::Score(counts));
  FillContributions(counts, staff, view.program.registry, to.mutable_contributions());
  if (staff) to.set_rank(row.rank);  // it would tell what the score does not
  if (from.due != absl::InfinitePast()) *to.mutable_due_time() = ToTimestamp(from.due);
  const bool by_a_side = from.ended_by == "mentee" || from.ended_by == "mentor";
  const bool own_end = own != nullptr && own->standing == domain::Standing::kDeclined;
  if (staff || !by_a_side || own_end) {
    to.set_end_reason(from.end_reason);
    to.set_ended_by(from.ended_by);
  }
  if (staff) FillForStaff(row, &to);
  to.set_etag(resources::Etag(row.version));
  *to.mutable_create_time() = ToTimestamp(row.created);
  to.set_initiator(row.initiator);
  to.set_joins_engagement(NameOf("engagements", row.joins_engagement));
  to.set_continues_engagement(NameOf("engagements", row.continues_engagement));
  to.set_language(row.language);
  to.set_slot(row.slot);
  return to;
}

absl::StatusOr<v1::Proposal> Show(database::Reader& reader, program::ProgramStore& programs,
                                  const store::ProposalRow& row, const rpc::Principal& principal,
                                  bool people) {
  TREMPLIN_ASSIGN_OR_RETURN(
      const std::shared_ptr<const program::Program> program,
      programs.Version(reader, row.proposal.program, row.proposal.program_version));
  ViewOf view{*program};
  if (people) {
    for (const domain::Participant& one : row.proposal.participants) {
      TREMPLIN_ASSIGN_OR_RETURN(std::optional<store::PoolEntry> entry,
                                store::FindEntry(reader, one.enrolment));
      if (entry.has_value()) view.entries.emplace(one.enrolment, *std::move(entry));
    }
  }
  return ToProto(row, principal, view);
}

v1::Run SummaryOf(const engine::Solution& solution, const store::AnswerCounts& answers) {
  v1::Run run;
  run.set_objective(ObjectiveName(solution.policy().objective));
  run.set_mentees(static_cast<int32_t>(solution.pool().mentees.size()));
  run.set_mentors(static_cast<int32_t>(solution.pool().mentors.size()));
  int places = 0;
  for (const engine::Mentor& mentor : solution.pool().mentors) places += std::max(0, mentor.free);
  run.set_free_places(places);
  run.set_certified(solution.certificate().ok);
  run.set_points(solution.certificate().points);
  run.set_bound_points(solution.bound_points());
  *run.mutable_report() = ToProto(solution.Figures(), answers);
  return run;
}

v1::Run SummaryOf(const engine::LivePool& pool) {
  const engine::LivePool::Summary summary = pool.GetSummary();
  v1::Run run;
  run.set_objective(ObjectiveName(pool.policy().objective));
  run.set_mentees(static_cast<int32_t>(summary.mentees));
  run.set_mentors(static_cast<int32_t>(summary.mentors));
  run.set_free_places(static_cast<int32_t>(summary.places));
  run.set_certified(true);
  run.set_points(summary.points);
  return run;
}

v1::MenteeExplanation Explained(std::string_view reason, const messages::Message& message) {
  v1::MenteeExplanation to;
  to.set_reason(std::string(reason));
  SetText(message, {"0"}, to.mutable_text());
  return to;
}

v1::MenteeExplanation ToProto(const engine::UnmatchedExplanation& why,
                              const engine::Solution& solution, const program::Registry& registry,
                              const rpc::Principal& principal) {
  const bool staff = !OwnSide(principal).has_value();
  v1::MenteeExplanation to;
  const auto [code, message] = ReasonOf(engine::ReasonOf(why.cause));
  to.set_reason(std::string(code));
  SetText(*message, {absl::StrCat(engine::FullAmong(why))}, to.mutable_text());
  for (const engine::Stage& stage : why.stages) {
    const auto [rule, told] = StageOf(stage.rule);
    v1::MenteeExplanation::Stage* shown = to.add_stages();
    shown->set_rule(std::string(rule));
    shown->set_left(stage.left);
    shown->set_left_near(stage.left_near);
    SetText(*told, {absl::StrCat(stage.left)}, shown->mutable_text());
  }
  if (why.nearest.has_value()) {
    FillNearest(*why.nearest, solution, registry, staff, to.mutable_nearest());
  }
  for (const engine::Change& change : why.remedies) {
    FillRemedy(change, solution, staff, to.add_remedies());
  }
  return to;
}

v1::Unmatched ToProto(const engine::Unmatched& unmatched) {
  const auto [code, message] = ReasonOf(unmatched.reason);
  v1::Unmatched to;
  to.set_mentee_enrolment(NameOf("enrolments", unmatched.mentee));
  to.set_reason(std::string(code));
  SetText(*message, {absl::StrCat(unmatched.full)}, to.mutable_text());
  return to;
}

v1::Unmatched UnmatchedFor(std::string_view mentee_enrolment, std::string_view reason,
                           const messages::Message& message) {
  v1::Unmatched to;
  to.set_mentee_enrolment(NameOf("enrolments", mentee_enrolment));
  to.set_reason(std::string(reason));
  SetText(message, {}, to.mutable_text());
  return to;
}

v1::Unmatched ChangedMeanwhile(std::string_view mentee_enrolment) {
  return UnmatchedFor(mentee_enrolment, "changed_meanwhile", kWhyChangedMeanwhile);
}

v1::Unmatched KeptForOne(std::string_view mentee_enrolment) {
  return UnmatchedFor(mentee_enrolment, "pinned", kWhyPinned);
}

v1::Unmatched LeftOut(std::string_view mentee_enrolment) {
  return UnmatchedFor(mentee_enrolment, "left_out", kWhyLeftOut);
}

v1::ListPoolResponse::Entry ToProto(const store::PoolEntry& entry) {
  v1::ListPoolResponse::Entry to;
  to.set_enrolment(NameOf("enrolments", entry.enrolment));
  to.set_side(entry.side == domain::Side::kMentee ? v1::SIDE_MENTEE : v1::SIDE_MENTOR);
  to.set_business_key(entry.business_key);
  *to.mutable_facts() = entry.facts;
  to.mutable_formats()->Assign(entry.formats.begin(), entry.formats.end());
  to.set_capacity(static_cast<int32_t>(entry.paused ? 0 : entry.capacity));
  const bool mentee = entry.side == domain::Side::kMentee;
  to.set_taken(static_cast<int32_t>(mentee ? std::min<int64_t>(1, entry.taken) : entry.taken));
  *to.mutable_waiting_since() = ToTimestamp(entry.waiting_since);
  to.mutable_wishes()->Assign(entry.wishes.begin(), entry.wishes.end());
  to.mutable_required()->Assign(entry.required.begin(), entry.required.end());
  to.mutable_attributes()->Assign(entry.attributes.begin(), entry.attributes.end());
  to.mutable_lessons()->Assign(entry.lessons.begin(), entry.lessons.end());
  to.set_paused(entry.paused);
  if (entry.paused_until != absl::InfinitePast()) {
    *to.mutable_pause_until_time() = ToTimestamp(entry.paused_until);
  }
  to.set_paused_by(entry.paused_by);
  return to;
}

std::optional<domain::Side> SideOf(v1::Side side) {
  if (side == v1::SIDE_MENTEE) return domain::Side::kMentee;
  if (side == v1::SIDE_MENTOR) return domain::Side::kMentor;
  return std::nullopt;
}

std::string StepNameOf(program::v1::ProposalStep::Kind kind) {
  for (const auto& [own, told] : kStepKinds) {
    if (told == kind) return std::string(domain::NameOf(own));
  }
  return "";
}

v1::RunReport ReportOf(const engine::Pool& pool, const std::map<std::string, int>& points_of,
                       const store::AnswerCounts& answers) {
  std::vector<engine::Outcome> outcomes;
  for (const engine::Mentee& one : pool.mentees) {
    engine::Outcome outcome;
    const auto points = points_of.find(one.enrolment);
    outcome.matched = points != points_of.end();
    if (outcome.matched) outcome.points = points->second;
    outcome.days_waited = std::max(0, static_cast<int>(pool.today - one.waiting_since));
    for (const std::string& language : one.profile.languages) {
      std::string& spoken = outcome.groups["language"];
      spoken += (spoken.empty() ? "" : "+") + language;
    }
    outcomes.push_back(std::move(outcome));
  }
  return ToProto(engine::Report(outcomes, {}), answers);
}

std::optional<domain::State> StateOf(v1::Proposal::State state) {
  for (domain::State one : domain::kAllStates) {
    if (ToProto(one) == state) return one;
  }
  return std::nullopt;
}

}  // namespace tremplin::matching::app
