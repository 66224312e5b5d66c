#include "common/rpc/crypto.h"

#include <array>

#include "absl/strings/escaping.h"
#include "openssl/crypto.h"
#include "openssl/evp.h"
#include "openssl/hmac.h"
#include "openssl/sha.h"

namespace tremplin::rpc {
namespace {

using Digest = std::array<unsigned char, SHA256_DIGEST_LENGTH>;

std::string ToString(const Digest& digest) { return {digest.begin(), digest.end()}; }

Digest Sha256(std::string_view text) {
  Digest digest{};
  SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data());
  return digest;
}

}  // namespace

std::string Sha256Hex(std::string_view text) {
  return absl::BytesToHexString(ToString(Sha256(text)));
}

std::string HmacSha256(std::string_view key, std::string_view text) {
  Digest digest{};
  unsigned int length = 0;
  HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
       reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data(), &length);
  return ToString(digest);
}

bool ConstantTimeEqual(std::string_view a, std::string_view b) {
  // Hashes are of one length whatever the inputs are, so the length leaks nothing either.
  const Digest left = Sha256(a);
  const Digest right = Sha256(b);
  return CRYPTO_memcmp(left.data(), right.data(), left.size()) == 0 && a.size() == b.size();
}

}  // namespace tremplin::rpc
