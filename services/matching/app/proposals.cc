#include "services/matching/app/proposals.h"

#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "common/clock/clock.h"
#include "common/resources/names.h"
#include "common/status/error.h"
#include "common/status/macros.h"
#include "common/text/text.h"
#include "services/matching/app/page_place.h"
#include "services/matching/app/reasons.h"
#include "services/matching/app/staff_pairs.h"
#include "services/matching/app/view.h"
#include "services/matching/messages.h"

namespace tremplin::matching::app {
namespace {

constexpr std::string_view kByDueTime = "due_time";
constexpr int kMostApprovals = 500;

absl::Status Refused(Ledger::Refusal refusal) {
  constexpr absl::StatusCode kRefused = absl::StatusCode::kFailedPrecondition;
  switch (refusal) {
    case Ledger::Refusal::kNone:
      return absl::OkStatus();
    case Ledger::Refusal::kNotInPool:
      return status::Error(kRefused, kEnrolmentNotInPool);
    case Ledger::Refusal::kSamePerson:
      return status::Error(kRefused, kSamePerson);
    case Ledger::Refusal::kOtherProgram:
      return status::Error(kRefused, kOtherProgram);
    case Ledger::Refusal::kPaused:
      return status::Error(kRefused, kPersonPaused);
    case Ledger::Refusal::kMenteeEngaged:
      return status::Error(kRefused, kMenteeEngaged);
    case Ledger::Refusal::kMentorFull:
      return status::Error(kRefused, kMentorFull);
  }
  return absl::InternalError("unknown refusal");
}

// An answer as a command, with every fault of the request at once.
absl::StatusOr<domain::Command> CommandOf(const rpc::CallContext& call,
                                          const v1::AnswerProposalRequest& request) {
  std::vector<status::FieldViolation> violations;
  const std::optional<domain::Side> own = OwnSide(call.principal);
  const std::optional<domain::Side> asked = SideOf(request.side());
  if (!own.has_value() && !asked.has_value()) {
    violations.push_back(status::Violation("side", kSideRequired));
  } else if (own.has_value() && asked.has_value() && *own != *asked) {
    violations.push_back(status::Violation("side", kSideNotYours));
  }
  if (request.answer() == v1::ANSWER_UNSPECIFIED) {
    violations.push_back(status::Violation("answer", kAnswerRequired));
  } else if (request.answer() == v1::ANSWER_NO) {
    CheckReason("reason", request.reason(), DeclineReasons(), &violations);
  } else if (!request.reason().empty()) {
    violations.push_back(status::Violation("reason", kReasonOnlyWithNo));
  }
  if (!violations.empty()) return status::InvalidFields(std::move(violations));
  const domain::Side side = own.has_value() ? *own : *asked;
  if (request.answer() == v1::ANSWER_NO) return domain::SayNo{side, request.reason()};
  if (request.answer() == v1::ANSWER_ASK_MORE) return domain::AskMore{side};
  return domain::SayYes{side};
}

// The filters that only staff use.
absl::Status FilterForStaff(const v1::ListProposalsRequest& request, bool side,
                            store::ProposalFilter* filter) {
  std::vector<status::FieldViolation> violations;
  const auto check = [&](bool given, std::string_view field) {
    if (given && side) violations.push_back(status::Violation(field, kForStaffOnly));
  };
  check(request.has_due_before(), "due_before");
  check(request.needs_staff(), "needs_staff");
  check(!request.order_by().empty(), "order_by");
  if (!request.order_by().empty() && request.order_by() != kByDueTime) {
    violations.push_back(status::Violation("order_by", kOrderUnknown, {kByDueTime}));
  }
  if (!violations.empty()) return status::InvalidFields(std::move(violations));
  if (request.has_due_before()) {
    filter->due_before = resources::FromTimestamp(request.due_before());
  }
  filter->needs_staff = request.needs_staff();
  filter->by_due = !request.order_by().empty();
  return absl::OkStatus();
}

}  // namespace

Proposals::Proposals(database::Database& db, rpc::Commands& commands,
                     program::ProgramStore& programs, const Ledger& ledger,
                     engine::Distance distance)
    : db_(db),
      commands_(commands),
      programs_(programs),
      ledger_(ledger),
      distance_(std::move(distance)) {}

absl::StatusOr<v1::Proposal> Proposals::CreateProposal(const rpc::CallContext& call,
                                                       const v1::CreateProposalRequest& request) {
  TREMPLIN_ASSIGN_OR_RETURN(
      const std::string mentee_id,
      resources::IdOf("enrolments", request.mentee_enrolment(), "mentee_enrolment"));
  TREMPLIN_ASSIGN_OR_RETURN(
      const std::string mentor_id,
      resources::IdOf("enrolments", request.mentor_enrolment(), "mentor_enrolment"));
  std::vector<status::FieldViolation> violations;
  CheckReason("override_reason", request.override_reason(), OverrideReasons(), &violations);
  if (!violations.empty()) return status::InvalidFields(std::move(violations));

  Pair pair;
  const auto read_pair = [&](database::Reader& reader) -> absl::Status {
    TREMPLIN_ASSIGN_OR_RETURN(pair.mentee, ReadVisibleEntry(reader, call.principal, mentee_id));
    TREMPLIN_ASSIGN_OR_RETURN(pair.mentor, ReadVisibleEntry(reader, call.principal, mentor_id));
    return absl::OkStatus();
  };
  TREMPLIN_RETURN_IF_ERROR(db_.Read(call.Read(), read_pair));
  TREMPLIN_ASSIGN_OR_RETURN(std::shared_ptr<const program::Program> program,
                            programs_.InForce(pair.mentee.program, call.business_now));
  pair.override_reason = request.override_reason();
  pair.id = call.NewId("proposal");
  return commands_.Run<v1::Proposal>(
      call, program->id, [&](database::Transaction& tx) -> absl::StatusOr<v1::Proposal> {
        TREMPLIN_RETURN_IF_ERROR(store::NextPoolVersion(tx, program->id).status());
        TREMPLIN_RETURN_IF_ERROR(read_pair(tx));
        ScorePair(*program, call.business_now, distance_, &pair);
        TREMPLIN_ASSIGN_OR_RETURN(
            Ledger::Made made,
            ledger_.Make(tx, *program, pair, call.business_now, call.traceparent));
        if (made.refusal != Ledger::Refusal::kNone) return Refused(made.refusal);
        return ToProto(made.row, call.principal);
      });
}

absl::StatusOr<v1::Proposal> Proposals::GetProposal(const rpc::CallContext& call,
                                                    const v1::GetProposalRequest& request) {
  TREMPLIN_ASSIGN_OR_RETURN(const std::string id,
                            resources::IdOf("proposals", request.name(), "name"));
  v1::Proposal found;
  TREMPLIN_RETURN_IF_ERROR(db_.Read(call.Read(), [&](database::Reader& reader) -> absl::Status {
    TREMPLIN_ASSIGN_OR_RETURN(const store::ProposalRow row,
                              ReadVisible(reader, call.principal, id));
    found = ToProto(row, call.principal);
    return absl::OkStatus();
  }));
  return found;
}

absl::StatusOr<v1::ListProposalsResponse> Proposals::ListProposals(
    const rpc::CallContext& call, const v1::ListProposalsRequest& request) {
  store::ProposalFilter filter;
  const std::optional<domain::Side> own = OwnSide(call.principal);
  if (!request.program().empty() || !own.has_value()) {
    TREMPLIN_ASSIGN_OR_RETURN(filter.program,
                              resources::IdOf("programs", request.program(), "program"));
    if (!MaySeeProgram(call.principal, filter.program)) {
      return status::Error(absl::StatusCode::kNotFound, kProgramNotFound);
    }
  }
  if (own.has_value() && call.principal.person.empty()) return v1::ListProposalsResponse();
  if (own == domain::Side::kMentee) filter.mentee_person = call.principal.person;
  if (own == domain::Side::kMentor) filter.mentor_person = call.principal.person;
  filter.state = StateOf(request.state());
  TREMPLIN_RETURN_IF_ERROR(FilterForStaff(request, own.has_value(), &filter));
  TREMPLIN_ASSIGN_OR_RETURN(const int size, resources::PageSize(request.page_size()));
  const std::string scope =
      text::Cat("ListProposals/", filter.program, "/", filter.mentee_person, filter.mentor_person,
                "/", request.state(), "/", clock::ToMicros(filter.due_before), "/",
                filter.needs_staff ? "staff" : "", "/", request.order_by());
  TREMPLIN_ASSIGN_OR_RETURN(const std::string last,
                            resources::LastKey(scope, request.page_token()));
  store::ProposalPlace after{last};
  if (filter.by_due) {
    TREMPLIN_ASSIGN_OR_RETURN(PagePlace place, PlaceOf(last, PagePlace{}));
    after = {std::move(place.id), place.time_us};
  }
  v1::ListProposalsResponse response;
  TREMPLIN_RETURN_IF_ERROR(db_.Read(call.Read(), [&](database::Reader& reader) -> absl::Status {
    response.Clear();
    TREMPLIN_ASSIGN_OR_RETURN(const std::vector<store::ProposalRow> rows,
                              store::ListProposals(reader, filter, after, size + 1));
    for (size_t i = 0; i < rows.size(); ++i) {
      if (response.proposals_size() == size) {
        const domain::Proposal& shown = rows[i - 1].proposal;
        response.set_next_page_token(resources::PageToken(
            scope, filter.by_due ? KeyOf({clock::ToMicros(shown.due), shown.id}) : shown.id));
        break;
      }
      *response.add_proposals() = ToProto(rows[i], call.principal);
    }
    return absl::OkStatus();
  }));
  return response;
}

absl::StatusOr<v1::Proposal> Proposals::Change(const rpc::CallContext& call,
                                               const std::string& name, const std::string& etag,
                                               const domain::Command& command) {
  TREMPLIN_ASSIGN_OR_RETURN(const std::string id, resources::IdOf("proposals", name, "name"));
  return commands_.Run<v1::Proposal>(
      call, id, [&](database::Transaction& tx) -> absl::StatusOr<v1::Proposal> {
        TREMPLIN_ASSIGN_OR_RETURN(store::ProposalRow row, ReadVisible(tx, call.principal, id));
        TREMPLIN_RETURN_IF_ERROR(resources::CheckEtag(etag, row.version));
        TREMPLIN_RETURN_IF_ERROR(
            ledger_.Apply(tx, command, call.business_now, call.traceparent, &row));
        return ToProto(row, call.principal);
      });
}

absl::StatusOr<v1::Proposal> Proposals::AnswerProposal(const rpc::CallContext& call,
                                                       const v1::AnswerProposalRequest& request) {
  TREMPLIN_ASSIGN_OR_RETURN(const domain::Command command, CommandOf(call, request));
  return Change(call, request.name(), request.etag(), command);
}

absl::StatusOr<v1::Proposal> Proposals::RecordContactMeeting(
    const rpc::CallContext& call, const v1::RecordContactMeetingRequest& request) {
  return Change(call, request.name(), request.etag(), domain::RecordMeeting{});
}

absl::StatusOr<v1::Proposal> Proposals::CancelProposal(const rpc::CallContext& call,
                                                       const v1::CancelProposalRequest& request) {
  std::vector<status::FieldViolation> violations;
  CheckReason("reason", request.reason(), CancelReasons(), &violations);
  if (!violations.empty()) return status::InvalidFields(std::move(violations));
  return Change(call, request.name(), request.etag(), domain::Cancel{"staff", request.reason()});
}

absl::StatusOr<v1::Proposal> Proposals::ApproveProposal(const rpc::CallContext& call,
                                                        const v1::ApproveProposalRequest& request) {
  return Change(call, request.name(), request.etag(), domain::Approve{call.principal.id});
}

absl::StatusOr<v1::Proposal> Proposals::ApproveOne(
    database::Transaction& tx, const rpc::CallContext& call, const std::string& program,
    const v1::BatchApproveProposalsRequest::Item& item) const {
  TREMPLIN_ASSIGN_OR_RETURN(const std::string id,
                            resources::IdOf("proposals", item.name(), "name"));
  TREMPLIN_ASSIGN_OR_RETURN(store::ProposalRow row, ReadVisible(tx, call.principal, id));
  if (row.proposal.program != program) {
    return status::Error(absl::StatusCode::kNotFound, kProposalNotFound);
  }
  TREMPLIN_RETURN_IF_ERROR(resources::CheckEtag(item.etag(), row.version));
  TREMPLIN_RETURN_IF_ERROR(ledger_.Apply(tx, domain::Approve{call.principal.id}, call.business_now,
                                         call.traceparent, &row));
  return ToProto(row, call.principal);
}

absl::StatusOr<v1::BatchApproveProposalsResponse> Proposals::BatchApproveProposals(
    const rpc::CallContext& call, const v1::BatchApproveProposalsRequest& request) {
  TREMPLIN_ASSIGN_OR_RETURN(const std::string program,
                            resources::IdOf("programs", request.program(), "program"));
  if (request.items().empty() || request.items_size() > kMostApprovals) {
    return status::InvalidFields({status::Violation("items", kItemsOutOfRange)});
  }
  if (!MaySeeProgram(call.principal, program)) {
    return status::Error(absl::StatusCode::kNotFound, kProgramNotFound);
  }
  using Response = v1::BatchApproveProposalsResponse;
  return commands_.Run<Response>(
      call, program, [&](database::Transaction& tx) -> absl::StatusOr<Response> {
        Response response;
        for (const auto& item : request.items()) {
          const absl::StatusOr<v1::Proposal> approved = ApproveOne(tx, call, program, item);
          Response::ItemResult* result = response.add_results();
          result->set_name(item.name());
          if (approved.ok()) {
            *result->mutable_proposal() = *approved;
            response.set_approved(response.approved() + 1);
            continue;
          }
          // What has no sentence for people is no verdict of this item: nothing stands.
          const status::ErrorDetail detail = status::DetailOf(approved.status());
          if (status::IsVersionConflict(approved.status()) || detail.reason.empty()) {
            return approved.status();
          }
          result->set_error_reason(detail.reason);
          result->mutable_error()->set_en(detail.en);
          result->mutable_error()->set_fr(detail.fr);
        }
        return response;
      });
}

absl::Status Proposals::Expire(database::Transaction& tx, const std::string& id,
                               absl::Time due) const {
  TREMPLIN_ASSIGN_OR_RETURN(std::optional<store::ProposalRow> row, store::FindProposal(tx, id));
  if (!row.has_value() || row->proposal.due == absl::InfinitePast() || due < row->proposal.due) {
    return absl::OkStatus();
  }
  return ledger_.Apply(tx, domain::Expire{}, due, "", &*row);
}

}  // namespace tremplin::matching::app
