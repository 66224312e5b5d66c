#ifndef TREMPLIN_SERVICES_GATEWAY_APP_CREDENTIAL_H_
#define TREMPLIN_SERVICES_GATEWAY_APP_CREDENTIAL_H_

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "services/gateway/http/message.h"

// As whom a request comes: by what it carries on purpose ("Authorization: Bearer …"), or by the
// cookie that a browser adds whether its user meant the request or not. Pure.
namespace tremplin::gateway {

// A cookie of this host alone, over TLS alone ("__Host-"); browsers make the exception of
// http://localhost.
inline constexpr char kSessionCookie[] = "__Host-tremplin-session";
inline constexpr char kCsrfHeader[] = "x-csrf-token";

struct Credential {
  std::string token = {};    // "" for none
  bool from_cookie = false;  // then what changes something must show the CSRF token
};

// The bearer before the cookie.
Credential CredentialOf(const http::Request& request);

// The value of a cookie, "" where it is not there; of one sent twice, which nobody means, "".
std::string CookieOf(const http::Request& request, std::string_view name);

// What a page of ours shows beside the cookie: follows from the session's token, which no other
// site can read or set.
std::string CsrfTokenOf(std::string_view session_token);

// OK unless the request changes something by a cookie: then PERMISSION_DENIED (CSRF_TOKEN) where
// `shown` is not the token of its session.
absl::Status CheckCsrf(const http::Request& request, std::string_view shown);

}  // namespace tremplin::gateway

#endif  // TREMPLIN_SERVICES_GATEWAY_APP_CREDENTIAL_H_
