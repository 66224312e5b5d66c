#include "services/registration/store/accounts.h"

#include <utility>

#include "common/clock/clock.h"
#include "common/status/error.h"
#include "common/status/macros.h"
#include "services/registration/messages.h"

namespace tremplin::registration::store {
namespace {

constexpr std::string_view kInsertStaff =
    "INSERT INTO registration_staff (account_id, sealed, email_index, created_us) "
    "VALUES ($1, $2, $3, $4)";
constexpr std::string_view kSealedStaff =
    "SELECT sealed FROM registration_staff WHERE account_id = $1";
constexpr std::string_view kStaffByEmail =
    "SELECT account_id FROM registration_staff WHERE email_index = $1 "
    "ORDER BY created_us, account_id LIMIT 16";
constexpr std::string_view kFindLogin =
    "SELECT account_id FROM registration_login WHERE login_index = $1";
constexpr std::string_view kInsertLogin =
    "INSERT INTO registration_login (login_index, account_id, created_us) VALUES ($1, $2, $3) "
    "ON CONFLICT DO NOTHING";
constexpr std::string_view kInsertRole =
    "INSERT INTO registration_role (role_id, account_id, role, organization_id, program_id, "
    "site_id, person_id, granted_by, granted_us, revoked) "
    "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0) ON CONFLICT DO NOTHING";
constexpr std::string_view kGetRole =
    "SELECT role_id, account_id, role, organization_id, program_id, site_id, person_id, "
    "granted_by, granted_us, revoked FROM registration_role WHERE role_id = $1";
constexpr std::string_view kRevokeRole =
    "UPDATE registration_role SET revoked = 1 WHERE role_id = $1";
constexpr std::string_view kRolesOf =
    "SELECT role_id, account_id, role, organization_id, program_id, site_id, person_id, "
    "granted_by, granted_us, revoked FROM registration_role "
    "WHERE account_id = $1 AND revoked = 0 "
    "ORDER BY CASE WHEN granted_by = 'enrolment' THEN 1 ELSE 0 END, granted_us, role_id LIMIT $2";
constexpr std::string_view kListRoles =
    "SELECT role_id, account_id, role, organization_id, program_id, site_id, person_id, "
    "granted_by, granted_us, revoked FROM registration_role WHERE role_id > $1 "
    "AND granted_by <> 'enrolment' AND ($2 = '' OR account_id = $2) "
    "AND ($3 = '' OR program_id = $3) ORDER BY role_id LIMIT $4";
constexpr std::string_view kColumn = "staff";

absl::Status NotFound() { return status::Error(absl::StatusCode::kNotFound, kAccountNotFound); }

RoleRow FromRow(const database::Row& row) {
  return {.id = row.Text(0),
          .account = row.Text(1),
          .role = row.Int(2),
          .organization = row.Text(3),
          .program = row.Text(4),
          .site = row.Text(5),
          .person = row.Text(6),
          .granted_by = row.Text(7),
          .granted = row.Time(8),
          .revoked = row.Int(9) != 0};
}

absl::StatusOr<std::vector<RoleRow>> Rows(absl::StatusOr<database::Result> result) {
  if (!result.ok()) return std::move(result).status();
  std::vector<RoleRow> rows;
  for (const database::Row& row : result->rows) rows.push_back(FromRow(row));
  return rows;
}

}  // namespace

absl::Status InsertStaff(database::Transaction& tx, const seal::Sealer& sealer,
                         const StaffRow& row) {
  TREMPLIN_ASSIGN_OR_RETURN(database::Bytes sealed, sealer.Seal(tx, row.id, kColumn, row.plain));
  return tx.Execute(kInsertStaff,
                    {row.id, std::move(sealed), row.email_index, clock::ToMicros(row.created)});
}

absl::StatusOr<std::string> OpenStaff(database::Reader& reader, const seal::Sealer& sealer,
                                      std::string_view id) {
  TREMPLIN_ASSIGN_OR_RETURN(const database::Result result,
                            reader.Query(kSealedStaff, {std::string(id)}));
  if (result.rows.empty()) return NotFound();
  absl::StatusOr<std::string> plain = sealer.Open(reader, id, kColumn, result.rows[0].Blob(0));
  if (absl::IsNotFound(plain.status())) return NotFound();
  return plain;
}

absl::StatusOr<std::vector<std::string>> FindStaffByEmail(database::Reader& reader,
                                                          std::string_view email_index) {
  TREMPLIN_ASSIGN_OR_RETURN(const database::Result result,
                            reader.Query(kStaffByEmail, {std::string(email_index)}));
  std::vector<std::string> ids;
  for (const database::Row& row : result.rows) ids.push_back(row.Text(0));
  return ids;
}

absl::StatusOr<std::string> FindLogin(database::Reader& reader, std::string_view login_index) {
  TREMPLIN_ASSIGN_OR_RETURN(const database::Result result,
                            reader.Query(kFindLogin, {std::string(login_index)}));
  return result.rows.empty() ? std::string() : result.rows[0].Text(0);
}

absl::StatusOr<bool> InsertLogin(database::Transaction& tx, std::string_view login_index,
                                 std::string_view account, absl::Time created) {
  TREMPLIN_ASSIGN_OR_RETURN(const database::Result result,
                            tx.Query(kInsertLogin, {std::string(login_index), std::string(account),
                                                    clock::ToMicros(created)}));
  return result.affected == 1;
}

absl::Status InsertRole(database::Transaction& tx, const RoleRow& row) {
  return tx.Execute(
      kInsertRole,
      {row.id, row.account, row.role, database::TextOrNull(row.organization),
       database::TextOrNull(row.program), database::TextOrNull(row.site),
       database::TextOrNull(row.person), row.granted_by, clock::ToMicros(row.granted)});
}

absl::StatusOr<RoleRow> GetRole(database::Reader& reader, std::string_view id) {
  TREMPLIN_ASSIGN_OR_RETURN(const database::Result result,
                            reader.Query(kGetRole, {std::string(id)}));
  if (result.rows.empty()) return status::Error(absl::StatusCode::kNotFound, kRoleNotFound);
  return FromRow(result.rows[0]);
}

absl::Status RevokeRole(database::Transaction& tx, std::string_view id) {
  return tx.Execute(kRevokeRole, {std::string(id)});
}

absl::StatusOr<std::vector<RoleRow>> RolesOf(database::Reader& reader, std::string_view account,
                                             int limit) {
  return Rows(reader.Query(kRolesOf, {std::string(account), int64_t{limit}}));
}

absl::StatusOr<std::vector<RoleRow>> ListRoles(database::Reader& reader, std::string_view account,
                                               std::string_view program, std::string_view after,
                                               int limit) {
  return Rows(reader.Query(kListRoles, {std::string(after), std::string(account),
                                        std::string(program), int64_t{limit}}));
}

}  // namespace tremplin::registration::store
