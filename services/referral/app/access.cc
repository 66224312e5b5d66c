#include "services/referral/app/access.h"

#include <optional>
#include <utility>

#include "common/resources/names.h"
#include "common/status/error.h"
#include "common/status/macros.h"
#include "services/referral/messages.h"
#include "services/referral/store/application_store.h"
#include "services/referral/store/referral_store.h"

namespace tremplin::referral::app {
namespace {

bool Sees(const rpc::CallContext& call, const ApplicationRow& application) {
  const std::string& program = call.principal.program;
  if (!program.empty() && application.program != program) return false;
  const std::optional<Door> door = DoorOf(call);
  if (door.has_value() && application.door != *door) return false;
  const std::string& only = OnlyOrganization(call);
  return (only.empty() && !door.has_value()) || application.agency == only;
}

}  // namespace

bool IsPartner(const rpc::CallContext& call) { return DoorOf(call).has_value(); }

std::optional<Door> DoorOf(const rpc::CallContext& call) {
  if (call.principal.role == rpc::Role::ROLE_AGENCY) return Door::DOOR_AGENCY;
  if (call.principal.role == rpc::Role::ROLE_ORGANIZATION) return Door::DOOR_PROPOSER;
  return std::nullopt;
}

const std::string& OnlyOrganization(const rpc::CallContext& call) {
  static const std::string* const kAll = new std::string();
  const bool staff = call.principal.role == rpc::Role::ROLE_COORDINATOR;
  return staff || IsPartner(call) ? call.principal.organization : *kAll;
}

absl::Status CheckAgency(const rpc::CallContext& call, std::string_view agency) {
  const std::string& only = OnlyOrganization(call);
  if ((only.empty() && !IsPartner(call)) || agency == only) return absl::OkStatus();
  return status::Error(absl::StatusCode::kPermissionDenied, kAgencyOther);
}

absl::Status CheckProgram(const rpc::CallContext& call, std::string_view program) {
  const std::string& own = call.principal.program;
  if (own.empty() || program.empty() || program == own) return absl::OkStatus();
  return status::Error(absl::StatusCode::kPermissionDenied, kProgramOther, {own});
}

absl::Status CheckSeesAll(const rpc::CallContext& call) {
  if (OnlyOrganization(call).empty()) return absl::OkStatus();
  return status::Error(absl::StatusCode::kPermissionDenied, kPlacedStaff);
}

absl::Status ReferralNotFound(std::string_view id) {
  return status::Error(absl::StatusCode::kNotFound, kReferralNotFound, {id});
}

absl::Status ApplicationNotFound(std::string_view id) {
  return status::Error(absl::StatusCode::kNotFound, kApplicationNotFound, {id});
}

absl::StatusOr<ApplicationRow> VisibleApplication(database::Reader& reader,
                                                  const rpc::CallContext& call,
                                                  std::string_view id) {
  TREMPLIN_ASSIGN_OR_RETURN(std::optional<ApplicationRow> row, store::GetApplication(reader, id));
  if (!row.has_value() || !Sees(call, *row)) return ApplicationNotFound(id);
  return *std::move(row);
}

absl::StatusOr<VisibleReferral> FindVisibleReferral(database::Reader& reader,
                                                    const rpc::CallContext& call,
                                                    std::string_view id) {
  database::Prefetched applications = reader.Prefetch(store::FindingApplicationsOf(id));
  TREMPLIN_ASSIGN_OR_RETURN(std::optional<ReferralRow> row, store::GetReferral(reader, id));
  if (!row.has_value()) return ReferralNotFound(id);
  VisibleReferral visible{*std::move(row), {}};
  TREMPLIN_ASSIGN_OR_RETURN(std::vector<ApplicationRow> all,
                            store::FoundApplications(applications.Get()));
  for (ApplicationRow& application : all) {
    if (Sees(call, application)) visible.applications.push_back(std::move(application));
  }
  if (visible.applications.empty()) return ReferralNotFound(id);
  return visible;
}

v1::Referral ToProto(const ReferralRow& row, const rpc::CallContext& call) {
  v1::Referral out;
  out.set_name(resources::NameOf("referrals", row.id));
  out.set_agency(resources::NameOf("organizations", row.agency));
  out.set_external_id(row.external_id);
  out.set_revision(row.revision);
  *out.mutable_create_time() = resources::ToTimestamp(row.created);
  *out.mutable_update_time() = resources::ToTimestamp(row.updated);
  // Who else knows the person is for staff who see all.
  out.set_possible_duplicate(OnlyOrganization(call).empty() && row.possible_duplicate);
  out.set_side(row.side);
  out.set_door(row.door);
  return out;
}

}  // namespace tremplin::referral::app
