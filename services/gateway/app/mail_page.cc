#include "services/gateway/app/mail_page.h"

#include <algorithm>
#include <optional>

#include "absl/status/status.h"
#include "common/messages/message.h"
#include "common/rpc/details.h"
#include "common/status/error.h"
#include "services/gateway/app/messages.h"
#include "services/gateway/app/page.h"
#include "services/gateway/app/request.h"
#include "services/gateway/transcoding/errors.h"
#include "services/gateway/transcoding/url.h"
#include "tremplin/notification/v1/notification.pb.h"

namespace tremplin::gateway {
namespace {

using messages::Language;
using notification::v1::MailLink;

constexpr std::string_view kPath = "/mail/";
constexpr char kGet[] = "tremplin.notification.v1.MailLinkService/GetMailLink";
constexpr char kFollow[] = "tremplin.notification.v1.MailLinkService/FollowMailLink";

struct Place {
  Language language = Language::kEnglish;
  std::string token;
};

Place PlaceOf(std::string_view target) {
  const std::string_view whole = target.substr(0, target.find('?'));
  const std::string_view path = whole.substr(std::min(kPath.size(), whole.size()));
  const size_t slash = path.find('/');
  Place place;
  if (path.substr(0, slash) == "fr") place.language = Language::kFrench;
  if (slash != std::string_view::npos) place.token = std::string(path.substr(slash + 1));
  return place;
}

const std::string& In(Language language, const program::v1::Text& text) {
  return language == Language::kFrench ? text.fr() : text.en();
}

http::Response PageOf(Language language, const MailLink& link) {
  Page page(language, In(language, link.subject()));
  if (link.state() != MailLink::STATE_OPEN) {
    page.Paragraph(In(language, link.told()));
    return page.Answer();
  }
  page.Statement(page.Say(kMailAnswer), In(language, link.answer()));
  Page::Choice why{.name = "reason", .legend = page.Say(kMailWhy), .choices = {}};
  for (const MailLink::Reason& reason : link.reasons()) {
    why.choices.emplace_back(reason.code(), In(language, reason.text()));
  }
  page.Confirm(why, page.Say(kMailConfirm));
  return page.Answer();
}

http::Response ErrorPage(Language language, const absl::Status& status) {
  const absl::Status shown = rpc::ForCaller(status);
  const status::ErrorDetail detail = status::DetailOf(shown);
  const bool french = language == Language::kFrench;
  Page page(language, kMailNothingDone);
  page.Paragraph(french ? detail.fr : detail.en);
  for (const status::FieldViolation& one : detail.violations) {
    page.Paragraph(french ? one.fr : one.en);
  }
  return page.Answer(transcoding::HttpStatusOf(shown));
}

// What the page's form says; a mail program says nothing that is needed.
std::string ReasonIn(const http::Request& request) {
  if (!IsOfType(request.Header("content-type"), "application/x-www-form-urlencoded")) return "";
  const std::optional<transcoding::Parameters> form = transcoding::ParseQuery(request.body);
  if (!form.has_value()) return "";
  for (const auto& [name, value] : *form) {
    if (name == "reason") return value;
  }
  return "";
}

}  // namespace

bool IsMailPage(std::string_view target) { return target.starts_with(kPath); }

http::Response MailPage(const http::Request& request, const OpenCall& call) {
  const Place place = PlaceOf(request.target);
  if (request.method != "GET" && request.method != "POST") {
    return {.status = 405, .headers = {{"Allow", "GET, POST"}}};
  }
  absl::StatusOr<std::string> answer;
  if (request.method == "GET") {
    notification::v1::GetMailLinkRequest get;
    get.set_token(place.token);
    answer = call(kGet, get.SerializeAsString());
  } else {
    notification::v1::FollowMailLinkRequest follow;
    follow.set_token(place.token);
    follow.set_reason(ReasonIn(request));
    answer = call(kFollow, follow.SerializeAsString());
  }
  if (!answer.ok()) return ErrorPage(place.language, answer.status());
  MailLink link;
  if (!link.ParseFromString(*answer)) {
    return ErrorPage(place.language, absl::InternalError("a mail's link cannot be decoded"));
  }
  return PageOf(place.language, link);
}

}  // namespace tremplin::gateway
