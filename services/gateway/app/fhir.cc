#include "services/gateway/app/fhir.h"

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "common/resources/names.h"
#include "common/status/error.h"
#include "common/status/macros.h"
#include "common/text/text.h"
#include "services/gateway/app/fhir_answer.h"
#include "services/gateway/app/fhir_calls.h"
#include "services/gateway/app/fhir_push.h"
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

constexpr int kMostOfPage = 50;  // each referral of a page is read by itself
constexpr size_t kLongestHost = 255;
constexpr std::string_view kPageParameter = "_page";

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

struct Search {
  std::map<std::string, std::string> by;  // the filters that were given
  int count = kMostOfPage;
  std::string page;  // a token; "" for the first

  std::string Of(const std::string& name) const {
    const auto found = by.find(name);
    return found == by.end() ? "" : found->second;
  }
};

absl::Status ReadParameter(const std::string& name, const std::string& value, Search& search) {
  if (name == kPageParameter) {
    search.page = value;
    return absl::OkStatus();
  }
  if (name == "_count") {
    int count = 0;
    if (!absl::SimpleAtoi(value, &count) || count < 1) {
      return status::InvalidFields({status::Violation(name, fhir::kSearchValue)});
    }
    search.count = std::min(count, kMostOfPage);
    return absl::OkStatus();
  }
  if (value.empty()) return status::InvalidFields({status::Violation(name, fhir::kSearchValue)});
  search.by[name] = value;
  return absl::OkStatus();
}

