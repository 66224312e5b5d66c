#include "services/gateway/fhir/outcome.h"

#include <array>

#include "absl/strings/ascii.h"
#include "common/status/condition.h"
#include "common/status/error.h"
#include "common/text/text.h"
#include "services/gateway/fhir/mapping.h"
#include "services/gateway/fhir/messages.h"
#include "services/gateway/transcoding/json_out.h"

namespace tremplin::gateway::fhir {
namespace {

using messages::Language;

// By code, of http://hl7.org/fhir/ValueSet/issue-type: OK, CANCELLED, UNKNOWN, INVALID_ARGUMENT,
// DEADLINE_EXCEEDED, NOT_FOUND, ALREADY_EXISTS, PERMISSION_DENIED, RESOURCE_EXHAUSTED,
// FAILED_PRECONDITION, ABORTED, OUT_OF_RANGE, UNIMPLEMENTED, INTERNAL, UNAVAILABLE, DATA_LOSS,
// UNAUTHENTICATED.
constexpr std::array<std::string_view, 17> kIssueTypes = {
    "informational", "transient", "exception", "invalid",       "timeout",  "not-found",
    "duplicate",     "forbidden", "throttled", "business-rule", "conflict", "invalid",
    "not-supported", "exception", "transient", "exception",     "login"};

std::string_view IssueTypeOf(const absl::Status& status) {
  if (status::IsDiskFull(status)) return "no-store";
  const auto code = static_cast<size_t>(status.code());
  return code < kIssueTypes.size() ? kIssueTypes[code] : "exception";
}

// Fields of ours (the id of a path, the parameters of a search) are no elements.
bool IsPath(const std::string& field) {
  return !field.empty() && absl::ascii_isupper(static_cast<unsigned char>(field.front()));
}

struct Issue {
  std::string_view severity;
  std::string_view type;
  std::string_view reason;  // "" for none
  std::string_view text;
  std::string expression = {};
};

void PutIssue(JsonOut& out, const Issue& issue) {
  PutObject(out, [&] {
    PutText(out, "severity", issue.severity);
    PutText(out, "code", issue.type);
    PutObject(out, "details", [&] {
      if (!issue.reason.empty()) {
        PutList(out, "coding", [&] { PutCoding(out, kReasonSystem, issue.reason); });
      }
      PutText(out, "text", issue.text);
    });
    if (issue.expression.empty()) return;
    PutList(out, "expression", [&] { PutText(out, issue.expression); });
  });
}

template <class Put>
std::string Outcome(const Put& put_issues) {
  rapidjson::StringBuffer buffer;
  JsonOut out(buffer);
  PutObject(out, [&] {
    PutText(out, "resourceType", "OperationOutcome");
    PutList(out, "issue", [&] { put_issues(out); });
  });
  return {buffer.GetString(), buffer.GetSize()};
}

}  // namespace

std::string OutcomeOf(const absl::Status& status, Language language) {
  const bool french = language == Language::kFrench;
  const status::ErrorDetail detail = status::DetailOf(status);
  const std::string_view type = IssueTypeOf(status);
  return Outcome([&](JsonOut& out) {
    for (const status::FieldViolation& violation : detail.violations) {
      PutIssue(out, {"error", type, violation.reason, french ? violation.fr : violation.en,
                     IsPath(violation.field) ? violation.field : ""});
    }
    if (!detail.violations.empty()) return;
    const std::string_view plain(status.message().data(), status.message().size());
    const std::string_view told = french ? detail.fr : detail.en;
    PutIssue(out, {"error", type, detail.reason, detail.reason.empty() ? plain : told});
  });
}

std::string OutcomeOf(const referral::v1::SubmitReferralResponse& response,
                      const Findings& findings, Language language) {
  const bool french = language == Language::kFrench;
  return Outcome([&](JsonOut& out) {
    for (const referral::v1::Note& note : response.warnings()) {
      PutIssue(out, {"warning", "informational", note.code(),
                     french ? note.text().fr() : note.text().en(), ExpressionOf(note.field())});
    }
    for (const referral::v1::SubmissionNotice& notice : response.notices()) {
      PutIssue(out, {"warning", "business-rule", notice.reason(),
                     french ? notice.text().fr() : notice.text().en()});
    }
    for (const std::string& path : findings.unread) {
      PutIssue(out, {"information", "not-supported", kNotKept.reason(),
                     french ? kNotKept.fr() : kNotKept.en(), path});
    }
    const bool quiet =
        response.warnings().empty() && response.notices().empty() && findings.unread.empty();
    if (quiet) {
      PutIssue(out, {"information", "informational", "", french ? kTaken.fr() : kTaken.en()});
    }
  });
}

}  // namespace tremplin::gateway::fhir
