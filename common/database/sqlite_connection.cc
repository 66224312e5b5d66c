#include "common/database/sqlite_connection.h"

#include <cerrno>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/database/error.h"
#include "common/database/sqlite_file_system.h"
#include "common/status/condition.h"
#include "common/status/macros.h"

namespace tremplin::database {
namespace {

// Instructions of SQLite's virtual machine between two looks at the deadline: well under 1 ms.
constexpr int kProgressSteps = 20'000;
constexpr std::string_view kLogTable = "log_record";

absl::string_view View(std::string_view text) { return {text.data(), text.size()}; }

// Whether SQLite has failed for want of space, which it says in one way only where it writes pages.
// `system_error` is what the operating system said last.
bool IsForSpace(int code, int system_error) {
  if ((code & 0xff) == SQLITE_FULL || code == SQLITE_IOERR_SHMSIZE) return true;
  return (code & 0xff) == SQLITE_IOERR && (system_error == ENOSPC || system_error == EDQUOT);
}

absl::Status CodeToStatus(int code, int system_error, const char* message, std::string_view sql) {
  std::string text =
      absl::StrCat("sqlite ", code, ": ", message, ", in: ", View(sql.substr(0, 200)));
  if (IsForSpace(code, system_error)) return status::DiskFullError(text);
  switch (code) {
    case SQLITE_CONSTRAINT_UNIQUE:
    case SQLITE_CONSTRAINT_PRIMARYKEY:
    case SQLITE_CONSTRAINT_ROWID: {
      std::string_view columns = message;
      size_t colon = columns.find(": ");
      return ConstraintError(absl::StatusCode::kAlreadyExists, text,
                             colon == std::string_view::npos ? "" : columns.substr(colon + 2));
    }
    case SQLITE_CONSTRAINT_CHECK:
    case SQLITE_CONSTRAINT_NOTNULL:
    case SQLITE_CONSTRAINT_FOREIGNKEY:
    case SQLITE_CONSTRAINT_TRIGGER: {
      std::string_view name = message;
      size_t colon = name.find(": ");
      return ConstraintError(absl::StatusCode::kFailedPrecondition, text,
                             colon == std::string_view::npos ? "" : name.substr(colon + 2));
    }
    default:
      break;
  }
  switch (code & 0xff) {
    case SQLITE_INTERRUPT:
      return absl::DeadlineExceededError(text);
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_IOERR:
    case SQLITE_CANTOPEN:
      return absl::UnavailableError(text);
    case SQLITE_NOTADB:
      return absl::FailedPreconditionError(text);
    default:
      return absl::InternalError(text);
  }
}

// Whether the statement changes rows of tables, as against the schema. Statements of ours are
// written in capitals; what is taken for neither is safe.
bool CountsRows(std::string_view sql) {
  for (const std::string_view verb : {"INSERT ", "UPDATE ", "DELETE "}) {
    if (sql.substr(0, verb.size()) == verb) return true;
  }
  return false;
}

// The values outlive the statement's run, so SQLite need not copy them.
int BindValue(sqlite3_stmt* statement, int position, const Value& value) {
  struct Binder {
    sqlite3_stmt* statement;
    int position;
    int operator()(std::monostate) const { return sqlite3_bind_null(statement, position); }
    int operator()(int64_t number) const { return sqlite3_bind_int64(statement, position, number); }
    int operator()(double number) const { return sqlite3_bind_double(statement, position, number); }
    int operator()(const std::string& text) const {
      return sqlite3_bind_text64(statement, position, text.data(), text.size(), SQLITE_STATIC,
                                 SQLITE_UTF8);
    }
    int operator()(const Bytes& bytes) const {
      return sqlite3_bind_blob64(statement, position, bytes.data.data(), bytes.data.size(),
                                 SQLITE_STATIC);
    }
  };
  return std::visit(Binder{statement, position}, value);
}

Value ColumnValue(sqlite3_stmt* statement, int column) {
  switch (sqlite3_column_type(statement, column)) {
    case SQLITE_INTEGER:
      return static_cast<int64_t>(sqlite3_column_int64(statement, column));
    case SQLITE_FLOAT:
      return sqlite3_column_double(statement, column);
    case SQLITE_TEXT: {
      const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement, column));
      return std::string(text, static_cast<size_t>(sqlite3_column_bytes(statement, column)));
    }
    case SQLITE_BLOB: {
      const auto* bytes = static_cast<const char*>(sqlite3_column_blob(statement, column));
      size_t size = static_cast<size_t>(sqlite3_column_bytes(statement, column));
      return Bytes{bytes == nullptr ? std::string() : std::string(bytes, size)};
    }
    default:
      return std::monostate();
  }
}

