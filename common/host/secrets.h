#ifndef TREMPLIN_COMMON_HOST_SECRETS_H_
#define TREMPLIN_COMMON_HOST_SECRETS_H_

#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace tremplin::host {

// The key in a file (surrounding white space removed, at least 32 characters). With `create` a
// missing file is made first: 32 random bytes in base64url, mode 600. FAILED_PRECONDITION with the
// key's role (never its content) when it cannot be read, others may read it, or it is too short.
absl::StatusOr<std::string> ReadSecret(std::string_view role, const std::string& path, bool create);

// The content of a file that nobody else may read, without surrounding white space.
// FAILED_PRECONDITION with what it is (never its content), as above.
absl::StatusOr<std::string> ReadPrivateFile(std::string_view what, const std::string& path);

}  // namespace tremplin::host

#endif  // TREMPLIN_COMMON_HOST_SECRETS_H_
