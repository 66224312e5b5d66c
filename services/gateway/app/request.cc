#include "services/gateway/app/request.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/strip.h"
#include "common/digest/digest.h"
#include "common/ids/ids.h"
#include "common/rpc/details.h"
#include "common/status/error.h"
#include "common/text/text.h"
#include "services/gateway/app/credential.h"
#include "services/gateway/app/messages.h"

namespace tremplin::gateway {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

constexpr size_t kLongestId = 128;

bool IsPrintable(std::string_view text) {
  return !text.empty() && text.size() <= kLongestId &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c <= '~'; });
}

// A structured header's string, or the bare word that most clients send.
std::string_view Unquoted(std::string_view text) {
  const bool quoted = text.size() >= 2 && text.front() == '"' && text.back() == '"';
  return quoted ? text.substr(1, text.size() - 2) : text;
}

const FieldDescriptor* StringField(const Message& message, const char* name) {
  const FieldDescriptor* const field = message.GetDescriptor()->FindFieldByName(name);
  const bool fits =
      field != nullptr && field->type() == FieldDescriptor::TYPE_STRING && !field->is_repeated();
  return fits ? field : nullptr;
}

// Whether one of the etags of If-None-Match or If-Match is the resource's; a weak one is compared
// as it stands.
bool Matches(std::string_view header, std::string_view etag) {
  if (header == "*") return true;
  while (!header.empty()) {
    const size_t comma = std::min(header.find(','), header.size());
    absl::string_view one = absl::StripAsciiWhitespace(text::Absl(header.substr(0, comma)));
    absl::ConsumePrefix(&one, "W/");
    if (Unquoted({one.data(), one.size()}) == etag) return true;
    header.remove_prefix(std::min(comma + 1, header.size()));
  }
  return false;
}

}  // namespace

std::string StringOf(const Message& message, const char* name) {
  const FieldDescriptor* const field = StringField(message, name);
  return field == nullptr ? "" : message.GetReflection()->GetString(message, field);
}

std::string Bearer(const http::Request& request) {
  constexpr std::string_view kScheme = "Bearer ";
  const std::string_view header = request.Header("authorization");
  const bool bearer =
      header.size() > kScheme.size() &&
      absl::EqualsIgnoreCase(text::Absl(header.substr(0, kScheme.size())), text::Absl(kScheme));
  return bearer ? std::string(header.substr(kScheme.size())) : "";
}

std::string ClientOf(const http::Request& request) {
  const std::string key = CredentialOf(request).token;
  return key.empty() ? "address:" + request.peer : "key:" + digest::Sha256Hex(key);
}

messages::Language LanguageOf(const http::Request& request) {
  return rpc::PreferredLanguage(request.Header("accept-language"));
}

bool IsOfType(std::string_view content_type, absl::string_view wanted) {
  const absl::string_view type =
      absl::StripAsciiWhitespace(text::Absl(content_type.substr(0, content_type.find(';'))));
  return absl::EqualsIgnoreCase(type, wanted);
}

bool IsUnchanged(const http::Request& request, std::string_view etag, http::Response& response) {
  response.headers.emplace_back("ETag", text::Cat("\"", etag, "\""));
  if (request.method != "GET" || !Matches(request.Header("if-none-match"), etag)) return false;
  response.status = 304;
  return true;
}

absl::Status PutRequestId(const http::Request& request, Message& message) {
  const std::string_view header = request.Header("idempotency-key");
  const FieldDescriptor* const field = StringField(message, "request_id");
  if (header.empty() || field == nullptr) return absl::OkStatus();
  const std::string key(Unquoted(header));
  const std::string given = message.GetReflection()->GetString(message, field);
  if (!IsPrintable(key) || (!given.empty() && given != key)) {
    return status::Error(absl::StatusCode::kInvalidArgument, kIdempotencyKey);
  }
  message.GetReflection()->SetString(&message, field, key);
  return absl::OkStatus();
}

absl::Status PutEtag(const http::Request& request, Message& message) {
  std::string_view header = request.Header("if-match");
  if (header.empty() || header == "*") return absl::OkStatus();
  if (header.starts_with("W/")) header.remove_prefix(2);  // as Compress writes it
  const FieldDescriptor* const field = StringField(message, "etag");
  if (field == nullptr) return status::Error(absl::StatusCode::kInvalidArgument, kNotConditional);
  if (header.find(',') != std::string_view::npos) {
    return status::Error(absl::StatusCode::kInvalidArgument, kOneEtag);
  }
  if (message.GetReflection()->GetString(message, field).empty()) {
    message.GetReflection()->SetString(&message, field, std::string(Unquoted(header)));
  }
  return absl::OkStatus();
}

std::string IdOf(const http::Request& request) {
  const std::string_view id = request.Header("x-request-id");
  return IsPrintable(id) ? std::string(id) : ids::New();
}

intake::Source SourceOf(const http::Request& request) {
  if (request.reader == nullptr) {
    return [body = request.body]() mutable { return std::exchange(body, std::string()); };
  }
  return [reader = request.reader]() -> absl::StatusOr<std::string> {
    absl::StatusOr<std::string> piece = reader->Read();
    if (absl::IsDeadlineExceeded(piece.status())) {
      return status::Error(absl::StatusCode::kDeadlineExceeded, kTooSlow);
    }
    if (absl::IsInvalidArgument(piece.status())) {
      return status::Error(absl::StatusCode::kInvalidArgument, kHttpMalformed);
    }
    return piece;
  };
}

}  // namespace tremplin::gateway