Row CurrentRow(sqlite3_stmt* statement) {
  int columns = sqlite3_data_count(statement);
  std::vector<Value> values;
  values.reserve(static_cast<size_t>(columns));
  for (int column = 0; column < columns; ++column) {
    values.push_back(ColumnValue(statement, column));
  }
  return Row(std::move(values));
}

}  // namespace

absl::StatusOr<std::unique_ptr<SqliteConnection>> SqliteConnection::Open(const std::string& path,
                                                                         Mode mode) {
  int flags = SQLITE_OPEN_NOMUTEX;
  flags |=
      mode == Mode::kReadWrite ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE : SQLITE_OPEN_READONLY;
  sqlite3* db = nullptr;
  int code = sqlite3_open_v2(path.c_str(), &db, flags, FileSystemName());
  std::unique_ptr<SqliteConnection> connection(new SqliteConnection(db));
  if (code != SQLITE_OK) {
    return CodeToStatus(code, db == nullptr ? 0 : sqlite3_system_errno(db),
                        db == nullptr ? "no memory" : sqlite3_errmsg(db), "open");
  }
  sqlite3_extended_result_codes(db, 1);
  sqlite3_busy_timeout(db, 5000);
  if (mode == Mode::kReadOnly) {
    sqlite3_progress_handler(db, kProgressSteps, &OnProgress, connection.get());
  }
#ifndef NDEBUG
  // Once: setting it again would throw away every prepared statement.
  sqlite3_set_authorizer(db, &Authorize, connection.get());
#endif
  TREMPLIN_RETURN_IF_ERROR(
      connection->RunScript("PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY;"));
  return connection;
}

SqliteConnection::~SqliteConnection() {
  statements_.clear();
  sqlite3_close_v2(db_);
}

void SqliteConnection::SetPrefix(std::string_view prefix) {
#ifndef NDEBUG
  prefix_.assign(prefix);
#else
  (void)prefix;
#endif
}

int SqliteConnection::Authorize(void* self, int action, const char* first, const char* second,
                                const char* /*database*/, const char* /*trigger*/) {
  const auto& connection = *static_cast<SqliteConnection*>(self);
  bool touches_table = action == SQLITE_READ || action == SQLITE_INSERT ||
                       action == SQLITE_UPDATE || action == SQLITE_DELETE;
  if (!touches_table || connection.prefix_.empty() || first == nullptr) return SQLITE_OK;
  std::string_view table = first;
  if (table.empty() || table.substr(0, 7) == "sqlite_") return SQLITE_OK;
  // A source of rows of which no column is used may be a name made by WITH: those hold no '_' here,
  // which every table does.
  bool unused = action == SQLITE_READ && second != nullptr && *second == '\0';
  if (unused && table.find('_') == std::string_view::npos) return SQLITE_OK;
  // The event log is everybody's to append to, as a broker is.
  if (action == SQLITE_INSERT && table == kLogTable) return SQLITE_OK;
  const std::string& prefix = connection.prefix_;
  bool own = table.size() > prefix.size() && table.substr(0, prefix.size()) == prefix &&
             table[prefix.size()] == '_';
  return own ? SQLITE_OK : SQLITE_DENY;
}

int SqliteConnection::OnProgress(void* self) {
  const auto& connection = *static_cast<SqliteConnection*>(self);
  return connection.deadline_ != absl::InfiniteFuture() && absl::Now() >= connection.deadline_;
}

int SqliteConnection::OnCommit(void* self, sqlite3* /*db*/, const char* /*name*/, int pages) {
  static_cast<SqliteConnection*>(self)->log_pages_ = pages;
  return SQLITE_OK;
}

void SqliteConnection::WatchLog() { sqlite3_wal_hook(db_, &OnCommit, this); }

