#include <string>
#include <utility>
#include <vector>

#include "common/resources/names.h"
#include "common/status/error.h"
#include "common/status/macros.h"
#include "services/registration/app/checks.h"
#include "services/registration/app/convert.h"
#include "services/registration/app/service.h"
#include "services/registration/messages.h"
#include "services/registration/store/organizations.h"
#include "tremplin/registration/events/v1/events.pb.h"

namespace tremplin::registration {
namespace {

store::OrganizationRow ToRow(const std::string& id, const v1::Organization& organization,
                             absl::Time created) {
  store::OrganizationRow row{.id = id,
                             .title_en = organization.title_en(),
                             .title_fr = organization.title_fr(),
                             .created = created};
  for (const int part : organization.parts()) row.parts.push_back(part);
  for (const v1::Site& site : organization.sites()) {
    row.sites.push_back({.id = site.id(),
                         .title_en = site.title_en(),
                         .title_fr = site.title_fr(),
                         .fsa = site.fsa()});
  }
  return row;
}

}  // namespace

absl::StatusOr<v1::Organization> Service::CreateOrganization(
    const rpc::CallContext& call, const v1::CreateOrganizationRequest& request) {
  const std::string& id = request.organization_id();
  Faults faults;
  if (!IsSlug(id)) faults.Add("organization_id", kSlugInvalid);
  CheckOrganization(faults, request.organization());
  TREMPLIN_RETURN_IF_ERROR(faults.ToStatus());
  const store::OrganizationRow row = ToRow(id, request.organization(), call.business_now);
  return d_.commands.Run<v1::Organization>(
      call, id, [&](database::Transaction& tx) -> absl::StatusOr<v1::Organization> {
        TREMPLIN_ASSIGN_OR_RETURN(const bool inserted, store::InsertOrganization(tx, row));
        if (!inserted) {
          return status::Error(absl::StatusCode::kAlreadyExists, kOrganizationExists, {id});
        }
        events::v1::OrganizationCreated event;
        event.set_organization(id);
        TREMPLIN_RETURN_IF_ERROR(
            d_.outbox.Append(tx, id, call.business_now, event, call.traceparent));
        TREMPLIN_RETURN_IF_ERROR(Audit(tx, call, resources::NameOf(kOrganizations, id)));
        return ToMessage(row);
      });
}

absl::StatusOr<v1::Organization> Service::GetOrganization(
    const rpc::CallContext& call, const v1::GetOrganizationRequest& request) {
  TREMPLIN_ASSIGN_OR_RETURN(const std::string id,
                            resources::IdOf(kOrganizations, request.name(), "name"));
  v1::Organization organization;
  TREMPLIN_RETURN_IF_ERROR(d_.db.Read(call.Read(), [&](database::Reader& reader) -> absl::Status {
    TREMPLIN_ASSIGN_OR_RETURN(const store::OrganizationRow row, store::GetOrganization(reader, id));
    organization = ToMessage(row);
    return absl::OkStatus();
  }));
  return organization;
}

absl::StatusOr<v1::ListOrganizationsResponse> Service::ListOrganizations(
    const rpc::CallContext& call, const v1::ListOrganizationsRequest& request) {
  constexpr std::string_view kScope = "organizations";
  TREMPLIN_ASSIGN_OR_RETURN(const int size, resources::PageSize(request.page_size()));
  TREMPLIN_ASSIGN_OR_RETURN(const std::string after,
                            resources::LastKey(kScope, request.page_token()));
  std::vector<store::OrganizationRow> rows;
  TREMPLIN_RETURN_IF_ERROR(d_.db.Read(call.Read(), [&](database::Reader& reader) -> absl::Status {
    TREMPLIN_ASSIGN_OR_RETURN(rows, store::ListOrganizations(reader, after, size + 1));
    return absl::OkStatus();
  }));
  v1::ListOrganizationsResponse response;
  if (rows.size() > static_cast<size_t>(size)) {
    rows.resize(static_cast<size_t>(size));
    response.set_next_page_token(resources::PageToken(kScope, rows.back().id));
  }
  for (const store::OrganizationRow& row : rows) *response.add_organizations() = ToMessage(row);
  return response;
}

}  // namespace tremplin::registration
