#include "tools/tremplinctl/season/pairing.h"

#include <algorithm>

#include "common/program/format.h"
#include "common/status/macros.h"
#include "common/text/text.h"
#include "tools/tremplinctl/population.h"
#include "tools/tremplinctl/season/engaged.h"

namespace tremplin::ctl::season {
namespace {

using matching::v1::Proposal;
using matching::v1::ProposalParticipant;
using program::v1::ProposalStep;
using registration::v1::Enrolment;

constexpr char kMatching[] = "tremplin.matching.v1.MatchingService/";
constexpr int kMostRequests = 3;
constexpr int kAmongBest = 3;

// How a side answers at a step; what is left is yes.
struct Odds {
  double silent;
  double no;
  double ask_more;
};
constexpr Odds kInterest = {0.04, 0.08, 0.05};
constexpr Odds kAcceptance = {0.02, 0.05, 0.02};
constexpr const char* kReasons[] = {"schedule", "occupation", "distance", "goals", "personal"};

const char* WordOf(ProposalStep::Kind step) {
  return step == ProposalStep::KIND_ACCEPTANCE ? "accept" : "interest";
}

// Of a pair the two together; of a group one of its members, with the group's first to name it.
std::string KeyOf(const Proposal& proposal, const ProposalParticipant& who) {
  return PairKey(proposal.participants(), who.business_key());
}

// Of the whole: of a group the first in it.
std::string KeyOf(const Proposal& proposal) {
  std::string first;
  for (const ProposalParticipant& one : proposal.participants()) {
    if (first.empty() || one.business_key() < first) first = one.business_key();
  }
  return PairKey(proposal.participants(), first);
}

std::string StepOf(const ProposalParticipant& who, ProposalStep::Kind step, bool asked) {
  return text::Cat(WordOf(step), "/", NameOf(who.side()), asked ? "/again" : "");
}

// What tells the steps of later proposals of the same people apart.
std::string ActOf(const Proposal& proposal, const std::string& step) {
  return text::Cat(step, "/", proposal.name());
}

bool IsAsked(const program::v1::ProgramDefinition& definition, const Proposal& proposal,
             ProposalStep::Kind kind, program::v1::Subject side) {
  const program::v1::Format* format = program::FindFormat(definition, proposal.format());
  const ProposalStep* step = format == nullptr ? nullptr : program::FindStep(*format, kind);
  return step != nullptr && program::Asks(*step, side);
}

}  // namespace

bool Pairing::Once(const std::string& what) {
  const std::lock_guard lock(mutex_);
  return planned_.insert(what).second;
}

absl::Status Pairing::RunMatching() {
  for (const program::v1::Format& format : stage_.definition.formats()) {
    if (!program::InitiatedBy(format, program::v1::INITIATOR_ALGORITHM)) continue;
    matching::v1::RunMatchingRequest request;
    request.set_program(stage_.program);
    request.set_format(format.code());
    stage_.agenda.Visit(stage_.today + 1);
    TREMPLIN_RETURN_IF_ERROR(stage_
                                 .Act<matching::v1::RunMatchingResponse>(
                                     stage_.coordinator, text::Cat(kMatching, "RunMatching"),
                                     request,
                                     text::Cat("program/", stage_.program, "/", format.code()),
                                     absl::FormatCivilTime(stage_.today))
                                 .status());
  }
  return absl::OkStatus();
}

absl::Status Pairing::Discover() {
  matching::v1::ListProposalsRequest request;
  request.set_state(Proposal::STATE_OPEN);
  TREMPLIN_ASSIGN_OR_RETURN(const std::vector<Proposal> proposals,
                            ListAll(stage_, text::Cat(kMatching, "ListProposals"), request,
                                    &matching::v1::ListProposalsResponse::proposals));
  for (const Proposal& proposal : proposals) PlanStep(proposal, proposal.step());
  return DiscoverSearches();
}

void Pairing::PlanStep(const Proposal& seen, Kind step) {
  const std::string key = KeyOf(seen);
  if (step == ProposalStep::KIND_STAFF_APPROVAL) {
    if (!Once(text::Cat("approve/", seen.name()))) return;
    stage_.In(stage_.draws.Between(key, "approve/days", 1, 2),
              {seen.name(), key, "approve", [this, seen] { return Approve(seen); }});
  } else if (step == ProposalStep::KIND_CONTACT_MEETING) {
    PlanMeeting(seen);
  } else if (step == ProposalStep::KIND_INTEREST || step == ProposalStep::KIND_ACCEPTANCE) {
    const bool accept = step == ProposalStep::KIND_ACCEPTANCE;
    for (const ProposalParticipant& one : seen.participants()) {
      if (!one.dropped().empty() || !IsAsked(stage_.definition, seen, step, one.side())) continue;
      if (!Once(text::Cat(WordOf(step), "/", seen.name(), "/", one.enrolment()))) continue;
      PlanAnswer(
          seen, one, step, /*asked=*/false,
          stage_.draws.Between(KeyOf(seen, one),
                               text::Cat(WordOf(step), "/days/", static_cast<int>(one.side())), 1,
                               accept ? 4 : 5));
    }
  }
}

void Pairing::PlanAnswer(const Proposal& proposal, const ProposalParticipant& who, Kind step,
                         bool asked, int days) {
  stage_.In(days,
            {proposal.name(), KeyOf(proposal, who), StepOf(who, step, asked),
             [this, proposal, who, step, asked] { return Answer(proposal, who, step, asked); }});
}

absl::Status Pairing::Answer(const Proposal& proposal, const ProposalParticipant& who, Kind at,
                             bool asked) {
  const std::string key = KeyOf(proposal, who);
  const std::string step = StepOf(who, at, asked);
  {
    const std::lock_guard lock(mutex_);
    if (declined_.count(proposal.name()) > 0) return absl::OkStatus();
  }
  const Odds& odds = at == ProposalStep::KIND_ACCEPTANCE ? kAcceptance : kInterest;
  const double draw = stage_.draws.Unit(key, step);
  if (draw < odds.silent) return absl::OkStatus();
  matching::v1::AnswerProposalRequest request;
  request.set_name(proposal.name());
  request.set_answer(matching::v1::ANSWER_YES);
  if (draw < odds.silent + odds.no) {
    request.set_answer(matching::v1::ANSWER_NO);
    request.set_reason(kReasons[stage_.draws.Between(key, text::Cat(step, "/reason"), 0, 4)]);
  } else if (!asked && draw < odds.silent + odds.no + odds.ask_more) {
    request.set_answer(matching::v1::ANSWER_ASK_MORE);
  }
  TREMPLIN_ASSIGN_OR_RETURN(const std::string credential, stage_.CredentialOf(who.enrolment()));
  const bool asks = request.answer() == matching::v1::ANSWER_ASK_MORE;
  TREMPLIN_ASSIGN_OR_RETURN(const std::optional<Proposal> answered,
                            stage_.Act<Proposal>(credential, text::Cat(kMatching, "AnswerProposal"),
                                                 std::move(request), key, ActOf(proposal, step)));
  if (!answered.has_value()) return absl::OkStatus();
  if (answered->state() == Proposal::STATE_DECLINED) {
    const std::lock_guard lock(mutex_);
    declined_.insert(proposal.name());
  } else if (asks) {
    PlanAnswer(proposal, who, at, /*asked=*/true,
               stage_.draws.Between(key, text::Cat(step, "/days"), 1, 4));
  } else if (answered->state() == Proposal::STATE_OPEN && answered->step() != at) {
    // The last answer: what comes next is known at once.
    PlanStep(proposal, answered->step());
  }
  return absl::OkStatus();
}

void Pairing::PlanMeeting(const Proposal& proposal) {
  const std::string key = KeyOf(proposal);
  if (!Once(text::Cat("meet/", proposal.name()))) return;
  if (stage_.draws.Chance(key, "meet/never", 0.02)) return;
  stage_.In(
      stage_.draws.Between(key, "meet/days", 2, 8),
      {proposal.name(), key, "meet", [this, proposal, key]() -> absl::Status {
         matching::v1::RecordContactMeetingRequest request;
         request.set_name(proposal.name());
         TREMPLIN_ASSIGN_OR_RETURN(
             const std::optional<Proposal> met,
             stage_.Act<Proposal>(stage_.coordinator, text::Cat(kMatching, "RecordContactMeeting"),
                                  std::move(request), key, ActOf(proposal, "meet")));
         if (met.has_value() && met->state() == Proposal::STATE_OPEN) {
           PlanStep(*met, met->step());
         }
         return absl::OkStatus();
       }});
}

absl::Status Pairing::Approve(const Proposal& proposal) {
  matching::v1::ApproveProposalRequest request;
  request.set_name(proposal.name());
  TREMPLIN_ASSIGN_OR_RETURN(
      const std::optional<Proposal> approved,
      stage_.Act<Proposal>(stage_.coordinator, text::Cat(kMatching, "ApproveProposal"), request,
                           KeyOf(proposal), ActOf(proposal, "approve")));
  if (approved.has_value() && approved->state() == Proposal::STATE_OPEN) {
    PlanStep(*approved, approved->step());
  }
  return absl::OkStatus();
}

absl::Status Pairing::DiscoverSearches() {
  const auto& formats = stage_.definition.formats();
  const auto self = std::find_if(formats.begin(), formats.end(), [](const auto& format) {
    return program::InitiatedBy(format, program::v1::INITIATOR_PARTICIPANT);
  });
  if (self == formats.end()) return absl::OkStatus();
  registration::v1::ListEnrolmentsRequest request;
  request.set_role(registration::v1::ENROLMENT_ROLE_MENTEE);
  request.set_state(Enrolment::STATE_READY);
  TREMPLIN_ASSIGN_OR_RETURN(const std::vector<Enrolment> ready,
                            ListAll(stage_, text::Cat(kRegistration, "ListEnrolments"), request,
                                    &registration::v1::ListEnrolmentsResponse::enrolments));
  for (const Enrolment& mentee : ready) {
    const auto& qualified = mentee.formats();
    if (std::find(qualified.begin(), qualified.end(), self->code()) == qualified.end()) continue;
    if (!Once(text::Cat("search/", mentee.name()))) continue;
    // Some wait for what is suggested to them.
    if (!stage_.draws.Chance(mentee.business_key(), "search", 0.8)) continue;
    PlanSearch(mentee, self->code(), 1);
  }
  return absl::OkStatus();
}

void Pairing::PlanSearch(const Enrolment& mentee, const std::string& format, int attempt) {
  const std::string step = text::Cat("search/", attempt);
  const std::string& key = mentee.business_key();
  const int days = attempt == 1 ? stage_.draws.Between(key, text::Cat(step, "/days"), 1, 9)
                                : stage_.draws.Between(key, text::Cat(step, "/days"), 10, 20);
  stage_.in_turn.Plan(stage_.today + days,
                      {mentee.name(), key, step,
                       [this, mentee, format, attempt] { return Ask(mentee, format, attempt); }});
}

absl::Status Pairing::Ask(const Enrolment& mentee, const std::string& format, int attempt) {
  const std::string& key = mentee.business_key();
  TREMPLIN_ASSIGN_OR_RETURN(const std::string credential, stage_.CredentialOf(mentee.name()));
  matching::v1::SearchMentorsRequest search;
  search.set_mentee_enrolment(mentee.name());
  search.set_format(format);
  const auto found = stage_.api.CallAs<matching::v1::SearchMentorsResponse>(
      credential, text::Cat(kMatching, "SearchMentors"), search);
  if (absl::IsFailedPrecondition(found.status())) return absl::OkStatus();
  if (!found.ok()) return found.status();
  if (attempt < kMostRequests) PlanSearch(mentee, format, attempt + 1);
  if (found->mentors().empty() || found->requests_left() == 0) return absl::OkStatus();
  const std::string step = text::Cat("ask/", attempt);
  const int best = std::min(kAmongBest, found->mentors_size());
  matching::v1::RequestMatchRequest request;
  request.set_mentee_enrolment(mentee.name());
  request.set_mentor_enrolment(
      found->mentors(stage_.draws.Between(key, step, 0, best - 1)).mentor_enrolment());
  request.set_format(format);
  stage_.agenda.Visit(stage_.today + 1);
  return stage_.Act<Proposal>(credential, text::Cat(kMatching, "RequestMatch"), request, key, step)
      .status();
}

}  // namespace tremplin::ctl::season
