#include "common/database/sqlite_file_system.h"

#include <sqlite3.h>

#include <algorithm>
#include <cstddef>
#include <new>
#include <type_traits>
#include <vector>

namespace tremplin::database {
namespace {

constexpr char kName[] = "tremplin";
// Some thirty pages. SQLite's own file takes no piece of 128 KiB or more.
constexpr size_t kHeldBytes = size_t{120} * 1024;
// The disk is busy with as much for a millisecond or two.
constexpr size_t kFlushBytes = size_t{256} * 1024;

// One connection's log. SQLite hands out the memory: `file` at its beginning, and the real file
// behind the whole.
struct LogFile {
  sqlite3_file file;  // first: all that SQLite knows
  sqlite3_file* real;
  std::vector<unsigned char> held;
  sqlite3_int64 begin = 0;  // where in the file `held` belongs
};

LogFile& Of(sqlite3_file* file) { return *reinterpret_cast<LogFile*>(file); }

int WriteReal(LogFile& log, const void* data, size_t size, sqlite3_int64 offset) {
  return log.real->pMethods->xWrite(log.real, data, static_cast<int>(size), offset);
}

// What cannot be written is gone: SQLite takes the commit back and writes its pages anew.
int SendOut(LogFile& log) {
  if (log.held.empty()) return SQLITE_OK;
  const int code = WriteReal(log, log.held.data(), log.held.size(), log.begin);
  log.held.clear();
  return code;
}

int Write(sqlite3_file* file, const void* data, int size, sqlite3_int64 offset) {
  LogFile& log = Of(file);
  const auto bytes = static_cast<size_t>(size);
  const sqlite3_int64 end = log.begin + static_cast<sqlite3_int64>(log.held.size());
  if (offset != end || log.held.size() + bytes > kHeldBytes) {
    if (const int code = SendOut(log); code != SQLITE_OK) return code;
    if (bytes > kHeldBytes) return WriteReal(log, data, bytes, offset);
    log.begin = offset;
  }
  const auto* from = static_cast<const unsigned char*>(data);
  log.held.reserve(kHeldBytes);
  log.held.insert(log.held.end(), from, from + bytes);
  return SQLITE_OK;
}

int Close(sqlite3_file* file) {
  LogFile& log = Of(file);
  const int sent = SendOut(log);
  const int closed = log.real->pMethods->xClose(log.real);
  log.~LogFile();
  return sent == SQLITE_OK ? closed : sent;
}

// A method of the real file, once nothing is held back.
template <auto method, class... Arguments>
int Settled(sqlite3_file* file, Arguments... arguments) {
  LogFile& log = Of(file);
  if (const int code = SendOut(log); code != SQLITE_OK) return code;
  return (log.real->pMethods->*method)(log.real, arguments...);
}

template <auto method, class... Arguments>
int Passed(sqlite3_file* file, Arguments... arguments) {
  LogFile& log = Of(file);
  return (log.real->pMethods->*method)(log.real, arguments...);
}

// Version 1: the methods of later versions are not asked of a log.
constexpr sqlite3_io_methods kMethods = {
    .iVersion = 1,
    .xClose = Close,
    .xRead = Settled<&sqlite3_io_methods::xRead>,
    .xWrite = Write,
    .xTruncate = Settled<&sqlite3_io_methods::xTruncate>,
    .xSync = Settled<&sqlite3_io_methods::xSync>,
    .xFileSize = Settled<&sqlite3_io_methods::xFileSize>,
    .xLock = Passed<&sqlite3_io_methods::xLock>,
    .xUnlock = Passed<&sqlite3_io_methods::xUnlock>,
    .xCheckReservedLock = Passed<&sqlite3_io_methods::xCheckReservedLock>,
    .xFileControl = Settled<&sqlite3_io_methods::xFileControl>,
    .xSectorSize = Passed<&sqlite3_io_methods::xSectorSize>,
    .xDeviceCharacteristics = Passed<&sqlite3_io_methods::xDeviceCharacteristics>,
    .xShmMap = nullptr,
    .xShmLock = nullptr,
    .xShmBarrier = nullptr,
    .xShmUnmap = nullptr,
    .xFetch = nullptr,
    .xUnfetch = nullptr,
};

// The database's own file, which only checkpoints write to. SQLite hands out the memory, as above.
struct DataFile {
  sqlite3_file file;  // first: all that SQLite knows
  sqlite3_file* real;
  size_t unflushed = 0;  // bytes written since the last flush
};

int WriteData(sqlite3_file* file, const void* data, int size, sqlite3_int64 offset) {
  auto& self = *reinterpret_cast<DataFile*>(file);
  const int code = self.real->pMethods->xWrite(self.real, data, size, offset);
  if (code != SQLITE_OK) return code;
  self.unflushed += static_cast<size_t>(size);
  if (self.unflushed < kFlushBytes) return SQLITE_OK;
  self.unflushed = 0;
  return self.real->pMethods->xSync(self.real, SQLITE_SYNC_NORMAL);
}

int CloseData(sqlite3_file* file) {
  auto& self = *reinterpret_cast<DataFile*>(file);
  return self.real->pMethods->xClose(self.real);
}

// A method of the real file.
template <auto method, class... Arguments>
auto Real(sqlite3_file* file, Arguments... arguments) {
  auto& self = *reinterpret_cast<DataFile*>(file);
  return (self.real->pMethods->*method)(self.real, arguments...);
}

constexpr sqlite3_io_methods kDataMethods = {
    .iVersion = 3,
    .xClose = CloseData,
    .xRead = Real<&sqlite3_io_methods::xRead>,
    .xWrite = WriteData,
    .xTruncate = Real<&sqlite3_io_methods::xTruncate>,
    .xSync = Real<&sqlite3_io_methods::xSync>,
    .xFileSize = Real<&sqlite3_io_methods::xFileSize>,
    .xLock = Real<&sqlite3_io_methods::xLock>,
    .xUnlock = Real<&sqlite3_io_methods::xUnlock>,
    .xCheckReservedLock = Real<&sqlite3_io_methods::xCheckReservedLock>,
    .xFileControl = Real<&sqlite3_io_methods::xFileControl>,
    .xSectorSize = Real<&sqlite3_io_methods::xSectorSize>,
    .xDeviceCharacteristics = Real<&sqlite3_io_methods::xDeviceCharacteristics>,
    .xShmMap = Real<&sqlite3_io_methods::xShmMap>,
    .xShmLock = Real<&sqlite3_io_methods::xShmLock>,
    .xShmBarrier = Real<&sqlite3_io_methods::xShmBarrier>,
    .xShmUnmap = Real<&sqlite3_io_methods::xShmUnmap>,
    .xFetch = Real<&sqlite3_io_methods::xFetch>,
    .xUnfetch = Real<&sqlite3_io_methods::xUnfetch>,
};

constexpr size_t kOwnBytes = std::max(sizeof(LogFile), sizeof(DataFile));
static_assert(std::is_trivially_destructible_v<DataFile>);

// Opens SQLite's file in the memory behind ours; `file` is ours to fill in where it is OK.
int OpenReal(sqlite3_vfs* vfs, sqlite3_filename name, sqlite3_file* file, int flags, int* out_flags,
             sqlite3_file** real) {
  *real = reinterpret_cast<sqlite3_file*>(reinterpret_cast<unsigned char*>(file) + kOwnBytes);
  const int code = vfs->xOpen(vfs, name, *real, flags, out_flags);
  if (code == SQLITE_OK) return code;
  if ((*real)->pMethods != nullptr) (*real)->pMethods->xClose(*real);
  file->pMethods = nullptr;
  return code;
}

int Open(sqlite3_vfs* self, sqlite3_filename name, sqlite3_file* file, int flags, int* out_flags) {
  auto* const vfs = static_cast<sqlite3_vfs*>(self->pAppData);
  const bool log = (flags & SQLITE_OPEN_WAL) != 0;
  const bool data = (flags & SQLITE_OPEN_MAIN_DB) != 0;
  if (!log && !data) return vfs->xOpen(vfs, name, file, flags, out_flags);
  sqlite3_file* real = nullptr;
  const int code = OpenReal(vfs, name, file, flags, out_flags, &real);
  if (code != SQLITE_OK) return code;
  if (log) {
    new (file) LogFile{.file = {.pMethods = &kMethods}, .real = real, .held = {}};
  } else {
    new (file) DataFile{.file = {.pMethods = &kDataMethods}, .real = real};
  }
  return SQLITE_OK;
}

int Register() {
  sqlite3_vfs* const real = sqlite3_vfs_find(nullptr);
  if (real == nullptr) return SQLITE_ERROR;
  static sqlite3_vfs ours = *real;
  ours.zName = kName;
  ours.szOsFile = static_cast<int>(kOwnBytes) + real->szOsFile;
  ours.pAppData = real;
  ours.xOpen = Open;
  return sqlite3_vfs_register(&ours, /*makeDflt=*/0);
}

}  // namespace

const char* FileSystemName() {
  static const int registered = Register();
  return registered == SQLITE_OK ? kName : nullptr;
}

}  // namespace tremplin::database
