#include "common/database/contract_engine.h"
#include "common/database/postgres_database.h"
#include "tests/support/postgres.h"

namespace tremplin::database {
namespace {

class PostgresEngine final : public Engine {
 public:
  absl::Status Migrate(absl::Span<const Migration> migrations) override {
    return MigratePostgres(server_.owner_uri(), "probe", server_.runtime_role(), migrations);
  }
  Database& db() override { return *db_; }
  void Open(const EngineOptions& options) override {
    db_.reset();
    PostgresOptions postgres;
    postgres.uri = server_.runtime_uri();
    postgres.service = "probe";
    postgres.lanes = options.lanes;
    postgres.readers = 4;
    postgres.queue_limit = options.queue_limit;
    postgres.observer = options.observer;
    db_ = MakePostgresDatabase(postgres);
  }
  bool HasRowSecurity() const override { return true; }

 private:
  testing::TestPostgres server_;
  std::unique_ptr<Database> db_;
};

}  // namespace

std::unique_ptr<Engine> MakePostgresEngine() { return std::make_unique<PostgresEngine>(); }

}  // namespace tremplin::database
