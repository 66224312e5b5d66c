#include "common/rpc/details.h"

#include <algorithm>
#include <optional>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "common/rpc/messages.h"
#include "common/status/condition.h"
#include "common/status/error.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/error_info.pb.h"

namespace tremplin::rpc {
namespace {

using messages::Language;
using status::ErrorDetail;
using status::FieldViolation;

constexpr char kDomain[] = "tremplin";

Language Other(Language language) {
  return language == Language::kEnglish ? Language::kFrench : Language::kEnglish;
}

std::string ReasonKey(int i) { return absl::StrCat("violations.", i, ".reason"); }

// How many violations fit beside the rest.
size_t Fitting(const ErrorDetail& detail) {
  size_t bytes = detail.reason.size() + 2 * (detail.en.size() + detail.fr.size()) + 256;
  size_t count = 0;
  for (const FieldViolation& violation : detail.violations) {
    bytes += 2 * violation.field.size() + violation.reason.size() + violation.en.size() +
             violation.fr.size() + 48;
    if (bytes > kMaxDetailBytes) break;
    ++count;
  }
  return count;
}

void AddMessage(const ErrorDetail& detail, Language language, google::rpc::Status& wire) {
  google::rpc::LocalizedMessage message;
  message.set_locale(LocaleOf(language));
  message.set_message(language == Language::kEnglish ? detail.en : detail.fr);
  wire.add_details()->PackFrom(message);
}

void AddViolations(const ErrorDetail& detail, size_t count, Language language,
                   google::rpc::Status& wire) {
  google::rpc::BadRequest bad;
  for (size_t i = 0; i < count; ++i) {
    const FieldViolation& violation = detail.violations[i];
    auto* added = bad.add_field_violations();
    added->set_field(violation.field);
    added->set_description(language == Language::kEnglish ? violation.en : violation.fr);
  }
  wire.add_details()->PackFrom(bad);
}

void ReadViolations(const google::rpc::BadRequest& bad, Language language, ErrorDetail& detail) {
  const size_t count = static_cast<size_t>(bad.field_violations_size());
  if (detail.violations.size() < count) detail.violations.resize(count);
  for (size_t i = 0; i < count; ++i) {
    const auto& read = bad.field_violations(static_cast<int>(i));
    detail.violations[i].field = read.field();
    (language == Language::kEnglish ? detail.violations[i].en : detail.violations[i].fr) =
        read.description();
  }
}

void ReadReasons(const google::rpc::ErrorInfo& info, ErrorDetail& detail) {
  for (size_t i = 0; i < detail.violations.size(); ++i) {
    const auto found = info.metadata().find(ReasonKey(static_cast<int>(i)));
    if (found != info.metadata().end()) detail.violations[i].reason = found->second;
  }
}

const messages::Message* GeneralSentence(absl::StatusCode code) {
  // Only the codes below mean something to a caller without a reason of their own.
  if (code == absl::StatusCode::kUnavailable) return &kUnavailable;
  if (code == absl::StatusCode::kDeadlineExceeded) return &kDeadlinePassed;
  if (code == absl::StatusCode::kResourceExhausted) return &kOverloaded;
  if (code == absl::StatusCode::kAborted) return &kConflict;
  if (code == absl::StatusCode::kCancelled) return &kCancelled;
  return nullptr;
}

}  // namespace

const char* LocaleOf(Language language) { return language == Language::kEnglish ? "en" : "fr"; }

google::rpc::Status ToWire(const absl::Status& status, Language language) {
  const ErrorDetail detail = status::DetailOf(status);
  google::rpc::Status wire;
  wire.set_code(static_cast<int>(status.code()));
  if (detail.reason.empty()) {
    wire.set_message(std::string(status.message()));
    return wire;
  }
  wire.set_message(language == Language::kEnglish ? detail.en : detail.fr);
  const size_t count = Fitting(detail);
  google::rpc::ErrorInfo info;
  info.set_reason(detail.reason);
  info.set_domain(kDomain);
  for (size_t i = 0; i < count; ++i) {
    (*info.mutable_metadata())[ReasonKey(static_cast<int>(i))] = detail.violations[i].reason;
  }
  if (count < detail.violations.size()) {
    (*info.mutable_metadata())["violations.omitted"] =
        absl::StrCat(detail.violations.size() - count);
  }
  wire.add_details()->PackFrom(info);
  AddMessage(detail, language, wire);
  AddMessage(detail, Other(language), wire);
  if (count > 0) {
    AddViolations(detail, count, language, wire);
    AddViolations(detail, count, Other(language), wire);
  }
  if (const absl::Duration wait = status::RetryAfter(status); wait > absl::ZeroDuration()) {
    google::rpc::RetryInfo retry;
    retry.mutable_retry_delay()->set_seconds(absl::ToInt64Seconds(wait));
    wire.add_details()->PackFrom(retry);
  }
  return wire;
}

absl::Status FromWire(const google::rpc::Status& wire) {
  const auto code = static_cast<absl::StatusCode>(wire.code());
  ErrorDetail detail;
  google::rpc::ErrorInfo info;
  std::vector<Language> order;  // of the LocalizedMessages, which is that of the BadRequests
  size_t bad_requests = 0;
  for (const auto& any : wire.details()) {
    google::rpc::LocalizedMessage message;
    google::rpc::BadRequest bad;
    if (any.UnpackTo(&message)) {
      order.push_back(message.locale() == "fr" ? Language::kFrench : Language::kEnglish);
      (order.back() == Language::kEnglish ? detail.en : detail.fr) = message.message();
    } else if (any.UnpackTo(&bad) && bad_requests < order.size()) {
      ReadViolations(bad, order[bad_requests++], detail);
    } else if (any.Is<google::rpc::ErrorInfo>()) {
      any.UnpackTo(&info);
    }
  }
  if (info.domain() != kDomain || info.reason().empty()) return absl::Status(code, wire.message());
  detail.reason = info.reason();
  ReadReasons(info, detail);
  return status::WithDetail(code, detail);
}

absl::Status ForCaller(const absl::Status& status) {
  if (status.ok() || !status::ReasonOf(status).empty()) return status;
  if (const messages::Message* sentence = GeneralSentence(status.code())) {
    return status::Error(status.code(), *sentence);
  }
  return status::Error(absl::StatusCode::kInternal, kInternal);
}

Language PreferredLanguage(std::string_view accept_language) {
  double best = 0;
  Language preferred = Language::kEnglish;
  const std::string text(accept_language.substr(0, 256));
  for (absl::string_view range : absl::StrSplit(text, ',')) {
    const std::vector<absl::string_view> parts = absl::StrSplit(range, ';');
    const absl::string_view tag = absl::StripAsciiWhitespace(parts[0]);
    double weight = 1;
    for (size_t i = 1; i < parts.size(); ++i) {
      absl::string_view parameter = absl::StripAsciiWhitespace(parts[i]);
      if (absl::ConsumePrefix(&parameter, "q=") && !absl::SimpleAtod(parameter, &weight)) {
        weight = 0;
      }
    }
    const bool french = absl::EqualsIgnoreCase(tag.substr(0, 2), "fr");
    const bool english = absl::EqualsIgnoreCase(tag.substr(0, 2), "en");
    if ((french || english) && weight > best) {
      best = weight;
      preferred = french ? Language::kFrench : Language::kEnglish;
    }
  }
  return preferred;
}

}  // namespace tremplin::rpc
