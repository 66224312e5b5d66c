#include "services/matching/store/pinned.h"

#include <algorithm>

#include "absl/status/status.h"
#include "tremplin/matching/v1/matching.pb.h"
#include "tremplin/program/v1/program.pb.h"

namespace tremplin::matching::store {
namespace {

namespace pv = program::v1;

pv::ProposalStep::Kind ToProto(domain::StepKind kind) {
  switch (kind) {
    case domain::StepKind::kApproval:
      return pv::ProposalStep::KIND_STAFF_APPROVAL;
    case domain::StepKind::kInterest:
      return pv::ProposalStep::KIND_INTEREST;
    case domain::StepKind::kMeeting:
      return pv::ProposalStep::KIND_CONTACT_MEETING;
    case domain::StepKind::kAcceptance:
      return pv::ProposalStep::KIND_ACCEPTANCE;
  }
  return pv::ProposalStep::KIND_UNSPECIFIED;
}

domain::StepKind KindOf(pv::ProposalStep::Kind kind) {
  if (kind == pv::ProposalStep::KIND_STAFF_APPROVAL) return domain::StepKind::kApproval;
  if (kind == pv::ProposalStep::KIND_INTEREST) return domain::StepKind::kInterest;
  if (kind == pv::ProposalStep::KIND_CONTACT_MEETING) return domain::StepKind::kMeeting;
  return domain::StepKind::kAcceptance;
}

}  // namespace

std::string EncodeContributions(const std::vector<engine::Contribution>& contributions) {
  v1::Proposal kept;
  for (const engine::Contribution& one : contributions) {
    v1::Contribution* to = kept.add_contributions();
    to->set_criterion(one.criterion);
    to->set_value(one.value);
    to->set_weight(one.weight);
  }
  return kept.SerializeAsString();
}

absl::StatusOr<std::vector<engine::Contribution>> DecodeContributions(const std::string& bytes) {
  v1::Proposal kept;
  if (!kept.ParseFromString(bytes)) return absl::DataLossError("contributions cannot be decoded");
  std::vector<engine::Contribution> contributions;
  for (const v1::Contribution& one : kept.contributions()) {
    contributions.push_back({one.criterion(), one.value(), one.weight()});
  }
  return contributions;
}

std::string EncodeTerms(const domain::Terms& terms) {
  pv::ProgramDefinition kept;
  kept.set_time_zone(terms.time_zone);
  pv::Format* format = kept.add_formats();
  format->mutable_mentees()->set_least(terms.mentees.least);
  format->mutable_mentees()->set_most(terms.mentees.most);
  format->mutable_mentors()->set_least(terms.mentors.least);
  format->mutable_mentors()->set_most(terms.mentors.most);
  for (const domain::Step& one : terms.steps) {
    pv::ProposalStep* step = format->add_steps();
    step->set_kind(ToProto(one.kind));
    step->set_days(one.days);
    if (one.asks_mentees) step->add_asked(pv::SUBJECT_MENTEE);
    if (one.asks_mentors) step->add_asked(pv::SUBJECT_MENTOR);
  }
  if (terms.agreement_days > 0) {
    pv::ProposalStep* step = format->add_steps();
    step->set_kind(pv::ProposalStep::KIND_AGREEMENT);
    step->set_days(terms.agreement_days);
  }
  if (terms.fills) format->add_initiators(pv::INITIATOR_ALGORITHM);
  return kept.SerializeAsString();
}

absl::StatusOr<domain::Terms> DecodeTerms(const std::string& bytes) {
  pv::ProgramDefinition kept;
  if (!kept.ParseFromString(bytes) || kept.formats_size() != 1) {
    return absl::DataLossError("terms of a proposal cannot be decoded");
  }
  const pv::Format& format = kept.formats(0);
  domain::Terms terms;
  terms.time_zone = kept.time_zone();
  terms.mentees = {format.mentees().least(), format.mentees().most()};
  terms.mentors = {format.mentors().least(), format.mentors().most()};
  terms.fills = format.initiators_size() > 0;
  for (const pv::ProposalStep& one : format.steps()) {
    if (one.kind() == pv::ProposalStep::KIND_AGREEMENT) {
      terms.agreement_days = one.days();
      continue;
    }
    const auto asks = [&](int subject) {
      return std::find(one.asked().begin(), one.asked().end(), subject) != one.asked().end();
    };
    terms.steps.push_back(
        {KindOf(one.kind()), one.days(), asks(pv::SUBJECT_MENTEE), asks(pv::SUBJECT_MENTOR)});
  }
  return terms;
}

}  // namespace tremplin::matching::store
