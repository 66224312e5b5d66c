#include "common/person/contact.h"

#include <algorithm>

#include "common/person/normal.h"
#include "common/person/unicode.h"

namespace tremplin::person {
namespace {

constexpr std::string_view kMailto = "mailto:";
constexpr int kLeastDigits = 7;
constexpr int kMostDigits = 15;  // ITU-T E.164

bool IsNoPartOfEmail(UChar32 c) {
  return u_isUWhiteSpace(c) || u_charType(c) == U_CONTROL_CHAR || c == ',' || c == ';';
}

// "6.13E+09", "6,13e9": digits with an exponent and nothing else.
bool IsWrittenWithExponent(std::string_view phone) {
  const size_t exponent = phone.find_first_of("eE");
  if (exponent == 0 || exponent == std::string_view::npos) return false;
  const std::string_view mantissa = phone.substr(0, exponent);
  std::string_view power = phone.substr(exponent + 1);
  if (power.starts_with('+') || power.starts_with('-')) power.remove_prefix(1);
  return !power.empty() && power.find_first_not_of("0123456789") == std::string_view::npos &&
         mantissa.find_first_not_of("0123456789.,+-") == std::string_view::npos;
}

}  // namespace

std::string Email(std::string_view text) {
  std::string email = Line(text);
  if (Caseless(std::string_view(email).substr(0, kMailto.size())) != kMailto) return email;
  return Line(std::string_view(email).substr(kMailto.size()));
}

bool IsEmail(std::string_view normal) {
  const icu::UnicodeString letters = FromUtf8(normal);
  for (int32_t i = 0; i < letters.length(); i = letters.moveIndex32(i, 1)) {
    if (IsNoPartOfEmail(letters.char32At(i))) return false;
  }
  const size_t at = normal.find('@');
  if (at == 0 || at == std::string_view::npos) return false;
  const std::string_view domain = normal.substr(at + 1);
  if (domain.find('@') != std::string_view::npos) return false;
  const size_t dot = domain.find('.');
  return dot != 0 && dot != std::string_view::npos && !domain.ends_with('.') &&
         domain.find("..") == std::string_view::npos;
}

std::string EmailKey(std::string_view email) { return Caseless(Email(email)); }

bool CanBeDialled(std::string_view phone) {
  if (IsWrittenWithExponent(phone)) return false;
  const icu::UnicodeString letters = FromUtf8(phone);
  int digits = 0;
  for (int32_t i = 0; i < letters.length(); i = letters.moveIndex32(i, 1)) {
    if (u_isdigit(letters.char32At(i))) ++digits;
  }
  return digits >= kLeastDigits && digits <= kMostDigits;
}

}  // namespace tremplin::person
