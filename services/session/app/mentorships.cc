#include "services/session/app/mentorships.h"

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
#include "services/session/app/view.h"
#include "services/session/messages.h"

namespace tremplin::session::app {
namespace {

constexpr int kMaxDays = 3650;
constexpr std::array<std::string_view, 6> kEndReasons = {
    "not_a_fit", "mentor_unavailable", "mentee_unavailable", "found_work", "moved", "other"};
constexpr std::string_view kEndReasonList =
    "not_a_fit, mentor_unavailable, mentee_unavailable, found_work, moved, other";

// A mentee or mentor whose role the access rule let in, so there is a side.
domain::Side SideOf(const rpc::CallContext& call) {
  return OwnSide(call.principal).value_or(domain::Side::kMentee);
}

}  // namespace

Mentorships::Mentorships(database::Database& db, rpc::Commands& commands, const Ledger& ledger)
    : db_(db), commands_(commands), ledger_(ledger) {}

absl::StatusOr<v1::Mentorship> Mentorships::GetMentorship(const rpc::CallContext& call,
                                                          const v1::GetMentorshipRequest& request) {
  TREMPLIN_ASSIGN_OR_RETURN(const std::string id,
                            resources::IdOf("mentorships", request.name(), "name"));
  v1::Mentorship found;
  TREMPLIN_RETURN_IF_ERROR(db_.Read(call.Read(), [&](database::Reader& reader) -> absl::Status {
    TREMPLIN_ASSIGN_OR_RETURN(const store::MentorshipRow row,
                              ReadVisible(reader, call.principal, id));
    found = ToProto(row, call.principal);
    return absl::OkStatus();
  }));
  return found;
}

absl::StatusOr<v1::ListMentorshipsResponse> Mentorships::ListMentorships(
    const rpc::CallContext& call, const v1::ListMentorshipsRequest& request) {
  store::MentorshipFilter filter;
  const std::optional<domain::Side> own = OwnSide(call.principal);
  if (!request.program().empty() || !own.has_value()) {
    TREMPLIN_ASSIGN_OR_RETURN(filter.program,
                              resources::IdOf("programs", request.program(), "program"));
    if (!MaySeeProgram(call.principal, filter.program)) {
      return status::Error(absl::StatusCode::kNotFound, kProgramNotFound);
    }
  }
  if (own.has_value() && call.principal.person.empty()) return v1::ListMentorshipsResponse();
  if (own == domain::Side::kMentee) filter.mentee_person = call.principal.person;
  if (own == domain::Side::kMentor) filter.mentor_person = call.principal.person;
  filter.state = StateOf(request.state());
  TREMPLIN_ASSIGN_OR_RETURN(const int size, resources::PageSize(request.page_size()));
  const std::string scope = text::Cat("ListMentorships/", filter.program, "/", filter.mentee_person,
                                      filter.mentor_person, "/", request.state());
  TREMPLIN_ASSIGN_OR_RETURN(const std::string after,
                            resources::LastKey(scope, request.page_token()));
  v1::ListMentorshipsResponse response;
  TREMPLIN_RETURN_IF_ERROR(db_.Read(call.Read(), [&](database::Reader& reader) -> absl::Status {
    response.Clear();
    TREMPLIN_ASSIGN_OR_RETURN(const std::vector<store::MentorshipRow> rows,
                              store::ListMentorships(reader, filter, after, size + 1));
    std::string last;
    for (const store::MentorshipRow& row : rows) {
      if (response.mentorships_size() == size) {
        response.set_next_page_token(resources::PageToken(scope, last));
        break;
      }
      *response.add_mentorships() = ToProto(row, call.principal);
      last = row.mentorship.id;
    }
    return absl::OkStatus();
  }));
  return response;
}

absl::StatusOr<v1::Mentorship> Mentorships::Change(const rpc::CallContext& call,
                                                   const std::string& name,
                                                   const domain::Command& command,
                                                   const Telling& telling) {
  TREMPLIN_ASSIGN_OR_RETURN(const std::string id, resources::IdOf("mentorships", name, "name"));
  return commands_.Run<v1::Mentorship>(
      call, id, [&](database::Transaction& tx) -> absl::StatusOr<v1::Mentorship> {
        TREMPLIN_ASSIGN_OR_RETURN(store::MentorshipRow row, ReadVisible(tx, call.principal, id));
        TREMPLIN_RETURN_IF_ERROR(ledger_.Apply(tx, command, call.business_now, telling, &row));
        return ToProto(row, call.principal);
      });
}

absl::StatusOr<v1::Mentorship> Mentorships::SignAgreement(const rpc::CallContext& call,
                                                          const v1::SignAgreementRequest& request) {
  return Change(call, request.name(), domain::Sign{SideOf(call)},
                {.traceparent = call.traceparent});
}

absl::StatusOr<v1::Mentorship> Mentorships::ExtendMentorship(
    const rpc::CallContext& call, const v1::ExtendMentorshipRequest& request) {
  if (request.days() < 1 || request.days() > kMaxDays) {
    return status::InvalidFields({status::Violation("days", kDaysOutOfRange)});
  }
  return Change(call, request.name(), domain::Extend{SideOf(call), request.days()},
                {.traceparent = call.traceparent});
}

absl::StatusOr<v1::Mentorship> Mentorships::CompleteMentorship(
    const rpc::CallContext& call, const v1::CompleteMentorshipRequest& request) {
  return Change(call, request.name(), domain::Complete{request.goals_met()},
                {.traceparent = call.traceparent});
}

absl::StatusOr<v1::Mentorship> Mentorships::EndMentorshipEarly(
    const rpc::CallContext& call, const v1::EndMentorshipEarlyRequest& request) {
  if (std::find(kEndReasons.begin(), kEndReasons.end(), request.reason()) == kEndReasons.end()) {
    return status::InvalidFields({status::Violation("reason", kReasonUnknown, {kEndReasonList})});
  }
  return Change(call, request.name(), domain::EndEarly{request.reason()},
                {.traceparent = call.traceparent,
                 .rematch_mentee = request.rematch_mentee(),
                 .rematch_mentor = request.rematch_mentor()});
}

absl::Status Mentorships::OnTime(database::Transaction& tx, const std::string& id,
                                 const domain::Command& command, absl::Time due) const {
  TREMPLIN_ASSIGN_OR_RETURN(std::optional<store::MentorshipRow> row, store::FindMentorship(tx, id));
  if (!row.has_value()) return absl::OkStatus();
  if (!domain::Decide(row->mentorship, command, due).ok()) return absl::OkStatus();
  return ledger_.Apply(tx, command, due, {}, &*row);
}

}  // namespace tremplin::session::app
