#ifndef TREMPLIN_SERVICES_REGISTRATION_APP_ACCOUNTS_H_
#define TREMPLIN_SERVICES_REGISTRATION_APP_ACCOUNTS_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/database/database.h"
#include "common/seal/seal.h"
#include "services/registration/store/accounts.h"
#include "tremplin/registration/v1/sign_in.pb.h"

// Who signs in: a member of staff, or a person. A member of staff who is a person here too (the
// same address and the same name, as in app/identity.h) is one account, with the roles of both.
namespace tremplin::registration {

inline constexpr char kAccounts[] = "accounts";
inline constexpr char kRoles[] = "roles";

// Name and address. NOT_FOUND with reason ACCOUNT_NOT_FOUND.
absl::StatusOr<v1::StaffMember> HolderOf(database::Reader& reader, const seal::Sealer& sealer,
                                         const std::string& account);

// The keyed hash of an address, by which staff and people are found.
std::string EmailIndexOf(const seal::Sealer& sealer, std::string_view email);

// The row of a member of staff.
store::StaffRow MakeStaffRow(const seal::Sealer& sealer, std::string id,
                             const v1::StaffMember& staff);

// The account of staff with this address and name, "" for none.
absl::StatusOr<std::string> FindStaff(database::Reader& reader, const seal::Sealer& sealer,
                                      const v1::StaffMember& staff);

// Everybody who may sign in with an address, of which `email_index` is the hash.
absl::StatusOr<std::vector<std::string>> AccountsOf(database::Reader& reader,
                                                    const seal::Sealer& sealer,
                                                    const std::string& email_index);

// The roles in which the account may act, those that follow from enrolments written down as rows of
// their own. NOT_FOUND with reason ACCOUNT_NOT_FOUND.
absl::StatusOr<std::vector<store::RoleRow>> TakeRoles(database::Transaction& tx,
                                                      const seal::Sealer& sealer,
                                                      const std::string& account, absl::Time now);

v1::ActingRole ToMessage(const store::RoleRow& row);

}  // namespace tremplin::registration

#endif  // TREMPLIN_SERVICES_REGISTRATION_APP_ACCOUNTS_H_
