#ifndef TREMPLIN_SERVICES_GATEWAY_AUTH_SIGN_IN_H_
#define TREMPLIN_SERVICES_GATEWAY_AUTH_SIGN_IN_H_

#include <optional>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/peers/peers.h"
#include "services/gateway/app/limits.h"
#include "services/gateway/http/message.h"
#include "services/gateway/transcoding/url.h"
#include "tremplin/registration/v1/sign_in.pb.h"

namespace tremplin::gateway::auth {

// Where people sign in with a browser: registration's SignInService as pages and a cookie.
//
//   GET  /auth/          who is signed in, their roles; or how to sign in
//   POST /auth/ask       email → a link is sent, if anybody has the address
//   GET  /auth/link      ?secret= → whom it signs in, and a button; changes nothing, since mail is
//                        read by machines too
//   POST /auth/link      secret → the session's cookie
//   GET  /auth/issuer    ?return= → to the issuer, with a cookie that binds what comes back
//   GET  /auth/callback  from the issuer → the session's cookie, on to `return`
//   GET  /auth/session   for pages' scripts: the session, its roles, the CSRF token (JSON)
//   POST /auth/role      csrf, role → acts in that role under a new cookie
//   POST /auth/sign-out  csrf → no session
//
// A form that another site sends is refused, whoever is signed in. Keeps nothing. Thread-safe.
class SignIn {
 public:
  // `services` outlives it.
  explicit SignIn(peers::Transport& services);

  // Nothing for a request that is none of these. May wait for the services.
  std::optional<http::Response> Handle(const http::Request& request);

 private:
  using Form = transcoding::Parameters;
  using Serve = http::Response (SignIn::*)(const http::Request&, const Form&);

  http::Response Home(const http::Request& request, const Form& query);
  http::Response Ask(const http::Request& request, const Form& form);
  http::Response ShowLink(const http::Request& request, const Form& query);
  http::Response Confirm(const http::Request& request, const Form& form);
  http::Response ToIssuer(const http::Request& request, const Form& query);
  http::Response Callback(const http::Request& request, const Form& query);
  http::Response Session(const http::Request& request, const Form& query);
  http::Response Role(const http::Request& request, const Form& form);
  http::Response Leave(const http::Request& request, const Form& form);

  // The form, or the query, of a request that may be served.
  absl::StatusOr<Form> Take(const http::Request& request);
  http::Response SignInPage(const http::Request& request);
  template <class Response, class Request>
  absl::StatusOr<Response> Call(const http::Request& request, const std::string& method,
                                const Request& message);

  peers::Transport& services_;
  Limiter limiter_;
};

}  // namespace tremplin::gateway::auth

#endif  // TREMPLIN_SERVICES_GATEWAY_AUTH_SIGN_IN_H_