// Parameters that are not known are refused, so that nobody takes for found what was not looked
// for.
absl::StatusOr<Search> ReadSearch(std::string_view query,
                                  const std::vector<std::string_view>& filters) {
  const auto parameters = transcoding::ParseQuery(query);
  if (!parameters.has_value()) return Invalid(transcoding::kQueryMalformed);
  Search search;
  std::vector<std::string> seen;
  for (const auto& [name, value] : *parameters) {
    if (name == "_format") continue;
    const bool known = name == "_count" || name == kPageParameter ||
                       std::find(filters.begin(), filters.end(), name) != filters.end();
    if (!known || std::find(seen.begin(), seen.end(), name) != seen.end()) {
      return Invalid(fhir::kSearchParameter);
    }
    seen.push_back(name);
    TREMPLIN_RETURN_IF_ERROR(ReadParameter(name, value, search));
  }
  if (search.by.size() > 1) return Invalid(fhir::kSearchOneOf);
  return search;
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

// What was found, a page of it.
struct Found {
  struct Entry {
    std::string where;  // "Task/<id>"
    std::string json;
  };
  std::vector<Entry> entries;
  std::string next_page;
};

// "ServiceRequest/x", with the address before it or not, or "x".
std::string_view IdOfReference(std::string_view reference) {
  return reference.substr(std::min(reference.rfind('/') + 1, reference.size()));
}

// One request.
class Fhir {
 public:
  Fhir(const http::Request& request, const std::string& origin, const FhirCall& call)
      : request_(request),
        origin_(origin),
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
    TREMPLIN_RETURN_IF_ERROR(CheckFormat());
    if (where_.type == "metadata") return FhirAnswer(request_, "", fhir::Capability());
    if (request_.method == "PUT") return UpdateTask(request_, where_.id, calls_);
    if (request_.method == "POST") {
      return where_.type.empty() ? PushBundle(request_, base_, calls_)
                                 : PushReferral(request_, base_, calls_);
    }
    if (where_.id.empty()) return SearchPage();
    return Read();
  }

 private:
  // The answer is JSON, and so is what is sent.
  absl::Status CheckFormat() const {
    const auto parameters = transcoding::ParseQuery(where_.query);
    std::string wanted(request_.Header("accept"));
    for (const auto& [name, value] : parameters.value_or(transcoding::Parameters())) {
      if (name == "_format") wanted = value;
    }
    const bool json = wanted.empty() || absl::StrContains(wanted, "json") ||
                      absl::StrContains(wanted, "*/*") ||
                      absl::StrContains(wanted, "application/*");
    if (!json) return Invalid(fhir::kFhirNotAcceptable);
    const std::string_view type = request_.Header("content-type");
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

  // --- search ---

  // Those of a list, or of a key; each whole. One that is gone meanwhile is left out.
  absl::StatusOr<std::vector<Referral>> ListReferrals(const Search& search, const std::string& key,
                                                      std::string& next_page) const {
    referral::v1::ListReferralsRequest list;
    list.set_external_id(key);
    list.set_page_size(search.count);
    list.set_page_token(search.page);
    TREMPLIN_ASSIGN_OR_RETURN(
        const referral::v1::ListReferralsResponse page,
        calls_.Referrals<referral::v1::ListReferralsResponse>("ListReferrals", list));
    next_page = page.next_page_token();
    std::vector<Referral> referrals;
    for (const Referral& each : page.referrals()) {
      TREMPLIN_RETURN_IF_ERROR(AddReferral(IdOfReference(each.name()), referrals));
    }
    return referrals;
  }
  absl::Status AddReferral(std::string_view id, std::vector<Referral>& referrals) const {
    absl::StatusOr<Referral> referral = calls_.GetReferral(id);
    if (absl::IsNotFound(referral.status())) return absl::OkStatus();
    TREMPLIN_RETURN_IF_ERROR(referral.status());
    referrals.push_back(*std::move(referral));
    return absl::OkStatus();
  }

  // By an id, an identifier, or all; for Tasks also by the ServiceRequest.
  absl::StatusOr<std::vector<Referral>> FindReferrals(const Search& search, const std::string& id,
                                                      std::string& next_page) const {
    if (!id.empty()) {
      std::vector<Referral> one;
      TREMPLIN_RETURN_IF_ERROR(AddReferral(IdOfReference(id), one));
      return one;
    }
    const std::string token = search.Of("identifier");
    const std::string key = fhir::KeyOfToken(token);
    if (!token.empty() && key.empty()) {
      return status::InvalidFields({status::Violation("identifier", fhir::kSearchValue)});
    }
    return ListReferrals(search, key, next_page);
  }

  absl::StatusOr<Found> SearchReferrals(const Search& search) const {
    Found found;
    TREMPLIN_ASSIGN_OR_RETURN(const fhir::Terms terms, calls_.Terms());
    TREMPLIN_ASSIGN_OR_RETURN(const std::vector<Referral> referrals,
                              FindReferrals(search, search.Of("_id"), found.next_page));
    for (const Referral& referral : referrals) {
      found.entries.push_back({text::Cat("ServiceRequest/", IdOfReference(referral.name())),
                               fhir::WriteServiceRequest(referral, terms, language_)});
    }
    return found;
  }

  void AddTask(const Application& application, Found& found) const {
    found.entries.push_back({text::Cat("Task/", IdOfReference(application.name())),
                             fhir::WriteTask(application, language_)});
  }

  // All, or those of some statuses, in pages of all.
  absl::StatusOr<Found> ListTasks(const Search& search) const {
    Found found;
    std::vector<std::string> statuses;
    if (const std::string given = search.Of("status"); !given.empty()) {
      statuses = absl::StrSplit(given, ',');
    }
    referral::v1::ListApplicationsRequest list;
    for (const std::string& status : statuses) {
      const Application::State state = fhir::StateOfTask(status);
      if (state == Application::STATE_UNSPECIFIED) {
        return status::InvalidFields({status::Violation("status", fhir::kSearchValue)});
      }
      if (statuses.size() == 1) list.set_state(state);
    }
    list.set_page_size(search.count);
    list.set_page_token(search.page);
    TREMPLIN_ASSIGN_OR_RETURN(
        const referral::v1::ListApplicationsResponse page,
        calls_.Referrals<referral::v1::ListApplicationsResponse>("ListApplications", list));
    found.next_page = page.next_page_token();
    for (const Application& application : page.applications()) {
      const std::string_view status = fhir::TaskStatusOf(application);
      const bool wanted =
          statuses.empty() || std::find(statuses.begin(), statuses.end(), status) != statuses.end();
      if (wanted) AddTask(application, found);
    }
    return found;
  }

  absl::StatusOr<Found> SearchTasks(const Search& search) const {
    Found found;
    if (const std::string id = search.Of("_id"); !id.empty()) {
      const absl::StatusOr<Application> application = calls_.GetApplication(id);
      if (absl::IsNotFound(application.status())) return found;
      TREMPLIN_RETURN_IF_ERROR(application.status());
      AddTask(*application, found);
      return found;
    }
    const std::string order =
        search.Of("based-on").empty() ? search.Of("focus") : search.Of("based-on");
    if (order.empty() && search.Of("identifier").empty()) return ListTasks(search);
    TREMPLIN_ASSIGN_OR_RETURN(const std::vector<Referral> referrals,
                              FindReferrals(search, order, found.next_page));
    for (const Referral& referral : referrals) {
      for (const Application& application : referral.applications()) AddTask(application, found);
    }
    return found;
  }

  std::string NextLink(const std::string& page) const {
    std::string query;
    for (const absl::string_view part :
         absl::StrSplit(text::Absl(where_.query), '&', absl::SkipEmpty())) {
      if (absl::StartsWith(part, text::Cat(kPageParameter, "="))) continue;
      absl::StrAppend(&query, part, "&");
    }
    return text::Cat(base_, "/", where_.type, "?", query, kPageParameter, "=", page);
  }

  absl::StatusOr<http::Response> SearchPage() const {
    const bool tasks = where_.type == "Task";
    std::vector<std::string_view> filters = {"_id", "identifier"};
    if (tasks) filters.insert(filters.end(), {"based-on", "focus", "status"});
    TREMPLIN_ASSIGN_OR_RETURN(const Search search, ReadSearch(where_.query, filters));
    TREMPLIN_ASSIGN_OR_RETURN(const Found found,
                              tasks ? SearchTasks(search) : SearchReferrals(search));
    rapidjson::StringBuffer buffer;
    JsonOut out(buffer);
    const auto link = [&](std::string_view relation, std::string_view url) {
      PutObject(out, [&] {
        PutText(out, "relation", relation);
        PutText(out, "url", url);
      });
    };
    PutObject(out, [&] {
      PutText(out, "resourceType", "Bundle");
      PutText(out, "type", "searchset");
      PutList(out, "link", [&] {
        link("self", text::Cat(origin_, request_.target));
        if (!found.next_page.empty()) link("next", NextLink(found.next_page));
      });
      if (found.entries.empty()) return;
      PutList(out, "entry", [&] {
        for (const Found::Entry& entry : found.entries) {
          PutObject(out, [&] {
            PutText(out, "fullUrl", text::Cat(base_, "/", entry.where));
            PutKey(out, "resource");
            out.RawValue(entry.json.data(), entry.json.size(), rapidjson::kObjectType);
            PutObject(out, "search", [&] { PutText(out, "mode", "match"); });
          });
        }
      });
    });
    return FhirAnswer(request_, "", {buffer.GetString(), buffer.GetSize()});
  }

  const http::Request& request_;
  const std::string origin_;
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
  return text::Cat(kFhirPath, "/", where.type, where.id.empty() ? "" : "/{id}");
}

std::string_view FhirAllowed(std::string_view target) {
  const Where where = Find(target);
  if (where.deeper) return "";
  const bool one = !where.id.empty();
  if (where.type.empty()) return one ? "" : "POST";
  if (where.type == "metadata") return one ? "" : "GET";
  if (where.type == "ServiceRequest") return one ? "GET" : "GET, POST";
  if (where.type == "Task") return one ? "GET, PUT" : "GET";
  return "";
}

absl::StatusOr<http::Response> ServeFhir(const http::Request& request, bool tls,
                                         const FhirCall& call) {
  return Fhir(request, OriginOf(request, tls), call).Serve();
}

}  // namespace tremplin::gateway
