#include "services/matching/app/answering.h"

#include <algorithm>
#include <optional>
#include <string>

#include "common/resources/names.h"
#include "common/status/error.h"
#include "common/status/macros.h"
#include "services/matching/answering_messages.h"
#include "services/matching/store/proposals.h"

namespace tremplin::matching::app {
namespace {

// No proposal has it.
constexpr char kNoEtag[] = "passed";

// On which side the person is; nothing for who is on none.
std::optional<rpc::Role> RoleIn(const domain::Proposal& proposal, const std::string& person) {
  const auto own = std::find_if(proposal.participants.begin(), proposal.participants.end(),
                                [&](const auto& one) { return one.person == person; });
  if (own == proposal.participants.end()) return std::nullopt;
  return own->side == domain::Side::kMentor ? rpc::Role::ROLE_MENTOR : rpc::Role::ROLE_MENTEE;
}

bool IsAt(const domain::Proposal& proposal, std::string_view step) {
  return proposal.present() != nullptr && domain::NameOf(proposal.present()->kind) == step;
}

}  // namespace

absl::StatusOr<v1::Proposal> Answering::AnswerAsPerson(const rpc::CallContext& call,
                                                       const v1::AnswerAsPersonRequest& request) {
  TREMPLIN_ASSIGN_OR_RETURN(const std::string id,
                            resources::IdOf("proposals", request.name(), "name"));
  rpc::CallContext as_person = call;
  TREMPLIN_ASSIGN_OR_RETURN(as_person.principal.person,
                            resources::IdOf("people", request.person(), "person"));
  std::optional<store::ProposalRow> row;
  TREMPLIN_RETURN_IF_ERROR(db_.Read(call.Read(), [&](database::Reader& reader) -> absl::Status {
    TREMPLIN_ASSIGN_OR_RETURN(row, store::FindProposal(reader, id));
    return absl::OkStatus();
  }));
  as_person.principal.role = rpc::Role::ROLE_MENTEE;
  bool asked = false;
  v1::AnswerProposalRequest answer;
  if (row.has_value()) {
    as_person.principal.role =
        RoleIn(row->proposal, as_person.principal.person).value_or(rpc::Role::ROLE_MENTEE);
    asked = IsAt(row->proposal, request.step());
    // The answer is to this step. Where it has passed, what was answered under the same request id
    // is told again, and nothing new is taken.
    answer.set_etag(asked ? resources::Etag(row->version) : kNoEtag);
  }
  answer.set_name(request.name());
  answer.set_answer(request.answer());
  answer.set_reason(request.reason());
  answer.set_request_id(request.request_id());
  absl::StatusOr<v1::Proposal> answered = proposals_.AnswerProposal(as_person, answer);
  if (!asked && absl::IsAborted(answered.status())) {
    return status::Error(absl::StatusCode::kFailedPrecondition, kStepPassed);
  }
  return answered;
}

}  // namespace tremplin::matching::app
