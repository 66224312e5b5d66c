// Signing in with an issuer: OpenID Connect, authorization code with PKCE.
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/escaping.h"
#include "common/digest/digest.h"
#include "common/logging/logging.h"
#include "common/status/error.h"
#include "common/status/macros.h"
#include "services/registration/app/accounts.h"
#include "services/registration/app/secret.h"
#include "services/registration/app/sign_in.h"
#include "services/registration/domain/sign_in.h"
#include "services/registration/messages.h"

namespace tremplin::registration {
namespace {

std::string Derived(const std::string& secret, std::string_view what) {
  return absl::WebSafeBase64Escape(digest::ToString(digest::HmacSha256(secret, what)));
}

// All that the two halves of a sign-in share follows from a secret that the browser alone keeps:
// who comes back without it finishes nothing, and nothing of it is stored.
Challenge ChallengeOf(const std::string& browser_secret) {
  return {.state = Derived(browser_secret, "state"),
          .nonce = Derived(browser_secret, "nonce"),
          .code_verifier = Derived(browser_secret, "code verifier")};
}

absl::Status NoIssuer() { return status::Error(absl::StatusCode::kFailedPrecondition, kNoIssuer); }
absl::Status Over() { return status::Error(absl::StatusCode::kFailedPrecondition, kSignInOver); }

}  // namespace

absl::StatusOr<v1::SignInOptions> SignIn::GetSignInOptions(const rpc::CallContext&,
                                                           const v1::GetSignInOptionsRequest&) {
  v1::SignInOptions options;
  options.set_issuer(d_.issuer != nullptr);
  return options;
}

absl::StatusOr<v1::BeginSignInResponse> SignIn::BeginSignIn(const rpc::CallContext& call,
                                                            const v1::BeginSignInRequest& request) {
  if (d_.issuer == nullptr) return NoIssuer();
  if (!request.return_path().empty() && !domain::IsOwnPath(request.return_path())) {
    return status::InvalidFields({status::Violation("return_path", kPathNotOwn)});
  }
  const std::string secret = NewSecret("tb_");
  const Challenge challenge = ChallengeOf(secret);
  v1::BeginSignInResponse response;
  TREMPLIN_ASSIGN_OR_RETURN(*response.mutable_authorization_url(),
                            d_.issuer->AuthorizationUrl(challenge, call.deadline));
  response.set_browser_secret(secret);
  const absl::Time now = d_.clock.SystemNow();
  const store::BegunRow row{.state_hash = digest::Sha256Hex(challenge.state),
                            .return_path = request.return_path(),
                            .expires = now + domain::kBeginHolds};
  TREMPLIN_RETURN_IF_ERROR(
      d_.db.Write(Anybody(call, row.state_hash),
                  [&](database::Transaction& tx) { return store::InsertBegun(tx, row, now); }));
  return response;
}

absl::StatusOr<std::string> SignIn::AccountOf(database::Transaction& tx, const Vouched& vouched) {
  const std::string index = LoginIndex(vouched.issuer, vouched.subject);
  TREMPLIN_ASSIGN_OR_RETURN(std::string account, store::FindLogin(tx, index));
  if (!account.empty()) return account;
  if (d_.links_by_email && !vouched.email.empty()) {
    TREMPLIN_ASSIGN_OR_RETURN(const std::vector<std::string> accounts,
                              AccountsOf(tx, d_.sealer, EmailIndexOf(d_.sealer, vouched.email)));
    if (accounts.size() == 1) {
      // By the login itself from now on, whatever becomes of the address.
      TREMPLIN_RETURN_IF_ERROR(
          store::InsertLogin(tx, index, accounts.front(), d_.clock.SystemNow()).status());
      return accounts.front();
    }
  }
  return status::Error(absl::StatusCode::kPermissionDenied, kLoginUnknown);
}

absl::StatusOr<v1::SignedIn> SignIn::EnterAs(const rpc::CallContext& call,
                                             const absl::StatusOr<Vouched>& vouched) {
  if (absl::IsUnauthenticated(vouched.status())) {
    const std::string why(vouched.status().message());
    logging::Warning("sign-in refused", {{"why", std::string_view(why)}});
    return status::Error(absl::StatusCode::kPermissionDenied, kIssuerRefused);
  }
  TREMPLIN_RETURN_IF_ERROR(vouched.status());
  v1::SignedIn signed_in;
  TREMPLIN_RETURN_IF_ERROR(d_.db.Write(
      Anybody(call, LoginIndex(vouched->issuer, vouched->subject)),
      [&](database::Transaction& tx) -> absl::Status {
        TREMPLIN_ASSIGN_OR_RETURN(const std::string account, AccountOf(tx, *vouched));
        TREMPLIN_ASSIGN_OR_RETURN(signed_in, Enter(tx, call, account, vouched->expires));
        return absl::OkStatus();
      }));
  return signed_in;
}

absl::StatusOr<v1::SignedIn> SignIn::FinishSignIn(const rpc::CallContext& call,
                                                  const v1::FinishSignInRequest& request) {
  if (d_.issuer == nullptr) return NoIssuer();
  const Challenge challenge = ChallengeOf(request.browser_secret());
  if (!digest::ConstantTimeEqual(challenge.state, request.state())) return Over();
  const std::string state_hash = digest::Sha256Hex(challenge.state);
  std::optional<store::BegunRow> begun;
  TREMPLIN_RETURN_IF_ERROR(
      d_.db.Write(Anybody(call, state_hash), [&](database::Transaction& tx) -> absl::Status {
        TREMPLIN_ASSIGN_OR_RETURN(begun, store::TakeBegun(tx, state_hash, d_.clock.SystemNow()));
        return absl::OkStatus();
      }));
  if (!begun.has_value()) return Over();
  TREMPLIN_ASSIGN_OR_RETURN(v1::SignedIn signed_in,
                            EnterAs(call, d_.issuer->Exchange(request.code(), request.issuer(),
                                                              challenge, call.deadline)));
  signed_in.set_return_path(begun->return_path);
  return signed_in;
}

absl::StatusOr<v1::SignedIn> SignIn::ExchangeToken(const rpc::CallContext& call,
                                                   const v1::ExchangeTokenRequest& request) {
  if (d_.issuer == nullptr) return NoIssuer();
  const absl::StatusOr<Vouched> vouched = d_.issuer->Check(request.access_token(), call.deadline);
  if (absl::IsFailedPrecondition(vouched.status())) return NoIssuer();
  return EnterAs(call, vouched);
}

}  // namespace tremplin::registration
