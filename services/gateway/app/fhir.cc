#include "services/gateway/app/fhir.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "common/status/error.h"
#include "common/status/macros.h"
#include "common/text/text.h"
#include "services/gateway/app/fhir_answer.h"
#include "services/gateway/app/fhir_calls.h"
#include "services/gateway/app/fhir_push.h"
#include "services/gateway/app/fhir_search.h"
#include "services/gateway/app/request.h"
#include "services/gateway/fhir/capability.h"
#include "services/gateway/fhir/mapping.h"
#include "services/gateway/fhir/messages.h"
#include "services/gateway/transcoding/messages.h"
#include "services/gateway/transcoding/url.h"

namespace tremplin::gateway {
namespace {

using messages::Language;
using referral::v1::Application;
using referral::v1::Referral;

constexpr size_t kLongestHost = 255;

absl::Status Invalid(const messages::Message& message) {
  return status::Error(absl::StatusCode::kInvalidArgument, message);
}

// Where a target leads: "ServiceRequest" and an id, each perhaps "".
struct Where {
  std::string_view type, id, query;
  bool deeper = false;  // there is more behind the id
};

Where Find(std::string_view target) {
  Where where;
  const size_t question = std::min(target.find('?'), target.size());
  where.query = target.substr(std::min(question + 1, target.size()));
  std::string_view path = target.substr(0, question);
  path.remove_prefix(kFhirPath.size());
  if (path.starts_with('/')) path.remove_prefix(1);
  const size_t slash = std::min(path.find('/'), path.size());
  where.type = path.substr(0, slash);
  if (slash == path.size()) return where;
  where.id = path.substr(slash + 1);
  where.deeper = where.id.empty() || where.id.find('/') != std::string_view::npos;
  return where;
}

// Whether it is a search by POST.
bool IsSearch(const Where& where) {
  return where.id == kFhirSearchPath && (where.type == "ServiceRequest" || where.type == "Task");
}

// How the caller reaches the gateway, for the addresses in answers.
std::string OriginOf(const http::Request& request, bool tls) {
  const std::string_view host = request.Header("host");
  const bool sound =
      !host.empty() && host.size() <= kLongestHost &&
      std::all_of(host.begin(), host.end(), [](unsigned char c) {
        return absl::ascii_isalnum(c) || absl::StrContains(".-_:[]", static_cast<char>(c));
      });
  const bool secure = tls || request.Header("x-forwarded-proto") == "https";
  return text::Cat(secure ? "https://" : "http://", sound ? host : "localhost");
}

// One request.
class Fhir {
 public:
  Fhir(const http::Request& request, const std::string& origin, const FhirCall& call)
      : request_(request),
        base_(text::Cat(origin, kFhirPath)),
        calls_(call),
        language_(LanguageOf(request)),
        where_(Find(request.target)) {}

  absl::StatusOr<http::Response> Serve() {
    const std::string_view allowed = FhirAllowed(request_.target);
    if (allowed.empty()) return status::Error(absl::StatusCode::kNotFound, fhir::kFhirPathUnknown);
    if (text::Cat(", ", allowed, ",").find(text::Cat(", ", request_.method, ",")) ==
        std::string::npos) {
      return status::Error(absl::StatusCode::kUnimplemented, transcoding::kMethodNotAllowed,
                           {allowed});
    }
    const bool searches = IsSearch(where_) || (request_.method == "GET" && where_.id.empty());
    TREMPLIN_ASSIGN_OR_RETURN(const std::string query, FhirQueryOf(request_, searches));
    TREMPLIN_RETURN_IF_ERROR(CheckFormat(query));
    if (where_.type == "metadata") return FhirAnswer(request_, "", fhir::Capability());
    if (searches) return SearchFhir(request_, where_.type, query, base_, calls_);
    if (request_.method == "PUT") return UpdateTask(request_, where_.id, calls_);
    if (request_.method == "POST") {
      return where_.type.empty() ? PushBundle(request_, base_, calls_)
                                 : PushReferral(request_, base_, calls_);
    }
    return Read();
  }

 private:
  // The answer is JSON, and so is what is sent, but for a search's form.
  absl::Status CheckFormat(const std::string& query) const {
    const auto parameters = transcoding::ParseQuery(query);
    std::string wanted(request_.Header("accept"));
    for (const auto& [name, value] : parameters.value_or(transcoding::Parameters())) {
      if (name == "_format") wanted = value;
    }
    const bool json = wanted.empty() || absl::StrContains(wanted, "json") ||
                      absl::StrContains(wanted, "*/*") ||
                      absl::StrContains(wanted, "application/*");
    if (!json) return Invalid(fhir::kFhirNotAcceptable);
    const std::string_view type = request_.Header("content-type");
    if (IsSearch(where_)) {
      const bool form = IsOfType(type, "application/x-www-form-urlencoded");
      return form || request_.body.empty() ? absl::OkStatus() : Invalid(fhir::kFhirFormWanted);
    }
    const bool body = request_.method == "POST" || request_.method == "PUT";
    if (body && !IsOfType(type, "application/fhir+json") && !IsOfType(type, "application/json")) {
      return Invalid(fhir::kFhirMediaType);
    }
    return absl::OkStatus();
  }

  absl::StatusOr<http::Response> Read() const {
    if (where_.type == "Task") {
      TREMPLIN_ASSIGN_OR_RETURN(const Application application, calls_.GetApplication(where_.id));
      return FhirAnswer(request_, fhir::VersionOf(application),
                        fhir::WriteTask(application, language_));
    }
    TREMPLIN_ASSIGN_OR_RETURN(const Referral referral, calls_.GetReferral(where_.id));
    TREMPLIN_ASSIGN_OR_RETURN(const fhir::Terms terms, calls_.Terms());
    return FhirAnswer(request_, fhir::VersionOf(referral),
                      fhir::WriteServiceRequest(referral, terms, language_));
  }

  const http::Request& request_;
  const std::string base_;
  const FhirCalls calls_;
  const Language language_;
  const Where where_;
};

}  // namespace

bool IsFhir(std::string_view target) {
  if (!target.starts_with(kFhirPath)) return false;
  const std::string_view rest = target.substr(kFhirPath.size());
  return rest.empty() || rest.front() == '/' || rest.front() == '?';
}

std::string FhirPattern(std::string_view target) {
  const Where where = Find(target);
  if (FhirAllowed(target).empty()) return text::Cat(kFhirPath, "/**");
  const std::string_view id = IsSearch(where) ? "/_search" : where.id.empty() ? "" : "/{id}";
  return text::Cat(kFhirPath, "/", where.type, id);
}

std::string_view FhirAllowed(std::string_view target) {
  const Where where = Find(target);
  if (where.deeper) return "";
  if (IsSearch(where)) return "POST";
  const bool one = !where.id.empty();
  if (where.type.empty()) return one ? "" : "POST";
  if (where.type == "metadata") return one ? "" : "GET";
  if (where.type == "ServiceRequest") return one ? "GET" : "GET, POST";
  if (where.type == "Task") return one ? "GET, PUT" : "GET";
  return "";
}

bool ReadsFhir(const http::Request& request) {
  return request.method == "GET" || (request.method == "POST" && IsSearch(Find(request.target)));
}

absl::StatusOr<http::Response> ServeFhir(const http::Request& request, bool tls,
                                         const FhirCall& call) {
  return Fhir(request, OriginOf(request, tls), call).Serve();
}

}  // namespace tremplin::gateway
