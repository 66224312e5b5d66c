#ifndef TREMPLIN_SERVICES_REGISTRATION_APP_SIGN_IN_H_
#define TREMPLIN_SERVICES_REGISTRATION_APP_SIGN_IN_H_

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/clock/clock.h"
#include "common/database/database.h"
#include "common/outbox/outbox.h"
#include "common/program/program_store.h"
#include "common/rpc/call.h"
#include "common/rpc/idempotency.h"
#include "common/rpc/registry.h"
#include "common/seal/seal.h"
#include "services/registration/oidc/issuer.h"
#include "services/registration/store/accounts.h"
#include "services/registration/store/sessions.h"
#include "tremplin/registration/v1/sign_in.pb.h"

namespace tremplin::registration {

// What signing in stands on; everything outlives it.
struct SignInDependencies {
  database::Database& db;
  rpc::Commands& commands;
  outbox::Outbox& outbox;
  program::ProgramStore& programs;
  const clock::Clock& clock;
  const seal::Sealer& sealer;
  Issuer* issuer = nullptr;     // null: none
  std::string public_url = {};  // "https://tremplin.example.org", where links lead; "" for none
  bool links_by_email = false;  // a login nobody knows is the account of its verified address
};

// The methods of SignInService; the proto is their contract. Thread-safe.
class SignIn {
 public:
  explicit SignIn(const SignInDependencies& dependencies) : d_(dependencies) {}

  void Bind(rpc::Registry& registry);

  // sign_in_roles.cc
  absl::StatusOr<v1::ActingRole> GrantRole(const rpc::CallContext& call,
                                           const v1::GrantRoleRequest& request);
  absl::StatusOr<v1::ActingRole> RevokeRole(const rpc::CallContext& call,
                                            const v1::RevokeRoleRequest& request);
  absl::StatusOr<v1::ListRolesResponse> ListRoles(const rpc::CallContext& call,
                                                  const v1::ListRolesRequest& request);

  // sign_in_links.cc
  absl::StatusOr<v1::SignInLink> CreateSignInLink(const rpc::CallContext& call,
                                                  const v1::CreateSignInLinkRequest& request);
  absl::StatusOr<v1::RequestSignInLinkResponse> RequestSignInLink(
      const rpc::CallContext& call, const v1::RequestSignInLinkRequest& request);
  absl::StatusOr<v1::ReadSignInLinkResponse> ReadSignInLink(
      const rpc::CallContext& call, const v1::ReadSignInLinkRequest& request);
  absl::StatusOr<v1::SignedIn> ConfirmSignInLink(const rpc::CallContext& call,
                                                 const v1::ConfirmSignInLinkRequest& request);
  absl::StatusOr<v1::IssueSignInLinkResponse> IssueSignInLink(
      const rpc::CallContext& call, const v1::IssueSignInLinkRequest& request);

  // sign_in_issuer.cc
  absl::StatusOr<v1::SignInOptions> GetSignInOptions(const rpc::CallContext& call,
                                                     const v1::GetSignInOptionsRequest& request);
  absl::StatusOr<v1::BeginSignInResponse> BeginSignIn(const rpc::CallContext& call,
                                                      const v1::BeginSignInRequest& request);
  absl::StatusOr<v1::SignedIn> FinishSignIn(const rpc::CallContext& call,
                                            const v1::FinishSignInRequest& request);

  absl::StatusOr<v1::SignedIn> ExchangeToken(const rpc::CallContext& call,
                                             const v1::ExchangeTokenRequest& request);

  // sign_in_sessions.cc
  absl::StatusOr<v1::MySession> GetMySession(const rpc::CallContext& call,
                                             const v1::GetMySessionRequest& request);
  absl::StatusOr<v1::SignedIn> SwitchRole(const rpc::CallContext& call,
                                          const v1::SwitchRoleRequest& request);
  absl::StatusOr<v1::SignOutResponse> SignOut(const rpc::CallContext& call,
                                              const v1::SignOutRequest& request);
  absl::StatusOr<v1::ListMySessionsResponse> ListMySessions(
      const rpc::CallContext& call, const v1::ListMySessionsRequest& request);
  absl::StatusOr<v1::EndSessionResponse> EndSession(const rpc::CallContext& call,
                                                    const v1::EndSessionRequest& request);

 private:
  // As GrantRole, in its transaction.
  absl::StatusOr<v1::ActingRole> Grant(database::Transaction& tx, const rpc::CallContext& call,
                                       const v1::GrantRoleRequest& request, store::RoleRow row);
  // The account of the request, that of staff made where there is none yet.
  absl::StatusOr<std::string> AccountFor(database::Transaction& tx, const rpc::CallContext& call,
                                         const v1::GrantRoleRequest& request);
  absl::Status AddLogin(database::Transaction& tx, const std::string& account,
                        const v1::Login& login);
  std::string LoginIndex(std::string_view issuer, std::string_view subject) const;
  // The account that a login signs in. PERMISSION_DENIED (LOGIN_UNKNOWN) for none.
  absl::StatusOr<std::string> AccountOf(database::Transaction& tx, const Vouched& vouched);

  // Begins a session of the account, in the first of its roles, that ends by `until`.
  // PERMISSION_DENIED (NO_ROLE_HERE) when it has none.
  absl::StatusOr<v1::SignedIn> Enter(database::Transaction& tx, const rpc::CallContext& call,
                                     const std::string& account,
                                     absl::Time until = absl::InfiniteFuture());
  // The same for the account of a vouched login.
  absl::StatusOr<v1::SignedIn> EnterAs(const rpc::CallContext& call,
                                       const absl::StatusOr<Vouched>& vouched);
  // The caller's session. FAILED_PRECONDITION (NOT_A_SESSION).
  absl::StatusOr<store::SessionRow> Current(database::Reader& reader,
                                            const rpc::CallContext& call) const;
  // As the account's owner sees it: with the words for the program or organization.
  absl::StatusOr<v1::ActingRole> Shown(database::Reader& reader, const rpc::CallContext& call,
                                       const store::RoleRow& row);
  absl::StatusOr<v1::Session> Shown(database::Reader& reader, const rpc::CallContext& call,
                                    const store::SessionRow& row, std::string_view current);
  std::string UrlOf(std::string_view secret) const;
  // A row of the audit log: of what a link or login let somebody do, the account did it.
  absl::Status Audit(database::Transaction& tx, const rpc::CallContext& call,
                     std::string_view resource, std::string_view account = "") const;
  // A write, or read, for somebody who has no credential yet.
  static database::WriteOptions Anybody(const rpc::CallContext& call, std::string_view lane_key);
  static database::ReadOptions Anybody(const rpc::CallContext& call);

  const SignInDependencies d_;
};

}  // namespace tremplin::registration

#endif  // TREMPLIN_SERVICES_REGISTRATION_APP_SIGN_IN_H_
