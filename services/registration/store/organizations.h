#ifndef TREMPLIN_SERVICES_REGISTRATION_STORE_ORGANIZATIONS_H_
#define TREMPLIN_SERVICES_REGISTRATION_STORE_ORGANIZATIONS_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/database/database.h"

namespace tremplin::registration::store {

struct SiteRow {
  std::string id = {};
  std::string title_en = {};
  std::string title_fr = {};
  std::string fsa = {};
};

struct OrganizationRow {
  std::string id = {};
  std::string title_en = {};
  std::string title_fr = {};
  std::vector<int64_t> parts = {};  // numbers of tremplin.registration.v1.Part
  std::vector<SiteRow> sites = {};
  absl::Time created = {};  // business time
};

// False, with nothing changed, when the id is taken.
absl::StatusOr<bool> InsertOrganization(database::Transaction& tx, const OrganizationRow& row);

// NOT_FOUND with reason ORGANIZATION_NOT_FOUND.
absl::StatusOr<OrganizationRow> GetOrganization(database::Reader& reader, std::string_view id);

// In the order of ids, after `after`, at most `limit`.
absl::StatusOr<std::vector<OrganizationRow>> ListOrganizations(database::Reader& reader,
                                                               std::string_view after, int limit);

}  // namespace tremplin::registration::store

#endif  // TREMPLIN_SERVICES_REGISTRATION_STORE_ORGANIZATIONS_H_
