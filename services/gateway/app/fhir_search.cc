#include "services/gateway/app/fhir_search.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <set>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "common/status/error.h"
#include "common/status/macros.h"
#include "common/text/text.h"
#include "services/gateway/app/fhir_answer.h"
#include "services/gateway/app/request.h"
#include "services/gateway/fhir/mapping.h"
#include "services/gateway/fhir/messages.h"
#include "services/gateway/transcoding/json_out.h"
#include "services/gateway/transcoding/messages.h"
#include "services/gateway/transcoding/url.h"

namespace tremplin::gateway {
namespace {

using messages::Language;
using referral::v1::Application;
using referral::v1::Referral;

constexpr int kMostOfPage = 50;  // each referral of a page is read by itself
constexpr size_t kLongestForm = 8 << 10;
constexpr std::string_view kPageParameter = "_page";
// A Task is of one ServiceRequest, by either name.
constexpr std::string_view kLinks[] = {"Task:focus", "Task:based-on", "Task:focus:ServiceRequest",
                                       "Task:based-on:ServiceRequest"};

absl::Status Invalid(const messages::Message& message) {
  return status::Error(absl::StatusCode::kInvalidArgument, message);
}

struct Search {
  std::map<std::string, std::string> by;  // the filters that were given
  int count = kMostOfPage;
  std::string page;          // a token; "" for the first
  bool with_linked = false;  // what the resources found are of, or is of them, too

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
  if (name == "_include" || name == "_revinclude") {
    const bool known = std::find(std::begin(kLinks), std::end(kLinks), value) != std::end(kLinks);
    if (!known) return status::InvalidFields({status::Violation(name, fhir::kSearchInclude)});
    search.with_linked = true;
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
    // Each of a Task's two links may be named; they lead to the same.
    const bool again = name != "_include" && name != "_revinclude" &&
                       std::find(seen.begin(), seen.end(), name) != seen.end();
    if (!known || again) return Invalid(fhir::kSearchParameter);
    seen.push_back(name);
    TREMPLIN_RETURN_IF_ERROR(ReadParameter(name, value, search));
  }
  if (search.by.size() > 1) return Invalid(fhir::kSearchOneOf);
  return search;
}

// What was found, a page of it.
struct Found {
  struct Entry {
    std::string where;  // "Task/<id>"
    std::string json;
    bool linked = false;  // comes with what was found
  };
  std::vector<Entry> entries;
  std::string next_page;
};

// "ServiceRequest/x", with the address before it or not, or "x".
std::string_view IdOfReference(std::string_view reference) {
  return reference.substr(std::min(reference.rfind('/') + 1, reference.size()));
}

// One search.
class SearchOf {
 public:
  SearchOf(const http::Request& request, std::string_view type, std::string query, std::string base,
           const FhirCalls& calls)
      : request_(request),
        type_(type),
        query_(std::move(query)),
        base_(std::move(base)),
        calls_(calls),
        language_(LanguageOf(request)) {}

  absl::StatusOr<http::Response> Page() const {
    const bool tasks = type_ == "Task";
    std::vector<std::string_view> filters = {"_id", "identifier"};
    if (tasks) {
      filters.insert(filters.end(), {"based-on", "focus", "status", "_include"});
    } else {
      filters.emplace_back("_revinclude");
    }
    TREMPLIN_ASSIGN_OR_RETURN(const Search search, ReadSearch(query_, filters));
    TREMPLIN_ASSIGN_OR_RETURN(const Found found,
                              tasks ? SearchTasks(search) : SearchReferrals(search));
    return FhirAnswer(request_, "", BundleOf(found));
  }

 private:
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
    for (const Referral& referral : referrals) AddOrder(referral, terms, false, found);
    if (!search.with_linked) return found;
    for (const Referral& referral : referrals) {
      for (const Application& application : referral.applications()) {
        AddTask(application, true, found);
      }
    }
    return found;
  }

  void AddOrder(const Referral& referral, const fhir::Terms& terms, bool linked,
                Found& found) const {
    found.entries.push_back({text::Cat("ServiceRequest/", IdOfReference(referral.name())),
                             fhir::WriteServiceRequest(referral, terms, language_), linked});
  }
  void AddTask(const Application& application, bool linked, Found& found) const {
    found.entries.push_back({text::Cat("Task/", IdOfReference(application.name())),
                             fhir::WriteTask(application, language_), linked});
  }

