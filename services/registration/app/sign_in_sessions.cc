// Sessions: an opaque token, of which its hash is kept, that acts in one role at a time.
#include "services/registration/app/sign_in_sessions.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "common/digest/digest.h"
#include "common/ids/ids.h"
#include "common/logging/logging.h"
#include "common/resources/names.h"
#include "common/status/error.h"
#include "common/status/macros.h"
#include "services/registration/app/accounts.h"
#include "services/registration/app/convert.h"
#include "services/registration/app/secret.h"
#include "services/registration/app/sign_in.h"
#include "services/registration/domain/sign_in.h"
#include "services/registration/messages.h"
#include "services/registration/store/organizations.h"
#include "services/registration/store/people.h"

namespace tremplin::registration {
namespace {

constexpr char kSessions[] = "signInSessions";
constexpr char kPrefix[] = "ts_";

bool IsOver(const store::SessionRow& session, absl::Time now) {
  return domain::SessionOver(session.used, session.expires) <= now;
}

// The session, or nothing where there is none or it is over.
absl::StatusOr<std::optional<store::SessionRow>> FindLive(database::Reader& reader,
                                                          const std::string& token_hash,
                                                          absl::Time now) {
  TREMPLIN_ASSIGN_OR_RETURN(std::optional<store::SessionRow> session,
                            store::FindSession(reader, token_hash));
  if (session.has_value() && IsOver(*session, now)) session.reset();
  return session;
}

absl::Status Unknown() { return status::Error(absl::StatusCode::kNotFound, kApiKeyNotFound); }

}  // namespace

absl::StatusOr<v1::ApiKey> ResolveSession(database::Database& db, const clock::Clock& clock,
                                          const rpc::CallContext& call,
                                          const std::string& token_hash) {
  const absl::Time now = clock.SystemNow();
  store::SessionRow session;
  store::RoleRow role;
  TREMPLIN_RETURN_IF_ERROR(db.Read(call.Read(), [&](database::Reader& reader) -> absl::Status {
    TREMPLIN_ASSIGN_OR_RETURN(const std::optional<store::SessionRow> found,
                              FindLive(reader, token_hash, now));
    if (!found.has_value()) return Unknown();
    session = *found;
    const absl::StatusOr<store::RoleRow> granted = store::GetRole(reader, session.role);
    if (absl::IsNotFound(granted.status())) return Unknown();
    TREMPLIN_RETURN_IF_ERROR(granted.status());
    role = *granted;
    if (role.revoked) return Unknown();
    // Who was linked acts as the one person they are.
    if (!role.person.empty()) {
      TREMPLIN_ASSIGN_OR_RETURN(role.person, store::HeadOf(reader, role.person));
    }
    return absl::OkStatus();
  }));
  if (now - session.used >= domain::kUseNoted) {
    const absl::Status noted = db.Write(
        call.Write(session.id),
        [id = session.id, now](database::Transaction& tx) { return store::NoteUse(tx, id, now); });
    // Who could read may go on: at worst the session ends earlier.
    if (const std::string error(noted.message()); !noted.ok()) {
      logging::Warning("use of a session not noted", {{"error", std::string_view(error)}});
    }
  }
  v1::ApiKey key;
  key.set_name(resources::NameOf(kRoles, role.id));
  key.set_role(static_cast<rpc::Role>(role.role));
  key.set_organization(resources::NameOf(kOrganizations, role.organization));
  key.set_person(resources::NameOf(kPeople, role.person));
  key.set_program(resources::NameOf(kPrograms, role.program));
  *key.mutable_expire_time() =
      resources::ToTimestamp(domain::SessionOver(std::max(session.used, now), session.expires));
  return key;
}

absl::StatusOr<store::SessionRow> SignIn::Current(database::Reader& reader,
                                                  const rpc::CallContext& call) const {
  TREMPLIN_ASSIGN_OR_RETURN(
      std::optional<store::SessionRow> session,
      FindLive(reader, digest::Sha256Hex(call.credential), d_.clock.SystemNow()));
  if (session.has_value()) return *std::move(session);
  return status::Error(absl::StatusCode::kFailedPrecondition, kNotASession);
}

absl::StatusOr<v1::ActingRole> SignIn::Shown(database::Reader& reader, const rpc::CallContext& call,
                                             const store::RoleRow& row) {
  v1::ActingRole role = ToMessage(row);
  if (!row.program.empty()) {
    const auto program = d_.programs.InForce(reader, row.program, call.business_now);
    if (program.ok()) *role.mutable_title() = (*program)->definition.name();
    if (!absl::IsNotFound(program.status())) TREMPLIN_RETURN_IF_ERROR(program.status());
  } else if (!row.organization.empty()) {
    TREMPLIN_ASSIGN_OR_RETURN(const store::OrganizationRow organization,
                              store::GetOrganization(reader, row.organization));
    role.mutable_title()->set_en(organization.title_en);
    role.mutable_title()->set_fr(organization.title_fr);
  }
  return role;
}

absl::StatusOr<v1::Session> SignIn::Shown(database::Reader& reader, const rpc::CallContext& call,
                                          const store::SessionRow& row, std::string_view current) {
  v1::Session session;
  session.set_name(resources::NameOf(kSessions, row.id));
  *session.mutable_create_time() = resources::ToTimestamp(row.created);
  *session.mutable_use_time() = resources::ToTimestamp(row.used);
  *session.mutable_expire_time() = resources::ToTimestamp(row.expires);
  session.set_current(row.id == current);
  TREMPLIN_ASSIGN_OR_RETURN(const store::RoleRow role, store::GetRole(reader, row.role));
  TREMPLIN_ASSIGN_OR_RETURN(*session.mutable_role(), Shown(reader, call, role));
  return session;
}

absl::StatusOr<v1::SignedIn> SignIn::Enter(database::Transaction& tx, const rpc::CallContext& call,
                                           const std::string& account, absl::Time until) {
  const absl::Time now = d_.clock.SystemNow();
  TREMPLIN_ASSIGN_OR_RETURN(const std::vector<store::RoleRow> roles,
                            TakeRoles(tx, d_.sealer, account, now));
  if (roles.empty()) return status::Error(absl::StatusCode::kPermissionDenied, kNoRoleHere);
  const std::string token = NewSecret(kPrefix);
  const store::SessionRow row{.id = ids::New(),
                              .token_hash = digest::Sha256Hex(token),
                              .account = account,
                              .role = roles.front().id,
                              .created = now,
                              .used = now,
                              .expires = std::min(now + domain::kSessionHolds, until)};
  TREMPLIN_RETURN_IF_ERROR(store::InsertSession(tx, row, domain::kMostSessions, now));
  TREMPLIN_RETURN_IF_ERROR(Audit(tx, call, resources::NameOf(kSessions, row.id), account));
  v1::SignedIn signed_in;
  signed_in.set_session_token(token);
  TREMPLIN_ASSIGN_OR_RETURN(*signed_in.mutable_session(), Shown(tx, call, row, row.id));
  return signed_in;
}

absl::StatusOr<v1::MySession> SignIn::GetMySession(const rpc::CallContext& call,
                                                   const v1::GetMySessionRequest&) {
  v1::MySession mine;
  TREMPLIN_RETURN_IF_ERROR(d_.db.Read(Anybody(call), [&](database::Reader& reader) -> absl::Status {
    mine.Clear();
    TREMPLIN_ASSIGN_OR_RETURN(const store::SessionRow session, Current(reader, call));
    TREMPLIN_ASSIGN_OR_RETURN(*mine.mutable_session(), Shown(reader, call, session, session.id));
    TREMPLIN_ASSIGN_OR_RETURN(const std::vector<store::RoleRow> roles,
                              store::RolesOf(reader, session.account, domain::kMostRoles));
    for (const store::RoleRow& role : roles) {
      TREMPLIN_ASSIGN_OR_RETURN(*mine.add_roles(), Shown(reader, call, role));
    }
    TREMPLIN_ASSIGN_OR_RETURN(const v1::StaffMember holder,
                              HolderOf(reader, d_.sealer, session.account));
    mine.set_given_name(holder.given_name());
    mine.set_family_name(holder.family_name());
    return absl::OkStatus();
  }));
  return mine;
}

// Under a new token: what any process remembers of the one before speaks of the role before.
absl::StatusOr<v1::SignedIn> SignIn::SwitchRole(const rpc::CallContext& call,
                                                const v1::SwitchRoleRequest& request) {
  TREMPLIN_ASSIGN_OR_RETURN(const std::string role,
                            resources::IdOf(kRoles, request.role(), "role"));
  const std::string token = NewSecret(kPrefix);
  v1::SignedIn signed_in;
  TREMPLIN_RETURN_IF_ERROR(
      d_.db.Write(Anybody(call, call.principal.id), [&](database::Transaction& tx) -> absl::Status {
        TREMPLIN_ASSIGN_OR_RETURN(store::SessionRow session, Current(tx, call));
        const absl::StatusOr<store::RoleRow> wanted = store::GetRole(tx, role);
        if (!absl::IsNotFound(wanted.status())) TREMPLIN_RETURN_IF_ERROR(wanted.status());
        if (!wanted.ok() || wanted->account != session.account || wanted->revoked) {
          return status::Error(absl::StatusCode::kNotFound, kRoleNotFound);
        }
        const std::string before = std::exchange(session.token_hash, digest::Sha256Hex(token));
        session.role = role;
        session.used = d_.clock.SystemNow();
        TREMPLIN_ASSIGN_OR_RETURN(const bool changed, store::ChangeSession(tx, session, before));
        if (!changed) return status::Error(absl::StatusCode::kFailedPrecondition, kNotASession);
        TREMPLIN_RETURN_IF_ERROR(Audit(tx, call, request.role(), session.account));
        signed_in.set_session_token(token);
        TREMPLIN_ASSIGN_OR_RETURN(*signed_in.mutable_session(),
                                  Shown(tx, call, session, session.id));
        return absl::OkStatus();
      }));
  return signed_in;
}

absl::StatusOr<v1::SignOutResponse> SignIn::SignOut(const rpc::CallContext& call,
                                                    const v1::SignOutRequest&) {
  TREMPLIN_RETURN_IF_ERROR(
      d_.db.Write(Anybody(call, call.principal.id), [&](database::Transaction& tx) -> absl::Status {
        TREMPLIN_ASSIGN_OR_RETURN(const store::SessionRow session, Current(tx, call));
        TREMPLIN_RETURN_IF_ERROR(store::DeleteSession(tx, session.account, session.id).status());
        return Audit(tx, call, resources::NameOf(kSessions, session.id), session.account);
      }));
  return v1::SignOutResponse();
}

absl::StatusOr<v1::ListMySessionsResponse> SignIn::ListMySessions(
    const rpc::CallContext& call, const v1::ListMySessionsRequest&) {
  v1::ListMySessionsResponse response;
  TREMPLIN_RETURN_IF_ERROR(d_.db.Read(Anybody(call), [&](database::Reader& reader) -> absl::Status {
    response.Clear();
    TREMPLIN_ASSIGN_OR_RETURN(const store::SessionRow current, Current(reader, call));
    TREMPLIN_ASSIGN_OR_RETURN(const std::vector<store::SessionRow> rows,
                              store::SessionsOf(reader, current.account, domain::kMostSessions));
    for (const store::SessionRow& row : rows) {
      if (IsOver(row, d_.clock.SystemNow())) continue;
      TREMPLIN_ASSIGN_OR_RETURN(*response.add_sessions(), Shown(reader, call, row, current.id));
    }
    return absl::OkStatus();
  }));
  return response;
}

absl::StatusOr<v1::EndSessionResponse> SignIn::EndSession(const rpc::CallContext& call,
                                                          const v1::EndSessionRequest& request) {
  TREMPLIN_ASSIGN_OR_RETURN(const std::string id,
                            resources::IdOf(kSessions, request.name(), "name"));
  TREMPLIN_RETURN_IF_ERROR(
      d_.db.Write(Anybody(call, call.principal.id), [&](database::Transaction& tx) -> absl::Status {
        TREMPLIN_ASSIGN_OR_RETURN(const store::SessionRow current, Current(tx, call));
        TREMPLIN_ASSIGN_OR_RETURN(const bool ended, store::DeleteSession(tx, current.account, id));
        if (!ended) return status::Error(absl::StatusCode::kNotFound, kSessionNotFound);
        return Audit(tx, call, request.name(), current.account);
      }));
  return v1::EndSessionResponse();
}

}  // namespace tremplin::registration
