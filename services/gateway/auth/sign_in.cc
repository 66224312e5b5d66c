#include "services/gateway/auth/sign_in.h"

#include <algorithm>
#include <array>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/rpc/details.h"
#include "common/status/error.h"
#include "common/status/macros.h"
#include "common/text/text.h"
#include "common/trace/trace.h"
#include "services/gateway/app/credential.h"
#include "services/gateway/app/errors.h"
#include "services/gateway/app/messages.h"
#include "services/gateway/app/page.h"
#include "services/gateway/app/request.h"
#include "services/gateway/auth/messages.h"
#include "services/gateway/transcoding/errors.h"
#include "services/gateway/transcoding/json_writer.h"

namespace tremplin::gateway::auth {
namespace {

using messages::Language;
namespace v1 = registration::v1;

constexpr char kService[] = "tremplin.registration.v1.SignInService/";
constexpr char kHome[] = "/auth/";
// What the browser keeps while it is with the issuer.
constexpr char kBrowserCookie[] = "__Host-tremplin-sign-in";
constexpr absl::Duration kLongestCall = absl::Seconds(30);
constexpr size_t kLongestForm = 8 << 10;
// Of one address: what a house full of people needs, and no more than the mail of a few.
constexpr cache::Rate kRate{.per_second = 5, .burst = 50};

// The value of a field; "" where it is not there.
std::string FieldOf(const transcoding::Parameters& form, std::string_view name) {
  const auto found = std::find_if(form.begin(), form.end(),
                                  [name](const auto& field) { return field.first == name; });
  return found == form.end() ? "" : found->second;
}

// Lax: a link in a mail, and the issuer, lead here with it; another site's form does not.
void SetCookie(http::Response& response, std::string_view name, std::string_view value) {
  response.headers.emplace_back(
      "Set-Cookie", text::Cat(name, "=", value, "; Path=/; Secure; HttpOnly; SameSite=Lax",
                              value.empty() ? "; Max-Age=0" : ""));
}

http::Response To(std::string_view path) {
  http::Response response{.status = 303};
  response.headers = {{"Location", std::string(path)}};
  return response;
}

http::Response Enter(const v1::SignedIn& signed_in) {
  http::Response response =
      To(signed_in.return_path().empty() ? std::string(kHome) : signed_in.return_path());
  SetCookie(response, kSessionCookie, signed_in.session_token());
  return response;
}

http::Response Refused(const http::Request& request, const absl::Status& status) {
  const Language language = LanguageOf(request);
  const absl::Status shown = rpc::ForCaller(status);
  const status::ErrorDetail detail = status::DetailOf(shown);
  Page page(language, kRefusedTitle);
  page.Paragraph(language == Language::kFrench ? detail.fr : detail.en);
  for (const status::FieldViolation& fault : detail.violations) {
    page.Paragraph(language == Language::kFrench ? fault.fr : fault.en);
  }
  page.Link(kHome, page.Say(kAgain));
  return page.Answer(StatusOf(shown, request));
}

// Whether a browser sends this for a page of another site. Those that do not say where a form comes
// from are none that a person uses today.
bool IsOfOtherSite(const http::Request& request) {
  const std::string_view site = request.Header("sec-fetch-site");
  if (!site.empty()) return site != "same-origin" && site != "none";
  const std::string_view origin = request.Header("origin");
  if (origin.empty()) return false;
  const size_t scheme = origin.find("://");
  return scheme == std::string_view::npos || origin.substr(scheme + 3) != request.Header("host");
}

const Message& WordOf(options::v1::Role role) {
  static constexpr std::array<std::pair<options::v1::Role, const Message*>, 9> kWords{
      {{options::v1::ROLE_AGENCY, &kAgency},
       {options::v1::ROLE_COORDINATOR, &kCoordinator},
       {options::v1::ROLE_MENTEE, &kMentee},
       {options::v1::ROLE_MENTOR, &kMentor},
       {options::v1::ROLE_ORGANIZATION, &kPartner},
       {options::v1::ROLE_MANAGER, &kManager},
       {options::v1::ROLE_FUNDER, &kFunder},
       {options::v1::ROLE_ADVISORY_COMMITTEE, &kCommittee},
       {options::v1::ROLE_OPERATOR, &kOperator}}};
  const auto found = std::find_if(kWords.begin(), kWords.end(),
                                  [role](const auto& word) { return word.first == role; });
  return found == kWords.end() ? kCoordinator : *found->second;
}

// "coordinator – Ottawa Career Mentoring".
std::string Words(const Page& page, Language language, const v1::ActingRole& role) {
  std::string words = page.Say(WordOf(role.role()));
  const std::string& title = language == Language::kFrench ? role.title().fr() : role.title().en();
  if (!title.empty()) absl::StrAppend(&words, " – ", title);
  return words;
}

}  // namespace

SignIn::SignIn(peers::Transport& services) : services_(services), limiter_(kRate) {}

template <class Response, class Request>
absl::StatusOr<Response> SignIn::Call(const http::Request& request, const std::string& method,
                                      const Request& message) {
  const rpc::Envelope envelope{.credential = CredentialOf(request).token,
                               .deadline = absl::Now() + kLongestCall,
                               .language = LanguageOf(request),
                               .traceparent = trace::ChildOf(request.Header("traceparent"))};
  TREMPLIN_ASSIGN_OR_RETURN(
      const std::string bytes,
      services_.Call(kService + method, message.SerializeAsString(), envelope));
  Response response;
  if (!response.ParseFromString(bytes)) {
    return absl::InternalError("the answer cannot be decoded: " + method);
  }
  return response;
}

std::optional<http::Response> SignIn::Handle(const http::Request& request) {
  struct Route {
    std::string_view method, path;
    Serve serve;
  };
  static constexpr std::array<Route, 10> kRoutes{{{"GET", "/auth", &SignIn::Home},
                                                  {"GET", kHome, &SignIn::Home},
                                                  {"POST", "/auth/ask", &SignIn::Ask},
                                                  {"GET", "/auth/link", &SignIn::ShowLink},
                                                  {"POST", "/auth/link", &SignIn::Confirm},
                                                  {"GET", "/auth/issuer", &SignIn::ToIssuer},
                                                  {"GET", "/auth/callback", &SignIn::Callback},
                                                  {"GET", "/auth/session", &SignIn::Session},
                                                  {"POST", "/auth/role", &SignIn::Role},
                                                  {"POST", "/auth/sign-out", &SignIn::Leave}}};
  const std::string_view path =
      std::string_view(request.target).substr(0, request.target.find('?'));
  const auto route = std::find_if(kRoutes.begin(), kRoutes.end(), [&](const Route& one) {
    return one.method == request.method && one.path == path;
  });
  if (route == kRoutes.end()) return std::nullopt;
  const absl::StatusOr<Form> form = Take(request);
  if (!form.ok()) return Refused(request, form.status());
  return (this->*route->serve)(request, *form);
}

absl::StatusOr<SignIn::Form> SignIn::Take(const http::Request& request) {
  if (const absl::Duration wait = limiter_.Take("address:" + request.peer);
      wait > absl::ZeroDuration()) {
    return status::Error(absl::StatusCode::kResourceExhausted, kRateLimited,
                         {text::Cat(absl::ToInt64Seconds(absl::Ceil(wait, absl::Seconds(1))))});
  }
  std::string_view text = request.body;
  if (request.method == "GET") {
    const size_t mark = std::min(request.target.find('?'), request.target.size() - 1);
    text = std::string_view(request.target).substr(mark + 1);
  } else if (IsOfOtherSite(request)) {
    return status::Error(absl::StatusCode::kPermissionDenied, kOtherSite);
  } else if (!IsOfType(request.Header("content-type"), "application/x-www-form-urlencoded") ||
             text.size() > kLongestForm) {
    return status::Error(absl::StatusCode::kInvalidArgument, kFormWanted);
  }
  std::optional<Form> form = transcoding::ParseQuery(text);
  if (!form.has_value()) return status::Error(absl::StatusCode::kInvalidArgument, kFormWanted);
  return *std::move(form);
}

http::Response SignIn::SignInPage(const http::Request& request) {
  const auto options =
      Call<v1::SignInOptions>(request, "GetSignInOptions", v1::GetSignInOptionsRequest());
  if (!options.ok()) return Refused(request, options.status());
  Page page(LanguageOf(request), kSignInTitle);
  if (options->issuer()) page.Link("/auth/issuer", page.Say(kByIssuer));
  page.Paragraph(page.Say(kLinkExplained));
  page.AskEmail("/auth/ask", page.Say(kEmailLabel), page.Say(kSendLink));
  return page.Answer();
}

http::Response SignIn::Home(const http::Request& request, const Form&) {
  const Credential credential = CredentialOf(request);
  if (!credential.from_cookie) return SignInPage(request);
  const auto mine = Call<v1::MySession>(request, "GetMySession", v1::GetMySessionRequest());
  if (absl::IsUnauthenticated(mine.status())) {
    http::Response response = SignInPage(request);
    SetCookie(response, kSessionCookie, "");
    return response;
  }
  if (!mine.ok()) return Refused(request, mine.status());
  const std::string csrf = CsrfTokenOf(credential.token);
  const Language language = LanguageOf(request);
  Page page(language, kRolesTitle);
  page.Paragraph(
      page.Say(kActingAs, {mine->given_name(), Words(page, language, mine->session().role())}));
  for (const v1::ActingRole& role : mine->roles()) {
    if (role.name() == mine->session().role().name()) continue;
    page.Button("/auth/role", {{"csrf", csrf}, {"role", role.name()}},
                page.Say(kSwitchTo, {Words(page, language, role)}));
  }
  page.Button("/auth/sign-out", {{"csrf", csrf}}, page.Say(kSignOut));
  return page.Answer();
}

http::Response SignIn::Ask(const http::Request& request, const Form& form) {
  v1::RequestSignInLinkRequest ask;
  ask.set_email(FieldOf(form, "email"));
  const auto asked = Call<v1::RequestSignInLinkResponse>(request, "RequestSignInLink", ask);
  if (!asked.ok()) return Refused(request, asked.status());
  Page page(LanguageOf(request), kLinkAskedTitle);
  page.Paragraph(page.Say(kLinkAskedBody));
  return page.Answer();
}

http::Response SignIn::ShowLink(const http::Request& request, const Form& query) {
  v1::ReadSignInLinkRequest read;
  read.set_secret(FieldOf(query, "secret"));
  const auto named = Call<v1::ReadSignInLinkResponse>(request, "ReadSignInLink", read);
  if (!named.ok()) return Refused(request, named.status());
  const std::string name = text::Cat(named->given_name(), " ", named->family_name());
  Page page(LanguageOf(request), kConfirmTitle);
  page.Paragraph(page.Say(kConfirmBody, {name}));
  page.Button("/auth/link", {{"secret", read.secret()}}, page.Say(kConfirmButton, {name}));
  return page.Answer();
}

http::Response SignIn::Confirm(const http::Request& request, const Form& form) {
  v1::ConfirmSignInLinkRequest confirm;
  confirm.set_secret(FieldOf(form, "secret"));
  const auto signed_in = Call<v1::SignedIn>(request, "ConfirmSignInLink", confirm);
  return signed_in.ok() ? Enter(*signed_in) : Refused(request, signed_in.status());
}

http::Response SignIn::ToIssuer(const http::Request& request, const Form& query) {
  v1::BeginSignInRequest begin;
  begin.set_return_path(FieldOf(query, "return"));
  const auto begun = Call<v1::BeginSignInResponse>(request, "BeginSignIn", begin);
  if (!begun.ok()) return Refused(request, begun.status());
  http::Response response = To(begun->authorization_url());
  SetCookie(response, kBrowserCookie, begun->browser_secret());
  return response;
}

http::Response SignIn::Callback(const http::Request& request, const Form& query) {
  const bool said_no = FieldOf(query, "code").empty();
  http::Response response;
  if (said_no) {
    response = Refused(request, status::Error(absl::StatusCode::kPermissionDenied, kIssuerSaidNo));
  } else {
    v1::FinishSignInRequest finish;
    finish.set_browser_secret(CookieOf(request, kBrowserCookie));
    finish.set_state(FieldOf(query, "state"));
    finish.set_code(FieldOf(query, "code"));
    finish.set_issuer(FieldOf(query, "iss"));
    const auto signed_in = Call<v1::SignedIn>(request, "FinishSignIn", finish);
    response = signed_in.ok() ? Enter(*signed_in) : Refused(request, signed_in.status());
  }
  SetCookie(response, kBrowserCookie, "");
  return response;
}

http::Response SignIn::Session(const http::Request& request, const Form&) {
  const Credential credential = CredentialOf(request);
  const auto mine = Call<v1::MySession>(request, "GetMySession", v1::GetMySessionRequest());
  http::Response response;
  response.headers = {{"Content-Type", "application/json; charset=utf-8"}};
  if (!mine.ok()) {
    const absl::Status shown = rpc::ForCaller(mine.status());
    response.status = StatusOf(shown, request);
    response.body = transcoding::ErrorJson(shown, LanguageOf(request));
    return response;
  }
  response.body = text::Cat("{\"csrfToken\":\"", CsrfTokenOf(credential.token),
                            "\",\"mySession\":", transcoding::WriteJson(*mine), "}");
  return response;
}

http::Response SignIn::Role(const http::Request& request, const Form& form) {
  if (const absl::Status meant = CheckCsrf(request, FieldOf(form, "csrf")); !meant.ok()) {
    return Refused(request, meant);
  }
  v1::SwitchRoleRequest change;
  change.set_role(FieldOf(form, "role"));
  const auto signed_in = Call<v1::SignedIn>(request, "SwitchRole", change);
  return signed_in.ok() ? Enter(*signed_in) : Refused(request, signed_in.status());
}

http::Response SignIn::Leave(const http::Request& request, const Form& form) {
  if (const absl::Status meant = CheckCsrf(request, FieldOf(form, "csrf")); !meant.ok()) {
    return Refused(request, meant);
  }
  const auto out = Call<v1::SignOutResponse>(request, "SignOut", v1::SignOutRequest());
  // Who was signed out already is.
  if (!out.ok() && !absl::IsUnauthenticated(out.status())) return Refused(request, out.status());
  http::Response response = To(kHome);
  SetCookie(response, kSessionCookie, "");
  return response;
}

}  // namespace tremplin::gateway::auth
