#ifndef TREMPLIN_SERVICES_REGISTRATION_OIDC_CURL_FETCHER_H_
#define TREMPLIN_SERVICES_REGISTRATION_OIDC_CURL_FETCHER_H_

#include <memory>
#include <string>

#include "services/registration/oidc/fetcher.h"

namespace tremplin::registration {

struct CurlFetcherOptions {
  std::string trusted = {};  // PEM file of certificates; "" for the system's
  bool plain = false;        // HTTP too, for an issuer on this machine
};

// By libcurl: HTTPS of TLS 1.2 or newer, no redirects, no user in an address.
std::unique_ptr<Fetcher> MakeCurlFetcher(CurlFetcherOptions options);

}  // namespace tremplin::registration

#endif  // TREMPLIN_SERVICES_REGISTRATION_OIDC_CURL_FETCHER_H_
