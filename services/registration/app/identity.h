#ifndef TREMPLIN_SERVICES_REGISTRATION_APP_IDENTITY_H_
#define TREMPLIN_SERVICES_REGISTRATION_APP_IDENTITY_H_

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "common/database/database.h"
#include "common/seal/seal.h"
#include "services/registration/store/people.h"
#include "tremplin/registration/v1/registration.pb.h"

// When two entries are one person. Nothing merges by guess: the email is equal, so are the words of
// their names (common/person), and so is the birth date where both give one. Else they are two
// people.
namespace tremplin::registration {

// Whether `a` and `b` are one person by the rule above.
bool SamePerson(const v1::Person& a, const v1::Person& b);

// The id of the person's record that an application brings.
std::string PersonIdOf(std::string_view application);

// The row of a person, with the keyed hashes it is found by. `person.name` is not part of the blob.
store::PersonRow MakePersonRow(const seal::Sealer& sealer, std::string id, v1::Person person);

// The id of the person made first that is the same as `person`, "" for none.
absl::StatusOr<std::string> FindSamePerson(database::Reader& reader, const seal::Sealer& sealer,
                                           const store::PersonRow& row, const v1::Person& person);

}  // namespace tremplin::registration

#endif  // TREMPLIN_SERVICES_REGISTRATION_APP_IDENTITY_H_
