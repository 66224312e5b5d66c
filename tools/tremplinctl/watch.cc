// referrals watch DIR, mentors watch DIR: the import of files that others put into a folder.
#include <signal.h>
#include <sys/stat.h>

#include <algorithm>
#include <memory>

#include "absl/time/clock.h"
#include "common/clock/clock.h"
#include "common/intake/importer.h"
#include "common/status/macros.h"
#include "common/text/text.h"
#include "tools/tremplinctl/command.h"
#include "tools/tremplinctl/drop_folder.h"
#include "tools/tremplinctl/drop_messages.h"
#include "tools/tremplinctl/import.h"
#include "tools/tremplinctl/messages.h"

namespace tremplin::ctl {
namespace {

constexpr absl::Duration kLookEvery = absl::Seconds(1);
constexpr absl::Duration kFirstWait = absl::Seconds(5);
constexpr absl::Duration kLongestWait = absl::Minutes(5);
constexpr absl::Duration kRemoveEvery = absl::Hours(1);
constexpr int kMostReadings = 3;  // of a file that is still written to, one after another

struct WatchOptions {
  ImportOptions import;  // of every file
  std::string folder;
  bool once = false;
  int still_seconds = 10;
  int keep_days = 30;
};

// SIGTERM and SIGINT, which wait until they are asked for. Made before any other thread.
class Signals {
 public:
  Signals() {
    sigemptyset(&set_);
    sigaddset(&set_, SIGTERM);
    sigaddset(&set_, SIGINT);
    pthread_sigmask(SIG_BLOCK, &set_, nullptr);
  }

  // Whether this is to end, for which it waits at most so long.
  bool EndWithin(absl::Duration patience) {
    const timespec wait = absl::ToTimespec(std::max(patience, absl::ZeroDuration()));
    if (!end_ && sigtimedwait(&set_, nullptr, &wait) > 0) end_ = true;
    return end_;
  }

 private:
  sigset_t set_;
  bool end_ = false;
};

class Watcher {
 public:
  Watcher(const Globals& globals, const WatchOptions& options, Api& api, DropFolder& folder,
          Signals& signals)
      : language_(globals.language()),
        options_(options),
        api_(api),
        folder_(folder),
        signals_(signals) {}

  // Until it is told to end; with --once, until what is whole now has been taken.
  absl::Status Run() {
    TREMPLIN_ASSIGN_OR_RETURN(std::optional<DropFolder::Taken> left, folder_.Left());
    while (left.has_value()) {
      TREMPLIN_RETURN_IF_ERROR(Import(*left));
      if (End()) return absl::OkStatus();
      TREMPLIN_ASSIGN_OR_RETURN(left, folder_.Left());
    }
    const absl::Duration still = absl::Seconds(options_.still_seconds);
    const absl::Duration step = options_.once ? still : std::min(still, kLookEvery);
    if (options_.once) TREMPLIN_RETURN_IF_ERROR(folder_.Look(clock_.SteadyNow(), still).status());
    while (!signals_.EndWithin(std::max(step, absl::Milliseconds(10)))) {
      TREMPLIN_RETURN_IF_ERROR(RemoveOld());
      TREMPLIN_ASSIGN_OR_RETURN(const DropFolder::Seen seen,
                                folder_.Look(clock_.SteadyNow(), still));
      TREMPLIN_RETURN_IF_ERROR(ImportAll(seen.whole));
      if (options_.once) {
        if (seen.moving > 0) Say(language_, kDropMoving, {text::Cat(seen.moving)});
        return absl::OkStatus();
      }
    }
    return absl::OkStatus();
  }

 private:
  bool End() { return signals_.EndWithin(absl::ZeroDuration()); }

  absl::Status RemoveOld() {
    const absl::Duration now = clock_.SteadyNow();
    if (removed_.has_value() && now - *removed_ < kRemoveEvery) return absl::OkStatus();
    removed_ = now;
    return folder_.Remove(absl::Now() - absl::Hours(24) * options_.keep_days);
  }

  absl::Status ImportAll(const std::vector<std::string>& names) {
    for (const std::string& name : names) {
      if (End()) break;
      const absl::StatusOr<std::optional<DropFolder::Taken>> taken = folder_.Take(name);
      if (absl::IsPermissionDenied(taken.status())) {
        Tell(language_, taken.status());
        continue;
      }
      TREMPLIN_RETURN_IF_ERROR(taken.status());
      if (taken->has_value()) TREMPLIN_RETURN_IF_ERROR(Import(**taken));
    }
    return absl::OkStatus();
  }

