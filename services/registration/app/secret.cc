#include "services/registration/app/secret.h"

#include <openssl/rand.h>

#include "absl/strings/escaping.h"
#include "common/text/text.h"

namespace tremplin::registration {

absl::StatusOr<std::string> NewSecret(std::string_view prefix) {
  std::string bytes(32, '\0');
  if (RAND_bytes(reinterpret_cast<unsigned char*>(bytes.data()), static_cast<int>(bytes.size())) !=
      1) {
    return absl::InternalError("no randomness");
  }
  return text::Cat(prefix, absl::WebSafeBase64Escape(bytes));
}

}  // namespace tremplin::registration
