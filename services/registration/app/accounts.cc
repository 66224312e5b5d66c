#include "services/registration/app/accounts.h"

#include <algorithm>
#include <utility>

#include "common/ids/ids.h"
#include "common/person/contact.h"
#include "common/person/name.h"
#include "common/resources/names.h"
#include "common/status/error.h"
#include "common/status/macros.h"
#include "services/registration/app/convert.h"
#include "services/registration/domain/sign_in.h"
#include "services/registration/messages.h"
#include "services/registration/store/enrolments.h"
#include "services/registration/store/people.h"
#include "tremplin/registration/v1/registration.pb.h"

namespace tremplin::registration {
namespace {

using options::v1::Role;

constexpr char kByEnrolment[] = "enrolment";

// A member of staff; NOT_FOUND where the account is a person's, or nobody's.
absl::StatusOr<v1::StaffMember> Staff(database::Reader& reader, const seal::Sealer& sealer,
                                      const std::string& account) {
  TREMPLIN_ASSIGN_OR_RETURN(const std::string plain, store::OpenStaff(reader, sealer, account));
  v1::StaffMember staff;
  if (!staff.ParseFromString(plain)) return absl::DataLossError("staff cannot be decoded");
  return staff;
}

absl::StatusOr<v1::Person> Person(database::Reader& reader, const seal::Sealer& sealer,
                                  const std::string& id) {
  TREMPLIN_ASSIGN_OR_RETURN(const std::string plain, store::OpenPerson(reader, sealer, id));
  v1::Person person;
  if (!person.ParseFromString(plain)) return absl::DataLossError("a person cannot be decoded");
  return person;
}

template <class A, class B>
bool SameName(const A& a, const B& b) {
  return person::NameKey(a.given_name(), a.family_name()) ==
         person::NameKey(b.given_name(), b.family_name());
}

void AddOnce(std::vector<std::string>& ids, const std::string& id) {
  if (std::find(ids.begin(), ids.end(), id) == ids.end()) ids.push_back(id);
}

// As whom people with the address count, apart from those who are one of `staff`, or only those.
absl::StatusOr<std::vector<std::string>> PeopleOf(database::Reader& reader,
                                                  const seal::Sealer& sealer,
                                                  const std::string& email_index,
                                                  const std::vector<v1::StaffMember>& staff,
                                                  bool are_staff) {
  TREMPLIN_ASSIGN_OR_RETURN(const std::vector<std::string> records,
                            store::FindByEmail(reader, email_index));
  std::vector<std::string> heads;
  for (const std::string& record : records) {
    const absl::StatusOr<v1::Person> person = Person(reader, sealer, record);
    if (absl::IsNotFound(person.status())) continue;  // erased
    TREMPLIN_RETURN_IF_ERROR(person.status());
    const bool same = std::any_of(staff.begin(), staff.end(),
                                  [&](const auto& one) { return SameName(one, *person); });
    if (same != are_staff) continue;
    TREMPLIN_ASSIGN_OR_RETURN(const std::string head, store::HeadOf(reader, record));
    AddOnce(heads, head);
  }
  return heads;
}

// Whose enrolments give the account roles.
absl::StatusOr<std::vector<std::string>> PeopleOf(database::Reader& reader,
                                                  const seal::Sealer& sealer,
                                                  const std::string& account) {
  const absl::StatusOr<v1::StaffMember> staff = Staff(reader, sealer, account);
  if (staff.ok()) {
    return PeopleOf(reader, sealer, EmailIndexOf(sealer, staff->email()), {*staff}, true);
  }
  if (!absl::IsNotFound(staff.status())) return staff.status();
  TREMPLIN_ASSIGN_OR_RETURN(const bool exists, store::PersonExists(reader, account));
  if (!exists) return staff.status();
  TREMPLIN_ASSIGN_OR_RETURN(std::string head, store::HeadOf(reader, account));
  return std::vector<std::string>{std::move(head)};
}

store::RoleRow RoleBy(const store::EnrolmentRow& enrolment, const std::string& account,
                      const std::string& person, absl::Time now) {
  const Role role =
      enrolment.enrolment.role == domain::Role::kMentor ? Role::ROLE_MENTOR : Role::ROLE_MENTEE;
  return {.id = ids::Derive({{"role", account, Role_Name(role), person, enrolment.program_id}}),
          .account = account,
          .role = role,
          .program = enrolment.program_id,
          .person = person,
          .granted_by = kByEnrolment,
          .granted = now};
}

}  // namespace

std::string EmailIndexOf(const seal::Sealer& sealer, std::string_view email) {
  return sealer.Index("email", person::EmailKey(email));
}

absl::StatusOr<v1::StaffMember> HolderOf(database::Reader& reader, const seal::Sealer& sealer,
                                         const std::string& account) {
  absl::StatusOr<v1::StaffMember> staff = Staff(reader, sealer, account);
  if (!absl::IsNotFound(staff.status())) return staff;
  const absl::StatusOr<v1::Person> person = Person(reader, sealer, account);
  if (absl::IsNotFound(person.status())) return staff.status();
  TREMPLIN_RETURN_IF_ERROR(person.status());
  v1::StaffMember holder;
  holder.set_given_name(person->given_name());
  holder.set_family_name(person->family_name());
  holder.set_email(person->email());
  holder.set_language(person->language());
  return holder;
}

store::StaffRow MakeStaffRow(const seal::Sealer& sealer, std::string id,
                             const v1::StaffMember& staff) {
  return {.id = std::move(id),
          .plain = staff.SerializeAsString(),
          .email_index = EmailIndexOf(sealer, staff.email())};
}

absl::StatusOr<std::string> FindStaff(database::Reader& reader, const seal::Sealer& sealer,
                                      const v1::StaffMember& staff) {
  TREMPLIN_ASSIGN_OR_RETURN(const std::vector<std::string> ids,
                            store::FindStaffByEmail(reader, EmailIndexOf(sealer, staff.email())));
  for (const std::string& id : ids) {
    const absl::StatusOr<v1::StaffMember> known = Staff(reader, sealer, id);
    if (absl::IsNotFound(known.status())) continue;  // erased
    TREMPLIN_RETURN_IF_ERROR(known.status());
    if (SameName(*known, staff)) return id;
  }
  return std::string();
}

absl::StatusOr<std::vector<std::string>> AccountsOf(database::Reader& reader,
                                                    const seal::Sealer& sealer,
                                                    const std::string& email_index) {
  TREMPLIN_ASSIGN_OR_RETURN(std::vector<std::string> accounts,
                            store::FindStaffByEmail(reader, email_index));
  std::vector<v1::StaffMember> staff;
  for (const std::string& id : accounts) {
    const absl::StatusOr<v1::StaffMember> one = Staff(reader, sealer, id);
    if (absl::IsNotFound(one.status())) continue;  // erased
    TREMPLIN_RETURN_IF_ERROR(one.status());
    staff.push_back(*one);
  }
  TREMPLIN_ASSIGN_OR_RETURN(const std::vector<std::string> people,
                            PeopleOf(reader, sealer, email_index, staff, false));
  for (const std::string& person : people) AddOnce(accounts, person);
  return accounts;
}

absl::StatusOr<std::vector<store::RoleRow>> TakeRoles(database::Transaction& tx,
                                                      const seal::Sealer& sealer,
                                                      const std::string& account, absl::Time now) {
  TREMPLIN_ASSIGN_OR_RETURN(const std::vector<std::string> people, PeopleOf(tx, sealer, account));
  for (const std::string& person : people) {
    TREMPLIN_ASSIGN_OR_RETURN(const std::vector<store::EnrolmentRow> enrolments,
                              store::ListOfPerson(tx, {.person = person}, {}, domain::kMostRoles));
    for (const store::EnrolmentRow& enrolment : enrolments) {
      TREMPLIN_RETURN_IF_ERROR(store::InsertRole(tx, RoleBy(enrolment, account, person, now)));
    }
  }
  return store::RolesOf(tx, account, domain::kMostRoles);
}

v1::ActingRole ToMessage(const store::RoleRow& row) {
  v1::ActingRole out;
  out.set_name(resources::NameOf(kRoles, row.id));
  out.set_account(resources::NameOf(kAccounts, row.account));
  out.set_role(static_cast<Role>(row.role));
  out.set_organization(resources::NameOf(kOrganizations, row.organization));
  out.set_program(resources::NameOf(kPrograms, row.program));
  out.set_site(row.site);
  out.set_person(resources::NameOf(kPeople, row.person));
  *out.mutable_grant_time() = resources::ToTimestamp(row.granted);
  out.set_revoked(row.revoked);
  return out;
}

}  // namespace tremplin::registration
