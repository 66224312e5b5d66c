#include "services/notification/app/service.h"

#include <cstdlib>
#include <optional>
#include <string>
#include <vector>

#include "common/resources/names.h"
#include "common/status/error.h"
#include "common/status/macros.h"
#include "common/text/text.h"
#include "services/notification/app/wording.h"
#include "services/notification/messages.h"
#include "services/notification/store/message_store.h"

namespace tremplin::notification {
namespace {

using options::v1::Role;

// Operators, and staff who are not placed with one organization: messages are of no organization's
// people.
bool SeesAll(const rpc::Principal& principal) {
  return principal.role == Role::ROLE_OPERATOR ||
         (principal.role == Role::ROLE_COORDINATOR && principal.organization.empty());
}

// Whose messages a caller reads who is neither staff nor operator; an empty id has none.
Recipient SelfOf(const rpc::Principal& principal) {
  if (principal.role == Role::ROLE_AGENCY || principal.role == Role::ROLE_ORGANIZATION) {
    return {RecipientKind::kOrganization, principal.organization};
  }
  return {RecipientKind::kPerson, principal.person};
}

bool MaySee(const rpc::Principal& principal, const QueuedMessage& message) {
  if (!principal.program.empty() && principal.program != message.program) return false;
  if (SeesAll(principal)) return true;
  const Recipient self = SelfOf(principal);
  return !self.id.empty() && self.kind == message.recipient.kind && self.id == message.recipient.id;
}

std::string_view CollectionOf(RecipientKind kind) {
  switch (kind) {
    case RecipientKind::kPerson:
      return "people";
    case RecipientKind::kOrganization:
      return "organizations";
    case RecipientKind::kStaff:
      return "programs";
    case RecipientKind::kApplicant:
      return "referrals";
    case RecipientKind::kAccount:
      return "accounts";
  }
  return "";
}

}  // namespace

Service::Service(database::Database& db, program::ProgramStore& programs)
    : db_(db), programs_(programs) {}

v1::Message Service::ToProto(const QueuedMessage& message) const {
  v1::Message proto;
  proto.set_name(resources::NameOf("messages", message.id));
  proto.set_recipient_kind(static_cast<v1::Message::RecipientKind>(message.recipient.kind));
  proto.set_recipient(
      resources::NameOf(CollectionOf(message.recipient.kind), message.recipient.id));
  proto.set_template_(message.template_code);
  const Worded worded = Word(programs_, message);
  if (!worded.subject.en().empty()) {
    *proto.mutable_subject() = worded.subject;
    *proto.mutable_body() = worded.body;
  }
  *proto.mutable_create_time() = resources::ToTimestamp(message.created);
  proto.set_about(message.about);
  proto.set_mail(static_cast<v1::Message::Mail>(message.mail));
  proto.set_mail_reason(message.mail_reason);
  return proto;
}

absl::StatusOr<v1::Message> Service::GetMessage(const rpc::CallContext& call,
                                                const v1::GetMessageRequest& request) {
  TREMPLIN_ASSIGN_OR_RETURN(const std::string id,
                            resources::IdOf("messages", request.name(), "name"));
  std::optional<QueuedMessage> found;
  TREMPLIN_RETURN_IF_ERROR(db_.Read(call.Read(), [&](database::Reader& reader) -> absl::Status {
    TREMPLIN_ASSIGN_OR_RETURN(found, FindMessage(reader, id));
    if (!found.has_value() || SeesAll(call.principal) ||
        found->recipient.kind != RecipientKind::kOrganization) {
      return absl::OkStatus();
    }
    TREMPLIN_ASSIGN_OR_RETURN(const bool silent, IsSilent(reader, *found, call.business_now));
    if (silent) found.reset();
    return absl::OkStatus();
  }));
  if (!found.has_value() || !MaySee(call.principal, *found)) {
    return status::Error(absl::StatusCode::kNotFound, kMessageNotFound);
  }
  return ToProto(*found);
}

absl::StatusOr<v1::ListMessagesResponse> Service::ListMessages(
    const rpc::CallContext& call, const v1::ListMessagesRequest& request) {
  MessageFilter filter;
  TREMPLIN_ASSIGN_OR_RETURN(filter.limit, resources::PageSize(request.page_size()));
  filter.template_code = request.template_();
  filter.program = call.principal.program;
  filter.now = call.business_now;
  v1::ListMessagesResponse response;
  if (!SeesAll(call.principal)) {
    filter.recipient = SelfOf(call.principal);
    if (filter.recipient->id.empty()) return response;
  }
  const std::string scope =
      text::Cat("messages/", filter.template_code, "/", filter.program, "/",
                filter.recipient.has_value() ? TenantOf(*filter.recipient) : "");
  TREMPLIN_ASSIGN_OR_RETURN(const std::string last,
                            resources::LastKey(scope, request.page_token()));
  if (!last.empty()) filter.after = std::strtoll(last.c_str(), nullptr, 10);
  std::vector<ListedMessage> listed;
  TREMPLIN_RETURN_IF_ERROR(db_.Read(call.Read(), [&](database::Reader& reader) -> absl::Status {
    TREMPLIN_ASSIGN_OR_RETURN(listed, notification::ListMessages(reader, filter));
    return absl::OkStatus();
  }));
  for (const ListedMessage& one : listed) *response.add_messages() = ToProto(one.message);
  if (listed.size() == static_cast<size_t>(filter.limit)) {
    response.set_next_page_token(
        resources::PageToken(scope, std::to_string(listed.back().sequence)));
  }
  return response;
}

}  // namespace tremplin::notification
