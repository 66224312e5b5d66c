#ifndef TREMPLIN_COMMON_DATABASE_SQLITE_FILE_SYSTEM_H_
#define TREMPLIN_COMMON_DATABASE_SQLITE_FILE_SYSTEM_H_

// Private to common/database.
namespace tremplin::database {

// The name of a file system for sqlite3_open_v2 that is SQLite's own, except for two things.
//
// It brings what a checkpoint writes into the database's file to the disk in small pieces: all at
// once, at the checkpoint's end, the log's next flush would wait behind all of it, and with it
// every write that is under way.
//
// It hands the write-ahead log to the kernel in large pieces: SQLite writes each page of a commit
// by itself, and its header by itself before it, and the kernel's work for a write is as much as
// copying a page. What is held back goes out before anything of the log is read, measured, cut or
// synchronized by this connection. Other connections read no further than the last commit that was
// published to them, and with synchronous = FULL a commit is published after the log was
// synchronized: only such connections may write through it. An error of a held-back write is that
// of the call that sent it out. Registers the file system at the first call; thread-safe.
const char* FileSystemName();

}  // namespace tremplin::database

#endif  // TREMPLIN_COMMON_DATABASE_SQLITE_FILE_SYSTEM_H_
