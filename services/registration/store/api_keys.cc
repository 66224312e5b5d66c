#include "services/registration/store/api_keys.h"

#include <utility>

#include "common/clock/clock.h"
#include "common/status/error.h"
#include "common/status/macros.h"
#include "services/registration/messages.h"

namespace tremplin::registration::store {
namespace {

constexpr std::string_view kInsert =
    "INSERT INTO registration_api_key (key_id, key_hash, role, organization_id, person_id, "
    "program_id, expires_us, revoked, created_us) VALUES ($1, $2, $3, $4, $5, $6, $7, 0, $8)";
constexpr std::string_view kGet =
    "SELECT key_id, role, organization_id, person_id, program_id, expires_us, revoked, created_us "
    "FROM registration_api_key WHERE key_id = $1";
constexpr std::string_view kGetByHash =
    "SELECT key_id, role, organization_id, person_id, program_id, expires_us, revoked, created_us "
    "FROM registration_api_key WHERE key_hash = $1";
constexpr std::string_view kList =
    "SELECT key_id, role, organization_id, person_id, program_id, expires_us, revoked, created_us "
    "FROM registration_api_key WHERE key_id > $1 ORDER BY key_id LIMIT $2";
constexpr std::string_view kRevoke =
    "UPDATE registration_api_key SET revoked = 1 WHERE key_id = $1";

ApiKeyRow FromRow(const database::Row& row) {
  return {.id = row.Text(0),
          .role = row.Int(1),
          .organization = row.Text(2),
          .person = row.Text(3),
          .program = row.Text(4),
          .expires = row.Time(5),
          .created = row.Time(7),
          .revoked = row.Int(6) != 0};
}

absl::StatusOr<ApiKeyRow> One(absl::StatusOr<database::Result> result) {
  if (!result.ok()) return std::move(result).status();
  if (result->rows.empty()) return status::Error(absl::StatusCode::kNotFound, kApiKeyNotFound);
  return FromRow(result->rows[0]);
}

}  // namespace

absl::Status InsertApiKey(database::Transaction& tx, const ApiKeyRow& row) {
  return tx.Execute(kInsert, {row.id, row.hash, row.role, database::TextOrNull(row.organization),
                              database::TextOrNull(row.person), database::TextOrNull(row.program),
                              clock::ToMicros(row.expires), clock::ToMicros(row.created)});
}

absl::StatusOr<ApiKeyRow> GetApiKey(database::Reader& reader, std::string_view id) {
  return One(reader.Query(kGet, {std::string(id)}));
}

absl::StatusOr<ApiKeyRow> GetApiKeyByHash(database::Reader& reader, std::string_view hash) {
  return One(reader.Query(kGetByHash, {std::string(hash)}));
}

absl::Status RevokeApiKey(database::Transaction& tx, std::string_view id) {
  return tx.Execute(kRevoke, {std::string(id)});
}

absl::StatusOr<std::vector<ApiKeyRow>> ListApiKeys(database::Reader& reader, std::string_view after,
                                                   int limit) {
  TREMPLIN_ASSIGN_OR_RETURN(const database::Result result,
                            reader.Query(kList, {std::string(after), int64_t{limit}}));
  std::vector<ApiKeyRow> rows;
  for (const database::Row& row : result.rows) rows.push_back(FromRow(row));
  return rows;
}

}  // namespace tremplin::registration::store
