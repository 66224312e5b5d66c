#ifndef TREMPLIN_COMMON_DIGEST_DIGEST_H_
#define TREMPLIN_COMMON_DIGEST_DIGEST_H_

#include <array>
#include <string>
#include <string_view>

// SHA-256 and HMAC-SHA-256 (FIPS 180-4, RFC 2104) by OpenSSL. Thread-safe. Its one-shot functions
// look the algorithm up at each call, which costs twice what hashing a short text does: here that
// is done once a thread.
namespace tremplin::digest {

using Bytes = std::array<unsigned char, 32>;

Bytes Sha256(std::string_view text);

// 64 lower-case hex digits: how an API key is stored and looked up, too (keys are long and random,
// so one round is enough).
std::string Sha256Hex(std::string_view text);

Bytes HmacSha256(std::string_view key, std::string_view text);

// Compares in a time that does not depend on where the two differ.
bool ConstantTimeEqual(std::string_view a, std::string_view b);

inline std::string ToString(const Bytes& bytes) { return {bytes.begin(), bytes.end()}; }

}  // namespace tremplin::digest

#endif  // TREMPLIN_COMMON_DIGEST_DIGEST_H_
