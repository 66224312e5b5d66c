#include "tools/tremplinctl/files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <sstream>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_join.h"
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

absl::StatusOr<std::unique_ptr<Sheet>> Sheet::Open(const std::string& path,
                                                   const std::vector<std::string>& columns,
                                                   const std::vector<std::string>& optional) {
  return Open(path, columns, [&](const std::string& header) {
    const auto listed = [&header](const std::vector<std::string>& names) {
      return std::find(names.begin(), names.end(), header) != names.end();
    };
    return listed(columns) || listed(optional) ? header : std::string();
  });
}

absl::StatusOr<std::unique_ptr<Sheet>> Sheet::Open(const std::string& path,
                                                   const std::vector<std::string>& required,
                                                   const Naming& naming) {
  std::unique_ptr<Sheet> sheet(new Sheet);
  sheet->path_ = path;
  sheet->in_.open(path, std::ios::binary | std::ios::ate);
  if (!sheet->in_) return Unreadable(path);
  sheet->size_ = sheet->in_.tellg();
  sheet->in_.seekg(0);
  sheet->reader_ = std::make_unique<csv::Reader>(sheet->in_);
  TREMPLIN_RETURN_IF_ERROR(sheet->TakeHeader(required, naming));
  return sheet;
}

absl::Status Sheet::TakeHeader(const std::vector<std::string>& required, const Naming& naming) {
  TREMPLIN_ASSIGN_OR_RETURN(const bool any, reader_->Next(&fields_));
  if (!any) return status::Error(absl::StatusCode::kInvalidArgument, kFileEmpty, {path_});
  std::vector<std::string> unknown;
  std::vector<std::string> missing;
  for (size_t i = 0; i < fields_.size(); ++i) {
    const std::string header(absl::StripAsciiWhitespace(fields_[i]));
    const std::string name = naming(header);
    if (name.empty() || !columns_.emplace(name, i).second) {
      unknown.push_back(header);
    } else {
      names_.push_back(name);
    }
  }
  for (const std::string& name : required) {
    if (columns_.count(name) == 0) missing.push_back(name);
  }
  width_ = fields_.size();
  if (unknown.empty() && missing.empty()) return absl::OkStatus();
  const auto list = [](const std::vector<std::string>& names) {
    return names.empty() ? std::string("–") : absl::StrJoin(names, ", ");
  };
  return status::Error(absl::StatusCode::kInvalidArgument, kColumnsWrong,
                       {path_, list(unknown), list(missing)});
}

absl::StatusOr<bool> Sheet::Next() {
  TREMPLIN_ASSIGN_OR_RETURN(const bool any, reader_->Next(&fields_));
  if (!any) return false;
  ++row_;
  if (fields_.size() != width_) {
    return status::Error(
        absl::StatusCode::kInvalidArgument, kRowLength,
        {path_, text::Cat(reader_->line()), text::Cat(fields_.size()), text::Cat(width_)});
  }
  return true;
}

const std::string& Sheet::operator[](std::string_view column) const {
  static const std::string& empty = *new std::string;
  const auto found = columns_.find(column);
  return found == columns_.end() ? empty : fields_[found->second];
}

int64_t Sheet::position() {
  const auto at = in_.tellg();
  return at < 0 ? size_ : static_cast<int64_t>(at);
}

}  // namespace tremplin::ctl
