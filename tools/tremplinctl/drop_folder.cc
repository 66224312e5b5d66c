#include "tools/tremplinctl/drop_folder.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <tuple>
#include <utility>

#include "absl/time/clock.h"
#include "common/ids/ids.h"
#include "common/intake/messages.h"
#include "common/status/macros.h"
#include "common/text/text.h"
#include "common/text/utf8.h"
#include "tools/tremplinctl/drop_messages.h"
#include "tools/tremplinctl/files.h"

namespace tremplin::ctl {
namespace {

using messages::Message;

constexpr char kImporting[] = ".importing";
constexpr char kDone[] = "done";
constexpr char kRefused[] = "refused";
constexpr char kVerdicts[] = ".verdicts.csv";
constexpr size_t kLongestName = 255;  // bytes, of a name in a folder

absl::Status Wrong(const Message& message, std::string_view what) {
  return status::Error(absl::StatusCode::kInvalidArgument, message, {what});
}

bool PassedOver(std::string_view name) {
  return name.starts_with('.') || name.ends_with(".part") || name.ends_with(".filepart") ||
         name.ends_with(kVerdicts) || name == kDone || name == kRefused;
}

// `name` and `suffix`, the name cut where both are too long for a folder, at a letter's beginning.
std::string Fitting(std::string_view name, std::string_view suffix) {
  size_t length = std::min(name.size(), kLongestName - suffix.size());
  const auto within_letter = [&] {
    return length < name.size() && (static_cast<unsigned char>(name[length]) & 0xC0) == 0x80;
  };
  while (length > 0 && within_letter()) --length;
  return text::Cat(name.substr(0, length), suffix);
}

bool IsThere(const std::string& path) {
  struct stat ignored {};
  return lstat(path.c_str(), &ignored) == 0;
}

std::string Stamp(const struct stat& at) {
  return text::Cat(at.st_dev, ".", at.st_ino, ".", at.st_size, ".", at.st_mtim.tv_sec, ".",
                   at.st_mtim.tv_nsec, ".", at.st_ctim.tv_sec, ".", at.st_ctim.tv_nsec);
}

// Calls `found(name)` for each entry, in no order. False where the folder cannot be read.
template <class Found>
bool ForEachIn(const std::string& folder, const Found& found) {
  DIR* open = opendir(folder.c_str());
  if (open == nullptr) return false;
  while (const dirent* entry = readdir(open)) {
    const std::string name = entry->d_name;
    if (name != "." && name != "..") found(name);
  }
  return closedir(open) == 0;
}

// What was written or moved before is there after a loss of power, too.
bool MakeDurable(const std::string& path) {
  const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
  if (file < 0) return false;
  const bool durable = fsync(file) == 0;
  return close(file) == 0 && durable;
}

// As a person reads it who has one of the two languages.
std::string WhyRefused(const absl::Status& why) {
  const status::ErrorDetail detail = status::DetailOf(why);
  return text::Cat(detail.en, "\n", kDropAgain.en(), "\n\n", detail.fr, "\n", kDropAgain.fr(),
                   "\n");
}

}  // namespace

absl::StatusOr<std::unique_ptr<DropFolder>> DropFolder::Open(const std::string& path) {
  std::unique_ptr<DropFolder> folder(new DropFolder(path));
  TREMPLIN_RETURN_IF_ERROR(folder->Prepare());
  return folder;
}

DropFolder::~DropFolder() {
  if (lock_ >= 0) close(lock_);
}

absl::Status DropFolder::Prepare() {
  struct stat at {};
  if (stat(path_.c_str(), &at) != 0 || !S_ISDIR(at.st_mode)) return Wrong(kDropMissing, path_);
  if (access(path_.c_str(), R_OK | W_OK | X_OK) != 0) return Wrong(kDropNotWritten, path_);
  const bool shared = (at.st_mode & (S_IWGRP | S_IWOTH)) != 0;
  const bool sticky = (at.st_mode & S_ISVTX) != 0;
  if (at.st_uid != geteuid() || (shared && !sticky)) return Wrong(kDropOpen, path_);
  TREMPLIN_RETURN_IF_ERROR(MakeFolder(kImporting));
  TREMPLIN_RETURN_IF_ERROR(MakeFolder(kDone));
  TREMPLIN_RETURN_IF_ERROR(MakeFolder(kRefused));
  const std::string importing = text::Cat(path_, "/", kImporting);
  lock_ = open(importing.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (lock_ < 0 || flock(lock_, LOCK_EX | LOCK_NB) != 0) return Wrong(kDropWatched, path_);
  return absl::OkStatus();
}

// What is there already is ours alone: a link, or what others may write to, would lead files away.
absl::Status DropFolder::MakeFolder(const std::string& name) const {
  const std::string folder = text::Cat(path_, "/", name);
  if (mkdir(folder.c_str(), name == kImporting ? 0700 : 0750) != 0 && errno != EEXIST) {
    return Wrong(kDropNotWritten, path_);
  }
  struct stat at {};
  const bool ours = lstat(folder.c_str(), &at) == 0 && S_ISDIR(at.st_mode) &&
                    at.st_uid == geteuid() && (at.st_mode & (S_IWGRP | S_IWOTH)) == 0;
  return ours ? absl::OkStatus() : Wrong(kDropNotOurs, folder);
}

std::string DropFolder::In(std::string_view place, std::string_view name) const {
  return text::Cat(path_, "/", place, "/", name);
}

DropFolder::Taken DropFolder::TakenOf(const std::string& run, const std::string& name) const {
  return {.run = run,
          .name = name,
          .path = text::Cat(In(kImporting, run), "/", name),
          .verdicts = text::Cat(In(kImporting, run), kVerdicts)};
}

absl::StatusOr<DropFolder::Seen> DropFolder::Look(absl::Duration now, absl::Duration still) {
  using Found = std::tuple<int64_t, int64_t, std::string, std::string>;  // age, name, stamp
  std::vector<Found> found;
  const bool read = ForEachIn(path_, [&](const std::string& name) {
    struct stat at {};
    if (PassedOver(name) || lstat(text::Cat(path_, "/", name).c_str(), &at) != 0) return;
    found.emplace_back(at.st_mtim.tv_sec, at.st_mtim.tv_nsec, name, Stamp(at));
    if (found.size() < 2 * kMostSeen) return;
    std::sort(found.begin(), found.end());
    found.resize(kMostSeen);
  });
  if (!read) return Wrong(kDropMissing, path_);
  std::sort(found.begin(), found.end());
  found.resize(std::min(found.size(), kMostSeen));
  Seen seen;
  std::map<std::string, Glimpse> glimpses;
  std::map<std::string, std::string> refused;
  for (const auto& [seconds, nanoseconds, name, stamp] : found) {
    const auto left = refused_.find(name);
    if (left != refused_.end() && left->second == stamp) {
      refused.insert(*left);
      continue;
    }
    const auto before = glimpses_.find(name);
    const bool same = before != glimpses_.end() && before->second.stamp == stamp;
    const absl::Duration since = same ? before->second.since : now;
    glimpses[name] = {stamp, since};
    if (same && now - since >= still) {
      seen.whole.push_back(name);
    } else {
      ++seen.moving;
    }
  }
  glimpses_ = std::move(glimpses);
  refused_ = std::move(refused);
  return seen;
}

absl::StatusOr<std::optional<DropFolder::Taken>> DropFolder::Left() {
  std::vector<std::string> runs;
  std::vector<std::string> stale;
  const std::string importing = text::Cat(path_, "/", kImporting);
  const bool read = ForEachIn(importing, [&](const std::string& name) {
    (name.ends_with(kVerdicts) ? stale : runs).push_back(name);
  });
  if (!read) return Wrong(kDropMissing, path_);
  for (const std::string& name : stale) unlink(In(kImporting, name).c_str());
  std::sort(runs.begin(), runs.end());
  for (const std::string& run : runs) {
    std::optional<Taken> taken;
    ForEachIn(In(kImporting, run), [&](const std::string& name) { taken = TakenOf(run, name); });
    if (taken.has_value()) return taken;
    rmdir(In(kImporting, run).c_str());  // it was ended before it held anything, or after
  }
  return std::optional<Taken>();
}

absl::StatusOr<std::optional<DropFolder::Taken>> DropFolder::Take(const std::string& name) {
  const Taken taken = TakenOf(ids::New(), name);
  const std::string from = text::Cat(path_, "/", name);
  if (mkdir(In(kImporting, taken.run).c_str(), 0700) != 0) return Wrong(kDropNotWritten, path_);
  if (rename(from.c_str(), taken.path.c_str()) == 0) return std::optional<Taken>(taken);
  const bool gone = errno == ENOENT;
  rmdir(In(kImporting, taken.run).c_str());
  struct stat at {};
  if (gone || lstat(from.c_str(), &at) != 0) return std::optional<Taken>();
  refused_[name] = Stamp(at);
  return status::Error(absl::StatusCode::kPermissionDenied, kDropNotMoved, {path_});
}

absl::Status DropFolder::Check(const Taken& taken) {
  struct stat at {};
  if (lstat(taken.path.c_str(), &at) != 0) return Wrong(intake::kFileMissing, taken.name);
  if (S_ISLNK(at.st_mode)) return Wrong(kDropLink, taken.name);
  if (S_ISDIR(at.st_mode)) return Wrong(kDropFolder, taken.name);
  if (!S_ISREG(at.st_mode)) return Wrong(kDropNoFile, taken.name);
  if (at.st_size > kMostBytes) {
    return status::Error(absl::StatusCode::kInvalidArgument, kDropTooLarge,
                         {taken.name, text::Cat(kMostBytes >> 20)});
  }
  if (access(taken.path.c_str(), R_OK) != 0) return Wrong(kDropUnreadable, taken.name);
  return absl::OkStatus();
}

std::string DropFolder::StampOf(const Taken& taken) {
  struct stat at {};
  return lstat(taken.path.c_str(), &at) == 0 ? Stamp(at) : "";
}

std::string DropFolder::FreeNameIn(const std::string& place, const Taken& taken) const {
  const std::string name = Fitting(taken.name, "");
  if (!IsThere(In(place, name))) return name;
  return Fitting(text::Cat(taken.run, "-", taken.name), "");
}

absl::Status DropFolder::Put(const Taken& taken, const std::string& to) const {
  if (rename(taken.path.c_str(), to.c_str()) != 0) return Wrong(kDropNotWritten, path_);
  rmdir(In(kImporting, taken.run).c_str());
  return absl::OkStatus();
}

absl::Status DropFolder::Finish(const Taken& taken) {
  const std::string verdicts = text::Cat(path_, "/", Fitting(taken.name, kVerdicts));
  if (!MakeDurable(taken.verdicts) || rename(taken.verdicts.c_str(), verdicts.c_str()) != 0 ||
      !MakeDurable(path_)) {
    return Wrong(kDropNotWritten, path_);
  }
  TREMPLIN_RETURN_IF_ERROR(Put(taken, In(kDone, FreeNameIn(kDone, taken))));
  return MakeDurable(text::Cat(path_, "/", kDone)) ? absl::OkStatus()
                                                   : Wrong(kDropNotWritten, path_);
}

absl::Status DropFolder::Refuse(const Taken& taken, const absl::Status& why) {
  const std::string name = FreeNameIn(kRefused, taken);
  const std::string told = In(kRefused, Fitting(name, ".txt"));
  const std::string written = text::Cat(In(kImporting, taken.run), kVerdicts);
  TREMPLIN_RETURN_IF_ERROR(WriteFile(written, WhyRefused(why)));
  if (!MakeDurable(written) || rename(written.c_str(), told.c_str()) != 0) {
    return Wrong(kDropNotWritten, path_);
  }
  TREMPLIN_RETURN_IF_ERROR(Put(taken, In(kRefused, name)));
  return MakeDurable(text::Cat(path_, "/", kRefused)) ? absl::OkStatus()
                                                      : Wrong(kDropNotWritten, path_);
}

absl::Status DropFolder::Remove(absl::Time before) {
  const auto sweep = [&](const std::string& folder, std::string_view suffix) {
    return ForEachIn(folder, [&](const std::string& name) {
      struct stat at {};
      const std::string path = text::Cat(folder, "/", name);
      if (!name.ends_with(suffix) || lstat(path.c_str(), &at) != 0 || S_ISDIR(at.st_mode)) return;
      // A rename changes the time of the inode: since then it lies here.
      if (absl::TimeFromTimespec(at.st_ctim) < before) unlink(path.c_str());
    });
  };
  const bool swept = sweep(text::Cat(path_, "/", kDone), "") &&
                     sweep(text::Cat(path_, "/", kRefused), "") && sweep(path_, kVerdicts);
  return swept ? absl::OkStatus() : Wrong(kDropMissing, path_);
}

}  // namespace tremplin::ctl
