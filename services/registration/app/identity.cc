#include "services/registration/app/identity.h"

#include <unicode/normalizer2.h>
#include <unicode/stringpiece.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>

#include <utility>

#include "common/status/macros.h"
#include "common/text/text.h"

namespace tremplin::registration {

std::string Fold(std::string_view text) {
  icu::UnicodeString decomposed = icu::UnicodeString::fromUTF8(
      icu::StringPiece(text.data(), static_cast<int32_t>(text.size())));
  UErrorCode error = U_ZERO_ERROR;
  const icu::Normalizer2* normalizer = icu::Normalizer2::getNFKDInstance(error);
  if (U_SUCCESS(error)) decomposed = normalizer->normalize(decomposed, error);
  icu::UnicodeString plain;
  for (int32_t i = 0; i < decomposed.length(); i = decomposed.moveIndex32(i, 1)) {
    const UChar32 c = decomposed.char32At(i);
    if (u_charType(c) != U_NON_SPACING_MARK) plain.append(c);
  }
  plain.foldCase().trim();
  std::string folded;
  plain.toUTF8String(folded);
  return folded;
}

bool SamePerson(const v1::Person& a, const v1::Person& b) {
  if (Fold(a.email()) != Fold(b.email()) || Fold(a.given_name()) != Fold(b.given_name()) ||
      Fold(a.family_name()) != Fold(b.family_name())) {
    return false;
  }
  return a.birth_date().empty() || b.birth_date().empty() || a.birth_date() == b.birth_date();
}

store::PersonRow MakePersonRow(const seal::Sealer& sealer, std::string id, v1::Person person) {
  store::PersonRow row;
  row.id = std::move(id);
  row.email_index = sealer.Index("email", Fold(person.email()));
  if (!person.birth_date().empty()) {
    row.name_birth_index = sealer.Index(
        "name-birth", text::Cat(Fold(person.given_name()), "\n", Fold(person.family_name()), "\n",
                                person.birth_date()));
  }
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
