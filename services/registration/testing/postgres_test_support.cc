#include <cstdio>
#include <cstdlib>

#include "common/database/postgres_database.h"
#include "services/registration/testing/store_test_support.h"
#include "tests/support/postgres.h"
#include "tests/support/servers.h"

namespace tremplin::registration {
namespace {

// Rows of every table but the record of migrations: emptying is quicker than a database per test.
constexpr char kEmpty[] = R"sql(
DO $$ DECLARE name text; BEGIN
  FOR name IN SELECT tablename FROM pg_tables
      WHERE schemaname = 'registration' AND tablename <> 'registration_schema_migration' LOOP
    EXECUTE 'DELETE FROM registration.' || quote_ident(name);
  END LOOP;
END $$)sql";

// One database for the program, dropped at its end.
const testing::TestPostgres& Server(absl::Span<const database::Migration> migrations) {
  static const testing::TestPostgres server;
  static const absl::Status migrated = database::MigratePostgres(server.owner_uri(), "registration",
                                                                 server.runtime_role(), migrations);
  if (!migrated.ok()) {
    std::fprintf(stderr, "%s\n", migrated.ToString().c_str());
    std::abort();
  }
  return server;
}

class PostgresStore final : public TestStore {
 public:
  explicit PostgresStore(absl::Span<const database::Migration> migrations) {
    const testing::TestPostgres& server = Server(migrations);
    server.Sql(kEmpty);
    database::PostgresOptions options;
    options.uri = server.runtime_uri();
    options.service = "registration";
    options.lanes = 2;
    options.readers = 2;
    db_ = database::MakePostgresDatabase(options);
  }
  database::Database& db() override { return *db_; }
  bool HasRowSecurity() const override { return true; }

 private:
  std::unique_ptr<database::Database> db_;
};

}  // namespace

std::unique_ptr<TestStore> MakeTestStore(absl::Span<const database::Migration> migrations) {
  if (testing::PostgresServer().empty()) return nullptr;
  return std::make_unique<PostgresStore>(migrations);
}

}  // namespace tremplin::registration
