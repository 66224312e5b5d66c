#include "services/gateway/app/errors.h"

#include <string>

#include "common/rpc/messages.h"
#include "common/status/condition.h"
#include "common/status/error.h"
#include "services/gateway/app/messages.h"
#include "services/gateway/fhir/messages.h"
#include "services/gateway/transcoding/errors.h"

namespace tremplin::gateway {

int StatusOf(const absl::Status& status, const http::Request& request) {
  const std::string reason = status::ReasonOf(status);
  if (reason == kMediaType.reason() || reason == kCsvWanted.reason() ||
      reason == kEncodingUnknown.reason() || reason == fhir::kFhirMediaType.reason() ||
      reason == fhir::kFhirFormWanted.reason()) {
    return 415;
  }
  if (reason == fhir::kFhirNotAcceptable.reason()) return 406;
  if (reason == kHeadTooLarge.reason()) return 431;
  if (reason == kBodyTooLarge.reason() || reason == kGzipGrows.reason()) return 413;
  if (reason == kTooSlow.reason()) return 408;
  // Nobody sent too much, which 429 says; and 507 is not to be sent again but by a person's own
  // doing.
  if (status::IsDiskFull(status)) return 503;
  if (reason == rpc::kRequestIdReused.reason()) return 422;
  if (reason == "ETAG_MISMATCH" && !request.Header("if-match").empty()) return 412;
  return transcoding::HttpStatusOf(status);
}

absl::Status ErrorOf(http::Refusal refusal) {
  switch (refusal) {
    case http::Refusal::kMalformed:
      return status::Error(absl::StatusCode::kInvalidArgument, kHttpMalformed);
    case http::Refusal::kHeadTooLarge:
      return status::Error(absl::StatusCode::kInvalidArgument, kHeadTooLarge);
    case http::Refusal::kBodyTooLarge:
      return status::Error(absl::StatusCode::kInvalidArgument, kBodyTooLarge);
    case http::Refusal::kTooSlow:
      return status::Error(absl::StatusCode::kDeadlineExceeded, kTooSlow);
    case http::Refusal::kOverloaded:
      break;
  }
  return status::Error(absl::StatusCode::kResourceExhausted, rpc::kOverloaded);
}

}  // namespace tremplin::gateway
