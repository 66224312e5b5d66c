#include "services/gateway/app/doors.h"

#include <utility>

#include "absl/time/clock.h"
#include "common/rpc/details.h"
#include "common/rpc/messages.h"
#include "common/status/error.h"
#include "common/status/macros.h"
#include "services/gateway/app/credential.h"
#include "services/gateway/app/document.h"
#include "services/gateway/app/encoding.h"
#include "services/gateway/app/fhir.h"
#include "services/gateway/app/hsds.h"
#include "services/gateway/app/limits.h"
#include "services/gateway/app/mail_page.h"
#include "services/gateway/app/request.h"

namespace tremplin::gateway {
namespace {

// The directory: what anybody may read.
constexpr char kDirectoryMethod[] =
    "tremplin.registration.v1.RegistrationService/ListDirectoryPrograms";
constexpr int kDirectoryPage = 500;
constexpr int kMostDirectoryPages = 20;

absl::Status CheckLoad(Importance importance, const http::Request& request) {
  if (!IsShed(importance, request.waited)) return absl::OkStatus();
  return status::Error(absl::StatusCode::kResourceExhausted, rpc::kOverloaded);
}

}  // namespace

rpc::Envelope EnvelopeOf(const http::Request& request, const std::string& traceparent) {
  rpc::Envelope envelope = OpenEnvelopeOf(request, traceparent);
  envelope.credential = CredentialOf(request).token;
  return envelope;
}

rpc::Envelope OpenEnvelopeOf(const http::Request& request, const std::string& traceparent) {
  return {.credential = "",
          .deadline = absl::Now() + kLongestCall,
          .language = LanguageOf(request),
          .traceparent = traceparent};
}

// All pages of it.
absl::StatusOr<registration::v1::ListDirectoryProgramsResponse> Doors::Directory(
    const rpc::Envelope& envelope) const {
  registration::v1::ListDirectoryProgramsRequest wanted;
  wanted.set_page_size(kDirectoryPage);
  registration::v1::ListDirectoryProgramsResponse all;
  for (int pages = 0; pages < kMostDirectoryPages; ++pages) {
    TREMPLIN_ASSIGN_OR_RETURN(
        const std::string bytes,
        services_.Call(kDirectoryMethod, wanted.SerializeAsString(), envelope));
    registration::v1::ListDirectoryProgramsResponse page;
    if (!page.ParseFromString(bytes)) {
      return absl::InternalError("the directory cannot be decoded");
    }
    all.MergeFrom(page);
    if (page.next_page_token().empty()) break;
    wanted.set_page_token(page.next_page_token());
  }
  return all;
}

absl::StatusOr<http::Response> Doors::Hsds(const http::Request& request,
                                           const std::string& traceparent) const {
  TREMPLIN_RETURN_IF_ERROR(CheckLoad(Importance::kRead, request));
  TREMPLIN_ASSIGN_OR_RETURN(const auto directory, Directory(OpenEnvelopeOf(request, traceparent)));
  TREMPLIN_ASSIGN_OR_RETURN(std::string json,
                            HsdsJson(request.target, directory, LanguageOf(request)));
  http::Response response;
  response.headers = {{"Content-Type", kJson},
                      {"Cache-Control", kOpenFor},
                      {"Content-Language", rpc::LocaleOf(LanguageOf(request))}};
  if (IsUnchanged(request, EtagOf(json), response)) return response;
  response.body = std::move(json);
  Compress(request, response);
  return response;
}

absl::StatusOr<http::Response> Doors::Fhir(const http::Request& request,
                                           const std::string& traceparent) const {
  TREMPLIN_RETURN_IF_ERROR(
      CheckLoad(ReadsFhir(request) ? Importance::kRead : Importance::kWrite, request));
  // A page is many calls, all within the time of one.
  const rpc::Envelope envelope = EnvelopeOf(request, traceparent);
  return ServeFhir(request, tls_, [&](const std::string& method, const std::string& bytes) {
    return services_.Call(method, bytes, envelope);
  });
}

http::Response Doors::Mail(const http::Request& request, const std::string& traceparent) const {
  const rpc::Envelope envelope = OpenEnvelopeOf(request, traceparent);
  return MailPage(request, [&](const std::string& method, const std::string& bytes) {
    return services_.Call(method, bytes, envelope);
  });
}

}  // namespace tremplin::gateway
