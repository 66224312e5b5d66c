#include "common/host/runtime_schema.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "common/host/business_time.h"
#include "common/inbox/inbox.h"
#include "common/outbox/outbox.h"
#include "common/program/program_store.h"
#include "common/rpc/idempotency.h"
#include "common/seal/seal.h"
#include "common/status/error.h"
#include "common/text/text.h"
#include "common/timers/timers.h"

namespace tremplin::host {
namespace {

std::string_view RuntimeSql() {
  static const auto* const sql = new std::string(
      text::Cat(outbox::kOutboxSchemaSql, inbox::kInboxSchemaSql, timers::kTimersSchemaSql,
                rpc::kIdempotencySchemaSql, seal::kSealSchemaSql, program::kProgramSchemaSql,
                kBusinessTimeSchemaSql));
  return *sql;
}

}  // namespace

absl::StatusOr<std::vector<database::Migration>> MigrationsOf(const ModuleSpec& module) {
  std::vector<database::Migration> all{{1, "runtime", RuntimeSql()}};
  int expected = 1;
  for (database::Migration migration : module.migrations) {
    if (migration.version != expected) {
      return absl::FailedPreconditionError(
          text::Cat("migrations of ", module.name, " are numbered from 1 without gaps: there is ",
                    migration.version, " where ", expected, " belongs"));
    }
    migration.version = ++expected;
    all.push_back(migration);
  }
  return all;
}

absl::Status CheckSchema(database::Database& db, const ModuleSpec& module) {
  const std::string sql = text::Cat("SELECT max(version) FROM ", module.name, "_schema_migration");
  const absl::StatusOr<database::Result> found = database::ReadRows(
      db, {.tenant = database::Tenant::All(), .deadline = absl::Now() + absl::Seconds(5)}, sql);
  if (!found.ok() && status::IsOutage(found.status())) return found.status();
  const int64_t applied = found.ok() && !found->rows.empty() ? found->rows[0].Int(0) : 0;
  const int64_t expected = 1 + static_cast<int64_t>(module.migrations.size());
  if (applied == expected) return absl::OkStatus();
  return absl::FailedPreconditionError(text::Cat(
      "the schema of ", module.name, " is at version ", applied, ", this program needs ", expected,
      applied < expected ? ": run it with --migrate first" : ": it is older than the schema"));
}

}  // namespace tremplin::host
