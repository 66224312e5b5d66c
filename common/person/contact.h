#ifndef TREMPLIN_COMMON_PERSON_CONTACT_H_
#define TREMPLIN_COMMON_PERSON_CONTACT_H_

#include <string>
#include <string_view>

// How people are reached. Pure.
namespace tremplin::person {

// An address as it was meant: a Line, without the "mailto:" of a copied link.
std::string Email(std::string_view text);

// One x@y.z: without blanks, commas, semicolons and control characters.
bool IsEmail(std::string_view normal);

// Equal for one address, case apart; "" for none. To be hashed before it is stored.
std::string EmailKey(std::string_view email);

// Whether a telephone number has 7 to 15 digits and was not made into another number by a
// spreadsheet ("6.13E+09").
bool CanBeDialled(std::string_view phone);

}  // namespace tremplin::person

#endif  // TREMPLIN_COMMON_PERSON_CONTACT_H_
