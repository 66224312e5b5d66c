#include "common/jwt/keys.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/param_build.h>
#include <openssl/rsa.h>

#include <algorithm>
#include <utility>

#include "common/jwt/base64url.h"
#include "common/jwt/json.h"

namespace tremplin::jwt {
namespace {

constexpr size_t kMostKeys = 64;
constexpr int kLeastBits = 2048;
constexpr int kMostBits = 8192;
constexpr size_t kCoordinate = 32;  // of P-256

using PublicKey = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
using Number = std::unique_ptr<BIGNUM, decltype(&BN_free)>;
using Builder = std::unique_ptr<OSSL_PARAM_BLD, decltype(&OSSL_PARAM_BLD_free)>;
using Parameters = std::unique_ptr<OSSL_PARAM, decltype(&OSSL_PARAM_free)>;
using Context = std::unique_ptr<EVP_PKEY_CTX, decltype(&EVP_PKEY_CTX_free)>;

const unsigned char* Bytes(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

Number NumberOf(std::string_view bytes) {
  return {BN_bin2bn(Bytes(bytes), static_cast<int>(bytes.size()), nullptr), &BN_free};
}

PublicKey KeyOf(const char* kind, OSSL_PARAM_BLD* builder) {
  PublicKey key(nullptr, &EVP_PKEY_free);
  const Parameters parameters(OSSL_PARAM_BLD_to_param(builder), &OSSL_PARAM_free);
  const Context context(EVP_PKEY_CTX_new_from_name(nullptr, kind, nullptr), &EVP_PKEY_CTX_free);
  EVP_PKEY* made = nullptr;
  if (parameters == nullptr || context == nullptr || EVP_PKEY_fromdata_init(context.get()) != 1 ||
      EVP_PKEY_fromdata(context.get(), &made, EVP_PKEY_PUBLIC_KEY, parameters.get()) != 1) {
    return key;
  }
  key.reset(made);
  const Context check(EVP_PKEY_CTX_new_from_pkey(nullptr, made, nullptr), &EVP_PKEY_CTX_free);
  if (check == nullptr || EVP_PKEY_public_check(check.get()) != 1) key.reset();
  return key;
}

PublicKey RsaKey(const rapidjson::Value& jwk) {
  const std::optional<std::string> n = TextOf(jwk, "n"), e = TextOf(jwk, "e");
  const auto modulus = n.has_value() ? Base64UrlDecode(*n) : std::nullopt;
  const auto exponent = e.has_value() ? Base64UrlDecode(*e) : std::nullopt;
  PublicKey none(nullptr, &EVP_PKEY_free);
  if (!modulus.has_value() || !exponent.has_value() || modulus->size() > kMostBits / 8 ||
      exponent->size() > 8) {
    return none;
  }
  const Number big_n = NumberOf(*modulus), big_e = NumberOf(*exponent);
  const bool sound = BN_num_bits(big_n.get()) >= kLeastBits && BN_is_odd(big_n.get()) &&
                     BN_is_odd(big_e.get()) && BN_num_bits(big_e.get()) >= 2;
  const Builder builder(OSSL_PARAM_BLD_new(), &OSSL_PARAM_BLD_free);
  if (!sound || builder == nullptr ||
      OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, big_n.get()) != 1 ||
      OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, big_e.get()) != 1) {
    return none;
  }
  return KeyOf("RSA", builder.get());
}

PublicKey EllipticKey(const rapidjson::Value& jwk) {
  const std::optional<std::string> x = TextOf(jwk, "x"), y = TextOf(jwk, "y");
  const auto across = x.has_value() ? Base64UrlDecode(*x) : std::nullopt;
  const auto up = y.has_value() ? Base64UrlDecode(*y) : std::nullopt;
  PublicKey none(nullptr, &EVP_PKEY_free);
  if (TextOf(jwk, "crv") != "P-256" || !across.has_value() || across->size() != kCoordinate ||
      !up.has_value() || up->size() != kCoordinate) {
    return none;
  }
  const std::string point = "\x04" + *across + *up;
  const Builder builder(OSSL_PARAM_BLD_new(), &OSSL_PARAM_BLD_free);
  if (builder == nullptr ||
      OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, "prime256v1", 0) !=
          1 ||
      OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(),
                                       point.size()) != 1) {
    return none;
  }
  return KeyOf("EC", builder.get());
}

