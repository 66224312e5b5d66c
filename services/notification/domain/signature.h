#ifndef TREMPLIN_SERVICES_NOTIFICATION_DOMAIN_SIGNATURE_H_
#define TREMPLIN_SERVICES_NOTIFICATION_DOMAIN_SIGNATURE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// Signatures by the rules of Standard Webhooks. Pure.
namespace tremplin::notification {

// How a secret of these bytes is written: "whsec_" and their base64.
std::string WrittenSecret(std::string_view bytes);
// The bytes of a written secret; nothing unless it has that form and 24 to 64 bytes.
std::optional<std::string> SecretBytes(std::string_view written);

// The header `webhook-signature`: "v1," and the base64 of HMAC-SHA256 of "<id>.<timestamp>.<body>",
// for each of `secrets` (their bytes), with a space between. `timestamp` is in seconds since 1970.
std::string Signatures(const std::vector<std::string>& secrets, std::string_view id,
                       int64_t timestamp, std::string_view body);

}  // namespace tremplin::notification

#endif  // TREMPLIN_SERVICES_NOTIFICATION_DOMAIN_SIGNATURE_H_
