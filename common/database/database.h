#ifndef TREMPLIN_COMMON_DATABASE_DATABASE_H_
#define TREMPLIN_COMMON_DATABASE_DATABASE_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"

// The database port (design §2). SQL is written once, in the subset both engines speak: `$1`
// parameters, ON CONFLICT, RETURNING, times as integer microseconds UTC, ids as text, payloads as
// bytes. `FOR UPDATE`, data-modifying CTEs, SQL clock functions are outside the subset. Table names
// carry the service's prefix
// (`referral_application`) in both engines, so a statement reads the same everywhere.
namespace tremplin::database {

// Bytes are told from text because the engines store them in different column types.
struct Bytes {
  std::string data;
  friend bool operator==(const Bytes&, const Bytes&) = default;
};

using Value = std::variant<std::monostate, int64_t, double, std::string, Bytes>;
using Params = std::vector<Value>;

// An optional text parameter: empty text is stored as NULL.
Value TextOrNull(std::string_view text);
// A time as stored; absl::InfinitePast() is NULL.
Value TimeOrNull(absl::Time time);

// One row of a result. Columns are read by position, in the order of the SELECT; asking for a
// column as another type than it holds is a programming error and aborts.
class Row {
 public:
  explicit Row(std::vector<Value> values) : values_(std::move(values)) {}
  bool IsNull(size_t column) const;
  int64_t Int(size_t column) const;              // NULL reads as 0
  double Real(size_t column) const;              // NULL reads as 0; an integer is widened
  const std::string& Text(size_t column) const;  // NULL reads as ""
  const std::string& Blob(size_t column) const;  // NULL reads as ""
  absl::Time Time(size_t column) const;          // NULL reads as absl::InfinitePast()
  size_t size() const { return values_.size(); }

 private:
  std::vector<Value> values_;
};

struct Result {
  std::vector<Row> rows;
  int64_t affected = 0;  // rows inserted, updated or deleted
};

// Who a statement acts for: PostgreSQL's row-level security compares it with each row's tenant
// column. SQLite has no such wall; there the WHERE clauses alone hold it.
class Tenant {
 public:
  static Tenant None() { return Tenant(""); }       // sees no tenant's rows
  static Tenant All() { return Tenant("*"); }       // staff of the program, services, operators
  static Tenant Of(std::string_view organization);  // neither "" nor "*"
  const std::string& value() const { return value_; }

 private:
  explicit Tenant(std::string_view value) : value_(value) {}
  std::string value_;
};

// A statement with its parameters.
struct Statement {
  std::string_view sql;  // as for Query: a constant of the program
  Params params = {};
};

class Reader;

// The answer to a question that Reader::Prefetch was asked. Belongs to the run of the function in
// which it was asked: once that is over, Get is INTERNAL.
class Prefetched {
 public:
  // As Query at this moment would answer, but for what others commit in between: never older than a
  // change that this write made before. Waits where the answer is not here yet, and asks anew where
  // it is no longer good: after a change, around and inside of a Nested, at a second Get.
  absl::StatusOr<Result> Get();

 private:
  friend class Reader;
  Prefetched(std::weak_ptr<Reader*> asker, size_t number, Statement statement)
      : asker_(std::move(asker)), number_(number), statement_(std::move(statement)) {}

  std::weak_ptr<Reader*> asker_;
  size_t number_;
  Statement statement_;
};

// Runs statements. Not thread-safe: it belongs to the function it is handed to.
class Reader {
 public:
  Reader() = default;
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;
  virtual ~Reader() = default;

  // Runs one statement. `sql` is prepared once a connection and cached by its text, so it is a
  // constant of the program, never put together from input. Errors: ALREADY_EXISTS for a unique
  // violation and FAILED_PRECONDITION for a check or foreign-key violation (ConstraintOf names it),
  // INVALID_ARGUMENT for text with a zero byte, UNAVAILABLE for a lost connection,
  // DEADLINE_EXCEEDED for a timeout, RESOURCE_EXHAUSTED for a full disk, ABORTED for a deadlock,
  // else INTERNAL. After an error the write (or the nested part, or the read) is lost, in both
  // engines: every further statement returns that error, and a function that returns OK all the
  // same fails with it. Where an error is an answer, use ON CONFLICT or Nested. Texts never hold
  // values.
  virtual absl::StatusOr<Result> Query(std::string_view sql, Params params = {}) = 0;

  // Asks a SELECT (anything else aborts) whose answer is wanted later. PostgreSQL is sent it at
  // once and answers with the next wait, so that all that is asked so costs one wait together;
  // SQLite, where nothing waits, is asked at Get. An error of it is the write's, perhaps even where
  // nobody gets the answer; a read's only where somebody does.
  Prefetched Prefetch(Statement statement);

  // What a mechanism keeps for the length of this transaction (an unwrapped key): one slot per
  // `owner`, empty at first and again whenever a part of the transaction is undone.
  std::shared_ptr<void>& Memo(const void* owner);

 protected:
  friend class Prefetched;
  void ForgetMemos() { memos_.clear(); }
  // The function has ended: from now on no answer is had by what it was handed.
  void EndPrefetched() { self_.reset(); }

