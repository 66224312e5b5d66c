#ifndef TREMPLIN_SERVICES_REGISTRATION_APP_ACTING_H_
#define TREMPLIN_SERVICES_REGISTRATION_APP_ACTING_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "common/database/database.h"
#include "common/rpc/call.h"
#include "services/registration/app/checks.h"
#include "services/registration/store/accounts.h"

// As what somebody acts, and what they are bound to: of an API key, and of a role that is granted.
namespace tremplin::registration {

struct Acting {
  rpc::Role role = rpc::Role::ROLE_UNSPECIFIED;
  // Ids; as they come with a request, names.
  std::string organization = {};
  std::string person = {};
  std::string program = {};
};

// Reads the names of a request into ids. A fault where one is malformed, missing, or does not go
// with the role: an organization goes with those who act for one, a person with those who act for
// themselves, a program only with a role that can be bound to one, and always with a committee's.
Acting TakeActing(Faults& faults, const Acting& names);

// NOT_FOUND unless everything it refers to exists; FAILED_PRECONDITION for an agency that is none.
absl::Status CheckActing(database::Reader& reader, const Acting& acting);

// Whether the caller may grant such a role, and revoke it: an operator any; a manager none of
// operators, and where they are bound to a program, in that one only. Pure.
bool MayGrant(const rpc::Principal& caller, rpc::Role role, const std::string& program);

// Whether the caller may sign in as who has these roles, and so hand them a link: an operator;
// whoever could grant all of them; staff of a program, not placed, for its mentees and mentors who
// are nothing else. Pure.
bool MayHandLink(const rpc::Principal& caller, const std::vector<store::RoleRow>& roles);

}  // namespace tremplin::registration

#endif  // TREMPLIN_SERVICES_REGISTRATION_APP_ACTING_H_
