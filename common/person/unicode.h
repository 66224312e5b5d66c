#ifndef TREMPLIN_COMMON_PERSON_UNICODE_H_
#define TREMPLIN_COMMON_PERSON_UNICODE_H_

#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

// Between UTF-8 and ICU, for the files of this folder.
namespace tremplin::person {

inline bool IsAscii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= 0; });
}

inline icu::UnicodeString FromUtf8(std::string_view text) {
  return icu::UnicodeString::fromUTF8(
      icu::StringPiece(text.data(), static_cast<int32_t>(text.size())));
}

inline std::string ToUtf8(const icu::UnicodeString& text) {
  std::string utf8;
  text.toUTF8String(utf8);
  return utf8;
}

// NFC. The instance is ICU's own data; without it text stays as it is.
inline icu::UnicodeString Composed(const icu::UnicodeString& text) {
  UErrorCode error = U_ZERO_ERROR;
  const icu::Normalizer2* normalizer = icu::Normalizer2::getNFCInstance(error);
  if (U_FAILURE(error)) return text;
  const icu::UnicodeString composed = normalizer->normalize(text, error);
  return U_FAILURE(error) ? text : composed;
}

// Hyphens and dashes of any script, and the minus sign that offices type for one.
inline bool IsDash(UChar32 c) { return u_charType(c) == U_DASH_PUNCTUATION || c == 0x2212; }

}  // namespace tremplin::person

#endif  // TREMPLIN_COMMON_PERSON_UNICODE_H_
