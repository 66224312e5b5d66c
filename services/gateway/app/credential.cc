#include "services/gateway/app/credential.h"

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "common/digest/digest.h"
#include "common/status/error.h"
#include "common/text/text.h"
#include "services/gateway/app/messages.h"
#include "services/gateway/app/request.h"

namespace tremplin::gateway {

std::string CookieOf(const http::Request& request, std::string_view name) {
  std::string value;
  bool found = false;
  for (const auto& [header, text] : request.headers) {
    if (!absl::EqualsIgnoreCase(header, "cookie")) continue;
    std::string_view rest = text;
    while (!rest.empty()) {
      const size_t end = std::min(rest.find(';'), rest.size());
      const absl::string_view pair = absl::StripAsciiWhitespace(text::Absl(rest.substr(0, end)));
      rest.remove_prefix(std::min(end + 1, rest.size()));
      const size_t equals = pair.find('=');
      if (equals == absl::string_view::npos || pair.substr(0, equals) != text::Absl(name)) continue;
      if (found) return "";
      found = true;
      value = std::string(pair.substr(equals + 1));
    }
  }
  return value;
}

Credential CredentialOf(const http::Request& request) {
  // Whoever sends a bearer means that, also one that is empty or of another scheme.
  if (!request.Header("authorization").empty()) return {.token = Bearer(request)};
  std::string cookie = CookieOf(request, kSessionCookie);
  const bool from_cookie = !cookie.empty();
  return {.token = std::move(cookie), .from_cookie = from_cookie};
}

std::string CsrfTokenOf(std::string_view session_token) {
  return absl::WebSafeBase64Escape(
      digest::ToString(digest::HmacSha256(session_token, "tremplin CSRF token")));
}

absl::Status CheckCsrf(const http::Request& request, std::string_view shown) {
  if (request.method == "GET" || request.method == "HEAD") return absl::OkStatus();
  const Credential credential = CredentialOf(request);
  if (!credential.from_cookie) return absl::OkStatus();
  if (digest::ConstantTimeEqual(shown, CsrfTokenOf(credential.token))) return absl::OkStatus();
  return status::Error(absl::StatusCode::kPermissionDenied, kCsrfToken);
}

}  // namespace tremplin::gateway
