#include "common/status/error.h"

#include <cstdint>
#include <utility>

#include "absl/strings/cord.h"
#include "absl/strings/str_cat.h"
#include "absl/types/optional.h"

namespace tremplin::status {
namespace {

constexpr char kDetailUrl[] = "tremplin/error-detail";
constexpr std::string_view kVersionConflictReason = "VERSION_CONFLICT";

constexpr messages::Message kInvalidFields{
    "INVALID_FIELDS", "Some fields are missing or not valid. Each is named with its reason.",
    "Des champs manquent ou ne sont pas valides. Chacun est nommé avec sa raison."};

constexpr messages::Message kVersionConflict{
    "VERSION_CONFLICT",
    "Someone else changed this at the same moment ({0}). Read it again and repeat the change.",
    "Quelqu’un d’autre a modifié ceci au même moment ({0}). Relisez et refaites la modification."};

// The payload never leaves the process, so a plain sequence of length-prefixed strings is enough.
void Put(std::string& out, std::string_view text) {
  absl::StrAppend(&out, text.size(), ":");
  out.append(text);
}

class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  bool done() const { return text_.empty(); }
  std::string Next() {
    size_t colon = text_.find(':');
    if (colon == std::string_view::npos) {
      text_ = {};
      return "";
    }
    size_t length = 0;
    for (char c : text_.substr(0, colon)) length = length * 10 + static_cast<size_t>(c - '0');
    std::string field(text_.substr(colon + 1, length));
    text_.remove_prefix(colon + 1 + field.size());
    return field;
  }

 private:
  std::string_view text_;
};

std::string Encode(const ErrorDetail& detail) {
  std::string out;
  Put(out, detail.reason);
  Put(out, detail.en);
  Put(out, detail.fr);
  for (const FieldViolation& violation : detail.violations) {
    Put(out, violation.field);
    Put(out, violation.reason);
    Put(out, violation.en);
    Put(out, violation.fr);
  }
  return out;
}

std::string FillList(std::string_view text, std::initializer_list<std::string_view> args) {
  return Fill(text, absl::MakeConstSpan(args.begin(), args.size()));
}

}  // namespace

std::string Fill(std::string_view text, absl::Span<const std::string_view> args) {
  std::string out;
  out.reserve(text.size());
  for (size_t i = 0; i < text.size(); ++i) {
    bool placeholder = text[i] == '{' && i + 2 < text.size() && text[i + 2] == '}' &&
                       text[i + 1] >= '0' && text[i + 1] <= '9';
    size_t index = placeholder ? static_cast<size_t>(text[i + 1] - '0') : 0;
    if (placeholder && index < args.size()) {
      out.append(args[index]);
      i += 2;
    } else {
      out.push_back(text[i]);
    }
  }
  return out;
}

absl::Status WithDetail(absl::StatusCode code, const ErrorDetail& detail) {
  std::string text = detail.en.empty() ? detail.reason : detail.en;
  for (const FieldViolation& violation : detail.violations) {
    absl::StrAppend(&text, " [", violation.field, ": ", violation.reason, "]");
  }
  absl::Status status(code, text);
  status.SetPayload(kDetailUrl, absl::Cord(Encode(detail)));
  return status;
}

absl::Status Error(absl::StatusCode code, const messages::Message& message,
                   std::initializer_list<std::string_view> args) {
  return WithDetail(code, {.reason = std::string(message.reason()),
                           .en = FillList(message.en(), args),
                           .fr = FillList(message.fr(), args),
                           .violations = {}});
}

FieldViolation Violation(std::string_view field, const messages::Message& message,
                         std::initializer_list<std::string_view> args) {
  return {.field = std::string(field),
          .reason = std::string(message.reason()),
          .en = FillList(message.en(), args),
          .fr = FillList(message.fr(), args)};
}

absl::Status InvalidFields(std::vector<FieldViolation> violations) {
  return WithDetail(absl::StatusCode::kInvalidArgument,
                    {.reason = std::string(kInvalidFields.reason()),
                     .en = std::string(kInvalidFields.en()),
                     .fr = std::string(kInvalidFields.fr()),
                     .violations = std::move(violations)});
}

ErrorDetail DetailOf(const absl::Status& status) {
  ErrorDetail detail;
  absl::optional<absl::Cord> payload = status.GetPayload(kDetailUrl);
  if (!payload.has_value()) return detail;
  std::string text(*payload);
  Parser parser(text);
  detail.reason = parser.Next();
  detail.en = parser.Next();
  detail.fr = parser.Next();
  while (!parser.done()) {
    FieldViolation& violation = detail.violations.emplace_back();
    violation.field = parser.Next();
    violation.reason = parser.Next();
    violation.en = parser.Next();
    violation.fr = parser.Next();
  }
  return detail;
}

std::string ReasonOf(const absl::Status& status) {
  absl::optional<absl::Cord> payload = status.GetPayload(kDetailUrl);
  if (!payload.has_value()) return "";
  std::string text(*payload);
  return Parser(text).Next();
}

absl::Status VersionConflict(std::string_view what) {
  return Error(absl::StatusCode::kAborted, kVersionConflict, {what});
}

bool IsVersionConflict(const absl::Status& status) {
  return status.code() == absl::StatusCode::kAborted && ReasonOf(status) == kVersionConflictReason;
}

bool IsOutage(const absl::Status& status) {
  return absl::IsUnavailable(status) || absl::IsDeadlineExceeded(status) ||
         absl::IsResourceExhausted(status) || absl::IsAborted(status);
}

}  // namespace tremplin::status
