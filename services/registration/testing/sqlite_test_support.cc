#include <cstdlib>

#include "common/database/sqlite_database.h"
#include "services/registration/testing/store_test_support.h"
#include "tests/support/temp_dir.h"

namespace tremplin::registration {
namespace {

class SqliteStore final : public TestStore {
 public:
  explicit SqliteStore(absl::Span<const database::Migration> migrations)
      : file_(*database::OpenSqliteFile({.path = dir_.File("data.db")})) {
    if (!database::MigrateSqlite(*file_, "registration", migrations).ok()) std::abort();
    db_ = database::MakeSqliteDatabase(file_, "registration");
  }
  database::Database& db() override { return *db_; }
  bool HasRowSecurity() const override { return false; }

 private:
  testing::TempDir dir_;
  std::shared_ptr<database::SqliteFile> file_;
  std::unique_ptr<database::Database> db_;
};

}  // namespace

std::unique_ptr<TestStore> MakeTestStore(absl::Span<const database::Migration> migrations) {
  return std::make_unique<SqliteStore>(migrations);
}

}  // namespace tremplin::registration
