#ifndef TREMPLIN_COMMON_RPC_CRYPTO_H_
#define TREMPLIN_COMMON_RPC_CRYPTO_H_

#include <string>
#include <string_view>

namespace tremplin::rpc {

// SHA-256 of `text`, 64 lower-case hex digits: how an API key is stored and looked up (keys are
// long and random, so one round is enough).
std::string Sha256Hex(std::string_view text);

// HMAC-SHA-256, 32 bytes.
std::string HmacSha256(std::string_view key, std::string_view text);

// Compares in a time that does not depend on where the two differ.
bool ConstantTimeEqual(std::string_view a, std::string_view b);

}  // namespace tremplin::rpc

#endif  // TREMPLIN_COMMON_RPC_CRYPTO_H_
