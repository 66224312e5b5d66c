// The roles of accounts: granted by operators and managers.
#include <algorithm>
#include <utility>
#include <vector>

#include "common/person/contact.h"
#include "common/resources/names.h"
#include "common/status/error.h"
#include "common/status/macros.h"
#include "common/text/text.h"
#include "services/registration/app/accounts.h"
#include "services/registration/app/acting.h"
#include "services/registration/app/checks.h"
#include "services/registration/app/convert.h"
#include "services/registration/app/sign_in.h"
#include "services/registration/domain/sign_in.h"
#include "services/registration/messages.h"
#include "services/registration/store/organizations.h"

namespace tremplin::registration {
namespace {

using rpc::Role;
using store::RoleRow;

constexpr size_t kLongestText = 200;
constexpr size_t kLongestLogin = 500;

void CheckStaff(Faults& faults, const v1::StaffMember& staff) {
  faults.Require("staff.given_name", staff.given_name(), kLongestText);
  faults.Require("staff.family_name", staff.family_name(), kLongestText);
  faults.Require("staff.email", staff.email(), kLongestText);
  if (!staff.email().empty() && !person::IsEmail(person::Email(staff.email()))) {
    faults.Add("staff.email", kEmailWanted);
  }
  if (staff.language() != "en" && staff.language() != "fr") {
    faults.Add("staff.language", kLanguageWanted);
  }
}

// What the request alone tells of the role.
absl::StatusOr<RoleRow> RowOf(const v1::GrantRoleRequest& request) {
  Faults faults;
  if (request.account().empty() == !request.has_staff()) faults.Add("account", kAccountOrStaff);
  if (request.has_staff()) CheckStaff(faults, request.staff());
  // What participants may follows from their enrolments, never from a grant.
  const bool participant =
      request.role() == Role::ROLE_MENTEE || request.role() == Role::ROLE_MENTOR;
  if (participant) faults.Add("role", kChooseOne);
  const Acting acting = participant ? Acting()
                                    : TakeActing(faults, {.role = request.role(),
                                                          .organization = request.organization(),
                                                          .program = request.program()});
  if (!request.site().empty() && acting.organization.empty()) {
    faults.Add("site", kNotAllowedHere);
  }
  if (request.has_login()) {
    faults.Require("login.issuer", request.login().issuer(), kLongestLogin);
    faults.Require("login.subject", request.login().subject(), kLongestLogin);
  }
  TREMPLIN_RETURN_IF_ERROR(faults.ToStatus());
  return RoleRow{.role = acting.role,
                 .organization = acting.organization,
                 .program = acting.program,
                 .site = request.site()};
}

absl::Status CheckSite(database::Reader& reader, const RoleRow& row) {
  if (row.site.empty()) return absl::OkStatus();
  TREMPLIN_ASSIGN_OR_RETURN(const store::OrganizationRow organization,
                            store::GetOrganization(reader, row.organization));
  const bool known = std::any_of(organization.sites.begin(), organization.sites.end(),
                                 [&](const store::SiteRow& site) { return site.id == row.site; });
  return known ? absl::OkStatus()
               : status::InvalidFields({status::Violation("site", kSiteUnknown)});
}

bool SameRole(const RoleRow& a, const RoleRow& b) {
  return a.role == b.role && a.organization == b.organization && a.program == b.program &&
         a.site == b.site;
}

}  // namespace

std::string SignIn::LoginIndex(std::string_view issuer, std::string_view subject) const {
  // Neither holds a line break: Require refuses it here, the token's check there.
  return d_.sealer.Index("login", text::Cat(issuer, "\n", subject));
}

absl::StatusOr<std::string> SignIn::AccountFor(database::Transaction& tx,
                                               const rpc::CallContext& call,
                                               const v1::GrantRoleRequest& request) {
  if (!request.account().empty()) {
    TREMPLIN_ASSIGN_OR_RETURN(std::string account,
                              resources::IdOf(kAccounts, request.account(), "account"));
    TREMPLIN_RETURN_IF_ERROR(HolderOf(tx, d_.sealer, account).status());
    return account;
  }
  TREMPLIN_ASSIGN_OR_RETURN(std::string account, FindStaff(tx, d_.sealer, request.staff()));
  if (!account.empty()) return account;
  v1::StaffMember staff = request.staff();
  staff.set_email(person::Email(staff.email()));
  store::StaffRow row = MakeStaffRow(d_.sealer, call.NewId("account"), staff);
  row.created = d_.clock.SystemNow();
  TREMPLIN_RETURN_IF_ERROR(store::InsertStaff(tx, d_.sealer, row));
  return row.id;
}

absl::Status SignIn::AddLogin(database::Transaction& tx, const std::string& account,
                              const v1::Login& login) {
  const std::string index = LoginIndex(login.issuer(), login.subject());
  TREMPLIN_ASSIGN_OR_RETURN(const bool inserted,
                            store::InsertLogin(tx, index, account, d_.clock.SystemNow()));
  if (inserted) return absl::OkStatus();
  TREMPLIN_ASSIGN_OR_RETURN(const std::string known, store::FindLogin(tx, index));
  if (known == account) return absl::OkStatus();
  return status::Error(absl::StatusCode::kAlreadyExists, kLoginTaken);
}

absl::StatusOr<v1::ActingRole> SignIn::Grant(database::Transaction& tx,
                                             const rpc::CallContext& call,
                                             const v1::GrantRoleRequest& request, RoleRow row) {
  TREMPLIN_RETURN_IF_ERROR(CheckActing(tx, {.role = static_cast<Role>(row.role),
                                            .organization = row.organization,
                                            .program = row.program}));
  TREMPLIN_RETURN_IF_ERROR(CheckSite(tx, row));
  TREMPLIN_ASSIGN_OR_RETURN(row.account, AccountFor(tx, call, request));
  if (request.has_login()) {
    TREMPLIN_RETURN_IF_ERROR(AddLogin(tx, row.account, request.login()));
  }
  TREMPLIN_ASSIGN_OR_RETURN(const std::vector<RoleRow> roles,
                            store::RolesOf(tx, row.account, domain::kMostRoles));
  const auto known = std::find_if(roles.begin(), roles.end(),
                                  [&](const RoleRow& one) { return SameRole(one, row); });
  if (known != roles.end()) {
    row = *known;
  } else if (roles.size() >= domain::kMostRoles) {
    return status::Error(absl::StatusCode::kFailedPrecondition, kRolesTooMany,
                         {text::Cat(roles.size())});
  } else {
    row.id = call.NewId("role");
    row.granted_by = call.principal.id;
    row.granted = d_.clock.SystemNow();
    TREMPLIN_RETURN_IF_ERROR(store::InsertRole(tx, row));
  }
  TREMPLIN_RETURN_IF_ERROR(Audit(tx, call, resources::NameOf(kRoles, row.id)));
  return ToMessage(row);
}

absl::StatusOr<v1::ActingRole> SignIn::GrantRole(const rpc::CallContext& call,
                                                 const v1::GrantRoleRequest& request) {
  TREMPLIN_ASSIGN_OR_RETURN(const RoleRow row, RowOf(request));
  const bool login_allowed = !request.has_login() || call.principal.role == Role::ROLE_OPERATOR;
  if (!login_allowed || !MayGrant(call.principal, request.role(), row.program)) {
    return status::Error(absl::StatusCode::kPermissionDenied, kRoleNotYoursToGrant);
  }
  // One lane for all grants: two for somebody new make one account.
  return d_.commands.Run<v1::ActingRole>(
      call, "roles", [&](database::Transaction& tx) { return Grant(tx, call, request, row); });
}

absl::StatusOr<v1::ActingRole> SignIn::RevokeRole(const rpc::CallContext& call,
                                                  const v1::RevokeRoleRequest& request) {
  TREMPLIN_ASSIGN_OR_RETURN(const std::string id, resources::IdOf(kRoles, request.name(), "name"));
  return d_.commands.Run<v1::ActingRole>(
      call, "roles", [&](database::Transaction& tx) -> absl::StatusOr<v1::ActingRole> {
        TREMPLIN_ASSIGN_OR_RETURN(RoleRow row, store::GetRole(tx, id));
        if (!MayGrant(call.principal, static_cast<Role>(row.role), row.program)) {
          return status::Error(absl::StatusCode::kNotFound, kRoleNotFound);
        }
        TREMPLIN_RETURN_IF_ERROR(store::RevokeRole(tx, id));
        TREMPLIN_RETURN_IF_ERROR(store::DeleteSessionsIn(tx, id));
        TREMPLIN_RETURN_IF_ERROR(Audit(tx, call, request.name()));
        row.revoked = true;
        return ToMessage(row);
      });
}

absl::StatusOr<v1::ListRolesResponse> SignIn::ListRoles(const rpc::CallContext& call,
                                                        const v1::ListRolesRequest& request) {
  std::string account;
  if (!request.account().empty()) {
    TREMPLIN_ASSIGN_OR_RETURN(account, resources::IdOf(kAccounts, request.account(), "account"));
  }
  const std::string scope = text::Cat("roles/", account);
  TREMPLIN_ASSIGN_OR_RETURN(const int size, resources::PageSize(request.page_size()));
  TREMPLIN_ASSIGN_OR_RETURN(const std::string after,
                            resources::LastKey(scope, request.page_token()));
  std::vector<RoleRow> rows;
  TREMPLIN_RETURN_IF_ERROR(d_.db.Read(call.Read(), [&](database::Reader& reader) -> absl::Status {
    TREMPLIN_ASSIGN_OR_RETURN(
        rows, store::ListRoles(reader, account, call.principal.program, after, size + 1));
    return absl::OkStatus();
  }));
  v1::ListRolesResponse response;
  if (rows.size() > static_cast<size_t>(size)) {
    rows.resize(static_cast<size_t>(size));
    response.set_next_page_token(resources::PageToken(scope, rows.back().id));
  }
  for (const RoleRow& row : rows) *response.add_roles() = ToMessage(row);
  return response;
}

}  // namespace tremplin::registration