  // What the Tasks of `applications` are of, each once.
  absl::Status AddOrdersOf(const std::vector<Application>& applications, Found& found) const {
    if (applications.empty()) return absl::OkStatus();
    TREMPLIN_ASSIGN_OR_RETURN(const fhir::Terms terms, calls_.Terms());
    std::set<std::string> seen;
    std::vector<Referral> referrals;
    for (const Application& application : applications) {
      if (!seen.insert(application.referral()).second) continue;
      TREMPLIN_RETURN_IF_ERROR(AddReferral(IdOfReference(application.referral()), referrals));
    }
    for (const Referral& referral : referrals) AddOrder(referral, terms, true, found);
    return absl::OkStatus();
  }

  // All, or those of some statuses, in pages of all.
  absl::StatusOr<std::vector<Application>> ListTasks(const Search& search,
                                                     std::string& next_page) const {
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
    next_page = page.next_page_token();
    std::vector<Application> wanted;
    for (const Application& application : page.applications()) {
      const std::string_view status = fhir::TaskStatusOf(application);
      const bool of_these =
          statuses.empty() || std::find(statuses.begin(), statuses.end(), status) != statuses.end();
      if (of_these) wanted.push_back(application);
    }
    return wanted;
  }

  absl::StatusOr<std::vector<Application>> FindTasks(const Search& search,
                                                     std::string& next_page) const {
    std::vector<Application> applications;
    if (const std::string id = search.Of("_id"); !id.empty()) {
      absl::StatusOr<Application> application = calls_.GetApplication(id);
      if (absl::IsNotFound(application.status())) return applications;
      TREMPLIN_RETURN_IF_ERROR(application.status());
      applications.push_back(*std::move(application));
      return applications;
    }
    const std::string order =
        search.Of("based-on").empty() ? search.Of("focus") : search.Of("based-on");
    if (order.empty() && search.Of("identifier").empty()) return ListTasks(search, next_page);
    TREMPLIN_ASSIGN_OR_RETURN(const std::vector<Referral> referrals,
                              FindReferrals(search, order, next_page));
    for (const Referral& referral : referrals) {
      applications.insert(applications.end(), referral.applications().begin(),
                          referral.applications().end());
    }
    return applications;
  }

  absl::StatusOr<Found> SearchTasks(const Search& search) const {
    Found found;
    TREMPLIN_ASSIGN_OR_RETURN(const std::vector<Application> applications,
                              FindTasks(search, found.next_page));
    for (const Application& application : applications) AddTask(application, false, found);
    if (search.with_linked) TREMPLIN_RETURN_IF_ERROR(AddOrdersOf(applications, found));
    return found;
  }

  std::string NextLink(const std::string& page) const {
    std::string query;
    for (const absl::string_view part :
         absl::StrSplit(text::Absl(query_), '&', absl::SkipEmpty())) {
      if (absl::StartsWith(part, text::Cat(kPageParameter, "="))) continue;
      absl::StrAppend(&query, part, "&");
    }
    return text::Cat(base_, "/", type_, "?", query, kPageParameter, "=", page);
  }

  std::string BundleOf(const Found& found) const {
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
        link("self", text::Cat(base_, "/", type_, query_.empty() ? "" : "?", query_));
        if (!found.next_page.empty()) link("next", NextLink(found.next_page));
      });
      if (found.entries.empty()) return;
      PutList(out, "entry", [&] {
        for (const Found::Entry& entry : found.entries) {
          PutObject(out, [&] {
            PutText(out, "fullUrl", text::Cat(base_, "/", entry.where));
            PutKey(out, "resource");
            out.RawValue(entry.json.data(), entry.json.size(), rapidjson::kObjectType);
            PutObject(out, "search",
                      [&] { PutText(out, "mode", entry.linked ? "include" : "match"); });
          });
        }
      });
    });
    return {buffer.GetString(), buffer.GetSize()};
  }

  const http::Request& request_;
  const std::string_view type_;
  const std::string query_;
  const std::string base_;
  const FhirCalls& calls_;
  const Language language_;
};

}  // namespace

absl::StatusOr<http::Response> SearchFhir(const http::Request& request, std::string_view type,
                                          const std::string& query, const std::string& base,
                                          const FhirCalls& calls) {
  return SearchOf(request, type, query, base, calls).Page();
}

absl::StatusOr<std::string> FhirQueryOf(const http::Request& request, bool searches) {
  const size_t question = request.target.find('?');
  std::string query = question == std::string::npos ? "" : request.target.substr(question + 1);
  if (!searches || request.method != "POST") return query;
  if (request.body.size() > kLongestForm) return Invalid(transcoding::kQueryMalformed);
  absl::StrAppend(&query, query.empty() || request.body.empty() ? "" : "&", request.body);
  return query;
}

}  // namespace tremplin::gateway
