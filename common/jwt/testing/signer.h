#ifndef TREMPLIN_COMMON_JWT_TESTING_SIGNER_H_
#define TREMPLIN_COMMON_JWT_TESTING_SIGNER_H_

#include <openssl/evp.h>

#include <memory>
#include <string>
#include <string_view>

// Keys and tokens as an issuer makes them, good and bad, for tests.
namespace tremplin::jwt::testing {

using KeyPair = std::shared_ptr<EVP_PKEY>;

KeyPair NewRsa(unsigned bits = 2048);
KeyPair NewEc();

std::string Encoded(std::string_view bytes);  // base64url
// The modulus of an RSA key, as a JWK writes it.
std::string ModulusOf(const KeyPair& key);

// The public part as a JSON Web Key; `more` are further members: `,"use":"sig"`.
std::string RsaJwk(const KeyPair& key, const std::string& kid, const std::string& more = "");
std::string EcJwk(const KeyPair& key, const std::string& kid);

// A token of this header and these claims, signed by RS256, with `pss` PS256, or ES256 as the key
// is, whatever the header says.
std::string Token(const KeyPair& key, const std::string& header, const std::string& claims,
                  bool pss = false);

}  // namespace tremplin::jwt::testing

#endif  // TREMPLIN_COMMON_JWT_TESTING_SIGNER_H_
