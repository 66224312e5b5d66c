#include "services/gateway/app/mail_page.h"

#include <algorithm>
#include <optional>

#include "absl/status/status.h"
#include "common/messages/message.h"
#include "common/rpc/details.h"
#include "common/status/error.h"
#include "common/text/html.h"
#include "common/text/text.h"
#include "services/gateway/app/messages.h"
#include "services/gateway/app/request.h"
#include "services/gateway/transcoding/errors.h"
#include "services/gateway/transcoding/url.h"
#include "tremplin/notification/v1/notification.pb.h"

namespace tremplin::gateway {
namespace {

using messages::Language;
using notification::v1::MailLink;
using text::EscapeHtml;

constexpr std::string_view kPath = "/mail/";
constexpr char kGet[] = "tremplin.notification.v1.MailLinkService/GetMailLink";
constexpr char kFollow[] = "tremplin.notification.v1.MailLinkService/FollowMailLink";
constexpr char kPolicy[] =
    "default-src 'none'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

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

std::string_view In(Language language, const messages::Message& message) {
  return language == Language::kFrench ? message.fr() : message.en();
}
const std::string& In(Language language, const program::v1::Text& text) {
  return language == Language::kFrench ? text.fr() : text.en();
}

http::Response Page(Language language, std::string_view title, std::string_view content) {
  http::Response response;
  response.headers = {{"Content-Type", "text/html; charset=utf-8"},
                      {"Content-Language", rpc::LocaleOf(language)},
                      {"Content-Security-Policy", kPolicy}};
  response.body =
      text::Cat("<!DOCTYPE html>\n<html lang=\"", rpc::LocaleOf(language), "\">\n<head>\n",
                "<meta charset=\"utf-8\">\n",
                "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n",
                "<meta name=\"robots\" content=\"noindex\">\n<title>", EscapeHtml(title),
                "</title>\n</head>\n<body>\n<main>\n<h1>", EscapeHtml(title), "</h1>\n", content,
                "</main>\n</body>\n</html>\n");
  return response;
}

std::string Paragraph(std::string_view text) {
  return text::Cat("<p>", EscapeHtml(text), "</p>\n");
}

std::string Reasons(Language language, const MailLink& link) {
  if (link.reasons().empty()) return "";
  std::string html =
      text::Cat("<fieldset>\n<legend>", EscapeHtml(In(language, kMailWhy)), "</legend>\n");
  for (const MailLink::Reason& reason : link.reasons()) {
    html += text::Cat("<p><label><input type=\"radio\" name=\"reason\" required value=\"",
                      EscapeHtml(reason.code()), "\"> ", EscapeHtml(In(language, reason.text())),
                      "</label></p>\n");
  }
  return html + "</fieldset>\n";
}

http::Response PageOf(Language language, const MailLink& link) {
  const std::string& subject = In(language, link.subject());
  if (link.state() != MailLink::STATE_OPEN) {
    return Page(language, subject, Paragraph(In(language, link.told())));
  }
  const std::string form =
      text::Cat("<form method=\"post\">\n", Reasons(language, link), "<p><button type=\"submit\">",
                EscapeHtml(In(language, kMailConfirm)), "</button></p>\n</form>\n");
  return Page(language, subject,
              text::Cat("<p>", EscapeHtml(In(language, kMailAnswer)), " <strong>",
                        EscapeHtml(In(language, link.answer())), "</strong></p>\n", form));
}

http::Response ErrorPage(Language language, const absl::Status& status) {
  const absl::Status shown = rpc::ForCaller(status);
  const status::ErrorDetail detail = status::DetailOf(shown);
  const bool french = language == Language::kFrench;
  std::string content = Paragraph(french ? detail.fr : detail.en);
  for (const status::FieldViolation& one : detail.violations) {
    content += Paragraph(french ? one.fr : one.en);
  }
  http::Response response = Page(language, In(language, kMailNothingDone), content);
  response.status = transcoding::HttpStatusOf(shown);
  return response;
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
