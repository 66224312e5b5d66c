#ifndef TREMPLIN_COMMON_JWT_KEYS_H_
#define TREMPLIN_COMMON_JWT_KEYS_H_

#include <openssl/evp.h>

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace tremplin::jwt {

// With which a token may be signed: asymmetric, and no other. "none" and HMAC are no algorithms
// here (RFC 8725 §3.1, §3.2).
enum class Algorithm { kRs256, kPs256, kEs256 };
std::optional<Algorithm> AlgorithmOf(std::string_view name);

// The public keys of an issuer (JSON Web Key Set, RFC 7517). Immutable; thread-safe.
class Keys {
 public:
  // INVALID_ARGUMENT for what is no key set. A key that is none of ours to use (of another kind or
  // use, RSA below 2,048 bits or above 8,192, a point off the curve) is left out. At most 64 keys.
  static absl::StatusOr<std::shared_ptr<const Keys>> Parse(std::string_view json);

  // Whether there is a key of this id.
  bool Knows(std::string_view kid) const;

  // Whether one of the keys that may have signed it did: of its id where it names one, else the
  // only key for the algorithm that there is.
  bool Verifies(Algorithm algorithm, const std::optional<std::string>& kid, std::string_view text,
                std::string_view signature) const;

 private:
  struct Key {
    std::string kid;
    std::optional<Algorithm> only;  // where the key says so
    bool elliptic = false;
    std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key{nullptr, &EVP_PKEY_free};

    bool IsFor(Algorithm algorithm) const;
  };
  std::vector<Key> keys_;
};

}  // namespace tremplin::jwt

#endif  // TREMPLIN_COMMON_JWT_KEYS_H_
