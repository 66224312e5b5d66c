#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "common/person/normal.h"
#include "common/resources/names.h"
#include "common/status/error.h"
#include "common/status/macros.h"
#include "common/text/text.h"
#include "services/referral/app/access.h"
#include "services/referral/app/consents.h"
#include "services/referral/app/convert.h"
#include "services/referral/app/service.h"
#include "services/referral/messages.h"
#include "services/referral/store/application_store.h"

namespace tremplin::referral::app {
namespace {

// A filter by resource name; "" for none.
absl::StatusOr<std::string> Filter(std::string_view collection, const std::string& name,
                                   std::string_view field) {
  if (name.empty()) return std::string();
  return resources::IdOf(collection, name, field);
}

// NOT_FOUND for a filter by an organization that does not exist, as for a program.
absl::Status CheckOrganization(database::Reader& reader, const std::string& id) {
  if (id.empty()) return absl::OkStatus();
  TREMPLIN_ASSIGN_OR_RETURN(const bool known, store::HasOrganization(reader, id));
  if (known) return absl::OkStatus();
  return status::Error(absl::StatusCode::kNotFound, kOrganizationNotFound, {id});
}

absl::StatusOr<std::optional<State>> StateFilter(v1::Application::State state) {
  if (state == v1::Application::STATE_UNSPECIFIED) return std::nullopt;
  for (const State known : kAllStates) {
    if (app::ToProto(known) == state) return known;
  }
  return status::InvalidFields({status::Violation("state", kCodeUnknown, {"STATE_RECEIVED, …"})});
}

// One page read with one row more than is shown, which tells whether there is another.
template <class Row>
std::string NextToken(std::vector<Row>* rows, int page_size, std::string_view scope) {
  if (rows->size() <= static_cast<size_t>(page_size)) return "";
  rows->resize(static_cast<size_t>(page_size));
  return resources::PageToken(scope, Pack(store::KeyOf(rows->back())));
}

}  // namespace

Answer<v1::AdmittedFile> Service::OpenFile(database::Reader& reader, const std::string& referral,
                                           int64_t revision) {
  return OpenRevision(reader, deps_.sealer, referral, revision);
}

// How the person is reached now, and what they give now, whatever was decided on.
absl::Status Service::AddContact(database::Reader& reader, const ApplicationRow& row,
                                 v1::AdmittedFile* admitted) {
  TREMPLIN_ASSIGN_OR_RETURN(const std::optional<ReferralRow> referral,
                            store::GetReferral(reader, row.referral));
  if (!referral.has_value()) return ReferralNotFound(row.referral);
  *admitted->mutable_contact() = admitted->file();
  *admitted->mutable_newest_facts() = admitted->file().facts();
  if (referral->revision != row.file_revision) {
    TREMPLIN_ASSIGN_OR_RETURN(const v1::AdmittedFile newest,
                              OpenFile(reader, row.referral, referral->revision));
    *admitted->mutable_contact() = newest.file();
    *admitted->mutable_newest_facts() = newest.file().facts();
  }
  admitted->mutable_contact()->clear_facts();
  return absl::OkStatus();
}

// The names by which a row of a list is recognized; none where the person was erased.
template <class Row>
absl::Status Service::AddNames(database::Reader& reader, const std::string& referral,
                               int64_t revision, Row* row) {
  const absl::StatusOr<v1::AdmittedFile> kept = OpenFile(reader, referral, revision);
  if (absl::IsNotFound(kept.status())) return absl::OkStatus();
  TREMPLIN_RETURN_IF_ERROR(kept.status());
  row->set_given_name(kept->file().given_name());
  row->set_family_name(kept->file().family_name());
  return absl::OkStatus();
}

Answer<v1::Application> Service::ToApplication(database::Reader& reader, const CallContext& call,
                                               const ApplicationRow& row) {
  TREMPLIN_ASSIGN_OR_RETURN(const std::shared_ptr<const program::Program> program,
                            deps_.programs.Version(reader, row.program, row.program_version));
  return app::ToProto(Shown(call, row), *program, Detail::kAll);
}

Answer<v1::Referral> Service::GetReferral(const CallContext& call,
                                          const v1::GetReferralRequest& request) {
  TREMPLIN_ASSIGN_OR_RETURN(const std::string id,
                            resources::IdOf("referrals", request.name(), "name"));
  v1::Referral response;
  TREMPLIN_RETURN_IF_ERROR(
      deps_.db.Read(call.Read(), [&](database::Reader& reader) -> absl::Status {
        // All of it is asked for at once.
        database::Prefetched newest = reader.Prefetch(store::FindingNewestFile(id));
        TREMPLIN_ASSIGN_OR_RETURN(const VisibleReferral visible,
                                  FindVisibleReferral(reader, call, id));
        response = ToProto(visible.referral, call);
        if (!IsSilentFor(call, visible.referral)) {
          TREMPLIN_ASSIGN_OR_RETURN(const v1::AdmittedFile kept,
                                    OpenNewest(deps_.sealer, id, newest.Get()));
          *response.mutable_file() = kept.file();
        }
        for (const ApplicationRow& row : visible.applications) {
          TREMPLIN_ASSIGN_OR_RETURN(*response.add_applications(), ToApplication(reader, call, row));
        }
        return absl::OkStatus();
      }));
  return response;
}

Answer<v1::ListReferralsResponse> Service::ListReferrals(const CallContext& call,
                                                         const v1::ListReferralsRequest& request) {
  TREMPLIN_ASSIGN_OR_RETURN(std::string agency,
                            Filter("organizations", request.agency(), "agency"));
  if (const std::string& only = OnlyOrganization(call); !only.empty()) agency = only;
  const std::optional<Door> door = DoorOf(call);
  TREMPLIN_ASSIGN_OR_RETURN(const int page_size, resources::PageSize(request.page_size()));
  const std::string& program = call.principal.program;
  const std::string key = person::Line(request.external_id());
  const std::string scope =
      text::Cat("referrals/", agency, "/", program, "/",
                door.has_value() ? NameOf(*door) : std::string_view(), key.empty() ? "" : "/", key);
  TREMPLIN_ASSIGN_OR_RETURN(const std::string last,
                            resources::LastKey(scope, request.page_token()));
  v1::ListReferralsResponse response;
  TREMPLIN_RETURN_IF_ERROR(
      deps_.db.Read(call.Read(), [&](database::Reader& reader) -> absl::Status {
        response.Clear();
        TREMPLIN_RETURN_IF_ERROR(CheckOrganization(reader, agency));
        if (program.empty() || !key.empty()) {
          TREMPLIN_ASSIGN_OR_RETURN(
              std::vector<ReferralRow> rows,
              key.empty()
                  ? store::ListReferrals(reader, {agency, door}, UnpackKey(last), page_size + 1)
                  : store::ListReferralsByKey(reader, key, {agency, door}, program, UnpackKey(last),
                                              page_size + 1));
          response.set_next_page_token(NextToken(&rows, page_size, scope));
          for (const ReferralRow& row : rows) {
            v1::Referral* shown = response.add_referrals();
            *shown = ToProto(row, call);
            if (IsSilentFor(call, row)) continue;
            TREMPLIN_RETURN_IF_ERROR(AddNames(reader, row.id, row.revision, shown));
          }
          return absl::OkStatus();
        }
        // Staff of one program: by way of the applications to it.
        TREMPLIN_ASSIGN_OR_RETURN(
            std::vector<ApplicationRow> rows,
            store::ListApplications(reader, {agency, door, program, std::nullopt}, UnpackKey(last),
                                    page_size + 1));
        response.set_next_page_token(NextToken(&rows, page_size, scope));
        for (const ApplicationRow& row : rows) {
          TREMPLIN_ASSIGN_OR_RETURN(const std::optional<ReferralRow> referral,
                                    store::GetReferral(reader, row.referral));
          if (!referral.has_value()) continue;
          v1::Referral* shown = response.add_referrals();
          *shown = ToProto(*referral, call);
          if (IsSilentFor(call, *referral)) continue;
          TREMPLIN_RETURN_IF_ERROR(AddNames(reader, referral->id, referral->revision, shown));
        }
        return absl::OkStatus();
      }));
  return response;
}

Answer<v1::Application> Service::GetApplication(const CallContext& call,
                                                const v1::GetApplicationRequest& request) {
  TREMPLIN_ASSIGN_OR_RETURN(const std::string id,
                            resources::IdOf("applications", request.name(), "name"));
  v1::Application response;
  TREMPLIN_RETURN_IF_ERROR(
      deps_.db.Read(call.Read(), [&](database::Reader& reader) -> absl::Status {
        TREMPLIN_ASSIGN_OR_RETURN(const ApplicationRow row, VisibleApplication(reader, call, id));
        TREMPLIN_ASSIGN_OR_RETURN(response, ToApplication(reader, call, row));
        return absl::OkStatus();
      }));
  return response;
}

Answer<v1::ListApplicationsResponse> Service::ListApplications(
    const CallContext& call, const v1::ListApplicationsRequest& request) {
  store::ApplicationFilter filter;
  TREMPLIN_ASSIGN_OR_RETURN(filter.program, Filter("programs", request.program(), "program"));
  TREMPLIN_RETURN_IF_ERROR(CheckProgram(call, filter.program));
  if (!filter.program.empty()) {
    TREMPLIN_RETURN_IF_ERROR(deps_.programs.Version(filter.program, 1).status());
  }
  if (!call.principal.program.empty()) filter.program = call.principal.program;
  filter.agency = OnlyOrganization(call);
  filter.door = DoorOf(call);
  TREMPLIN_ASSIGN_OR_RETURN(filter.state, StateFilter(request.state()));
  TREMPLIN_ASSIGN_OR_RETURN(const int page_size, resources::PageSize(request.page_size()));
  const std::string scope = text::Cat(
      "applications/", filter.agency, "/", filter.program, "/", static_cast<int>(request.state()),
      "/", filter.door.has_value() ? NameOf(*filter.door) : std::string_view());
  TREMPLIN_ASSIGN_OR_RETURN(const std::string last,
                            resources::LastKey(scope, request.page_token()));
  v1::ListApplicationsResponse response;
  TREMPLIN_RETURN_IF_ERROR(
      deps_.db.Read(call.Read(), [&](database::Reader& reader) -> absl::Status {
        response.Clear();
        TREMPLIN_ASSIGN_OR_RETURN(
            std::vector<ApplicationRow> rows,
            store::ListApplications(reader, filter, UnpackKey(last), page_size + 1));
        response.set_next_page_token(NextToken(&rows, page_size, scope));
        for (const ApplicationRow& row : rows) {
          TREMPLIN_ASSIGN_OR_RETURN(v1::Application shown, ToApplication(reader, call, row));
          TREMPLIN_RETURN_IF_ERROR(AddNames(reader, row.referral, row.file_revision, &shown));
          *response.add_applications() = std::move(shown);
        }
        return absl::OkStatus();
      }));
  return response;
}

Answer<v1::AdmittedFile> Service::GetAdmittedFile(const CallContext& call,
                                                  const v1::GetAdmittedFileRequest& request) {
  TREMPLIN_ASSIGN_OR_RETURN(const std::string id,
                            resources::IdOf("applications", request.name(), "name"));
  v1::AdmittedFile response;
  TREMPLIN_RETURN_IF_ERROR(
      deps_.db.Read(call.Read(), [&](database::Reader& reader) -> absl::Status {
        TREMPLIN_ASSIGN_OR_RETURN(const ApplicationRow row, VisibleApplication(reader, call, id));
        if (row.state != State::kAdmitted) {
          return status::Error(absl::StatusCode::kFailedPrecondition, kNotAdmitted);
        }
        TREMPLIN_ASSIGN_OR_RETURN(response, OpenFile(reader, row.referral, row.file_revision));
        TREMPLIN_RETURN_IF_ERROR(AddContact(reader, row, &response));
        TREMPLIN_ASSIGN_OR_RETURN(const std::shared_ptr<const program::Program> program,
                                  deps_.programs.Version(reader, row.program, row.program_version));
        response.set_application(resources::NameOf("applications", row.id));
        response.set_referral(resources::NameOf("referrals", row.referral));
        response.set_agency(resources::NameOf("organizations", row.agency));
        response.set_external_id(row.external_id);
        response.set_program(resources::NameOf("programs", row.program));
        response.set_program_version(row.program_version);
        response.set_side(row.side);
        response.set_door(row.door);
        for (std::string& format : Rules(*program, row.side).Assess(row.findings).Met()) {
          response.add_formats(std::move(format));
        }
        return absl::OkStatus();
      }));
  return response;
}

}  // namespace tremplin::referral::app
