#ifndef TREMPLIN_SERVICES_REGISTRATION_STORE_API_KEYS_H_
#define TREMPLIN_SERVICES_REGISTRATION_STORE_API_KEYS_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/database/database.h"

// API keys as rows; the secret itself is never here.
namespace tremplin::registration::store {

struct ApiKeyRow {
  std::string id = {};
  std::string hash = {};  // SHA-256 of the secret, hex; not read back
  int64_t role = 0;       // number of tremplin.options.v1.Role
  std::string organization = {};
  std::string person = {};
  std::string program = {};
  absl::Time expires = {};  // system time
  absl::Time created = {};  // system time
  bool revoked = false;
};

absl::Status InsertApiKey(database::Transaction& tx, const ApiKeyRow& row);

// NOT_FOUND with reason API_KEY_NOT_FOUND.
absl::StatusOr<ApiKeyRow> GetApiKey(database::Reader& reader, std::string_view id);
absl::StatusOr<ApiKeyRow> GetApiKeyByHash(database::Reader& reader, std::string_view hash);

absl::Status RevokeApiKey(database::Transaction& tx, std::string_view id);

// In the order of ids, after `after`, at most `limit`.
absl::StatusOr<std::vector<ApiKeyRow>> ListApiKeys(database::Reader& reader, std::string_view after,
                                                   int limit);

}  // namespace tremplin::registration::store

#endif  // TREMPLIN_SERVICES_REGISTRATION_STORE_API_KEYS_H_
