#include "services/registration/app/secret.h"

#include "absl/strings/escaping.h"
#include "common/environment/environment.h"
#include "common/text/text.h"

namespace tremplin::registration {
namespace {

constexpr size_t kBytes = 32;

}  // namespace

std::string NewSecret(std::string_view prefix) {
  return text::Cat(prefix, absl::WebSafeBase64Escape(environment::SecretBytes(kBytes)));
}

}  // namespace tremplin::registration
