#include "common/database/contract_engine.h"
#include "common/database/sqlite_database.h"
#include "gtest/gtest.h"
#include "tests/support/temp_dir.h"

namespace tremplin::database {
namespace {

class SqliteEngine final : public Engine {
 public:
  absl::Status Migrate(absl::Span<const Migration> migrations) override {
    if (file_ == nullptr) Open({});
    return MigrateSqlite(*file_, "probe", migrations);
  }
  Database& db() override { return *db_; }
  void Open(const EngineOptions& options) override {
    db_.reset();
    file_.reset();
    SqliteOptions file_options;
    file_options.path = dir_.File("probe.db");
    file_options.queue_limit = options.queue_limit;
    file_options.observer = options.observer;
    absl::StatusOr<std::shared_ptr<SqliteFile>> file = OpenSqliteFile(file_options);
    ASSERT_TRUE(file.ok()) << file.status();
    file_ = *file;
    db_ = MakeSqliteDatabase(file_, "probe");
  }
  bool HasRowSecurity() const override { return false; }

 private:
  testing::TempDir dir_;
  std::shared_ptr<SqliteFile> file_;
  std::unique_ptr<Database> db_;
};

}  // namespace

std::unique_ptr<Engine> MakeSqliteEngine() { return std::make_unique<SqliteEngine>(); }

}  // namespace tremplin::database
