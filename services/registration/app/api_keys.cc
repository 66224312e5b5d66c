#include <string>
#include <utility>
#include <vector>

#include "common/digest/digest.h"
#include "common/resources/names.h"
#include "common/status/error.h"
#include "common/status/macros.h"
#include "services/registration/app/acting.h"
#include "services/registration/app/checks.h"
#include "services/registration/app/convert.h"
#include "services/registration/app/secret.h"
#include "services/registration/app/service.h"
#include "services/registration/app/sign_in_sessions.h"
#include "services/registration/messages.h"
#include "services/registration/store/api_keys.h"
#include "services/registration/store/people.h"

namespace tremplin::registration {
namespace {

using rpc::Role;
using store::ApiKeyRow;

constexpr int kUsualDays = 365;
constexpr int kMostDays = 400;

v1::ApiKey ToMessage(const ApiKeyRow& row) {
  v1::ApiKey out;
  out.set_name(resources::NameOf(kApiKeys, row.id));
  out.set_role(static_cast<Role>(row.role));
  out.set_organization(resources::NameOf(kOrganizations, row.organization));
  out.set_person(resources::NameOf(kPeople, row.person));
  out.set_program(resources::NameOf(kPrograms, row.program));
  *out.mutable_expire_time() = resources::ToTimestamp(row.expires);
  out.set_revoked(row.revoked);
  return out;
}

absl::StatusOr<ApiKeyRow> RowOf(const v1::CreateApiKeyRequest& request) {
  Faults faults;
  const Acting acting = TakeActing(faults, {.role = request.role(),
                                            .organization = request.organization(),
                                            .person = request.person(),
                                            .program = request.program()});
  faults.Range("days", request.days(), 0, kMostDays);
  TREMPLIN_RETURN_IF_ERROR(faults.ToStatus());
  return ApiKeyRow{.role = acting.role,
                   .organization = acting.organization,
                   .person = acting.person,
                   .program = acting.program};
}

}  // namespace

absl::StatusOr<v1::CreateApiKeyResponse> Service::CreateApiKey(
    const rpc::CallContext& call, const v1::CreateApiKeyRequest& request) {
  TREMPLIN_ASSIGN_OR_RETURN(ApiKeyRow row, RowOf(request));
  const std::string secret = NewSecret("tk_");
  row.id = call.NewId("api_key");
  row.hash = digest::Sha256Hex(secret);
  row.created = d_.clock.SystemNow();
  row.expires = row.created + absl::Hours(24) * (request.days() == 0 ? kUsualDays : request.days());
  // The stored answer holds the secret: it goes with the person it was made for.
  return d_.commands.Run<v1::CreateApiKeyResponse>(
      call, row.id,
      [&](database::Transaction& tx) -> absl::StatusOr<v1::CreateApiKeyResponse> {
        TREMPLIN_RETURN_IF_ERROR(CheckActing(tx, {.role = static_cast<Role>(row.role),
                                                  .organization = row.organization,
                                                  .person = row.person,
                                                  .program = row.program}));
        TREMPLIN_RETURN_IF_ERROR(store::InsertApiKey(tx, row));
        TREMPLIN_RETURN_IF_ERROR(Audit(tx, call, resources::NameOf(kApiKeys, row.id)));
        v1::CreateApiKeyResponse response;
        *response.mutable_api_key() = ToMessage(row);
        response.set_secret(secret);
        return response;
      },
      row.person);
}

absl::StatusOr<v1::ApiKey> Service::RevokeApiKey(const rpc::CallContext& call,
                                                 const v1::RevokeApiKeyRequest& request) {
  TREMPLIN_ASSIGN_OR_RETURN(const std::string id,
                            resources::IdOf(kApiKeys, request.name(), "name"));
  return d_.commands.Run<v1::ApiKey>(
      call, id, [&](database::Transaction& tx) -> absl::StatusOr<v1::ApiKey> {
        TREMPLIN_ASSIGN_OR_RETURN(ApiKeyRow row, store::GetApiKey(tx, id));
        TREMPLIN_RETURN_IF_ERROR(store::RevokeApiKey(tx, id));
        TREMPLIN_RETURN_IF_ERROR(Audit(tx, call, request.name()));
        row.revoked = true;
        return ToMessage(row);
      });
}

absl::StatusOr<v1::MyRole> Service::GetMyRole(const rpc::CallContext& call,
                                              const v1::GetMyRoleRequest&) {
  v1::MyRole mine;
  mine.set_role(call.principal.role);
  mine.set_organization(resources::NameOf(kOrganizations, call.principal.organization));
  mine.set_program(resources::NameOf(kPrograms, call.principal.program));
  return mine;
}

absl::StatusOr<v1::ListApiKeysResponse> Service::ListApiKeys(
    const rpc::CallContext& call, const v1::ListApiKeysRequest& request) {
  constexpr std::string_view kScope = "apiKeys";
  TREMPLIN_ASSIGN_OR_RETURN(const int size, resources::PageSize(request.page_size()));
  TREMPLIN_ASSIGN_OR_RETURN(const std::string after,
                            resources::LastKey(kScope, request.page_token()));
  std::vector<ApiKeyRow> rows;
  TREMPLIN_RETURN_IF_ERROR(d_.db.Read(call.Read(), [&](database::Reader& reader) -> absl::Status {
    TREMPLIN_ASSIGN_OR_RETURN(rows, store::ListApiKeys(reader, after, size + 1));
    return absl::OkStatus();
  }));
  v1::ListApiKeysResponse response;
  if (rows.size() > static_cast<size_t>(size)) {
    rows.resize(static_cast<size_t>(size));
    response.set_next_page_token(resources::PageToken(kScope, rows.back().id));
  }
  for (const ApiKeyRow& row : rows) *response.add_api_keys() = ToMessage(row);
  return response;
}

absl::StatusOr<v1::ApiKey> Service::ResolveApiKey(const rpc::CallContext& call,
                                                  const v1::ResolveApiKeyRequest& request) {
  const std::string& hash = request.key_hash();
  const bool hex =
      hash.size() == 64 && hash.find_first_not_of("0123456789abcdef") == std::string::npos;
  if (!hex) return status::InvalidFields({status::Violation("key_hash", kKeyHashInvalid)});
  v1::ApiKey key;
  const absl::Status found = d_.db.Read(call.Read(), [&](database::Reader& reader) -> absl::Status {
    TREMPLIN_ASSIGN_OR_RETURN(ApiKeyRow row, store::GetApiKeyByHash(reader, hash));
    if (row.revoked || row.expires <= d_.clock.SystemNow()) {
      return status::Error(absl::StatusCode::kNotFound, kApiKeyNotFound);
    }
    // Who was linked acts as the one person they are.
    if (!row.person.empty()) {
      TREMPLIN_ASSIGN_OR_RETURN(row.person, store::HeadOf(reader, row.person));
    }
    key = ToMessage(row);
    return absl::OkStatus();
  });
  if (!absl::IsNotFound(found)) {
    TREMPLIN_RETURN_IF_ERROR(found);
    return key;
  }
  return ResolveSession(d_.db, d_.clock, call, hash);
}

}  // namespace tremplin::registration
