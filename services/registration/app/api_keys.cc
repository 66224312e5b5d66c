#include <openssl/rand.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "common/digest/digest.h"
#include "common/resources/names.h"
#include "common/status/error.h"
#include "common/status/macros.h"
#include "common/text/text.h"
#include "services/registration/app/checks.h"
#include "services/registration/app/convert.h"
#include "services/registration/app/service.h"
#include "services/registration/messages.h"
#include "services/registration/store/api_keys.h"
#include "services/registration/store/organizations.h"
#include "services/registration/store/people.h"
#include "services/registration/store/publications.h"

namespace tremplin::registration {
namespace {

using rpc::Role;
using store::ApiKeyRow;

constexpr int kUsualDays = 365;
constexpr int kMostDays = 400;

// "tk_" and 43 characters that say 32 random bytes. Random also in demo mode: a key that can be
// derived is no secret, and no result depends on it.
absl::StatusOr<std::string> NewSecret() {
  std::string bytes(32, '\0');
  if (RAND_bytes(reinterpret_cast<unsigned char*>(bytes.data()), static_cast<int>(bytes.size())) !=
      1) {
    return absl::InternalError("no randomness");
  }
  return text::Cat("tk_", absl::WebSafeBase64Escape(bytes));
}

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

// What goes with a role: an organization for those who act for one, a person for those who act for
// themselves, a program only where a role can be bound to one.
struct Needs {
  bool organization = false;
  bool person = false;
  bool may_have_organization = false;
  bool may_have_program = false;
};

Needs NeedsOf(Role role) {
  if (role == Role::ROLE_AGENCY || role == Role::ROLE_ORGANIZATION) {
    return {.organization = true, .may_have_program = true};
  }
  if (role == Role::ROLE_MENTEE || role == Role::ROLE_MENTOR) {
    return {.person = true, .may_have_program = true};
  }
  // A coordinator's organization makes them placed staff, who see its people only.
  if (role == Role::ROLE_COORDINATOR) {
    return {.may_have_organization = true, .may_have_program = true};
  }
  if (role == Role::ROLE_MANAGER || role == Role::ROLE_FUNDER) return {.may_have_program = true};
  return {};
}

// Reads one name into `id`; "" stays "".
void TakeName(Faults& faults, const char* collection, const std::string& name, const char* field,
              bool needed, bool allowed, std::string& id) {
  if (name.empty()) {
    if (needed) faults.Add(field, kRequired);
  } else if (!needed && !allowed) {
    faults.Add(field, kNotAllowedHere);
  } else {
    absl::StatusOr<std::string> read = resources::IdOf(collection, name, field);
    faults.Take(read.status());
    if (read.ok()) id = *std::move(read);
  }
}

absl::StatusOr<ApiKeyRow> RowOf(const v1::CreateApiKeyRequest& request) {
  Faults faults;
  ApiKeyRow row{.role = request.role()};
  if (request.role() == Role::ROLE_UNSPECIFIED || request.role() == Role::ROLE_SERVICE ||
      !options::v1::Role_IsValid(request.role())) {
    faults.Add("role", kChooseOne);
  }
  const Needs needs = NeedsOf(request.role());
  TakeName(faults, kOrganizations, request.organization(), "organization", needs.organization,
           needs.may_have_organization, row.organization);
  TakeName(faults, kPeople, request.person(), "person", needs.person, false, row.person);
  TakeName(faults, kPrograms, request.program(), "program", false, needs.may_have_program,
           row.program);
  faults.Range("days", request.days(), 0, kMostDays);
  TREMPLIN_RETURN_IF_ERROR(faults.ToStatus());
  return row;
}

// NOT_FOUND unless everything the key refers to exists.
absl::Status CheckReferences(database::Reader& reader, const ApiKeyRow& row) {
  if (!row.organization.empty()) {
    TREMPLIN_ASSIGN_OR_RETURN(const store::OrganizationRow organization,
                              store::GetOrganization(reader, row.organization));
    const bool agency = std::find(organization.parts.begin(), organization.parts.end(),
                                  v1::PART_AGENCY) != organization.parts.end();
    if (row.role == Role::ROLE_AGENCY && !agency) {
      return status::Error(absl::StatusCode::kFailedPrecondition, kNotAnAgency, {row.organization});
    }
  }
  if (!row.person.empty()) {
    TREMPLIN_ASSIGN_OR_RETURN(const bool exists, store::PersonExists(reader, row.person));
    if (!exists) return status::Error(absl::StatusCode::kNotFound, kPersonNotFound);
  }
  if (!row.program.empty()) {
    TREMPLIN_ASSIGN_OR_RETURN(const store::Publication latest,
                              store::LatestPublication(reader, row.program));
    if (latest.version == 0) {
      return status::Error(absl::StatusCode::kNotFound, kProgramNotFound, {row.program});
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<v1::CreateApiKeyResponse> Service::CreateApiKey(
    const rpc::CallContext& call, const v1::CreateApiKeyRequest& request) {
  TREMPLIN_ASSIGN_OR_RETURN(ApiKeyRow row, RowOf(request));
  TREMPLIN_ASSIGN_OR_RETURN(const std::string secret, NewSecret());
  row.id = call.NewId("api_key");
  row.hash = digest::Sha256Hex(secret);
  row.created = d_.clock.SystemNow();
  row.expires = row.created + absl::Hours(24) * (request.days() == 0 ? kUsualDays : request.days());
  // The stored answer holds the secret: it goes with the person it was made for.
  return d_.commands.Run<v1::CreateApiKeyResponse>(
      call, row.id,
      [&](database::Transaction& tx) -> absl::StatusOr<v1::CreateApiKeyResponse> {
        TREMPLIN_RETURN_IF_ERROR(CheckReferences(tx, row));
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
  TREMPLIN_RETURN_IF_ERROR(d_.db.Read(call.Read(), [&](database::Reader& reader) -> absl::Status {
    TREMPLIN_ASSIGN_OR_RETURN(ApiKeyRow row, store::GetApiKeyByHash(reader, hash));
    // Who was linked acts as the one person they are.
    if (!row.person.empty()) {
      TREMPLIN_ASSIGN_OR_RETURN(row.person, store::HeadOf(reader, row.person));
    }
    if (row.revoked || row.expires <= d_.clock.SystemNow()) {
      return status::Error(absl::StatusCode::kNotFound, kApiKeyNotFound);
    }
    key = ToMessage(row);
    return absl::OkStatus();
  }));
  return key;
}

}  // namespace tremplin::registration
