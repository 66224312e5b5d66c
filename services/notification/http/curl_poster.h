#ifndef TREMPLIN_SERVICES_NOTIFICATION_HTTP_CURL_POSTER_H_
#define TREMPLIN_SERVICES_NOTIFICATION_HTTP_CURL_POSTER_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "services/notification/http/poster.h"

namespace tremplin::notification {

struct CurlPosterOptions {
  // Addresses that are not public are connected to as well, and without TLS. Never link-local ones.
  bool inside = false;
  absl::Duration longest = kLongestAnswer;
  // For tests, in place of the name server: "host:port:address".
  std::vector<std::string> resolve = {};
  // PEM file of whose certificates are trusted; "": the machine's.
  std::string trusted = {};
};

// By libcurl. Whatever a name leads to, the address is looked at when it is connected to, so a name
// server that answers differently the next time gains nothing. No proxy, no redirect, no cookie, no
// connection kept; of an answer at most 64 KiB are read.
std::unique_ptr<Poster> MakeCurlPoster(CurlPosterOptions options);

}  // namespace tremplin::notification

#endif  // TREMPLIN_SERVICES_NOTIFICATION_HTTP_CURL_POSTER_H_
