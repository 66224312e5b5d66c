#include <string>
#include <utility>

#include "common/resources/names.h"
#include "common/status/error.h"
#include "common/status/macros.h"
#include "services/registration/app/convert.h"
#include "services/registration/app/service.h"
#include "services/registration/messages.h"
#include "services/registration/store/people.h"

namespace tremplin::registration {
namespace {

using options::v1::Role;

// Staff see the people of their program; a person sees themselves.
absl::StatusOr<bool> MaySee(database::Reader& reader, const rpc::Principal& principal,
                            const std::string& person) {
  // A service asks for somebody who may see the person: it has checked that.
  if (principal.role == Role::ROLE_SERVICE) return true;
  if (principal.role != Role::ROLE_COORDINATOR) return principal.person == person;
  if (principal.program.empty()) return true;
  return store::IsEnrolled(reader, person, principal.program);
}

}  // namespace

absl::StatusOr<v1::Person> Service::GetPerson(const rpc::CallContext& call,
                                              const v1::GetPersonRequest& request) {
  TREMPLIN_ASSIGN_OR_RETURN(const std::string id, resources::IdOf(kPeople, request.name(), "name"));
  std::string plain;
  TREMPLIN_RETURN_IF_ERROR(d_.db.Read(call.Read(), [&](database::Reader& reader) -> absl::Status {
    TREMPLIN_ASSIGN_OR_RETURN(const bool visible, MaySee(reader, call.principal, id));
    if (!visible) return status::Error(absl::StatusCode::kNotFound, kPersonNotFound);
    TREMPLIN_ASSIGN_OR_RETURN(plain, store::OpenPerson(reader, d_.sealer, id));
    return absl::OkStatus();
  }));
  v1::Person person;
  if (!person.ParseFromString(plain)) return absl::DataLossError("a person cannot be decoded");
  person.set_name(resources::NameOf(kPeople, id));
  // Nothing is shown that is not in the audit log.
  TREMPLIN_RETURN_IF_ERROR(d_.db.Write(
      call.Write(id), [&](database::Transaction& tx) { return Audit(tx, call, person.name()); }));
  return person;
}

}  // namespace tremplin::registration
