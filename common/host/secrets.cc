#include "common/host/secrets.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <iterator>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "common/environment/environment.h"
#include "common/seal/private_file.h"
#include "common/status/macros.h"
#include "common/text/text.h"

namespace tremplin::host {
namespace {

constexpr size_t kRandomBytes = 32;
constexpr size_t kShortest = 32;

absl::Status Fault(std::string_view file, const std::string& path, std::string_view what) {
  return absl::FailedPreconditionError(text::Cat("the ", file, " file ", path, " ", what));
}

// Complete or not at all, and never over another's.
absl::Status Create(std::string_view file, const std::string& path) {
  const std::string text = absl::WebSafeBase64Escape(environment::SecretBytes(kRandomBytes)) + "\n";
  const std::string temporary = absl::StrCat(path, ".", getpid(), ".new");
  const int descriptor = open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (descriptor < 0) return Fault(file, path, "cannot be created");
  const bool written =
      write(descriptor, text.data(), text.size()) == static_cast<ssize_t>(text.size()) &&
      fsync(descriptor) == 0;
  close(descriptor);
  const bool linked = written && (link(temporary.c_str(), path.c_str()) == 0 || errno == EEXIST);
  unlink(temporary.c_str());
  return linked ? absl::OkStatus() : Fault(file, path, "cannot be created");
}

}  // namespace

absl::StatusOr<std::string> ReadSecret(std::string_view role, const std::string& path,
                                       bool create) {
  const std::string file = text::Cat(role, " key");
  if (create && access(path.c_str(), F_OK) != 0) TREMPLIN_RETURN_IF_ERROR(Create(file, path));
  const absl::StatusOr<std::string> key = ReadPrivateFile(file, path);
  if (key.ok() && key->size() < kShortest) {
    return Fault(file, path, "holds no key of 32 characters or more");
  }
  return key;
}

absl::StatusOr<std::string> ReadPrivateFile(std::string_view what, const std::string& path) {
  struct stat info {};
  if (stat(path.c_str(), &info) != 0) return Fault(what, path, "cannot be read");
  if (!seal::IsPrivateFile(info)) {
    return Fault(
        what, path,
        "may be read by others; it must have mode 600, or 640 with a group of this process");
  }
  std::ifstream file(path);
  const std::string content{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  if (!file.is_open()) return Fault(what, path, "cannot be read");
  const std::string text(absl::StripAsciiWhitespace(content));
  return text;
}

}  // namespace tremplin::host