 private:
  // The engine's part of Prefetch and of Get. A number tells the questions of a transaction apart.
  virtual size_t SendAhead(const Statement& /*statement*/) { return 0; }
  virtual absl::StatusOr<Result> TakeAhead(size_t /*number*/, const Statement& statement) {
    return Query(statement.sql, statement.params);
  }

  std::shared_ptr<Reader*> self_;  // there once something was prefetched, until its end
  std::vector<std::pair<const void*, std::shared_ptr<void>>> memos_;
};

// One write inside a lane's batch.
class Transaction : public Reader {
 public:
  // Runs a statement whose result nobody reads; its error, if any, is the write's. PostgreSQL
  // pipelines it, beyond the write's end too: the error of a statement may then be what another
  // write of the batch is told while it runs, which never is how that write ends (it runs again).
  virtual absl::Status Execute(std::string_view sql, Params params = {}) = 0;

  // `fn` runs on the lane's thread after the commit, never when the write fails; it must be quick
  // and must not touch the database, nor refer to the locals of the caller of Write, who may have
  // left at the deadline. (The outbox wakes its relay so.)
  virtual void AfterCommit(std::function<void()> fn) = 0;

  // Runs `fn` under a savepoint inside this write. An error of `fn` undoes its own statements and
  // drops its AfterCommit functions, is returned, and leaves the rest of the write as it was: the
  // write may go on and commit. The tenant is the write's. `fn` gets this transaction; one level
  // only. A statement pipelined before is settled first, so that its error is the write's and not
  // of `fn`. UNAVAILABLE, ABORTED (deadlock, serialization) and whatever else took the whole
  // transaction with it are returned too, and the write then fails whatever its function returns.
  virtual absl::Status Nested(const std::function<absl::Status(Transaction&)>& fn) = 0;
};

// Whether the statement changes nothing.
bool OnlyReads(std::string_view sql);

// The name of the violated constraint, or of the index (PostgreSQL) / the columns "table.a,
// table.b" (SQLite); "" where the status is not a violation. To be equal in both engines, callers
// compare codes, not names, wherever a statement can violate one constraint only.
std::string ConstraintOf(const absl::Status& status);

struct WriteOptions {
  // Writes of one key run on one lane, in order of arrival. The aggregate's id, or what identifies
  // it before it has one.
  std::string lane_key = {};
  Tenant tenant = Tenant::None();
  // System time. A write not begun by then fails with DEADLINE_EXCEEDED and has no effect; one
  // whose COMMIT is unresolved by then fails with UNAVAILABLE and may have taken effect (retry with
  // the same request id).
  absl::Time deadline = absl::InfiniteFuture();
};

struct ReadOptions {
  Tenant tenant = Tenant::None();
  absl::Time deadline = absl::InfiniteFuture();
};

// One forward step of a schema. `sql` holds statements separated by ';' at line ends, with the
// tokens
//   {identity}  a growing primary key, never reused (AUTOINCREMENT / GENERATED ALWAYS AS IDENTITY)
//   {bytes}     the type of a payload (BLOB / BYTEA); {keyed} after a table: by its key alone there
//   {service}   the service's prefix
// and the line `-- tenant <table> <column>`, which in PostgreSQL enables and forces row-level
// security on the table: a session sees and writes rows whose column equals its tenant, or all with
// Tenant::All(). A migration that has been released never changes: its SHA-256 is kept and
// compared.
struct Migration {
  int version;  // 1, 2, 3, … without gaps
  std::string_view name;
  std::string_view sql;
};

// What one batch of a lane did; for metrics.
struct LaneBatch {
  int lane = 0;
  size_t waiting = 0;     // writes queued when the batch was taken, without its own
  size_t writes = 0;      // in the batch
  absl::Duration commit;  // the COMMIT alone
};
// Called on the lanes' threads after each batch; thread-safe and quick.
using LaneObserver = std::function<void(const LaneBatch&)>;

// Whether this thread runs the function of a Write just now: a peer call there is a fault.
bool InsideWrite();

// Thread-safe.
class Database {
 public:
  virtual ~Database() = default;

  // Runs `fn` on the lane of the key within a batch and returns after the COMMIT; an error from
  // `fn` undoes its own statements only and is returned. `fn` may run again (version conflict: at
  // most 3 times; batch aborted by the database), so it has no effect outside the transaction;
  // calling Write or a peer inside aborts the process in builds with assertions. Blocks the calling
  // thread. The queue of a lane is bounded: full → RESOURCE_EXHAUSTED.
  virtual absl::Status Write(const WriteOptions& options,
                             const std::function<absl::Status(Transaction&)>& fn) = 0;

  // Runs `fn` on a pooled connection in a read-only transaction (a consistent snapshot). The pool
  // is bounded; none free by the deadline → RESOURCE_EXHAUSTED.
  virtual absl::Status Read(const ReadOptions& options,
                            const std::function<absl::Status(Reader&)>& fn) = 0;

  // Answers a trivial query within `timeout`: readiness.
  virtual absl::Status Ping(absl::Duration timeout) = 0;
};

// Reads a single value with the pattern every repository needs: rows of one query.
absl::StatusOr<Result> ReadRows(Database& db, const ReadOptions& options, std::string_view sql,
                                Params params = {});

}  // namespace tremplin::database

#endif  // TREMPLIN_COMMON_DATABASE_DATABASE_H_
