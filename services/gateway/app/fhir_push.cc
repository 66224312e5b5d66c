#include "services/gateway/app/fhir_push.h"

#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "common/resources/names.h"
#include "common/status/error.h"
#include "common/status/macros.h"
#include "common/text/text.h"
#include "services/gateway/app/fhir_answer.h"
#include "services/gateway/app/request.h"
#include "services/gateway/fhir/messages.h"
#include "services/gateway/fhir/outcome.h"
#include "services/gateway/transcoding/json_out.h"
#include "services/gateway/transcoding/json_tree.h"

namespace tremplin::gateway {
namespace {

using fhir::Findings;
using referral::v1::Application;
using referral::v1::Referral;
using referral::v1::SubmitReferralRequest;
using referral::v1::SubmitReferralResponse;

bool Prefers(const http::Request& request, std::string_view what) {
  return absl::StrContains(text::Absl(request.Header("prefer")), text::Absl(what));
}

// What is wrong with the resource; with strict handling also what would not be kept of it.
absl::Status FaultsOf(const http::Request& request, const Findings& findings) {
  std::vector<status::FieldViolation> faults = findings.faults;
  if (Prefers(request, "handling=strict")) {
    for (const std::string& path : findings.unread) {
      faults.push_back(status::Violation(path, fhir::kNotKept));
    }
  }
  return faults.empty() ? absl::OkStatus() : status::InvalidFields(std::move(faults));
}

// The same error, with the fields at fault by their places in FHIR.
absl::Status InFhir(const absl::Status& error) {
  status::ErrorDetail detail = status::DetailOf(error);
  if (detail.violations.empty()) return error;
  for (status::FieldViolation& violation : detail.violations) {
    violation.field = fhir::ExpressionOf(violation.field);
  }
  return status::WithDetail(error.code(), detail);
}

struct Pushed {
  SubmitReferralResponse response;
  std::optional<Referral> referral;  // unless who pushed it may not read it
  fhir::Terms terms;

