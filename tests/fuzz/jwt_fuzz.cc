#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "common/jwt/jwt.h"
#include "common/jwt/keys.h"

// A line with a key set, then a token: whatever they are, none that was not signed is believed. The
// key set holds no private key, and nobody guesses a signature.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const size_t end = input.find('\n');
  const std::string_view token = end == std::string_view::npos ? input : input.substr(end + 1);
  const auto keys = tremplin::jwt::Keys::Parse(input.substr(0, end));
  const auto header = tremplin::jwt::ReadHeader(token);
  if (!header.ok() && header.status().code() != absl::StatusCode::kInvalidArgument) std::abort();
  if (!keys.ok()) return 0;
  const auto claims = tremplin::jwt::Verify(
      token, **keys,
      {.issuer = "https://issuer.example", .audience = "client", .types = {"", "jwt"}},
      absl::FromUnixSeconds(1000000));
  if (!claims.ok() && claims.status().code() != absl::StatusCode::kUnauthenticated) std::abort();
  if (claims.ok() && (!header.ok() || claims->subject.empty())) std::abort();
  return 0;
}
