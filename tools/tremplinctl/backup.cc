// backup, restore: the store of a system in one process, copied while it serves.
#include <fcntl.h>
#include <sqlite3.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <memory>
#include <string>

#include "common/status/error.h"
#include "common/status/macros.h"
#include "common/text/text.h"
#include "tools/tremplinctl/backup_messages.h"
#include "tools/tremplinctl/command.h"

namespace tremplin::ctl {
namespace {

constexpr char kStore[] = "/tremplin.db";
constexpr int kBusyMs = 10000;

struct BackupOptions {
  std::string data_dir = "/var/lib/tremplin";
  std::string file;
};

absl::Status Failed(const messages::Message& message, const std::string& path,
                    const std::string& why) {
  return status::Error(absl::StatusCode::kFailedPrecondition, message, {path, why});
}

struct CloseStore {
  void operator()(sqlite3* store) const { sqlite3_close(store); }
};
using Store = std::unique_ptr<sqlite3, CloseStore>;

// Opens a store that is there already.
absl::StatusOr<Store> OpenStore(const std::string& path, int flags) {
  sqlite3* opened = nullptr;
  const int code = sqlite3_open_v2(path.c_str(), &opened, flags, nullptr);
  Store store(opened);
  if (code != SQLITE_OK) return Failed(kStoreUnreadable, path, sqlite3_errstr(code));
  sqlite3_busy_timeout(store.get(), kBusyMs);
  return store;
}

// The first cell of what a statement gives, "" where it gives none.
absl::StatusOr<std::string> Ask(sqlite3* store, const std::string& path, const std::string& sql,
                                const std::string& parameter = "") {
  sqlite3_stmt* prepared = nullptr;
  if (sqlite3_prepare_v2(store, sql.c_str(), -1, &prepared, nullptr) != SQLITE_OK) {
    return Failed(kStoreUnreadable, path, sqlite3_errmsg(store));
  }
  const std::unique_ptr<sqlite3_stmt, int (*)(sqlite3_stmt*)> statement(prepared, sqlite3_finalize);
  if (!parameter.empty()) {
    sqlite3_bind_text(statement.get(), 1, parameter.c_str(), -1, SQLITE_STATIC);
  }
  const int code = sqlite3_step(statement.get());
  if (code == SQLITE_DONE) return std::string();
  if (code != SQLITE_ROW) return Failed(kStoreUnreadable, path, sqlite3_errmsg(store));
  const auto* cell = reinterpret_cast<const char*>(sqlite3_column_text(statement.get(), 0));
  return std::string(cell == nullptr ? "" : cell);
}

// Every page is read: what is found broken now can still be made again.
absl::Status CheckStore(const std::string& path) {
  TREMPLIN_ASSIGN_OR_RETURN(const Store store, OpenStore(path, SQLITE_OPEN_READONLY));
  TREMPLIN_ASSIGN_OR_RETURN(const std::string said,
                            Ask(store.get(), path, "PRAGMA integrity_check(1)"));
  return said == "ok" ? absl::OkStatus() : Failed(kStoreBroken, path, said);
}

absl::Status MakeDurable(const std::string& path) {
  const int descriptor = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  const bool durable = descriptor >= 0 && fsync(descriptor) == 0;
  if (descriptor >= 0) close(descriptor);
  return durable ? absl::OkStatus() : Failed(kCopyFailed, path, "fsync");
}

// `path`.new becomes `path`: whole and durable, or not there.
absl::Status Publish(const std::string& path) {
  TREMPLIN_RETURN_IF_ERROR(MakeDurable(path + ".new"));
  std::error_code error;
  std::filesystem::rename(path + ".new", path, error);
  if (error) return Failed(kCopyFailed, path, error.message());
  const std::string folder = std::filesystem::path(path).parent_path().string();
  return MakeDurable(folder.empty() ? "." : folder);
}

// What is stored at one moment, by one reading transaction: writes go on meanwhile.
absl::Status Backup(const Globals& globals, const BackupOptions& options) {
  const std::string store_file = options.data_dir + kStore;
  const std::string copy = options.file + ".new";
  std::error_code error;
  if (std::filesystem::exists(options.file, error)) {
    return Failed(kTargetThere, options.file, options.file);
  }
  std::filesystem::remove(copy, error);
  {
    TREMPLIN_ASSIGN_OR_RETURN(const Store store, OpenStore(store_file, SQLITE_OPEN_READWRITE));
    const mode_t before = umask(0077);
    const absl::Status copied = Ask(store.get(), store_file, "VACUUM INTO ?1", copy).status();
    umask(before);
    TREMPLIN_RETURN_IF_ERROR(copied);
  }
  TREMPLIN_RETURN_IF_ERROR(CheckStore(copy));
  TREMPLIN_RETURN_IF_ERROR(Publish(options.file));
  Say(globals.language(), kBackedUp,
      {options.file, text::Cat(std::filesystem::file_size(options.file, error) / 1024)});
  return absl::OkStatus();
}

// Holds the lock that a process of the system holds while it runs.
absl::StatusOr<int> LockFolder(const std::string& folder) {
  const std::string path = folder + kStore + ".lock";
  const int descriptor = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (descriptor >= 0 && flock(descriptor, LOCK_EX | LOCK_NB) == 0) return descriptor;
  if (descriptor >= 0) close(descriptor);
  return Failed(kFolderInUse, folder, folder);
}

// Nobody but the owner of the folder reads the store, whoever restores it.
void TakeOwner(const std::string& folder, const std::string& path) {
  struct stat info {};
  if (stat(folder.c_str(), &info) == 0 && geteuid() == 0) {
    (void)!chown(path.c_str(), info.st_uid, info.st_gid);
  }
  chmod(path.c_str(), 0600);
}

absl::Status Restore(const Globals& globals, const BackupOptions& options) {
  const std::string store_file = options.data_dir + kStore;
  TREMPLIN_RETURN_IF_ERROR(CheckStore(options.file));
  std::error_code error;
  std::filesystem::create_directories(options.data_dir, error);
  if (std::filesystem::exists(store_file, error)) {
    return Failed(kTargetThere, store_file, store_file);
  }
  for (const char* name : {"/master.key", "/index.key"}) {
    if (!std::filesystem::exists(options.data_dir + name, error)) {
      return Failed(kKeysMissing, options.data_dir + name, name);
    }
  }
  TREMPLIN_ASSIGN_OR_RETURN(const int lock, LockFolder(options.data_dir));
  std::filesystem::copy_file(options.file, store_file + ".new",
                             std::filesystem::copy_options::overwrite_existing, error);
  absl::Status done = error ? Failed(kCopyFailed, store_file, error.message()) : absl::OkStatus();
  if (done.ok()) {
    TakeOwner(options.data_dir, store_file + ".new");
    TakeOwner(options.data_dir, store_file + ".lock");
    done = Publish(store_file);
  }
  close(lock);
  if (done.ok()) Say(globals.language(), kRestored, {options.data_dir});
  return done;
}

}  // namespace

void AddBackup(CLI::App& app, const Globals& globals, absl::Status& result) {
  auto options = std::make_shared<BackupOptions>();
  CLI::App* backup = app.add_subcommand(
      "backup", "copy the store of a system in one process while it serves / sauvegarder");
  CLI::App* restore =
      app.add_subcommand("restore", "put a copy where there is no store yet / restaurer");
  for (CLI::App* command : {backup, restore}) {
    command->add_option("file", options->file, "the copy")->required();
    command->add_option("--data-dir", options->data_dir, "folder of the store")
        ->envname("TREMPLIN_DATA_DIR")
        ->capture_default_str();
  }
  backup->callback([&globals, &result, options] { result = Backup(globals, *options); });
  restore->callback([&globals, &result, options] { result = Restore(globals, *options); });
}

}  // namespace tremplin::ctl
