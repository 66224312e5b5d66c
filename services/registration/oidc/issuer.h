#ifndef TREMPLIN_SERVICES_REGISTRATION_OIDC_ISSUER_H_
#define TREMPLIN_SERVICES_REGISTRATION_OIDC_ISSUER_H_

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

// Who vouches for people who sign in, by OpenID Connect (authorization code with PKCE).
namespace tremplin::registration {

// What the browser is sent to the issuer with.
struct Challenge {
  std::string state;
  std::string nonce;
  std::string code_verifier;
};

// Whom the issuer knows the caller as.
struct Vouched {
  std::string issuer;
  std::string subject;
  std::string email = {};                       // "" unless the issuer has verified it
  absl::Time expires = absl::InfiniteFuture();  // of a token that was shown
};

// Thread-safe.
class Issuer {
 public:
  virtual ~Issuer() = default;
  // Where the browser is to go. May wait for the issuer; UNAVAILABLE when it cannot be reached.
  virtual absl::StatusOr<std::string> AuthorizationUrl(const Challenge& challenge,
                                                       absl::Time deadline) = 0;
  // Exchanges the code that the browser brought and checks the ID token. `issuer` is what the
  // issuer called itself on the way (RFC 9207), "" for nothing. Waits for the issuer. UNAVAILABLE
  // when it cannot be reached, UNAUTHENTICATED (with the reason for the log only) when it does not
  // vouch.
  virtual absl::StatusOr<Vouched> Exchange(const std::string& code, const std::string& issuer,
                                           const Challenge& challenge, absl::Time deadline) = 0;
  // Whose access token this is: a JWT of the issuer's for this system's audience. May wait for the
  // issuer's keys. FAILED_PRECONDITION where none are taken; else as Exchange.
  virtual absl::StatusOr<Vouched> Check(const std::string& access_token, absl::Time deadline) = 0;
};

}  // namespace tremplin::registration

#endif  // TREMPLIN_SERVICES_REGISTRATION_OIDC_ISSUER_H_
