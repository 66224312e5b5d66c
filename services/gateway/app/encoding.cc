#include "services/gateway/app/encoding.h"

#include <memory>
#include <set>
#include <string>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "common/status/error.h"
#include "common/status/macros.h"
#include "common/text/text.h"
#include "services/gateway/app/messages.h"
#include "services/gateway/http/gzip.h"
#include "tremplin/options/v1/options.pb.h"

namespace tremplin::gateway {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::MethodOptions;

constexpr size_t kLeastCompressed = 1024;  // below, the answer is one packet either way
constexpr size_t kMostGrown = 100;         // times
constexpr size_t kGrownAlways = 1 << 20;

bool HoldsPersonalData(const Descriptor* type, std::set<const Descriptor*>& seen) {
  if (!seen.insert(type).second) return false;
  for (int i = 0; i < type->field_count(); ++i) {
    const FieldDescriptor* const field = type->field(i);
    if (field->options().GetExtension(options::v1::personal)) return true;
    if (field->message_type() != nullptr && HoldsPersonalData(field->message_type(), seen)) {
      return true;
    }
  }
  return false;
}

enum class Coding { kNone, kGzip, kUnknown };

Coding CodingOf(std::string_view content_encoding) {
  const absl::string_view coding = absl::StripAsciiWhitespace(text::Absl(content_encoding));
  if (coding.empty() || absl::EqualsIgnoreCase(coding, "identity")) return Coding::kNone;
  const bool gzip =
      absl::EqualsIgnoreCase(coding, "gzip") || absl::EqualsIgnoreCase(coding, "x-gzip");
  return gzip ? Coding::kGzip : Coding::kUnknown;
}

absl::Status Told(const absl::Status& status, const messages::Message& too_large) {
  if (absl::IsOutOfRange(status)) {
    return status::Error(absl::StatusCode::kInvalidArgument, too_large);
  }
  if (absl::IsInvalidArgument(status)) {
    return status::Error(absl::StatusCode::kInvalidArgument, kGzipBroken);
  }
  return status;
}

// A source behind gzip.
class GunzipSource {
 public:
  explicit GunzipSource(intake::Source source) : source_(std::move(source)) {}

  absl::StatusOr<std::string> Next() {
    std::string out;
    while (out.empty()) {
      TREMPLIN_ASSIGN_OR_RETURN(const std::string piece, source_());
      if (piece.empty()) {
        if (gunzip_.Whole()) return out;
        return status::Error(absl::StatusCode::kInvalidArgument, kGzipBroken);
      }
      const size_t most = piece.size() * kMostGrown + kGrownAlways;
      TREMPLIN_RETURN_IF_ERROR(Told(gunzip_.Take(piece, most, out), kGzipGrows));
    }
    return out;
  }

 private:
  intake::Source source_;
  http::Gunzip gunzip_;
};

}  // namespace

bool MayCompress(const transcoding::Route& route) {
  if (route.method->options().idempotency_level() != MethodOptions::NO_SIDE_EFFECTS) return false;
  std::set<const Descriptor*> seen;
  return !HoldsPersonalData(route.method->output_type(), seen);
}

bool AcceptsGzip(std::string_view accept_encoding) {
  double gzip = -1;  // not named
  double any = 0;
  for (const absl::string_view part : absl::StrSplit(text::Absl(accept_encoding), ',')) {
    const std::pair<absl::string_view, absl::string_view> split =
        absl::StrSplit(part, absl::MaxSplits(';', 1));
    const absl::string_view coding = absl::StripAsciiWhitespace(split.first);
    absl::string_view quality = absl::StripAsciiWhitespace(split.second);
    double weight = 1;
    if (absl::ConsumePrefix(&quality, "q=") && !absl::SimpleAtod(quality, &weight)) weight = 0;
    if (absl::EqualsIgnoreCase(coding, "gzip")) gzip = weight;
    if (coding == "*") any = weight;
  }
  return (gzip < 0 ? any : gzip) > 0;
}

void Compress(const http::Request& request, http::Response& response) {
  if (response.stream != nullptr || response.body.size() < kLeastCompressed ||
      !AcceptsGzip(request.Header("accept-encoding"))) {
    return;
  }
  response.body = http::Gzip(response.body);
  response.headers.emplace_back("Content-Encoding", "gzip");
  for (auto& [name, value] : response.headers) {
    if (absl::EqualsIgnoreCase(name, "etag") && !value.starts_with("W/")) value = "W/" + value;
  }
}

absl::StatusOr<std::optional<std::string>> DecodeBody(const http::Request& request, size_t most) {
  const Coding coding = CodingOf(request.Header("content-encoding"));
  if (coding == Coding::kNone) return std::nullopt;
  if (coding == Coding::kUnknown) {
    return status::Error(absl::StatusCode::kInvalidArgument, kEncodingUnknown);
  }
  http::Gunzip gunzip;
  std::string body;
  TREMPLIN_RETURN_IF_ERROR(Told(gunzip.Take(request.body, most, body), kBodyTooLarge));
  if (gunzip.Whole()) return std::optional(std::move(body));
  return status::Error(absl::StatusCode::kInvalidArgument, kGzipBroken);
}

absl::StatusOr<intake::Source> DecodeSource(std::string_view content_encoding,
                                            intake::Source source) {
  switch (CodingOf(content_encoding)) {
    case Coding::kNone:
      return source;
    case Coding::kUnknown:
      return status::Error(absl::StatusCode::kInvalidArgument, kEncodingUnknown);
    case Coding::kGzip:
      break;
  }
  auto gunzip = std::make_shared<GunzipSource>(std::move(source));
  return intake::Source([gunzip] { return gunzip->Next(); });
}

}  // namespace tremplin::gateway
