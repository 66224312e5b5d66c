#include "services/registration/app/acting.h"

#include <algorithm>

#include "common/resources/names.h"
#include "common/status/error.h"
#include "common/status/macros.h"
#include "services/registration/app/convert.h"
#include "services/registration/messages.h"
#include "services/registration/store/organizations.h"
#include "services/registration/store/people.h"
#include "services/registration/store/publications.h"

namespace tremplin::registration {
namespace {

using rpc::Role;

struct Needs {
  bool organization = false;
  bool person = false;
  bool program = false;
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
  // Of one program, whose figures it sees.
  if (role == Role::ROLE_ADVISORY_COMMITTEE) return {.program = true};
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

bool IsParticipant(int64_t role) { return role == Role::ROLE_MENTEE || role == Role::ROLE_MENTOR; }

}  // namespace

Acting TakeActing(Faults& faults, const Acting& names) {
  Acting acting{.role = names.role};
  if (names.role == Role::ROLE_UNSPECIFIED || names.role == Role::ROLE_SERVICE ||
      !options::v1::Role_IsValid(names.role)) {
    faults.Add("role", kChooseOne);
  }
  const Needs needs = NeedsOf(names.role);
  TakeName(faults, kOrganizations, names.organization, "organization", needs.organization,
           needs.may_have_organization, acting.organization);
  TakeName(faults, kPeople, names.person, "person", needs.person, false, acting.person);
  TakeName(faults, kPrograms, names.program, "program", needs.program, needs.may_have_program,
           acting.program);
  return acting;
}

absl::Status CheckActing(database::Reader& reader, const Acting& acting) {
  if (!acting.organization.empty()) {
    TREMPLIN_ASSIGN_OR_RETURN(const store::OrganizationRow organization,
                              store::GetOrganization(reader, acting.organization));
    const bool agency = std::find(organization.parts.begin(), organization.parts.end(),
                                  v1::PART_AGENCY) != organization.parts.end();
    if (acting.role == Role::ROLE_AGENCY && !agency) {
      return status::Error(absl::StatusCode::kFailedPrecondition, kNotAnAgency,
                           {acting.organization});
    }
  }
  if (!acting.person.empty()) {
    TREMPLIN_ASSIGN_OR_RETURN(const bool exists, store::PersonExists(reader, acting.person));
    if (!exists) return status::Error(absl::StatusCode::kNotFound, kPersonNotFound);
  }
  if (!acting.program.empty()) {
    TREMPLIN_ASSIGN_OR_RETURN(const store::Publication latest,
                              store::LatestPublication(reader, acting.program));
    if (latest.version == 0) {
      return status::Error(absl::StatusCode::kNotFound, kProgramNotFound, {acting.program});
    }
  }
  return absl::OkStatus();
}

bool MayGrant(const rpc::Principal& caller, Role role, const std::string& program) {
  if (caller.role == Role::ROLE_OPERATOR) return true;
  if (caller.role != Role::ROLE_MANAGER || role == Role::ROLE_OPERATOR) return false;
  return caller.program.empty() || caller.program == program;
}

bool MayHandLink(const rpc::Principal& caller, const std::vector<store::RoleRow>& roles) {
  if (caller.role == Role::ROLE_OPERATOR) return true;
  if (roles.empty()) return false;
  const bool staff = caller.role == Role::ROLE_COORDINATOR && caller.organization.empty();
  return std::all_of(roles.begin(), roles.end(), [&](const store::RoleRow& row) {
    if (MayGrant(caller, static_cast<Role>(row.role), row.program)) return true;
    return staff && IsParticipant(row.role) &&
           (caller.program.empty() || caller.program == row.program);
  });
}

}  // namespace tremplin::registration
