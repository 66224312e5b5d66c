#include "common/digest/digest.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>

#include <cstdio>
#include <cstdlib>
#include <memory>

#include "absl/strings/escaping.h"
#include "common/digest/stream.h"

namespace tremplin::digest {
namespace {

// These fail only when memory is gone or OpenSSL is broken: nothing can be told from anything then.
void Require(bool ok, const char* what) {
  if (ok) return;
  std::fprintf(stderr, "OpenSSL: %s failed\n", what);
  std::abort();
}

struct Free {
  void operator()(EVP_MD* algorithm) const { EVP_MD_free(algorithm); }
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
  void operator()(EVP_MAC* algorithm) const { EVP_MAC_free(algorithm); }
  void operator()(EVP_MAC_CTX* context) const { EVP_MAC_CTX_free(context); }
};

const unsigned char* Raw(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

class Hash {
 public:
  Hash() : algorithm_(EVP_MD_fetch(nullptr, "SHA256", nullptr)), context_(EVP_MD_CTX_new()) {
    Require(algorithm_ != nullptr && context_ != nullptr, "SHA-256");
  }

  Bytes Of(std::string_view text) {
    Bytes bytes;
    Require(EVP_DigestInit_ex(context_.get(), algorithm_.get(), nullptr) == 1 &&
                EVP_DigestUpdate(context_.get(), text.data(), text.size()) == 1 &&
                EVP_DigestFinal_ex(context_.get(), bytes.data(), nullptr) == 1,
            "SHA-256");
    return bytes;
  }

 private:
  const std::unique_ptr<EVP_MD, Free> algorithm_;
  const std::unique_ptr<EVP_MD_CTX, Free> context_;
};

class Mac {
 public:
  Mac() : algorithm_(EVP_MAC_fetch(nullptr, "HMAC", nullptr)) {
    Require(algorithm_ != nullptr, "HMAC");
    context_.reset(EVP_MAC_CTX_new(algorithm_.get()));
    char hash[] = "SHA256";
    const OSSL_PARAM params[] = {OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, hash, 0),
                                 OSSL_PARAM_construct_end()};
    Require(context_ != nullptr && EVP_MAC_CTX_set_params(context_.get(), params) == 1, "HMAC");
  }

  Bytes Of(std::string_view key, std::string_view text) {
    Bytes bytes;
    size_t size = 0;
    Require(EVP_MAC_init(context_.get(), Raw(key), key.size(), nullptr) == 1 &&
                EVP_MAC_update(context_.get(), Raw(text), text.size()) == 1 &&
                EVP_MAC_final(context_.get(), bytes.data(), &size, bytes.size()) == 1,
            "HMAC-SHA-256");
    return bytes;
  }

 private:
  const std::unique_ptr<EVP_MAC, Free> algorithm_;
  std::unique_ptr<EVP_MAC_CTX, Free> context_;
};

}  // namespace

Bytes Sha256(std::string_view text) {
  thread_local Hash hash;
  return hash.Of(text);
}

std::string Sha256Hex(std::string_view text) {
  return absl::BytesToHexString(ToString(Sha256(text)));
}

Bytes HmacSha256(std::string_view key, std::string_view text) {
  thread_local Mac mac;
  return mac.Of(key, text);
}

bool ConstantTimeEqual(std::string_view a, std::string_view b) {
  // Hashes are of one length whatever the inputs are, so the length leaks nothing either.
  const Bytes left = Sha256(a);
  const Bytes right = Sha256(b);
  return CRYPTO_memcmp(left.data(), right.data(), left.size()) == 0 && a.size() == b.size();
}

struct Sha256Stream::State {
  std::unique_ptr<EVP_MD_CTX, Free> context{EVP_MD_CTX_new()};
};

Sha256Stream::Sha256Stream() : state_(std::make_unique<State>()) {
  Require(state_->context != nullptr &&
              EVP_DigestInit_ex(state_->context.get(), EVP_sha256(), nullptr) == 1,
          "SHA-256");
}
Sha256Stream::~Sha256Stream() = default;

void Sha256Stream::Take(std::string_view bytes) {
  Require(EVP_DigestUpdate(state_->context.get(), bytes.data(), bytes.size()) == 1, "SHA-256");
}

Bytes Sha256Stream::Finish() {
  Bytes bytes;
  Require(EVP_DigestFinal_ex(state_->context.get(), bytes.data(), nullptr) == 1, "SHA-256");
  return bytes;
}

}  // namespace tremplin::digest
