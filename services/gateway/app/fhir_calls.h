#ifndef TREMPLIN_SERVICES_GATEWAY_APP_FHIR_CALLS_H_
#define TREMPLIN_SERVICES_GATEWAY_APP_FHIR_CALLS_H_

#include <functional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "common/status/macros.h"
#include "common/text/text.h"
#include "services/gateway/fhir/mapping.h"
#include "tremplin/referral/v1/referral.pb.h"

namespace tremplin::gateway {

// Calls a method of the services as whoever sent the request.
using FhirCall =
    std::function<absl::StatusOr<std::string>(const std::string& method, const std::string& bytes)>;

// What FHIR asks of the services. Thread-safe as the call is.
class FhirCalls {
 public:
  explicit FhirCalls(FhirCall call) : call_(std::move(call)) {}

  // A method of the referral service.
  template <class Response, class Request>
  absl::StatusOr<Response> Referrals(std::string_view method, const Request& request) const {
    return Call<Response>(text::Cat("tremplin.referral.v1.ReferralService/", method), request);
  }
  absl::StatusOr<referral::v1::Referral> GetReferral(std::string_view id) const;
  absl::StatusOr<referral::v1::Application> GetApplication(std::string_view id) const;
  // By the registry of facts in force.
  absl::StatusOr<fhir::Terms> Terms() const;

 private:
  template <class Response, class Request>
  absl::StatusOr<Response> Call(const std::string& method, const Request& request) const {
    TREMPLIN_ASSIGN_OR_RETURN(const std::string bytes, call_(method, request.SerializeAsString()));
    Response response;
    if (!response.ParseFromString(bytes)) {
      return absl::InternalError("the answer cannot be decoded: " + method);
    }
    return response;
  }

  const FhirCall call_;
};

}  // namespace tremplin::gateway

#endif  // TREMPLIN_SERVICES_GATEWAY_APP_FHIR_CALLS_H_
