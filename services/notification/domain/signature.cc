#include "services/notification/domain/signature.h"

#include "absl/strings/escaping.h"
#include "common/digest/digest.h"
#include "common/text/text.h"

namespace tremplin::notification {
namespace {

constexpr std::string_view kPrefix = "whsec_";
constexpr size_t kFewestBytes = 24;
constexpr size_t kMostBytes = 64;

}  // namespace

std::string WrittenSecret(std::string_view bytes) {
  return text::Cat(kPrefix, absl::Base64Escape(text::Absl(bytes)));
}

std::optional<std::string> SecretBytes(std::string_view written) {
  std::optional<std::string> bytes;
  if (!written.starts_with(kPrefix)) return bytes;
  bytes.emplace();
  const bool read = absl::Base64Unescape(text::Absl(written.substr(kPrefix.size())), &*bytes);
  if (!read || bytes->size() < kFewestBytes || bytes->size() > kMostBytes) bytes.reset();
  return bytes;
}

std::string Signatures(const std::vector<std::string>& secrets, std::string_view id,
                       int64_t timestamp, std::string_view body) {
  const std::string signed_text = text::Cat(id, ".", timestamp, ".", body);
  std::string header;
  for (const std::string& secret : secrets) {
    if (!header.empty()) header += ' ';
    header += text::Cat(
        "v1,", absl::Base64Escape(digest::ToString(digest::HmacSha256(secret, signed_text))));
  }
  return header;
}

}  // namespace tremplin::notification
