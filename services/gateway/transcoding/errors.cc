#include "services/gateway/transcoding/errors.h"

#include <array>
#include <string_view>

#include "common/status/error.h"
#include "rapidjson/stringbuffer.h"
#include "rapidjson/writer.h"
#include "services/gateway/transcoding/messages.h"

namespace tremplin::gateway::transcoding {
namespace {

using messages::Language;
using status::ErrorDetail;
using Writer = rapidjson::Writer<rapidjson::StringBuffer>;

// By code: OK, CANCELLED, UNKNOWN, INVALID_ARGUMENT, DEADLINE_EXCEEDED, NOT_FOUND, ALREADY_EXISTS,
// PERMISSION_DENIED, RESOURCE_EXHAUSTED, FAILED_PRECONDITION, ABORTED, OUT_OF_RANGE, UNIMPLEMENTED,
// INTERNAL, UNAVAILABLE, DATA_LOSS, UNAUTHENTICATED.
constexpr std::array<int, 17> kHttpStatuses = {200, 499, 500, 400, 504, 404, 409, 403, 429,
                                               400, 409, 400, 501, 500, 503, 500, 401};

constexpr std::string_view kTypes = "type.googleapis.com/google.rpc.";

void Put(Writer& writer, const char* key, std::string_view value) {
  writer.Key(key);
  writer.String(value.data(), static_cast<rapidjson::SizeType>(value.size()));
}

void BeginDetail(Writer& writer, std::string_view type) {
  writer.StartObject();
  Put(writer, "@type", std::string(kTypes) + std::string(type));
}

void PutMessage(Writer& writer, const ErrorDetail& detail, Language language) {
  const bool english = language == Language::kEnglish;
  BeginDetail(writer, "LocalizedMessage");
  Put(writer, "locale", english ? "en" : "fr");
  Put(writer, "message", english ? detail.en : detail.fr);
  writer.EndObject();
}

void PutViolations(Writer& writer, const ErrorDetail& detail, Language language) {
  BeginDetail(writer, "BadRequest");
  writer.Key("fieldViolations");
  writer.StartArray();
  for (const status::FieldViolation& violation : detail.violations) {
    writer.StartObject();
    Put(writer, "field", violation.field);
    Put(writer, "description", language == Language::kEnglish ? violation.en : violation.fr);
    Put(writer, "reason", violation.reason);
    writer.EndObject();
  }
  writer.EndArray();
  writer.EndObject();
}

void PutDetails(Writer& writer, const ErrorDetail& detail, Language language) {
  writer.Key("details");
  writer.StartArray();
  BeginDetail(writer, "ErrorInfo");
  Put(writer, "reason", detail.reason);
  Put(writer, "domain", "tremplin");
  writer.EndObject();
  PutMessage(writer, detail, language);
  PutMessage(writer, detail,
             language == Language::kEnglish ? Language::kFrench : Language::kEnglish);
  if (!detail.violations.empty()) PutViolations(writer, detail, language);
  writer.EndArray();
}

}  // namespace

int HttpStatusOf(const absl::Status& status) {
  if (status::ReasonOf(status) == kMethodNotAllowed.reason()) return 405;
  const auto code = static_cast<size_t>(status.code());
  return code < kHttpStatuses.size() ? kHttpStatuses[code] : 500;
}

std::string ErrorJson(const absl::Status& status, Language language) {
  const ErrorDetail detail = status::DetailOf(status);
  rapidjson::StringBuffer buffer;
  Writer writer(buffer);
  writer.StartObject();
  writer.Key("code");
  writer.Int(static_cast<int>(status.code()));
  if (detail.reason.empty()) {
    Put(writer, "message", {status.message().data(), status.message().size()});
  } else {
    Put(writer, "message", language == Language::kEnglish ? detail.en : detail.fr);
    PutDetails(writer, detail, language);
  }
  writer.EndObject();
  return {buffer.GetString(), buffer.GetSize()};
}

}  // namespace tremplin::gateway::transcoding
