#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/digest/digest.h"
#include "common/environment/environment.h"
#include "common/seal/gcm.h"
#include "common/seal/private_file.h"
#include "common/seal/seal.h"
#include "common/status/macros.h"

namespace tremplin::seal {
namespace {

absl::Status Fault(const std::string& role, const std::string& path, const std::string& what) {
  return absl::FailedPreconditionError(absl::StrCat("the ", role, " key file ", path, " ", what));
}

std::string MasterId(const std::string& key) { return digest::Sha256Hex(key).substr(0, 8); }

bool WriteAll(int descriptor, const std::string& text) {
  return write(descriptor, text.data(), text.size()) == static_cast<ssize_t>(text.size()) &&
         fsync(descriptor) == 0;
}

// Complete or not at all, and never over another's: several processes may start at once, and a key
// lost is everything lost.
absl::Status CreateKeyFile(const std::string& role, const std::string& path) {
  std::string temporary = absl::StrCat(path, ".", getpid(), ".new");
  int descriptor = open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (descriptor < 0) return Fault(role, path, "cannot be created");
  bool written = WriteAll(descriptor, absl::BytesToHexString(environment::SecretBytes(32)) + "\n");
  close(descriptor);
  bool linked = written && (link(temporary.c_str(), path.c_str()) == 0 || errno == EEXIST);
  unlink(temporary.c_str());
  if (!linked) return Fault(role, path, "cannot be created");
  size_t slash = path.rfind('/');
  std::string folder = slash == std::string::npos ? "." : path.substr(0, slash + 1);
  int folder_descriptor = open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  bool durable = folder_descriptor >= 0 && fsync(folder_descriptor) == 0;
  if (folder_descriptor >= 0) close(folder_descriptor);
  return durable ? absl::OkStatus() : Fault(role, path, "cannot be made durable");
}

absl::StatusOr<std::string> ReadPrivateFile(const std::string& role, const std::string& path) {
  int descriptor = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return Fault(role, path, "cannot be read");
  struct stat info {};
  char buffer[4096];
  ssize_t size = -1;
  bool is_private = fstat(descriptor, &info) == 0 && IsPrivateFile(info);
  if (is_private) size = read(descriptor, buffer, sizeof(buffer));
  close(descriptor);
  if (!is_private)
    return Fault(
        role, path,
        "may be read by others; it must have mode 600, or 640 with a group of this process");
  if (size < 0) return Fault(role, path, "cannot be read");
  return std::string(buffer, static_cast<size_t>(size));
}

absl::StatusOr<std::vector<std::string>> ReadKeys(const std::string& role, const std::string& path,
                                                  bool create) {
  if (create && access(path.c_str(), F_OK) != 0) {
    TREMPLIN_RETURN_IF_ERROR(CreateKeyFile(role, path));
  }
  TREMPLIN_ASSIGN_OR_RETURN(std::string text, ReadPrivateFile(role, path));
  std::vector<std::string> keys;
  for (absl::string_view line : absl::StrSplit(text, '\n')) {
    line = absl::StripAsciiWhitespace(line);
    if (line.empty()) continue;
    bool hex = line.size() == 64 && std::all_of(line.begin(), line.end(), absl::ascii_isxdigit);
    if (!hex) return Fault(role, path, "is malformed: 64 hex digits a line are expected");
    keys.push_back(absl::HexStringToBytes(line));
  }
  if (keys.empty()) return Fault(role, path, "is empty");
  return keys;
}

}  // namespace

absl::StatusOr<Keys> LoadKeys(const std::string& master_file, const std::string& index_file,
                              bool create) {
  TREMPLIN_ASSIGN_OR_RETURN(std::vector<std::string> masters,
                            ReadKeys("master", master_file, create));
  TREMPLIN_ASSIGN_OR_RETURN(std::vector<std::string> index, ReadKeys("index", index_file, create));
  if (index.size() != 1) return Fault("index", index_file, "must hold one key");
  Keys keys{.master_id = MasterId(masters[0]), .master = masters[0], .index = index[0]};
  for (size_t i = 1; i < masters.size(); ++i) {
    keys.former.push_back({MasterId(masters[i]), masters[i]});
  }
  return keys;
}

}  // namespace tremplin::seal
