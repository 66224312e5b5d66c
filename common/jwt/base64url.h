#ifndef TREMPLIN_COMMON_JWT_BASE64URL_H_
#define TREMPLIN_COMMON_JWT_BASE64URL_H_

#include <optional>
#include <string>
#include <string_view>

namespace tremplin::jwt {

// RFC 7515's base64url: nothing for padding, white space, characters of other alphabets, and bits
// left over, so that one text alone says some bytes.
std::optional<std::string> Base64UrlDecode(std::string_view text);

}  // namespace tremplin::jwt

#endif  // TREMPLIN_COMMON_JWT_BASE64URL_H_
