#include "services/notification/app/mail_links.h"

#include <optional>

#include "absl/time/clock.h"
#include "common/ids/ids.h"
#include "common/resources/names.h"
#include "common/status/error.h"
#include "common/status/macros.h"
#include "common/text/text.h"
#include "services/notification/app/wording.h"
#include "services/notification/domain/mail_messages.h"
#include "services/notification/domain/task.h"
#include "services/notification/store/message_store.h"
#include "services/notification/store/task_store.h"
#include "tremplin/matching/v1/answering.pb.h"
#include "tremplin/outcome/v1/answering.pb.h"

namespace tremplin::notification {
namespace {

constexpr char kPurpose[] = "mail link";
constexpr char kAnswerProposal[] = "tremplin.matching.v1.AnsweringService/AnswerAsPerson";
constexpr char kAnswerFollowUp[] = "tremplin.outcome.v1.AnsweringService/AnswerAsPerson";
constexpr absl::Duration kDatabaseDeadline = absl::Seconds(5);

Signer SignerOf(const seal::Sealer& sealer) {
  return [&sealer](std::string_view text) { return sealer.Index(kPurpose, text); };
}

// The same of one message and answer at every try, so that it has its effect once.
std::string RequestId(const std::string& message, std::string_view answer) {
  return ids::Derive({{"mail link", message, answer}});
}

bool IsUnsubscribe(const LinkAnswer& answer) { return answer.code == kUnsubscribeCode; }

}  // namespace

std::string MailLinkUrl(const seal::Sealer& sealer, std::string_view base,
                        messages::Language language, std::string_view message,
                        std::string_view answer, absl::Time expires) {
  const LinkTerms terms{std::string(message), std::string(answer), expires};
  return text::Cat(base, "/mail/", language == messages::Language::kFrench ? "fr" : "en", "/",
                   MakeToken(terms, SignerOf(sealer)));
}

absl::StatusOr<MailLinks::Lead> MailLinks::Read(const std::string& token) {
  const std::optional<LinkTerms> terms = ReadToken(token, SignerOf(deps_.sealer));
  const absl::Status unknown = status::Error(absl::StatusCode::kNotFound, kLinkUnknown);
  if (!terms.has_value()) return unknown;
  std::optional<QueuedMessage> message;
  std::optional<MailRow> mail;
  std::optional<std::string> before;
  const database::ReadOptions reading{.tenant = database::Tenant::All(),
                                      .deadline = absl::Now() + kDatabaseDeadline};
  TREMPLIN_RETURN_IF_ERROR(deps_.db.Read(reading, [&](database::Reader& reader) -> absl::Status {
    TREMPLIN_ASSIGN_OR_RETURN(message, FindMessage(reader, terms->message));
    TREMPLIN_ASSIGN_OR_RETURN(mail, FindMail(reader, terms->message));
    TREMPLIN_ASSIGN_OR_RETURN(before, FindLinkAnswerOf(reader, terms->message));
    return absl::OkStatus();
  }));
  if (!message.has_value() || !mail.has_value()) return unknown;
  Lead lead{*message, *mail, FindLinkAnswer(terms->answer), before.has_value()};
  // That they want no mail can be said whenever, and again.
  if (IsUnsubscribe(*lead.answer)) {
    lead.used = false;
  } else if (!lead.used && deps_.clock.SystemNow() >= terms->expires) {
    return status::Error(absl::StatusCode::kFailedPrecondition, kLinkExpired);
  }
  return lead;
}

v1::MailLink MailLinks::ToProto(const Lead& lead, v1::MailLink::State state) {
  v1::MailLink link;
  link.set_state(state);
  *link.mutable_subject() = Word(deps_.programs, lead.message).subject;
  *link.mutable_answer() = TextOf(lead.answer->label);
  *link.mutable_told() = TextOf(state == v1::MailLink::STATE_USED ? kLinkUsed : lead.answer->told);
  for (const LinkReason& reason : ReasonsFor(lead.answer->code)) {
    v1::MailLink::Reason* added = link.add_reasons();
    added->set_code(std::string(reason.code));
    *added->mutable_text() = TextOf(reason.text);
  }
  return link;
}

absl::StatusOr<v1::MailLink> MailLinks::GetMailLink(const rpc::CallContext&,
                                                    const v1::GetMailLinkRequest& request) {
  TREMPLIN_ASSIGN_OR_RETURN(const Lead lead, Read(request.token()));
  return ToProto(lead, lead.used ? v1::MailLink::STATE_USED : v1::MailLink::STATE_OPEN);
}

absl::Status MailLinks::Pass(const rpc::CallContext& call, const Lead& lead,
                             const std::string& reason) {
  const std::string_view code = lead.answer->code;
  const std::string person = resources::NameOf("people", lead.message.recipient.id);
  const auto as_service = peers::PeerCall::AsServiceFor(call);
  if (code == "yes" || code == "no") {
    matching::v1::AnswerAsPersonRequest request;
    request.set_name(lead.message.about);
    request.set_person(person);
    request.set_step(lead.mail.step);
    request.set_answer(code == "yes" ? matching::v1::ANSWER_YES : matching::v1::ANSWER_NO);
    request.set_reason(reason);
    request.set_request_id(RequestId(lead.message.id, code));
    return deps_.peers.Call<matching::v1::Proposal>(kAnswerProposal, request, as_service).status();
  }
  if (code == "no_job") {
    outcome::v1::AnswerAsPersonRequest request;
    request.set_name(lead.message.about);
    request.set_person(person);
    request.set_employment(outcome::v1::EMPLOYMENT_STATUS_NONE);
    request.set_request_id(RequestId(lead.message.id, code));
    return deps_.peers.Call<outcome::v1::FollowUp>(kAnswerFollowUp, request, as_service).status();
  }
  return absl::OkStatus();
}

absl::StatusOr<bool> MailLinks::Keep(const rpc::CallContext& call, const Lead& lead) {
  const std::string code(lead.answer->code);
  bool first = false;
  const database::WriteOptions writing{.lane_key = lead.message.id,
                                       .tenant = database::Tenant::All(),
                                       .deadline = absl::Now() + kDatabaseDeadline};
  TREMPLIN_RETURN_IF_ERROR(deps_.db.Write(writing, [&](database::Transaction& tx) -> absl::Status {
    if (IsUnsubscribe(*lead.answer)) {
      first = true;
      return SaveWish(tx, lead.message.recipient,
                      {.wanted = false,
                       .told = v1::MailPreference::TOLD_BY_THEMSELVES,
                       .at = deps_.clock.SystemNow()},
                      "");
    }
    TREMPLIN_ASSIGN_OR_RETURN(first,
                              SaveLinkAnswer(tx, lead.message.id, code, deps_.clock.SystemNow()));
    if (!first || code != "job") return absl::OkStatus();
    return InsertTask(
        tx, MakeTask(lead.message.id, {.kind = kJobToldKind, .by_enrolment = lead.mail.enrolment},
                     lead.message.program, lead.message.about, call.business_now));
  }));
  return first;
}

absl::StatusOr<v1::MailLink> MailLinks::FollowMailLink(const rpc::CallContext& call,
                                                       const v1::FollowMailLinkRequest& request) {
  TREMPLIN_ASSIGN_OR_RETURN(const Lead lead, Read(request.token()));
  if (lead.used) return ToProto(lead, v1::MailLink::STATE_USED);
  if (!IsReasonFor(lead.answer->code, request.reason())) {
    return status::InvalidFields({status::Violation("reason", kLinkReasonRequired)});
  }
  // The question's owner decides, and knows a repeat by its request id: where this ends between the
  // two, the next try finds the answer given and keeps that it was.
  TREMPLIN_RETURN_IF_ERROR(Pass(call, lead, request.reason()));
  TREMPLIN_ASSIGN_OR_RETURN(const bool first, Keep(call, lead));
  return ToProto(lead, first ? v1::MailLink::STATE_DONE : v1::MailLink::STATE_USED);
}

}  // namespace tremplin::notification
