#include "common/database/migration.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "common/digest/digest.h"

namespace tremplin::database {
namespace {

absl::string_view View(std::string_view text) { return {text.data(), text.size()}; }

}  // namespace

std::string ChecksumOf(const Migration& migration) { return digest::Sha256Hex(migration.sql); }

absl::StatusOr<absl::Span<const Migration>> PendingMigrations(
    std::string_view service, absl::Span<const Migration> migrations,
    const std::vector<AppliedMigration>& applied) {
  for (size_t i = 0; i < migrations.size(); ++i) {
    if (migrations[i].version != static_cast<int>(i) + 1) {
      return absl::FailedPreconditionError(
          absl::StrCat(View(service), ": migration ", View(migrations[i].name), " is numbered ",
                       migrations[i].version, ", expected ", i + 1));
    }
  }
  if (applied.size() > migrations.size()) {
    return absl::FailedPreconditionError(absl::StrCat(View(service), ": the schema is at version ",
                                                      applied.size(), ", this program knows ",
                                                      migrations.size(), " only"));
  }
  for (size_t i = 0; i < applied.size(); ++i) {
    if (applied[i].version != migrations[i].version ||
        applied[i].checksum != ChecksumOf(migrations[i])) {
      return absl::FailedPreconditionError(
          absl::StrCat(View(service), ": migration ", migrations[i].version, " (",
                       View(migrations[i].name), ") was changed after it was applied"));
    }
  }
  return migrations.subspan(applied.size());
}

std::string ExpandTokens(std::string_view sql, std::string_view service, const Dialect& dialect) {
  return absl::StrReplaceAll(View(sql), {{"{identity}", View(dialect.identity)},
                                         {"{bytes}", View(dialect.bytes)},
                                         {"{keyed}", View(dialect.keyed)},
                                         {"{service}", View(service)}});
}

std::vector<std::pair<std::string, std::string>> TenantLines(std::string_view sql) {
  std::vector<std::pair<std::string, std::string>> lines;
  for (absl::string_view line : absl::StrSplit(View(sql), '\n')) {
    std::vector<std::string> words =
        absl::StrSplit(line, absl::ByAnyChar(" \t\r"), absl::SkipEmpty());
    if (words.size() == 4 && words[0] == "--" && words[1] == "tenant") {
      lines.emplace_back(words[2], words[3]);
    }
  }
  return lines;
}

std::string MigrationTableSql(std::string_view service) {
  return absl::StrCat("CREATE TABLE IF NOT EXISTS ", View(service),
                      "_schema_migration (version BIGINT PRIMARY KEY, name TEXT NOT NULL, "
                      "checksum TEXT NOT NULL, applied_us BIGINT NOT NULL);");
}

}  // namespace tremplin::database
