#ifndef TREMPLIN_SERVICES_REGISTRATION_STORE_ACCOUNTS_H_
#define TREMPLIN_SERVICES_REGISTRATION_STORE_ACCOUNTS_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/database/database.h"
#include "common/seal/seal.h"

// Who signs in, as rows: members of staff, logins, and the roles in which accounts may act. A
// person is an account by being a person (store/people.h).
namespace tremplin::registration::store {

struct StaffRow {
  std::string id = {};
  std::string plain = {};        // sealed where it is stored (subject: the account)
  std::string email_index = {};  // keyed hash
  absl::Time created = {};       // system time
};
absl::Status InsertStaff(database::Transaction& tx, const seal::Sealer& sealer,
                         const StaffRow& row);
// The blob of a member of staff. NOT_FOUND with reason ACCOUNT_NOT_FOUND when there is none, or
// erased.
absl::StatusOr<std::string> OpenStaff(database::Reader& reader, const seal::Sealer& sealer,
                                      std::string_view id);
// Ids of staff with this email, the first made first, at most 16.
absl::StatusOr<std::vector<std::string>> FindStaffByEmail(database::Reader& reader,
                                                          std::string_view email_index);

// The account that a login signs in, "" for none. `login_index` is a keyed hash.
absl::StatusOr<std::string> FindLogin(database::Reader& reader, std::string_view login_index);
// False when the login is there already, whose ever.
absl::StatusOr<bool> InsertLogin(database::Transaction& tx, std::string_view login_index,
                                 std::string_view account, absl::Time created);

struct RoleRow {
  std::string id = {};
  std::string account = {};
  int64_t role = 0;  // number of tremplin.options.v1.Role
  std::string organization = {};
  std::string program = {};
  std::string site = {};
  std::string person = {};      // as whom mentees and mentors act
  std::string granted_by = {};  // principal; "enrolment" of those that follow from one
  absl::Time granted = {};      // system time
  bool revoked = false;
};
// Nothing happens when there is a role of this id.
absl::Status InsertRole(database::Transaction& tx, const RoleRow& row);
// NOT_FOUND with reason ROLE_NOT_FOUND.
absl::StatusOr<RoleRow> GetRole(database::Reader& reader, std::string_view id);
absl::Status RevokeRole(database::Transaction& tx, std::string_view id);
// Those not revoked, the first granted first and those by enrolments last, at most `limit`.
absl::StatusOr<std::vector<RoleRow>> RolesOf(database::Reader& reader, std::string_view account,
                                             int limit);
// Those granted by somebody, in the order of ids, after `after`; "" means any account and program.
absl::StatusOr<std::vector<RoleRow>> ListRoles(database::Reader& reader, std::string_view account,
                                               std::string_view program, std::string_view after,
                                               int limit);

}  // namespace tremplin::registration::store

#endif  // TREMPLIN_SERVICES_REGISTRATION_STORE_ACCOUNTS_H_
