#ifndef TREMPLIN_COMMON_PERSON_NAME_H_
#define TREMPLIN_COMMON_PERSON_NAME_H_

#include <string>
#include <string_view>
#include <vector>

// Names of people, and what makes two spellings one name. Pure.
namespace tremplin::person {

// A name as it was meant: a Line; "" for what says that there is none: without a letter or digit,
// or one of fnu, lnu, n/a, na, none, null, unknown, inconnu, aucun, s/o in any case.
std::string Name(std::string_view text);

// The words of both names together, sorted: in whatever order they were written, however joined by
// blanks, hyphens or dashes; case, accents, apostrophes and format characters apart; strokes and
// ligatures as the letters they are typed as (ł l, đ d, ø o, ß ss, æ ae, œ oe, ı i, ð d, þ th,
// ħ h).
std::vector<std::string> NameWords(std::string_view given_name, std::string_view family_name);

// The same as one text: equal exactly for equal words; "" for none.
std::string NameKey(std::string_view given_name, std::string_view family_name);

// What two entries of one person share beside their e-mail: name words with birth date; "" where
// either is not given. To be hashed before it is stored.
std::string PersonKey(std::string_view given_name, std::string_view family_name,
                      std::string_view birth_date);

}  // namespace tremplin::person

#endif  // TREMPLIN_COMMON_PERSON_NAME_H_
