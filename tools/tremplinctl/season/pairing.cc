#include "tools/tremplinctl/season/pairing.h"

#include "common/status/macros.h"
#include "common/text/text.h"

namespace tremplin::ctl::season {
namespace {

using matching::v1::Proposal;
using matching::v1::Side;

constexpr char kMatching[] = "tremplin.matching.v1.MatchingService/";

// How a side answers at a step; what is left is yes.
struct Odds {
  double silent;
  double no;
  double ask_more;
};
constexpr Odds kInterest = {0.04, 0.08, 0.05};
constexpr Odds kAcceptance = {0.02, 0.05, 0.02};
constexpr const char* kReasons[] = {"schedule", "occupation", "distance", "goals", "personal"};

std::string KeyOf(const Proposal& proposal) {
  return text::Cat(proposal.mentee_business_key(), "|", proposal.mentor_business_key());
}

std::string StepOf(Side side, bool accept, bool asked) {
  return text::Cat(accept ? "accept" : "interest",
                   side == matching::v1::SIDE_MENTEE ? "/mentee" : "/mentor",
                   asked ? "/again" : "");
}

}  // namespace

absl::Status Pairing::RunMatching() {
  matching::v1::RunMatchingRequest request;
  request.set_program(stage_.program);
  stage_.agenda.Visit(stage_.today + 1);
  return stage_
      .Act<matching::v1::RunMatchingResponse>(stage_.coordinator,
                                              text::Cat(kMatching, "RunMatching"), request,
                                              "program", absl::FormatCivilTime(stage_.today))
      .status();
}

absl::Status Pairing::Discover() {
  matching::v1::ListProposalsRequest request;
  request.set_state(Proposal::STATE_PROPOSED);
  TREMPLIN_ASSIGN_OR_RETURN(const std::vector<Proposal> proposals,
                            ListAll(stage_, text::Cat(kMatching, "ListProposals"), request,
                                    &matching::v1::ListProposalsResponse::proposals));
  for (const Proposal& proposal : proposals) {
    if (!seen_.insert(proposal.name()).second) continue;
    for (const Side side : {matching::v1::SIDE_MENTEE, matching::v1::SIDE_MENTOR}) {
      PlanAnswer(proposal, side, /*accept=*/false, /*asked=*/false,
                 stage_.draws.Between(KeyOf(proposal), text::Cat("interest/days/", side), 1, 5));
    }
  }
  return absl::OkStatus();
}

void Pairing::PlanAnswer(const Proposal& proposal, Side side, bool accept, bool asked, int days) {
  stage_.In(days, {proposal.name(), KeyOf(proposal), StepOf(side, accept, asked),
                   [this, proposal, side, accept, asked] {
                     return Answer(proposal, side, accept, asked);
                   }});
}

absl::Status Pairing::Answer(const Proposal& proposal, Side side, bool accept, bool asked) {
  const std::string key = KeyOf(proposal);
  const std::string step = StepOf(side, accept, asked);
  {
    const std::lock_guard lock(mutex_);
    if (declined_.count(proposal.name()) > 0) return absl::OkStatus();
  }
  const Odds& odds = accept ? kAcceptance : kInterest;
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
  TREMPLIN_ASSIGN_OR_RETURN(
      const std::string credential,
      stage_.CredentialOf(side == matching::v1::SIDE_MENTEE ? proposal.mentee_enrolment()
                                                            : proposal.mentor_enrolment()));
  const bool asks = request.answer() == matching::v1::ANSWER_ASK_MORE;
  TREMPLIN_ASSIGN_OR_RETURN(const std::optional<Proposal> answered,
                            stage_.Act<Proposal>(credential, text::Cat(kMatching, "AnswerProposal"),
                                                 std::move(request), key, step));
  if (!answered.has_value()) return absl::OkStatus();
  if (answered->state() == Proposal::STATE_DECLINED) {
    const std::lock_guard lock(mutex_);
    declined_.insert(proposal.name());
  } else if (asks) {
    PlanAnswer(proposal, side, accept, /*asked=*/true,
               stage_.draws.Between(key, text::Cat(step, "/days"), 1, 4));
  } else if (!accept && answered->state() == Proposal::STATE_INTERESTED &&
             !stage_.draws.Chance(key, "meet/never", 0.02)) {
    stage_.In(stage_.draws.Between(key, "meet/days", 2, 8),
              {proposal.name(), key, "meet", [this, proposal] { return Meet(proposal); }});
  }
  return absl::OkStatus();
}

absl::Status Pairing::Meet(const Proposal& proposal) {
  const std::string key = KeyOf(proposal);
  matching::v1::RecordContactMeetingRequest request;
  request.set_name(proposal.name());
  TREMPLIN_ASSIGN_OR_RETURN(
      const std::optional<Proposal> met,
      stage_.Act<Proposal>(stage_.coordinator, text::Cat(kMatching, "RecordContactMeeting"),
                           std::move(request), key, "meet"));
  if (!met.has_value()) return absl::OkStatus();
  for (const Side side : {matching::v1::SIDE_MENTEE, matching::v1::SIDE_MENTOR}) {
    PlanAnswer(proposal, side, /*accept=*/true, /*asked=*/false,
               stage_.draws.Between(key, text::Cat("accept/days/", side), 1, 4));
  }
  return absl::OkStatus();
}

}  // namespace tremplin::ctl::season
