#ifndef TREMPLIN_COMMON_SEAL_GCM_H_
#define TREMPLIN_COMMON_SEAL_GCM_H_

#include <array>
#include <initializer_list>
#include <string>
#include <string_view>

#include "absl/types/optional.h"

// AES-256-GCM and the hashes seal needs. Private to common/seal. Thread-safe.
namespace tremplin::seal {

// 32 secret bytes, wiped from memory at the end.
class SecretKey {
 public:
  SecretKey() : bytes_{} {}
  explicit SecretKey(std::string_view bytes);  // exactly 32
  ~SecretKey();
  SecretKey(const SecretKey&) = default;
  SecretKey& operator=(const SecretKey&) = default;
  static SecretKey Random();

  const unsigned char* data() const { return bytes_.data(); }
  std::string_view view() const {
    return {reinterpret_cast<const char*>(bytes_.data()), bytes_.size()};
  }

 private:
  std::array<unsigned char, 32> bytes_;
};

// The parts one after another, each preceded by its length: no two lists give the same text.
std::string Joined(std::initializer_list<std::string_view> parts);

// nonce (12) ‖ ciphertext ‖ tag (16), under a fresh random nonce.
std::string Encrypt(const SecretKey& key, std::string_view aad, std::string_view plain);
// Nothing when it does not verify.
absl::optional<std::string> Decrypt(const SecretKey& key, std::string_view aad,
                                    std::string_view sealed);

// HMAC-SHA-256, 32 bytes.
SecretKey Mac(const SecretKey& key, std::string_view text);

}  // namespace tremplin::seal

#endif  // TREMPLIN_COMMON_SEAL_GCM_H_
