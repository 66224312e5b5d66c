#include "tools/tremplinctl/files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "common/digest/stream.h"
#include "common/status/error.h"
#include "common/status/macros.h"
#include "common/text/text.h"
#include "tools/tremplinctl/messages.h"

namespace tremplin::ctl {
namespace {

namespace fs = std::filesystem;

absl::Status Unreadable(const std::string& path) {
  return status::Error(absl::StatusCode::kInvalidArgument, kFileMissing, {path});
}

absl::Status Unwritable(const std::string& path) {
  return status::Error(absl::StatusCode::kInvalidArgument, kFileNotWritten, {path});
}

}  // namespace

absl::StatusOr<std::string> ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::stringstream content;
  if (!file || !(content << file.rdbuf())) return Unreadable(path);
  return content.str();
}

absl::StatusOr<std::string> DigestOf(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return Unreadable(path);
  std::string block(1 << 20, '\0');
  digest::Sha256Stream digest;
  while (file.read(block.data(), static_cast<std::streamsize>(block.size())), file.gcount() > 0) {
    digest.Take({block.data(), static_cast<size_t>(file.gcount())});
  }
  return absl::BytesToHexString(digest::ToString(digest.Finish()));
}

absl::StatusOr<std::string> ReadKey(const std::string& path) {
  TREMPLIN_ASSIGN_OR_RETURN(std::string content, ReadFile(path));
  std::istringstream lines(std::move(content));
  std::string first;
  std::getline(lines, first);
  return std::string(absl::StripAsciiWhitespace(first));
}

absl::Status WritePrivate(const std::string& path, const std::string& content) {
  std::error_code error;
  const fs::path folder = fs::path(path).parent_path();
  if (!folder.empty() && fs::create_directories(folder, error)) {
    fs::permissions(folder, fs::perms::owner_all, error);
  }
  // Written beside and renamed, so that a reader meets the old file or the new one.
  const std::string fresh = text::Cat(path, ".new");
  const int fd = open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (fd < 0) return Unwritable(path);
  size_t written = 0;
  while (written < content.size()) {
    const ssize_t count = write(fd, content.data() + written, content.size() - written);
    if (count <= 0) break;
    written += static_cast<size_t>(count);
  }
  const bool whole = written == content.size() && fchmod(fd, 0600) == 0 && fsync(fd) == 0;
  const bool closed = close(fd) == 0;
  if (!whole || !closed || rename(fresh.c_str(), path.c_str()) != 0) {
    unlink(fresh.c_str());
    return Unwritable(path);
  }
  return absl::OkStatus();
}

absl::Status WriteFile(const std::string& path, const std::string& content) {
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file << content;
  file.flush();
  return file ? absl::OkStatus() : Unwritable(path);
}

}  // namespace tremplin::ctl
