#ifndef TREMPLIN_TOOLS_TREMPLINCTL_FILES_H_
#define TREMPLIN_TOOLS_TREMPLINCTL_FILES_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace tremplin::ctl {

// A whole small file. INVALID_ARGUMENT naming it when it cannot be read.
absl::StatusOr<std::string> ReadFile(const std::string& path);

// The SHA-256 of a file of any size, in hexadecimal digits, in constant memory. INVALID_ARGUMENT
// naming it when it cannot be read.
absl::StatusOr<std::string> DigestOf(const std::string& path);

// A key as files hold it: the first line, without its end.
absl::StatusOr<std::string> ReadKey(const std::string& path);

// Writes `content` so that nobody but the owner ever can read it (mode 600; the folder is made with
// mode 700), in place of what was there.
absl::Status WritePrivate(const std::string& path, const std::string& content);
absl::Status WriteFile(const std::string& path, const std::string& content);

}  // namespace tremplin::ctl

#endif  // TREMPLIN_TOOLS_TREMPLINCTL_FILES_H_
