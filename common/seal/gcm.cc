#include "common/seal/gcm.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>

#include "common/digest/digest.h"
#include "common/environment/environment.h"

namespace tremplin::seal {
namespace {

constexpr size_t kNonce = 12;
constexpr size_t kTag = 16;

// These fail only when memory is gone: nothing can be sealed then.
void Require(bool ok, const char* what) {
  if (ok) return;
  std::fprintf(stderr, "OpenSSL: %s failed\n", what);
  std::abort();
}

struct FreeContext {
  void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
};
using Context = std::unique_ptr<EVP_CIPHER_CTX, FreeContext>;

// The cipher is looked up once a thread: that costs more than a short encryption.
EVP_CIPHER_CTX* Prepare(Context& context, bool encrypt) {
  if (context == nullptr) {
    context.reset(EVP_CIPHER_CTX_new());
    Require(context != nullptr && EVP_CipherInit_ex(context.get(), EVP_aes_256_gcm(), nullptr,
                                                    nullptr, nullptr, encrypt ? 1 : 0) == 1,
            "EVP_CipherInit_ex");
  }
  return context.get();
}

const unsigned char* Raw(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

}  // namespace

SecretKey::SecretKey(std::string_view bytes) {
  Require(bytes.size() == bytes_.size(), "a key of 32 bytes");
  std::memcpy(bytes_.data(), bytes.data(), bytes_.size());
}

SecretKey::~SecretKey() { OPENSSL_cleanse(bytes_.data(), bytes_.size()); }

SecretKey SecretKey::Random() {
  SecretKey key;
  environment::FillSecret(key.bytes_.data(), key.bytes_.size());
  return key;
}

std::string Joined(std::initializer_list<std::string_view> parts) {
  std::string text;
  for (std::string_view part : parts) {
    for (int shift = 24; shift >= 0; shift -= 8) {
      text.push_back(static_cast<char>((part.size() >> shift) & 0xff));
    }
    text.append(part);
  }
  return text;
}

std::string Encrypt(const SecretKey& key, std::string_view aad, std::string_view plain) {
  thread_local Context cache;
  EVP_CIPHER_CTX* context = Prepare(cache, true);
  std::string out(kNonce + plain.size() + kTag, '\0');
  auto* bytes = reinterpret_cast<unsigned char*>(out.data());
  environment::FillPublic(bytes, kNonce);
  int length = 0;
  bool ok =
      EVP_EncryptInit_ex(context, nullptr, nullptr, key.data(), bytes) == 1 &&
      EVP_EncryptUpdate(context, nullptr, &length, Raw(aad), static_cast<int>(aad.size())) == 1 &&
      EVP_EncryptUpdate(context, bytes + kNonce, &length, Raw(plain),
                        static_cast<int>(plain.size())) == 1 &&
      EVP_EncryptFinal_ex(context, bytes + kNonce + plain.size(), &length) == 1 &&
      EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_GCM_GET_TAG, kTag, bytes + kNonce + plain.size()) == 1;
  Require(ok, "AES-256-GCM");
  return out;
}

absl::optional<std::string> Decrypt(const SecretKey& key, std::string_view aad,
                                    std::string_view sealed) {
  if (sealed.size() < kNonce + kTag) return absl::nullopt;
  thread_local Context cache;
  EVP_CIPHER_CTX* context = Prepare(cache, false);
  std::string_view text = sealed.substr(kNonce, sealed.size() - kNonce - kTag);
  std::string tag(sealed.substr(sealed.size() - kTag));
  std::string out(text.size(), '\0');
  auto* bytes = reinterpret_cast<unsigned char*>(out.data());
  int length = 0;
  bool ok =
      EVP_DecryptInit_ex(context, nullptr, nullptr, key.data(), Raw(sealed)) == 1 &&
      EVP_DecryptUpdate(context, nullptr, &length, Raw(aad), static_cast<int>(aad.size())) == 1 &&
      EVP_DecryptUpdate(context, bytes, &length, Raw(text), static_cast<int>(text.size())) == 1 &&
      EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_GCM_SET_TAG, kTag, tag.data()) == 1;
  // EVP_DecryptFinal_ex fails also where the tag does not fit: what was decrypted is thrown away.
  unsigned char none[16];
  if (!ok || EVP_DecryptFinal_ex(context, none, &length) != 1) {
    OPENSSL_cleanse(out.data(), out.size());
    return absl::nullopt;
  }
  return out;
}

SecretKey Mac(const SecretKey& key, std::string_view text) {
  digest::Bytes mac = digest::HmacSha256(key.view(), text);
  SecretKey result({reinterpret_cast<const char*>(mac.data()), mac.size()});
  OPENSSL_cleanse(mac.data(), mac.size());
  return result;
}

}  // namespace tremplin::seal
