#include "common/jwt/jwt.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "common/digest/digest.h"
#include "common/jwt/base64url.h"
#include "common/jwt/json.h"
#include "common/status/macros.h"
#include "common/text/text.h"

namespace tremplin::jwt {
namespace {

constexpr size_t kLongestToken = 16 << 10;
constexpr size_t kLongestSubject = 255;
constexpr size_t kMostAudiences = 16;

absl::Status Refused(std::string_view why) {
  return absl::UnauthenticatedError(text::Cat("token: ", why));
}

// The three parts of a token as they are written.
struct Parts {
  std::string_view header, payload, signature;
  std::string_view signed_text;
};

std::optional<Parts> Split(std::string_view token) {
  if (token.size() > kLongestToken) return std::nullopt;
  const size_t first = token.find('.');
  const size_t second = first == token.npos ? token.npos : token.find('.', first + 1);
  if (second == token.npos || token.find('.', second + 1) != token.npos) return std::nullopt;
  return Parts{.header = token.substr(0, first),
               .payload = token.substr(first + 1, second - first - 1),
               .signature = token.substr(second + 1),
               .signed_text = token.substr(0, second)};
}

std::optional<rapidjson::Document> ObjectOf(std::string_view part) {
  const std::optional<std::string> text = Base64UrlDecode(part);
  return text.has_value() ? ParseObject(*text) : std::nullopt;
}

// Seconds since 1970 of a claim; nothing where it is no sensible time.
std::optional<absl::Time> TimeOf(const rapidjson::Value& claims, std::string_view name) {
  constexpr double kLatest = 253402300800.0;  // the year 10000
  const rapidjson::Value* const value = Find(claims, name);
  if (value == nullptr || !value->IsNumber()) return std::nullopt;
  const double seconds = value->GetDouble();
  if (!std::isfinite(seconds) || seconds < 0 || seconds > kLatest) return std::nullopt;
  return absl::UnixEpoch() + absl::Seconds(seconds);
}

std::string TypeOf(const rapidjson::Value& header) {
  constexpr std::string_view kPrefix = "application/";
  std::string type = absl::AsciiStrToLower(TextOf(header, "typ").value_or(""));
  if (absl::StartsWith(type, text::Absl(kPrefix))) type = type.substr(kPrefix.size());
  return type;
}

absl::Status CheckHeader(const rapidjson::Value& header, const Expected& expected) {
  // What must be understood (RFC 7515 §4.1.11) is not.
  if (Find(header, "crit") != nullptr) return Refused("crit");
  if (Find(header, "typ") != nullptr && !TextOf(header, "typ").has_value()) return Refused("typ");
  const auto& types = expected.types;
  if (std::find(types.begin(), types.end(), TypeOf(header)) == types.end()) return Refused("typ");
  return absl::OkStatus();
}

// For whom it is: among several, the one it was given to must be named (OpenID Connect §3.1.3.7).
absl::Status CheckAudience(const rapidjson::Value& claims, const Expected& expected) {
  const auto audiences = TextsOf(claims, "aud");
  if (!audiences.has_value() || audiences->size() > kMostAudiences ||
      std::find(audiences->begin(), audiences->end(), expected.audience) == audiences->end()) {
    return Refused("aud");
  }
  if (!expected.given_to_audience) return absl::OkStatus();
  const bool named = Find(claims, "azp") != nullptr;
  if ((named || audiences->size() > 1) && TextOf(claims, "azp") != expected.audience) {
    return Refused("azp");
  }
  return absl::OkStatus();
}

absl::Status CheckTimes(const rapidjson::Value& claims, const Expected& expected, absl::Time now) {
  const auto expires = TimeOf(claims, "exp"), issued = TimeOf(claims, "iat");
  if (!expires.has_value() || now >= *expires + expected.skew) return Refused("exp");
  if (!issued.has_value() || *issued > now + expected.skew) return Refused("iat");
  if (Find(claims, "nbf") == nullptr) return absl::OkStatus();
  const auto begins = TimeOf(claims, "nbf");
  if (!begins.has_value() || *begins > now + expected.skew) return Refused("nbf");
  return absl::OkStatus();
}

absl::StatusOr<Claims> ClaimsOf(const rapidjson::Value& claims, const Expected& expected,
                                absl::Time now) {
  if (TextOf(claims, "iss") != expected.issuer) return Refused("iss");
  TREMPLIN_RETURN_IF_ERROR(CheckAudience(claims, expected));
  TREMPLIN_RETURN_IF_ERROR(CheckTimes(claims, expected, now));
  if (expected.nonce.has_value() &&
      !digest::ConstantTimeEqual(TextOf(claims, "nonce").value_or(""), *expected.nonce)) {
    return Refused("nonce");
  }
  Claims out;
  out.subject = TextOf(claims, "sub").value_or("");
  if (out.subject.empty() || out.subject.size() > kLongestSubject) return Refused("sub");
  const rapidjson::Value* const verified = Find(claims, "email_verified");
  if (verified != nullptr && verified->IsTrue()) {
    out.email = TextOf(claims, "email").value_or("");
  }
  out.expires = *TimeOf(claims, "exp");
  return out;
}

}  // namespace

absl::StatusOr<Header> ReadHeader(std::string_view token) {
  const std::optional<Parts> parts = Split(token);
  const auto header = parts.has_value() ? ObjectOf(parts->header) : std::nullopt;
  const auto algorithm = header.has_value() ? TextOf(*header, "alg") : std::nullopt;
  if (!algorithm.has_value()) return absl::InvalidArgumentError("no signed token");
  Header out{.algorithm = *algorithm};
  if (Find(*header, "kid") != nullptr) out.kid = TextOf(*header, "kid").value_or("");
  return out;
}

absl::StatusOr<Claims> Verify(std::string_view token, const Keys& keys, const Expected& expected,
                              absl::Time now) {
  const std::optional<Parts> parts = Split(token);
  const absl::StatusOr<Header> read = ReadHeader(token);
  if (!parts.has_value() || !read.ok()) return Refused("form");
  const auto header = ObjectOf(parts->header);
  TREMPLIN_RETURN_IF_ERROR(CheckHeader(*header, expected));
  const std::optional<Algorithm> algorithm = AlgorithmOf(read->algorithm);
  if (!algorithm.has_value()) return Refused("alg");
  const std::optional<std::string> signature = Base64UrlDecode(parts->signature);
  if (!signature.has_value() ||
      !keys.Verifies(*algorithm, read->kid, parts->signed_text, *signature)) {
    return Refused("signature");
  }
  const auto claims = ObjectOf(parts->payload);
  if (!claims.has_value()) return Refused("claims");
  return ClaimsOf(*claims, expected, now);
}

}  // namespace tremplin::jwt
