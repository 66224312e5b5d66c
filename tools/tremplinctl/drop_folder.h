#ifndef TREMPLIN_TOOLS_TREMPLINCTL_DROP_FOLDER_H_
#define TREMPLIN_TOOLS_TREMPLINCTL_DROP_FOLDER_H_

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/status/error.h"

namespace tremplin::ctl {

// A folder into which others put files, and the way that a file takes through it:
//
//   name                          put there by somebody; left alone until nothing of it moves
//   .importing/<run>/name         taken, so that nobody can exchange it any more; here it is read
//   .importing/<run>/….verdicts.csv   its verdicts, while they are written
//   name.verdicts.csv             its verdicts, whole
//   done/name                     imported; with the run before its name where that is taken
//   refused/name, name.txt        nothing that can be imported, and why, in both languages
//
// Each step is one rename, so a process that is killed finds at its next start where it was: what
// lies in .importing is read again under the same run, whose requests then are the same. One
// process a folder, kept by a lock. Whoever puts files here may be hostile: links are not followed,
// and a folder in which others could exchange ours is refused. Not thread-safe.
class DropFolder {
 public:
  // A file taken.
  struct Taken {
    std::string run;       // an id of its own, the same after a restart
    std::string name;      // as it was put
    std::string path;      // where it lies now
    std::string verdicts;  // where its verdicts are to be written
  };
  struct Seen {
    std::vector<std::string> whole;  // names, the oldest first, at most kMostSeen
    int moving = 0;                  // seen, and not known to be whole yet
  };
  static constexpr size_t kMostSeen = 1000;
  static constexpr int64_t kMostBytes = 256 << 20;

  // Makes the folders inside. INVALID_ARGUMENT saying what to do: it is not there or no folder,
  // cannot be written, others could exchange what is ours in it, or another process watches it.
  static absl::StatusOr<std::unique_ptr<DropFolder>> Open(const std::string& path);
  ~DropFolder();
  DropFolder(const DropFolder&) = delete;
  DropFolder& operator=(const DropFolder&) = delete;

  // Looks at what lies there. Whole is what shows the same inode, size and times as when it was
  // seen `still` before (`now` is any steady time). Passed over: names that begin with a dot or end
  // in .part, .filepart or .verdicts.csv, done and refused, and what could not be taken before.
  // INVALID_ARGUMENT where the folder is gone.
  absl::StatusOr<Seen> Look(absl::Duration now, absl::Duration still);

  // What an earlier process had taken and not ended; nullopt when there is nothing.
  absl::StatusOr<std::optional<Taken>> Left();

  // Takes a file that was seen; nullopt where it is gone. PERMISSION_DENIED where it may not be
  // moved: it is passed over from now on.
  absl::StatusOr<std::optional<Taken>> Take(const std::string& name);

  // What is wrong with it before it is even read, OK when nothing: a link, a folder or a device;
  // larger than kMostBytes; not to be read by this process.
  static absl::Status Check(const Taken& taken);

  // What tells one content of the file from another: it changes when somebody still writes to it.
  static std::string StampOf(const Taken& taken);

  // Shows its verdicts, then moves the file to done/.
  absl::Status Finish(const Taken& taken);
  // Moves it to refused/, with what is wrong and what to do beside it.
  absl::Status Refuse(const Taken& taken, const absl::Status& why);

  // Removes what came into done/ and refused/, and verdicts that were written, before `before`.
  absl::Status Remove(absl::Time before);

 private:
  struct Glimpse {
    std::string stamp;
    absl::Duration since;
  };

  explicit DropFolder(std::string path) : path_(std::move(path)) {}
  absl::Status Prepare();
  absl::Status MakeFolder(const std::string& name) const;
  std::string In(std::string_view place, std::string_view name) const;
  Taken TakenOf(const std::string& run, const std::string& name) const;
  std::string FreeNameIn(const std::string& place, const Taken& taken) const;
  absl::Status Put(const Taken& taken, const std::string& to) const;

  const std::string path_;
  int lock_ = -1;
  std::map<std::string, Glimpse> glimpses_;     // by name, of the last look
  std::map<std::string, std::string> refused_;  // name → stamp of what could not be taken
};

}  // namespace tremplin::ctl

#endif  // TREMPLIN_TOOLS_TREMPLINCTL_DROP_FOLDER_H_