  // One file to its end, or until this is to end: then it lies where the next start finds it. What
  // the system cannot do at present is tried again; what it refuses to whoever asks ends the
  // watching, since every other file would fare the same.
  absl::Status Import(const DropFolder::Taken& taken) {
    const absl::Status wrong = DropFolder::Check(taken);
    if (!wrong.ok()) return Refuse(taken, wrong);
    absl::Duration wait = kFirstWait;
    while (true) {
      const absl::Status read = Read(taken);
      if (read.ok()) return absl::OkStatus();
      if (intake::IsOfFile(read)) return Refuse(taken, read);
      if (absl::IsCancelled(read)) {
        Say(language_, kDropEnded);
        return absl::OkStatus();
      }
      if (!status::IsOutage(read) || options_.once) return read;
      const status::ErrorDetail detail = status::DetailOf(read);
      Warn(language_, kDropWaiting,
           {text::Cat(absl::ToInt64Seconds(wait)),
            language_ == Language::kFrench ? detail.fr : detail.en});
      if (signals_.EndWithin(wait)) return absl::OkStatus();
      wait = std::min(2 * wait, kLongestWait);
    }
  }

  absl::Status Read(const DropFolder::Taken& taken) {
    ImportOptions options = options_.import;
    options.file = taken.path;
    options.name = taken.name;
    options.verdicts = taken.verdicts;
    options.run = taken.run;
    options.ends = [this] { return End(); };
    for (int reading = 1;; ++reading) {
      const std::string stamp = DropFolder::StampOf(taken);
      Progress progress(language_, kImportProgress, /*quiet=*/true);
      TREMPLIN_ASSIGN_OR_RETURN(const ImportResult result,
                                ctl::Import(api_, options, progress, [](const RowNote&) {}));
      if (stamp == DropFolder::StampOf(taken) || reading == kMostReadings) {
        TREMPLIN_RETURN_IF_ERROR(folder_.Finish(taken));
        Say(language_, kDropTaken, {taken.run});
        TellImport(language_, /*json=*/false, options, result);
        std::fflush(stdout);
        return absl::OkStatus();
      }
      Warn(language_, kDropChanged);
    }
  }

  absl::Status Refuse(const DropFolder::Taken& taken, const absl::Status& why) {
    TREMPLIN_RETURN_IF_ERROR(folder_.Refuse(taken, why));
    Warn(language_, kDropRefused, {status::ReasonOf(why)});
    return absl::OkStatus();
  }

  const Language language_;
  const WatchOptions& options_;
  Api& api_;
  DropFolder& folder_;
  Signals& signals_;
  clock::SystemClock clock_;
  std::optional<absl::Duration> removed_;
};

absl::Status Watch(const Globals& globals, WatchOptions options) {
  options.import.language = globals.language();
  Signals signals;
  umask(0027);  // the folder's group reads verdicts, and nobody writes to what is ours
  TREMPLIN_ASSIGN_OR_RETURN(const std::unique_ptr<DropFolder> folder,
                            DropFolder::Open(options.folder));
  TREMPLIN_ASSIGN_OR_RETURN(const std::unique_ptr<Api> api, globals.Open());
  if (!options.once) Say(globals.language(), kDropWatching, {options.folder});
  std::fflush(stdout);
  return Watcher(globals, options, *api, *folder, signals).Run();
}

}  // namespace

void AddWatch(CLI::App& parent, program::v1::Subject side, const Globals& globals,
              absl::Status& result) {
  auto options = std::make_shared<WatchOptions>();
  options->import.side = side;
  CLI::App* command = parent.add_subcommand(
      "watch", "import each file that is put into a folder / importer ce qu’on dépose");
  command->add_option("folder", options->folder, "folder that is watched")->required();
  command->add_flag("--once", options->once, "take what is whole now, and end");
  command
      ->add_option("--still", options->still_seconds,
                   "seconds in which nothing of a whole file moves")
      ->check(CLI::Range(0, 3600))
      ->capture_default_str();
  command
      ->add_option(
          "--keep", options->keep_days,
          "days after which files that were imported or refused, and verdicts, are removed")
      ->check(CLI::Range(1, 3650))
      ->capture_default_str();
  AddRowOptions(*command, options->import);
  command->callback([&globals, &result, options] { result = Watch(globals, *options); });
}

}  // namespace tremplin::ctl
