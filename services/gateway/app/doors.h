#ifndef TREMPLIN_SERVICES_GATEWAY_APP_DOORS_H_
#define TREMPLIN_SERVICES_GATEWAY_APP_DOORS_H_

#include <string>

#include "absl/status/statusor.h"
#include "common/peers/peers.h"
#include "common/rpc/dispatcher.h"
#include "services/gateway/http/message.h"
#include "tremplin/registration/v1/registration.pb.h"

namespace tremplin::gateway {

// How long a call may take.
inline constexpr absl::Duration kLongestCall = absl::Seconds(30);
// Of what is the same for everybody, and may be kept.
inline constexpr char kOpenFor[] = "public, max-age=300";

// What the services hear beside the message, as whoever sent the request; or, open, as nobody.
rpc::Envelope EnvelopeOf(const http::Request& request, const std::string& traceparent);
rpc::Envelope OpenEnvelopeOf(const http::Request& request, const std::string& traceparent);

// The paths that are not the methods' own: the directory as HSDS, referrals as FHIR, and what the
// links of mails lead to. Each answers what is in its space (IsHsds, IsFhir, IsMailPage), or says
// what is wrong with the request. Thread-safe.
class Doors {
 public:
  // `services` outlives it. `tls`: whether this process ends TLS itself.
  Doors(peers::Transport& services, bool tls) : services_(services), tls_(tls) {}

  absl::StatusOr<http::Response> Hsds(const http::Request& request,
                                      const std::string& traceparent) const;
  // The body is plain.
  absl::StatusOr<http::Response> Fhir(const http::Request& request,
                                      const std::string& traceparent) const;
  // A link says by itself who follows it: no credential is handed on.
  http::Response Mail(const http::Request& request, const std::string& traceparent) const;

 private:
  absl::StatusOr<registration::v1::ListDirectoryProgramsResponse> Directory(
      const rpc::Envelope& envelope) const;

  peers::Transport& services_;
  const bool tls_;
};

}  // namespace tremplin::gateway

#endif  // TREMPLIN_SERVICES_GATEWAY_APP_DOORS_H_
