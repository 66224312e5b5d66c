#include "common/resources/names.h"

#include <cstdint>

#include "absl/strings/escaping.h"

#include "common/messages/message.h"
#include "common/status/error.h"
#include "common/text/text.h"

namespace tremplin::resources {
namespace {

constexpr int kDefaultPage = 100;
constexpr int kLargestPage = 500;

inline constexpr messages::Message kNameMalformed{
    "RESOURCE_NAME_INVALID", "Give the name as {0}/<id>.", "Donnez le nom sous la forme {0}/<id>."};
inline constexpr messages::Message kPageSize{
    "PAGE_SIZE_INVALID", "Give a page size from 0 to {0}; 0 means the default.",
    "Donnez une taille de page de 0 à {0} ; 0 donne la taille habituelle."};
inline constexpr messages::Message kPageTokenInvalid{
    "PAGE_TOKEN_INVALID",
    "This page token belongs to another list. Start again from the first page.",
    "Ce jeton de page vient d’une autre liste. Reprenez à la première page."};
inline constexpr messages::Message kEtagMismatch{
    "ETAG_MISMATCH", "This has changed since you read it. Read it again, then repeat your change.",
    "Ceci a changé depuis votre lecture. Relisez-le, puis refaites votre modification."};

bool IsIdCharacter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '_' || c == '.' || c == '~';
}

}  // namespace

absl::StatusOr<std::string> IdOf(std::string_view collection, std::string_view name,
                                 std::string_view field) {
  const bool prefixed = name.size() > collection.size() + 1 && name.starts_with(collection) &&
                        name[collection.size()] == '/';
  const std::string_view id = prefixed ? name.substr(collection.size() + 1) : std::string_view();
  bool valid = prefixed && id.size() <= 128;
  for (char c : id) valid = valid && IsIdCharacter(c);
  if (!valid) {
    return status::InvalidFields({status::Violation(field, kNameMalformed, {collection})});
  }
  return std::string(id);
}

std::string NameOf(std::string_view collection, std::string_view id) {
  return id.empty() ? std::string() : text::Cat(collection, "/", id);
}

google::protobuf::Timestamp ToTimestamp(absl::Time time) {
  const int64_t micros = absl::ToUnixMicros(time);
  int64_t seconds = micros / 1'000'000;
  int64_t rest = micros % 1'000'000;
  if (rest < 0) {  // a timestamp's nanos count forward, before 1970 too
    rest += 1'000'000;
    --seconds;
  }
  google::protobuf::Timestamp timestamp;
  timestamp.set_seconds(seconds);
  timestamp.set_nanos(static_cast<int32_t>(rest * 1000));
  return timestamp;
}

absl::Time FromTimestamp(const google::protobuf::Timestamp& timestamp) {
  return absl::FromUnixSeconds(timestamp.seconds()) + absl::Microseconds(timestamp.nanos() / 1000);
}

absl::StatusOr<int> PageSize(int asked) {
  if (asked < 0 || asked > kLargestPage) {
    return status::InvalidFields(
        {status::Violation("page_size", kPageSize, {text::Cat(kLargestPage)})});
  }
  return asked == 0 ? kDefaultPage : asked;
}

std::string PageToken(std::string_view scope, std::string_view last_key) {
  return absl::WebSafeBase64Escape(text::Cat(scope, "\n", last_key));
}

absl::StatusOr<std::string> LastKey(std::string_view scope, std::string_view token) {
  if (token.empty()) return std::string();
  std::string plain;
  const std::string prefix = text::Cat(scope, "\n");
  if (!absl::WebSafeBase64Unescape(text::Absl(token), &plain) || !plain.starts_with(prefix)) {
    return status::Error(absl::StatusCode::kInvalidArgument, kPageTokenInvalid);
  }
  return plain.substr(prefix.size());
}

std::string Etag(int64_t version) { return text::Cat("v", version); }

absl::Status CheckEtag(std::string_view etag, int64_t version) {
  if (etag.empty() || etag == Etag(version)) return absl::OkStatus();
  return status::Error(absl::StatusCode::kAborted, kEtagMismatch);
}

}  // namespace tremplin::resources
