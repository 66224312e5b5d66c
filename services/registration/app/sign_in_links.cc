// Links that sign in once: asked for by address, or made by staff.
#include <optional>
#include <string>
#include <vector>

#include "common/digest/digest.h"
#include "common/ids/ids.h"
#include "common/person/contact.h"
#include "common/resources/names.h"
#include "common/status/error.h"
#include "common/status/macros.h"
#include "services/registration/app/accounts.h"
#include "services/registration/app/acting.h"
#include "services/registration/app/secret.h"
#include "services/registration/app/sign_in.h"
#include "services/registration/domain/sign_in.h"
#include "services/registration/messages.h"
#include "tremplin/registration/events/v1/sign_in.pb.h"

namespace tremplin::registration {
namespace {

constexpr char kLinks[] = "signInLinks";
constexpr char kPrefix[] = "tl_";
constexpr size_t kLongestEmail = 320;

absl::Status LinkOver() { return status::Error(absl::StatusCode::kNotFound, kLinkOver); }

}  // namespace

absl::StatusOr<v1::SignInLink> SignIn::CreateSignInLink(
    const rpc::CallContext& call, const v1::CreateSignInLinkRequest& request) {
  TREMPLIN_ASSIGN_OR_RETURN(const std::string account,
                            resources::IdOf(kAccounts, request.account(), "account"));
  const std::string secret = NewSecret(kPrefix);
  const absl::Time now = d_.clock.SystemNow();
  const store::LinkRow row{.id = call.NewId("sign_in_link"),
                           .account = account,
                           .secret_hash = digest::Sha256Hex(secret),
                           .expires = now + domain::kLinkHolds};
  // The stored answer holds the secret: it goes with whom it lets in.
  return d_.commands.Run<v1::SignInLink>(
      call, account,
      [&](database::Transaction& tx) -> absl::StatusOr<v1::SignInLink> {
        TREMPLIN_ASSIGN_OR_RETURN(const auto roles, TakeRoles(tx, d_.sealer, account, now));
        if (!MayHandLink(call.principal, roles)) {
          return status::Error(absl::StatusCode::kNotFound, kAccountNotFound);
        }
        TREMPLIN_RETURN_IF_ERROR(store::InsertLink(tx, row, now));
        TREMPLIN_RETURN_IF_ERROR(Audit(tx, call, request.account()));
        v1::SignInLink link;
        link.set_name(resources::NameOf(kLinks, row.id));
        link.set_url(UrlOf(secret));
        *link.mutable_expire_time() = resources::ToTimestamp(row.expires);
        return link;
      },
      account);
}

// Whether somebody has the address shows neither in the answer nor, but for a row or two more, in
// the time it takes: what is sent is sent later, by others.
absl::StatusOr<v1::RequestSignInLinkResponse> SignIn::RequestSignInLink(
    const rpc::CallContext& call, const v1::RequestSignInLinkRequest& request) {
  const std::string email =
      request.email().size() > kLongestEmail ? "" : person::Email(request.email());
  if (!person::IsEmail(email)) {
    return status::InvalidFields({status::Violation("email", kEmailWanted)});
  }
  const std::string index = EmailIndexOf(d_.sealer, email);
  const absl::Time now = d_.clock.SystemNow();
  TREMPLIN_RETURN_IF_ERROR(
      d_.db.Write(Anybody(call, index), [&](database::Transaction& tx) -> absl::Status {
        TREMPLIN_ASSIGN_OR_RETURN(const int64_t asked,
                                  store::NoteAsked(tx, index, now, now - domain::kAskedWithin));
        TREMPLIN_ASSIGN_OR_RETURN(const std::vector<std::string> accounts,
                                  AccountsOf(tx, d_.sealer, index));
        if (asked > domain::kMostAsked) return absl::OkStatus();
        for (const std::string& account : accounts) {
          const store::LinkRow row{
              .id = ids::New(), .account = account, .expires = now + domain::kLinkWaits};
          TREMPLIN_RETURN_IF_ERROR(store::InsertLink(tx, row, now));
          events::v1::SignInLinkAsked event;
          event.set_link(row.id);
          event.set_account(account);
          TREMPLIN_RETURN_IF_ERROR(
              d_.outbox.Append(tx, row.id, call.business_now, event, call.traceparent));
        }
        return absl::OkStatus();
      }));
  return v1::RequestSignInLinkResponse();
}

absl::StatusOr<v1::ReadSignInLinkResponse> SignIn::ReadSignInLink(
    const rpc::CallContext& call, const v1::ReadSignInLinkRequest& request) {
  v1::ReadSignInLinkResponse response;
  TREMPLIN_RETURN_IF_ERROR(d_.db.Read(Anybody(call), [&](database::Reader& reader) -> absl::Status {
    TREMPLIN_ASSIGN_OR_RETURN(
        const std::optional<store::LinkRow> link,
        store::FindLink(reader, digest::Sha256Hex(request.secret()), d_.clock.SystemNow()));
    if (!link.has_value()) return LinkOver();
    TREMPLIN_ASSIGN_OR_RETURN(const v1::StaffMember holder,
                              HolderOf(reader, d_.sealer, link->account));
    response.set_given_name(holder.given_name());
    response.set_family_name(holder.family_name());
    return absl::OkStatus();
  }));
  return response;
}

absl::StatusOr<v1::SignedIn> SignIn::ConfirmSignInLink(
    const rpc::CallContext& call, const v1::ConfirmSignInLinkRequest& request) {
  const std::string hash = digest::Sha256Hex(request.secret());
  v1::SignedIn signed_in;
  TREMPLIN_RETURN_IF_ERROR(
      d_.db.Write(Anybody(call, hash), [&](database::Transaction& tx) -> absl::Status {
        TREMPLIN_ASSIGN_OR_RETURN(const std::string account,
                                  store::TakeLink(tx, hash, d_.clock.SystemNow()));
        if (account.empty()) return LinkOver();
        TREMPLIN_ASSIGN_OR_RETURN(signed_in, Enter(tx, call, account));
        return absl::OkStatus();
      }));
  return signed_in;
}

absl::StatusOr<v1::IssueSignInLinkResponse> SignIn::IssueSignInLink(
    const rpc::CallContext& call, const v1::IssueSignInLinkRequest& request) {
  TREMPLIN_ASSIGN_OR_RETURN(const std::string id, resources::IdOf(kLinks, request.name(), "name"));
  const std::string secret = NewSecret(kPrefix);
  const absl::Time now = d_.clock.SystemNow();
  v1::IssueSignInLinkResponse response;
  TREMPLIN_RETURN_IF_ERROR(
      d_.db.Write(call.Write(id), [&](database::Transaction& tx) -> absl::Status {
        TREMPLIN_ASSIGN_OR_RETURN(
            const std::optional<store::LinkRow> link,
            store::IssueLink(tx, id, digest::Sha256Hex(secret), now + domain::kLinkHolds, now));
        if (!link.has_value()) return LinkOver();
        TREMPLIN_ASSIGN_OR_RETURN(*response.mutable_recipient(),
                                  HolderOf(tx, d_.sealer, link->account));
        response.mutable_link()->set_name(request.name());
        response.mutable_link()->set_url(UrlOf(secret));
        *response.mutable_link()->mutable_expire_time() = resources::ToTimestamp(link->expires);
        return Audit(tx, call, request.name());
      }));
  return response;
}

}  // namespace tremplin::registration
