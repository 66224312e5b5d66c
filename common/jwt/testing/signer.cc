#include "common/jwt/testing/signer.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/rsa.h>

#include "absl/strings/escaping.h"
#include "common/text/text.h"
#include "gtest/gtest.h"

namespace tremplin::jwt::testing {
namespace {

std::string NumberOf(const KeyPair& key, const char* name, int size = 0) {
  BIGNUM* number = nullptr;
  EXPECT_EQ(EVP_PKEY_get_bn_param(key.get(), name, &number), 1);
  if (size == 0) size = BN_num_bytes(number);
  std::string bytes(static_cast<size_t>(size), '\0');
  BN_bn2binpad(number, reinterpret_cast<unsigned char*>(bytes.data()), size);
  BN_free(number);
  return Encoded(bytes);
}

std::string Signature(const KeyPair& key, const std::string& text, bool pss) {
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(),
                                                                        &EVP_MD_CTX_free);
  EVP_PKEY_CTX* of_key = nullptr;
  EVP_DigestSignInit_ex(context.get(), &of_key, "SHA256", nullptr, nullptr, key.get(), nullptr);
  if (pss) {
    EVP_PKEY_CTX_set_rsa_padding(of_key, RSA_PKCS1_PSS_PADDING);
    EVP_PKEY_CTX_set_rsa_pss_saltlen(of_key, RSA_PSS_SALTLEN_DIGEST);
  }
  const auto* bytes = reinterpret_cast<const unsigned char*>(text.data());
  size_t size = 0;
  EVP_DigestSign(context.get(), nullptr, &size, bytes, text.size());
  std::string signature(size, '\0');
  auto* out = reinterpret_cast<unsigned char*>(signature.data());
  EXPECT_EQ(EVP_DigestSign(context.get(), out, &size, bytes, text.size()), 1);
  signature.resize(size);
  if (EVP_PKEY_get_base_id(key.get()) != EVP_PKEY_EC) return signature;
  const unsigned char* der = out;
  // NOLINTNEXTLINE(google-runtime-int): as OpenSSL has it
  ECDSA_SIG* both = d2i_ECDSA_SIG(nullptr, &der, static_cast<long>(size));
  std::string side_by_side(64, '\0');
  auto* raw = reinterpret_cast<unsigned char*>(side_by_side.data());
  BN_bn2binpad(ECDSA_SIG_get0_r(both), raw, 32);
  BN_bn2binpad(ECDSA_SIG_get0_s(both), raw + 32, 32);
  ECDSA_SIG_free(both);
  return side_by_side;
}

}  // namespace

KeyPair NewRsa(unsigned bits) { return {EVP_RSA_gen(bits), &EVP_PKEY_free}; }
KeyPair NewEc() { return {EVP_EC_gen("P-256"), &EVP_PKEY_free}; }

std::string Encoded(std::string_view bytes) { return absl::WebSafeBase64Escape(text::Absl(bytes)); }

std::string ModulusOf(const KeyPair& key) { return NumberOf(key, OSSL_PKEY_PARAM_RSA_N); }

std::string RsaJwk(const KeyPair& key, const std::string& kid, const std::string& more) {
  return text::Cat(R"({"kty":"RSA","kid":")", kid, R"(","n":")",
                   NumberOf(key, OSSL_PKEY_PARAM_RSA_N), R"(","e":")",
                   NumberOf(key, OSSL_PKEY_PARAM_RSA_E), "\"", more, "}");
}
std::string EcJwk(const KeyPair& key, const std::string& kid) {
  return text::Cat(R"({"kty":"EC","crv":"P-256","kid":")", kid, R"(","x":")",
                   NumberOf(key, OSSL_PKEY_PARAM_EC_PUB_X, 32), R"(","y":")",
                   NumberOf(key, OSSL_PKEY_PARAM_EC_PUB_Y, 32), "\"}");
}

std::string Token(const KeyPair& key, const std::string& header, const std::string& claims,
                  bool pss) {
  const std::string text = text::Cat(Encoded(header), ".", Encoded(claims));
  return text::Cat(text, ".", Encoded(Signature(key, text, pss)));
}

}  // namespace tremplin::jwt::testing
