#ifndef TREMPLIN_SERVICES_REGISTRATION_OIDC_OIDC_ISSUER_H_
#define TREMPLIN_SERVICES_REGISTRATION_OIDC_OIDC_ISSUER_H_

#include <memory>
#include <string>

#include "common/clock/clock.h"
#include "services/registration/oidc/fetcher.h"
#include "services/registration/oidc/issuer.h"

namespace tremplin::registration {

struct OidcOptions {
  std::string issuer;  // "https://login.example.org"
  std::string client_id;
  std::string client_secret = {};  // "" for a public client
  std::string audience = {};       // of access tokens; "": none is taken
  std::string redirect_uri;        // where the issuer sends the browser back to
};

// OpenID Connect with one issuer, whose configuration tells where its endpoints and keys are
// (OpenID Connect Discovery) and which nothing else does. What it told holds for an hour, and for a
// day while it cannot be reached; after a failure it is left alone for ten seconds. Keys are
// fetched anew at most once a minute, where a token names one that is not known. `fetcher` and
// `clock` outlive it.
std::unique_ptr<Issuer> MakeOidcIssuer(OidcOptions options, Fetcher& fetcher,
                                       const clock::Clock& clock);

}  // namespace tremplin::registration

#endif  // TREMPLIN_SERVICES_REGISTRATION_OIDC_OIDC_ISSUER_H_
