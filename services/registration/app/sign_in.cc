#include "services/registration/app/sign_in.h"

#include "common/resources/names.h"
#include "common/text/text.h"
#include "services/registration/app/accounts.h"
#include "services/registration/store/journal.h"

namespace tremplin::registration {

void SignIn::Bind(rpc::Registry& registry) {
  rpc::Binder(registry, "registration", "tremplin.registration.v1.SignInService")
      .Method("GrantRole", this, &SignIn::GrantRole)
      .Method("RevokeRole", this, &SignIn::RevokeRole)
      .Method("ListRoles", this, &SignIn::ListRoles)
      .Method("CreateSignInLink", this, &SignIn::CreateSignInLink)
      .Method("RequestSignInLink", this, &SignIn::RequestSignInLink)
      .Method("ReadSignInLink", this, &SignIn::ReadSignInLink)
      .Method("ConfirmSignInLink", this, &SignIn::ConfirmSignInLink)
      .Method("IssueSignInLink", this, &SignIn::IssueSignInLink)
      .Method("GetSignInOptions", this, &SignIn::GetSignInOptions)
      .Method("BeginSignIn", this, &SignIn::BeginSignIn)
      .Method("FinishSignIn", this, &SignIn::FinishSignIn)
      .Method("ExchangeToken", this, &SignIn::ExchangeToken)
      .Method("GetMySession", this, &SignIn::GetMySession)
      .Method("SwitchRole", this, &SignIn::SwitchRole)
      .Method("SignOut", this, &SignIn::SignOut)
      .Method("ListMySessions", this, &SignIn::ListMySessions)
      .Method("EndSession", this, &SignIn::EndSession);
}

absl::Status SignIn::Audit(database::Transaction& tx, const rpc::CallContext& call,
                           std::string_view resource, std::string_view account) const {
  return store::AppendAudit(
      tx, {.actor = account.empty() ? call.principal.id : resources::NameOf(kAccounts, account),
           .role = call.principal.role,
           .action = call.method,
           .resource = std::string(resource),
           .at = d_.clock.SystemNow()});
}

std::string SignIn::UrlOf(std::string_view secret) const {
  return text::Cat(d_.public_url, "/auth/link?secret=", secret);
}

database::WriteOptions SignIn::Anybody(const rpc::CallContext& call, std::string_view lane_key) {
  return {.lane_key = std::string(lane_key),
          .tenant = database::Tenant::All(),
          .deadline = call.deadline};
}

database::ReadOptions SignIn::Anybody(const rpc::CallContext& call) {
  return {.tenant = database::Tenant::All(), .deadline = call.deadline};
}

}  // namespace tremplin::registration