// A signature of JWS (r and s side by side) as OpenSSL takes it.
std::optional<std::string> DerOf(std::string_view signature) {
  if (signature.size() != 2 * kCoordinate) return std::nullopt;
  const std::unique_ptr<ECDSA_SIG, decltype(&ECDSA_SIG_free)> both(ECDSA_SIG_new(),
                                                                   &ECDSA_SIG_free);
  Number r = NumberOf(signature.substr(0, kCoordinate));
  Number s = NumberOf(signature.substr(kCoordinate));
  if (both == nullptr || ECDSA_SIG_set0(both.get(), r.get(), s.get()) != 1) return std::nullopt;
  static_cast<void>(r.release());
  static_cast<void>(s.release());
  unsigned char* bytes = nullptr;
  const int size = i2d_ECDSA_SIG(both.get(), &bytes);
  if (size <= 0) return std::nullopt;
  std::string der(reinterpret_cast<char*>(bytes), static_cast<size_t>(size));
  OPENSSL_free(bytes);
  return der;
}

bool IsSignedBy(EVP_PKEY* key, Algorithm algorithm, std::string_view text,
                std::string_view signature) {
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(),
                                                                        &EVP_MD_CTX_free);
  EVP_PKEY_CTX* of_key = nullptr;  // the context's
  if (context == nullptr || EVP_DigestVerifyInit_ex(context.get(), &of_key, "SHA256", nullptr,
                                                    nullptr, key, nullptr) != 1) {
    return false;
  }
  if (algorithm == Algorithm::kPs256 &&
      (EVP_PKEY_CTX_set_rsa_padding(of_key, RSA_PKCS1_PSS_PADDING) != 1 ||
       EVP_PKEY_CTX_set_rsa_pss_saltlen(of_key, RSA_PSS_SALTLEN_DIGEST) != 1)) {
    return false;
  }
  return EVP_DigestVerify(context.get(), Bytes(signature), signature.size(), Bytes(text),
                          text.size()) == 1;
}

// Whether the key says that it is for checking signatures, or nothing of what it is for.
bool MayVerify(const rapidjson::Value& jwk) {
  if (Find(jwk, "use") != nullptr && TextOf(jwk, "use") != "sig") return false;
  if (Find(jwk, "key_ops") == nullptr) return true;
  const auto uses = TextsOf(jwk, "key_ops");
  return uses.has_value() && std::find(uses->begin(), uses->end(), "verify") != uses->end();
}

}  // namespace

std::optional<Algorithm> AlgorithmOf(std::string_view name) {
  if (name == "RS256") return Algorithm::kRs256;
  if (name == "PS256") return Algorithm::kPs256;
  if (name == "ES256") return Algorithm::kEs256;
  return std::nullopt;
}

bool Keys::Key::IsFor(Algorithm algorithm) const {
  return elliptic == (algorithm == Algorithm::kEs256) && (!only.has_value() || *only == algorithm);
}

absl::StatusOr<std::shared_ptr<const Keys>> Keys::Parse(std::string_view json) {
  const auto set = ParseObject(json);
  const rapidjson::Value* const list = set.has_value() ? Find(*set, "keys") : nullptr;
  if (list == nullptr || !list->IsArray() || list->Size() > kMostKeys) {
    return absl::InvalidArgumentError("no key set");
  }
  auto keys = std::make_shared<Keys>();
  for (const rapidjson::Value& jwk : list->GetArray()) {
    if (!jwk.IsObject() || !MayVerify(jwk)) continue;
    Key key;
    key.kid = TextOf(jwk, "kid").value_or("");
    if (Find(jwk, "alg") != nullptr) {
      key.only = AlgorithmOf(TextOf(jwk, "alg").value_or(""));
      if (!key.only.has_value()) continue;
    }
    key.elliptic = TextOf(jwk, "kty") == "EC";
    if (!key.elliptic && TextOf(jwk, "kty") != "RSA") continue;
    key.key = key.elliptic ? EllipticKey(jwk) : RsaKey(jwk);
    if (key.key != nullptr) keys->keys_.push_back(std::move(key));
  }
  return keys;
}

bool Keys::Knows(std::string_view kid) const {
  return std::any_of(keys_.begin(), keys_.end(), [kid](const Key& key) { return key.kid == kid; });
}

bool Keys::Verifies(Algorithm algorithm, const std::optional<std::string>& kid,
                    std::string_view text, std::string_view signature) const {
  std::vector<const Key*> may;
  for (const Key& key : keys_) {
    if (key.IsFor(algorithm) && (!kid.has_value() || key.kid == *kid)) may.push_back(&key);
  }
  if (!kid.has_value() && may.size() != 1) return false;
  std::string bytes(signature);
  if (algorithm == Algorithm::kEs256) {
    const std::optional<std::string> der = DerOf(signature);
    if (!der.has_value()) return false;
    bytes = *der;
  }
  return std::any_of(may.begin(), may.end(), [&](const Key* key) {
    return IsSignedBy(key->key.get(), algorithm, text, bytes);
  });
}

}  // namespace tremplin::jwt