  std::string id() const { return response.referral().substr(response.referral().find('/') + 1); }
  int status() const { return response.kind() == referral::v1::SUBMISSION_KIND_NEW ? 201 : 200; }
};

absl::StatusOr<Pushed> Submit(const http::Request& request, SubmitReferralRequest submit,
                              const fhir::Terms& terms, const FhirCalls& calls) {
  TREMPLIN_RETURN_IF_ERROR(PutRequestId(request, submit));
  absl::StatusOr<SubmitReferralResponse> response =
      calls.Referrals<SubmitReferralResponse>("SubmitReferral", submit);
  if (!response.ok()) return InFhir(response.status());
  Pushed pushed{.response = *std::move(response), .referral = std::nullopt, .terms = terms};
  absl::StatusOr<Referral> referral = calls.GetReferral(pushed.id());
  if (referral.ok()) pushed.referral = *std::move(referral);
  return pushed;
}

void RequireType(const rapidjson::Value& resource, std::string_view type, Findings& findings) {
  if (fhir::TypeOf(resource) != type) {
    findings.Fault(text::Cat(type, ".resourceType"), fhir::kTypeWanted, {type});
  }
}

// An entry of a transaction.
struct Entry {
  std::string type;
  const rapidjson::Value* resource;
  std::string program;  // of a Task
};

// The transaction's entries; each with the request POST, one ServiceRequest among them.
std::vector<Entry> ReadEntries(const rapidjson::Value& document, fhir::Linked& linked,
                               Findings& findings) {
  std::vector<Entry> entries;
  fhir::Element bundle(document, "Bundle", findings);
  bundle.Pass({"identifier", "timestamp"});
  bool sound = bundle.Text("type") == "transaction";
  int orders = 0;
  for (fhir::Element& entry : bundle.List("entry")) {
    const rapidjson::Value* const resource = entry.Any("resource");
    std::optional<fhir::Element> call = entry.Object("request");
    const std::string url = entry.Text("fullUrl");
    sound = sound && resource != nullptr && call.has_value();
    if (!sound) break;
    sound = call->Text("method") == "POST";
    call->Pass({"url"});
    Entry& one = entries.emplace_back(Entry{fhir::TypeOf(*resource), resource, ""});
    const std::string path = text::Cat(entry.path(), ".resource");
    if (one.type == "ServiceRequest") ++orders;
    if (one.type != "ServiceRequest" && one.type != "Task") linked.Add(url, *resource, path);
  }
  if (!sound || orders != 1) findings.Fault("Bundle", fhir::kBundleKind);
  return entries;
}

// The program that a Task's owner names, among what it adds to the request.
void ReadTasks(std::vector<Entry>& entries, SubmitReferralRequest& submit, Findings& findings) {
  for (size_t i = 0; i < entries.size(); ++i) {
    if (entries[i].type != "Task") continue;
    entries[i].program = fhir::ReadTask(
        *entries[i].resource, text::Cat("Bundle.entry[", i, "].resource"), submit, findings);
  }
}

// What an entry became: a Task that of its program, or the only one; a Patient and facts a part of
// the ServiceRequest.
std::string PlaceOf(const Entry& entry, const Pushed& pushed) {
  const std::string order = text::Cat("ServiceRequest/", pushed.id());
  if (entry.type != "Task") return order;
  const auto& applications = pushed.response.applications();
  for (const Application& application : applications) {
    const bool only = entry.program.empty() && applications.size() == 1;
    if (only || application.program() == entry.program) {
      return text::Cat("Task/", application.name().substr(application.name().find('/') + 1));
    }
  }
  return "";
}

std::string TransactionResponse(const std::vector<Entry>& entries, const Pushed& pushed,
                                const std::string& base, const std::string& outcome) {
  rapidjson::StringBuffer buffer;
  JsonOut out(buffer);
  PutObject(out, [&] {
    PutText(out, "resourceType", "Bundle");
    PutText(out, "type", "transaction-response");
    PutList(out, "entry", [&] {
      for (const Entry& entry : entries) {
        PutObject(out, [&] {
          PutObject(out, "response", [&] {
            const std::string place = PlaceOf(entry, pushed);
            PutText(out, "status", pushed.status() == 201 ? "201 Created" : "200 OK");
            if (!place.empty()) PutText(out, "location", text::Cat(base, "/", place));
            if (entry.type != "ServiceRequest") return;
            if (pushed.referral.has_value()) {
              PutText(out, "etag", text::Cat("W/\"", fhir::VersionOf(*pushed.referral), "\""));
            }
            PutKey(out, "outcome");
            out.RawValue(outcome.data(), outcome.size(), rapidjson::kObjectType);
          });
        });
      }
    });
  });
  return {buffer.GetString(), buffer.GetSize()};
}

// What the answer to a create holds, as it is preferred.
http::Response Created(const http::Request& request, const std::string& base, const Pushed& pushed,
                       const Findings& findings) {
  const messages::Language language = LanguageOf(request);
  const bool minimal = Prefers(request, "return=minimal") || !pushed.referral.has_value();
  std::string body;
  if (Prefers(request, "return=OperationOutcome")) {
    body = fhir::OutcomeOf(pushed.response, findings, language);
  } else if (!minimal) {
    body = fhir::WriteServiceRequest(*pushed.referral, pushed.terms, language);
  }
  http::Response response =
      FhirAnswer(request, pushed.referral.has_value() ? fhir::VersionOf(*pushed.referral) : "",
                 std::move(body));
  response.status = pushed.status();
  response.headers.emplace_back("Location", text::Cat(base, "/ServiceRequest/", pushed.id()));
  return response;
}

}  // namespace

absl::StatusOr<http::Response> PushReferral(const http::Request& request, const std::string& base,
                                            const FhirCalls& calls) {
  TREMPLIN_ASSIGN_OR_RETURN(const rapidjson::Document document,
                            transcoding::ReadJsonTree(request.body));
  TREMPLIN_ASSIGN_OR_RETURN(const fhir::Terms terms, calls.Terms());
  Findings findings;
  RequireType(document, "ServiceRequest", findings);
  const SubmitReferralRequest submit =
      fhir::ReadReferral(document, "ServiceRequest", {}, terms, findings);
  fhir::CheckPrograms(submit, "ServiceRequest", findings);
  TREMPLIN_RETURN_IF_ERROR(FaultsOf(request, findings));
  TREMPLIN_ASSIGN_OR_RETURN(const Pushed pushed, Submit(request, submit, terms, calls));
  return Created(request, base, pushed, findings);
}

absl::StatusOr<http::Response> PushBundle(const http::Request& request, const std::string& base,
                                          const FhirCalls& calls) {
  TREMPLIN_ASSIGN_OR_RETURN(const rapidjson::Document document,
                            transcoding::ReadJsonTree(request.body));
  TREMPLIN_ASSIGN_OR_RETURN(const fhir::Terms terms, calls.Terms());
  Findings findings;
  RequireType(document, "Bundle", findings);
  fhir::Linked linked;
  std::vector<Entry> entries = ReadEntries(document, linked, findings);
  TREMPLIN_RETURN_IF_ERROR(FaultsOf(request, findings));
  SubmitReferralRequest submit;
  std::string path;
  for (size_t i = 0; i < entries.size(); ++i) {
    if (entries[i].type != "ServiceRequest") continue;
    path = text::Cat("Bundle.entry[", i, "].resource");
    submit = fhir::ReadReferral(*entries[i].resource, path, linked, terms, findings);
  }
  ReadTasks(entries, submit, findings);
  fhir::CheckPrograms(submit, path, findings);
  TREMPLIN_RETURN_IF_ERROR(FaultsOf(request, findings));
  TREMPLIN_ASSIGN_OR_RETURN(const Pushed pushed, Submit(request, submit, terms, calls));
  return FhirAnswer(
      request, "",
      TransactionResponse(entries, pushed, base,
                          fhir::OutcomeOf(pushed.response, findings, LanguageOf(request))));
}

absl::StatusOr<http::Response> UpdateTask(const http::Request& request, std::string_view id,
                                          const FhirCalls& calls) {
  TREMPLIN_ASSIGN_OR_RETURN(const rapidjson::Document document,
                            transcoding::ReadJsonTree(request.body));
  Findings findings;
  RequireType(document, "Task", findings);
  std::string wanted;
  {
    fhir::Element task(document, "Task", findings);
    if (task.Text("id") != id) task.Fault("id", fhir::kTaskId);
    wanted = task.Text("status");
  }
  if (!findings.faults.empty()) return status::InvalidFields(findings.faults);
  TREMPLIN_ASSIGN_OR_RETURN(Application application, calls.GetApplication(id));
  const std::string version = fhir::VersionOf(application);
  const std::string_view given = request.Header("if-match");
  if (!given.empty() && given != "*" && !absl::StrContains(text::Absl(given), version)) {
    return resources::CheckEtag(given, /*version=*/0);  // of none: says that it is another
  }
  const auto change = [&](std::string_view method, auto ask) -> absl::Status {
    ask.set_name(application.name());
    ask.set_etag(application.etag());
    TREMPLIN_RETURN_IF_ERROR(PutRequestId(request, ask));
    TREMPLIN_ASSIGN_OR_RETURN(application, calls.Referrals<Application>(method, ask));
    return absl::OkStatus();
  };
  if (wanted == fhir::TaskStatusOf(application)) {
    // It is so already.
  } else if (wanted == "cancelled") {
    TREMPLIN_RETURN_IF_ERROR(
        change("WithdrawApplication", referral::v1::WithdrawApplicationRequest()));
  } else if (wanted == "requested") {
    TREMPLIN_RETURN_IF_ERROR(change("ReopenApplication", referral::v1::ReopenApplicationRequest()));
  } else {
    return status::InvalidFields({status::Violation("Task.status", fhir::kTaskStatus)});
  }
  return FhirAnswer(request, fhir::VersionOf(application),
                    fhir::WriteTask(application, LanguageOf(request)));
}

}  // namespace tremplin::gateway
