#ifndef TREMPLIN_COMMON_DATABASE_MIGRATION_H_
#define TREMPLIN_COMMON_DATABASE_MIGRATION_H_

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "common/database/database.h"

// What both engines' migrations share. Private to common/database.
namespace tremplin::database {

// One row of `<service>_schema_migration`.
struct AppliedMigration {
  int64_t version;
  std::string checksum;
};

// SHA-256 of the migration's text as written, before tokens are replaced, in hex: equal in both
// engines.
std::string ChecksumOf(const Migration& migration);

// The migrations still to be applied. FAILED_PRECONDITION when versions are not 1, 2, 3, …, when an
// applied one has another checksum now, or when the schema is newer than the program.
absl::StatusOr<absl::Span<const Migration>> PendingMigrations(
    std::string_view service, absl::Span<const Migration> migrations,
    const std::vector<AppliedMigration>& applied);

// Tokens of one engine.
struct Dialect {
  std::string_view identity;
  std::string_view bytes;
  std::string_view keyed;
};

std::string ExpandTokens(std::string_view sql, std::string_view service, const Dialect& dialect);

// The (table, column) of every `-- tenant <table> <column>` line, tokens replaced before.
std::vector<std::pair<std::string, std::string>> TenantLines(std::string_view sql);

// CREATE TABLE of the table of applied migrations.
std::string MigrationTableSql(std::string_view service);

}  // namespace tremplin::database

#endif  // TREMPLIN_COMMON_DATABASE_MIGRATION_H_
