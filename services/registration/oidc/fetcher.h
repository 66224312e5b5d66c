#ifndef TREMPLIN_SERVICES_REGISTRATION_OIDC_FETCHER_H_
#define TREMPLIN_SERVICES_REGISTRATION_OIDC_FETCHER_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace tremplin::registration {

struct Fetch {
  std::string url;
  std::string form = {};      // posted as application/x-www-form-urlencoded; "": a GET
  std::string user = {};      // with `password` as HTTP's basic credentials; "" for none
  std::string password = {};  // both as they go into the header
};
struct Fetched {
  int status = 0;
  std::string body = {};
};

// By which the issuer is asked. Thread-safe.
class Fetcher {
 public:
  virtual ~Fetcher() = default;
  // Waits for the answer, whatever its status is; redirects are answers. UNAVAILABLE when there is
  // none within `timeout`, or it is longer than 256 KiB.
  virtual absl::StatusOr<Fetched> Get(const Fetch& fetch, absl::Duration timeout) = 0;
};

}  // namespace tremplin::registration

#endif  // TREMPLIN_SERVICES_REGISTRATION_OIDC_FETCHER_H_
