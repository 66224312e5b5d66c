#ifndef TREMPLIN_COMMON_JWT_JWT_H_
#define TREMPLIN_COMMON_JWT_JWT_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/jwt/keys.h"

// JSON Web Tokens (RFC 7519) that others signed, by the rules of RFC 8725. A token says nothing of
// where its key is: `jku`, `x5u`, `jwk` and `x5c` are not looked at.
namespace tremplin::jwt {

// What the issuer says of a token it made, before anything of it is believed.
struct Header {
  std::string algorithm;
  std::optional<std::string> kid = std::nullopt;
};

// What a token has to be.
struct Expected {
  std::string issuer;
  std::string audience;
  // What `typ` may be ("" where there is none), case and "application/" apart: of several kinds of
  // tokens of one issuer, one is not taken for another.
  std::vector<std::string> types;
  std::optional<std::string> nonce = std::nullopt;
  // Whether it is given to the audience (an ID token), and says so where it has several, rather
  // than shown to it by somebody else (an access token).
  bool given_to_audience = true;
  absl::Duration skew = absl::Seconds(60);  // by which clocks may differ
};

struct Claims {
  std::string subject;
  std::string email = {};  // "" unless `email_verified`
  absl::Time expires = {};
};

// INVALID_ARGUMENT for what is no signed token of at most 16 KiB.
absl::StatusOr<Header> ReadHeader(std::string_view token);

// The claims of a token that holds at `now`. UNAUTHENTICATED with what is wrong, for the log: no
// value of the token is in it.
absl::StatusOr<Claims> Verify(std::string_view token, const Keys& keys, const Expected& expected,
                              absl::Time now);

}  // namespace tremplin::jwt

#endif  // TREMPLIN_COMMON_JWT_JWT_H_
