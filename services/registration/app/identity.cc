#include "services/registration/app/identity.h"

#include <array>
#include <utility>

#include "common/ids/ids.h"
#include "common/person/contact.h"
#include "common/person/name.h"
#include "common/status/macros.h"

namespace tremplin::registration {

bool SamePerson(const v1::Person& a, const v1::Person& b) {
  if (a.email().empty() || b.email().empty()) return false;
  if (person::EmailKey(a.email()) != person::EmailKey(b.email()) ||
      person::NameKey(a.given_name(), a.family_name()) !=
          person::NameKey(b.given_name(), b.family_name())) {
    return false;
  }
  return a.birth_date().empty() || b.birth_date().empty() || a.birth_date() == b.birth_date();
}

std::string PersonIdOf(std::string_view application) {
  const std::array<std::string_view, 2> parts{"person", application};
  return ids::Derive(parts);
}

store::PersonRow MakePersonRow(const seal::Sealer& sealer, std::string id, v1::Person person) {
  store::PersonRow row;
  row.id = std::move(id);
  row.email_index = sealer.Index("email", person::EmailKey(person.email()));
  const std::string key =
      person::PersonKey(person.given_name(), person.family_name(), person.birth_date());
  if (!key.empty()) row.name_birth_index = sealer.Index("name-birth", key);
  person.clear_name();
  row.plain = person.SerializeAsString();
  return row;
}

absl::StatusOr<std::string> FindSamePerson(database::Reader& reader, const seal::Sealer& sealer,
                                           const store::PersonRow& row, const v1::Person& person) {
  TREMPLIN_ASSIGN_OR_RETURN(const std::vector<std::string> ids,
                            store::FindByEmail(reader, row.email_index));
  for (const std::string& id : ids) {
    const absl::StatusOr<std::string> plain = store::OpenPerson(reader, sealer, id);
    if (absl::IsNotFound(plain.status())) continue;  // erased
    if (!plain.ok()) return plain.status();
    v1::Person known;
    if (!known.ParseFromString(*plain)) return absl::DataLossError("a person cannot be decoded");
    if (SamePerson(known, person)) return id;
  }
  return std::string();
}

}  // namespace tremplin::registration