void SqliteConnection::Checkpoint() {
  // Whatever hinders it (another checkpoint, a full disk) hinders only the shortening of the log.
  (void)sqlite3_wal_checkpoint_v2(db_, nullptr, SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr);
}

absl::Status SqliteConnection::ErrorOf(std::string_view sql) const {
  return CodeToStatus(sqlite3_extended_errcode(db_), sqlite3_system_errno(db_), sqlite3_errmsg(db_),
                      sql);
}

absl::StatusOr<SqliteConnection::Statement*> SqliteConnection::Prepare(std::string_view sql) {
#ifndef NDEBUG
  // The authorizer judges at preparation, so a statement is kept per module.
  std::string key = absl::StrCat(prefix_, "\n", View(sql));
  auto found = statements_.find(key);
#else
  auto found = statements_.find(View(sql));
#endif
  if (found != statements_.end()) return found->second.get();
  sqlite3_stmt* handle = nullptr;
  int code = sqlite3_prepare_v3(db_, sql.data(), static_cast<int>(sql.size()),
                                SQLITE_PREPARE_PERSISTENT, &handle, nullptr);
  auto statement = std::make_unique<Statement>();
  statement->handle.reset(handle);
  if (code != SQLITE_OK) return ErrorOf(sql);
  if (handle == nullptr) return absl::InternalError("an empty statement");
  int count = sqlite3_bind_parameter_count(handle);
  for (int i = 1; i <= count; ++i) {
    std::string name = absl::StrCat("$", i);
    statement->positions.push_back(sqlite3_bind_parameter_index(handle, name.c_str()));
  }
  statement->reads = sqlite3_stmt_readonly(handle) != 0;
  statement->counts_rows = CountsRows(sql);
  Statement* result = statement.get();
#ifndef NDEBUG
  statements_.emplace(std::move(key), std::move(statement));
#else
  statements_.emplace(std::string(sql), std::move(statement));
#endif
  return result;
}

absl::Status SqliteConnection::Bind(const Statement& statement, const Params& params) const {
  if (params.size() != statement.positions.size()) {
    return absl::InternalError(absl::StrCat("the statement has ", statement.positions.size(),
                                            " parameters, ", params.size(),
                                            " were given: ", sqlite3_sql(statement.handle.get())));
  }
  for (size_t i = 0; i < params.size(); ++i) {
    const auto* text = std::get_if<std::string>(&params[i]);
    if (text != nullptr && text->find('\0') != std::string::npos) {
      // As PostgreSQL: SQLite would store it and then compare and cut it in ways of its own.
      return absl::InvalidArgumentError("a text holds a zero byte");
    }
    int code = BindValue(statement.handle.get(), statement.positions[i], params[i]);
    if (code != SQLITE_OK) return ErrorOf(sqlite3_sql(statement.handle.get()));
  }
  return absl::OkStatus();
}

absl::StatusOr<Result> SqliteConnection::Query(std::string_view sql, const Params& params) {
  TREMPLIN_ASSIGN_OR_RETURN(Statement * statement, Prepare(sql));
  TREMPLIN_RETURN_IF_ERROR(Bind(*statement, params));
  sqlite3_stmt* handle = statement->handle.get();
  if (!statement->reads && !statement->counts_rows) ++uncounted_;
  Result result;
  int code = SQLITE_OK;
  while ((code = sqlite3_step(handle)) == SQLITE_ROW) result.rows.push_back(CurrentRow(handle));
  if (code != SQLITE_DONE) {
    absl::Status error = ErrorOf(sql);
    sqlite3_reset(handle);
    return error;
  }
  if (!statement->reads) result.affected = sqlite3_changes64(db_);
  sqlite3_reset(handle);
  return result;
}

absl::Status SqliteConnection::Execute(std::string_view sql, const Params& params) {
  return Query(sql, params).status();
}

absl::Status SqliteConnection::Run(std::string_view sql) { return Query(sql, {}).status(); }

absl::Status SqliteConnection::RunScript(const std::string& script) {
  ++uncounted_;
  if (sqlite3_exec(db_, script.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) {
    return ErrorOf(script);
  }
  return absl::OkStatus();
}

}  // namespace tremplin::database
