#include "services/session/app/engagements.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "common/resources/names.h"
#include "common/status/error.h"
#include "common/status/macros.h"
#include "common/text/text.h"
#include "services/session/app/change.h"
#include "services/session/app/view.h"
#include "services/session/messages.h"

namespace tremplin::session::app {
namespace {

constexpr int kMaxDays = 3650;
constexpr std::array<std::string_view, 6> kEndReasons = {
    "not_a_fit", "mentor_unavailable", "mentee_unavailable", "found_work", "moved", "other"};
constexpr std::string_view kEndReasonList =
    "not_a_fit, mentor_unavailable, mentee_unavailable, found_work, moved, other";

absl::Status CheckReason(const std::string& reason) {
  if (std::find(kEndReasons.begin(), kEndReasons.end(), reason) != kEndReasons.end()) {
    return absl::OkStatus();
  }
  return status::InvalidFields({status::Violation("reason", kReasonUnknown, {kEndReasonList})});
}

// INVALID_ARGUMENT where a participant answers for others.
absl::Status CheckRematch(const v1::EndEngagementEarlyRequest& request, bool staff) {
  if (staff) return absl::OkStatus();
  std::vector<status::FieldViolation> violations;
  if (request.rematch_mentees() != v1::REMATCH_UNSPECIFIED) {
    violations.push_back(status::Violation("rematch_mentees", kRematchNotYours));
  }
  if (request.rematch_mentors() != v1::REMATCH_UNSPECIFIED) {
    violations.push_back(status::Violation("rematch_mentors", kRematchNotYours));
  }
  if (!violations.empty()) return status::InvalidFields(std::move(violations));
  return absl::OkStatus();
}

// Whose engagements the caller lists: a program's, or their own.
absl::StatusOr<store::EngagementFilter> FilterOf(const rpc::Principal& principal,
                                                 const v1::ListEngagementsRequest& request) {
  store::EngagementFilter filter;
  const std::optional<domain::Side> own = OwnSide(principal);
  if (!request.program().empty() || !own.has_value()) {
    TREMPLIN_ASSIGN_OR_RETURN(filter.program,
                              resources::IdOf("programs", request.program(), "program"));
    if (!MaySeeProgram(principal, filter.program)) {
      return status::Error(absl::StatusCode::kNotFound, kProgramNotFound);
    }
  }
  if (own.has_value()) {
    filter.person = principal.person;
    filter.side = *own;
    if (filter.program.empty()) filter.program = principal.program;
  }
  filter.format = request.format();
  filter.state = StateOf(request.state());
  return filter;
}

}  // namespace

Engagements::Engagements(database::Database& db, rpc::Commands& commands,
                         program::ProgramStore& programs, const Ledger& ledger)
    : db_(db), commands_(commands), programs_(programs), ledger_(ledger) {}

absl::StatusOr<v1::Engagement> Engagements::GetEngagement(const rpc::CallContext& call,
                                                          const v1::GetEngagementRequest& request) {
  TREMPLIN_ASSIGN_OR_RETURN(const std::string id,
                            resources::IdOf("engagements", request.name(), "name"));
  v1::Engagement found;
  TREMPLIN_RETURN_IF_ERROR(db_.Read(call.Read(), [&](database::Reader& reader) -> absl::Status {
    TREMPLIN_ASSIGN_OR_RETURN(const store::EngagementRow row,
                              ReadVisible(reader, call.principal, id));
    TREMPLIN_ASSIGN_OR_RETURN(found, ToProto(reader, row, call.principal));
    return absl::OkStatus();
  }));
  return found;
}

absl::StatusOr<v1::ListEngagementsResponse> Engagements::ListEngagements(
    const rpc::CallContext& call, const v1::ListEngagementsRequest& request) {
  TREMPLIN_ASSIGN_OR_RETURN(const store::EngagementFilter filter,
                            FilterOf(call.principal, request));
  if (!request.program().empty()) {
    TREMPLIN_RETURN_IF_ERROR(programs_.Version(filter.program, 1).status());
  }
  if (OwnSide(call.principal).has_value() && filter.person.empty()) {
    return v1::ListEngagementsResponse();
  }
  TREMPLIN_ASSIGN_OR_RETURN(const int size, resources::PageSize(request.page_size()));
  const std::string scope = text::Cat("ListEngagements/", filter.program, "/", filter.person, "/",
                                      filter.person.empty() ? "" : domain::NameOf(filter.side), "/",
                                      request.state(), "/", filter.format);
  TREMPLIN_ASSIGN_OR_RETURN(const std::string after,
                            resources::LastKey(scope, request.page_token()));
  v1::ListEngagementsResponse response;
  TREMPLIN_RETURN_IF_ERROR(db_.Read(call.Read(), [&](database::Reader& reader) -> absl::Status {
    response.Clear();
    TREMPLIN_ASSIGN_OR_RETURN(const std::vector<store::EngagementRow> rows,
                              store::ListEngagements(reader, filter, after, size + 1));
    std::string last;
    for (const store::EngagementRow& row : rows) {
      if (response.engagements_size() == size) {
        response.set_next_page_token(resources::PageToken(scope, last));
        break;
      }
      TREMPLIN_ASSIGN_OR_RETURN(*response.add_engagements(), ToProto(reader, row, call.principal));
      last = row.engagement.id;
    }
    return absl::OkStatus();
  }));
  return response;
}

absl::StatusOr<v1::Engagement> Engagements::SignDocument(const rpc::CallContext& call,
                                                         const v1::SignDocumentRequest& request) {
  return ChangeEngagement(commands_, ledger_, call, request.name(), "name",
                          [&](const domain::Engagement&, const std::string& by) {
                            return domain::Sign{by, request.document()};
                          });
}

absl::StatusOr<v1::Engagement> Engagements::ExtendEngagement(
    const rpc::CallContext& call, const v1::ExtendEngagementRequest& request) {
  if (request.days() < 1 || request.days() > kMaxDays) {
    return status::InvalidFields({status::Violation("days", kDaysOutOfRange)});
  }
  return ChangeEngagement(commands_, ledger_, call, request.name(), "name",
                          [&](const domain::Engagement&, const std::string& by) {
                            return domain::Extend{by, request.days()};
                          });
}

absl::StatusOr<v1::Engagement> Engagements::WishToContinue(
    const rpc::CallContext& call, const v1::WishToContinueRequest& request) {
  return ChangeEngagement(commands_, ledger_, call, request.name(), "name",
                          [&](const domain::Engagement&, const std::string& by) {
                            return domain::WishToContinue{by, request.format()};
                          });
}

absl::StatusOr<v1::Engagement> Engagements::CompleteEngagement(
    const rpc::CallContext& call, const v1::CompleteEngagementRequest& request) {
  return ChangeEngagement(commands_, ledger_, call, request.name(), "name",
                          [&](const domain::Engagement&, const std::string&) {
                            return domain::Complete{request.goals_met()};
                          });
}

absl::StatusOr<v1::Engagement> Engagements::LeaveEngagement(
    const rpc::CallContext& call, const v1::LeaveEngagementRequest& request) {
  TREMPLIN_RETURN_IF_ERROR(CheckReason(request.reason()));
  return ChangeEngagement(
      commands_, ledger_, call, request.name(), "name",
      [&](const domain::Engagement&, const std::string& by) -> absl::StatusOr<domain::Command> {
        TREMPLIN_ASSIGN_OR_RETURN(const std::string whom, WhomMeant(by, request.enrolment()));
        return domain::Leave{whom, request.reason(), RematchOf(request.rematch())};
      });
}

absl::StatusOr<v1::Engagement> Engagements::EndEngagementEarly(
    const rpc::CallContext& call, const v1::EndEngagementEarlyRequest& request) {
  TREMPLIN_RETURN_IF_ERROR(CheckReason(request.reason()));
  TREMPLIN_RETURN_IF_ERROR(CheckRematch(request, !OwnSide(call.principal).has_value()));
  return ChangeEngagement(commands_, ledger_, call, request.name(), "name",
                          [&](const domain::Engagement&, const std::string& by) {
                            return domain::EndEarly{by, request.reason(),
                                                    RematchOf(request.rematch()),
                                                    RematchOf(request.rematch_mentees()),
                                                    RematchOf(request.rematch_mentors())};
                          });
}

absl::StatusOr<v1::Engagement> Engagements::AnswerRematch(const rpc::CallContext& call,
                                                          const v1::AnswerRematchRequest& request) {
  if (RematchOf(request.rematch()) == domain::Rematch::kAsk) {
    return status::InvalidFields({status::Violation("rematch", kRematchRequired)});
  }
  return ChangeEngagement(
      commands_, ledger_, call, request.name(), "name",
      [&](const domain::Engagement&, const std::string& by) -> absl::StatusOr<domain::Command> {
        TREMPLIN_ASSIGN_OR_RETURN(const std::string whom, WhomMeant(by, request.enrolment()));
        return domain::AnswerRematch{whom, RematchOf(request.rematch())};
      });
}

absl::Status Engagements::OnTime(database::Transaction& tx, const std::string& id,
                                 const domain::Command& command, absl::Time due) const {
  TREMPLIN_ASSIGN_OR_RETURN(std::optional<store::EngagementRow> row, store::FindEngagement(tx, id));
  if (!row.has_value()) return absl::OkStatus();
  if (!domain::Decide(row->engagement, command, due).ok()) return absl::OkStatus();
  return ledger_.Apply(tx, command, due, {}, &*row);
}

}  // namespace tremplin::session::app
