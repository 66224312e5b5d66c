#include "common/rpc/call.h"

#include <array>

#include "common/ids/ids.h"

namespace tremplin::rpc {

database::Tenant CallContext::tenant() const {
  if (principal.role == Role::ROLE_UNSPECIFIED) return database::Tenant::None();
  const bool placed = principal.role == Role::ROLE_COORDINATOR && !principal.organization.empty();
  if (principal.role != Role::ROLE_AGENCY && !placed) return database::Tenant::All();
  if (principal.organization.empty()) return database::Tenant::None();
  return database::Tenant::Of(principal.organization);
}

std::string CallContext::NewId(std::string_view what) const {
  if (!derive_ids || request_id.empty()) return ids::New();
  const std::array<std::string_view, 4> parts{principal.id, method, request_id, what};
  return ids::Derive(parts);
}

database::WriteOptions CallContext::Write(std::string_view lane_key) const {
  return {.lane_key = std::string(lane_key), .tenant = tenant(), .deadline = deadline};
}

database::ReadOptions CallContext::Read() const {
  return {.tenant = tenant(), .deadline = deadline};
}

}  // namespace tremplin::rpc
