#include "common/person/normal.h"

#include <unicode/brkiter.h>
#include <unicode/locid.h>
#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>

#include <algorithm>
#include <array>
#include <memory>
#include <utility>

#include "common/person/unicode.h"
#include "common/text/utf8.h"

namespace tremplin::person {
namespace {

enum class Inside { kOneBlank, kAsTyped };

// As in "\t\n\v\f\r ".
bool IsAsciiSpace(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

// White space and control characters of ASCII.
bool IsAsciiEdge(char c) { return (c >= 0 && c <= ' ') || c == '\x7f'; }

std::string AsciiNormal(std::string_view text, Inside inside) {
  while (!text.empty() && IsAsciiEdge(text.front())) text.remove_prefix(1);
  while (!text.empty() && IsAsciiEdge(text.back())) text.remove_suffix(1);
  if (inside == Inside::kAsTyped) return std::string(text);
  std::string line;
  line.reserve(text.size());
  for (const char c : text) {
    if (!IsAsciiSpace(c)) {
      line.push_back(c);
    } else if (line.back() != ' ') {
      line.push_back(' ');
    }
  }
  return line;
}

bool IsEdge(UChar32 c) {
  const int8_t type = u_charType(c);
  return type == U_CONTROL_CHAR || type == U_FORMAT_CHAR || u_isUWhiteSpace(c);
}

icu::UnicodeString Trimmed(const icu::UnicodeString& text) {
  int32_t begin = 0;
  int32_t end = text.length();
  while (begin < end && IsEdge(text.char32At(begin))) begin = text.moveIndex32(begin, 1);
  while (begin < end) {
    const int32_t last = text.moveIndex32(end, -1);
    if (!IsEdge(text.char32At(last))) break;
    end = last;
  }
  return {text, begin, end - begin};
}

std::string Normal(std::string_view text, Inside inside) {
  if (IsAscii(text)) return AsciiNormal(text, inside);
  if (!text::IsUtf8(text)) return std::string(text);
  const icu::UnicodeString trimmed = Trimmed(Composed(FromUtf8(text)));
  if (inside == Inside::kAsTyped) return ToUtf8(trimmed);
  icu::UnicodeString line;
  bool blank = false;
  for (int32_t i = 0; i < trimmed.length(); i = trimmed.moveIndex32(i, 1)) {
    const UChar32 c = trimmed.char32At(i);
    const bool was_blank = std::exchange(blank, u_isUWhiteSpace(c) != 0);
    if (!blank) {
      line.append(c);
    } else if (!was_blank) {
      line.append(u' ');
    }
  }
  return ToUtf8(line);
}

// What bytes 0x80–0x9F show as in Windows-1252.
constexpr std::array<char16_t, 27> kShownByWindows = {
    0x20AC, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030,
    0x0160, 0x2039, 0x0152, 0x017D, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
    0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0x017E, 0x0178};

// How many bytes go on with a letter of UTF-8 whose first byte shows as `c`; 0 for none such.
int TrailsAfter(UChar32 c) {
  if (c < 0xC2 || c > 0xF4) return 0;
  return c < 0xE0 ? 1 : c < 0xF0 ? 2 : 3;
}

// Shown for such a byte that goes on.
bool IsTrail(UChar32 c) {
  if (c >= 0x80 && c <= 0xBF) return true;
  return std::find(kShownByWindows.begin(), kShownByWindows.end(), c) != kShownByWindows.end();
}

// Whether the bytes of one letter are shown as several from `at` on.
bool IsTakenApart(const icu::UnicodeString& letters, int32_t at) {
  const int trails = TrailsAfter(letters.charAt(at));
  for (int32_t i = at + 1; i <= at + trails; ++i) {
    if (i >= letters.length() || !IsTrail(letters.charAt(i))) return false;
  }
  return trails > 0;
}

}  // namespace

std::string Line(std::string_view text) { return Normal(text, Inside::kOneBlank); }

std::string Block(std::string_view text) { return Normal(text, Inside::kAsTyped); }

std::string Code(std::string_view text) {
  std::string code;
  if (IsAscii(text)) {
    for (const char c : text) {
      if (IsAsciiSpace(c) || c == '-') continue;
      code.push_back(c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c);
    }
    return code;
  }
  const icu::UnicodeString letters = FromUtf8(text);
  icu::UnicodeString kept;
  for (int32_t i = 0; i < letters.length(); i = letters.moveIndex32(i, 1)) {
    const UChar32 c = letters.char32At(i);
    if (!u_isUWhiteSpace(c) && !IsDash(c)) kept.append(u_toupper(c));
  }
  return ToUtf8(kept);
}

std::string Caseless(std::string_view text) {
  if (IsAscii(text)) {
    std::string small(text);
    for (char& c : small) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
    return small;
  }
  return ToUtf8(Composed(FromUtf8(text).foldCase()));
}

bool IsLonger(std::string_view text, size_t most) {
  constexpr size_t kMostBytesEach = 32;
  if (text.size() <= most) return false;  // no character is shorter than a byte
  if (text.size() > most * kMostBytesEach) return true;
  UErrorCode error = U_ZERO_ERROR;
  const std::unique_ptr<icu::BreakIterator> characters(
      icu::BreakIterator::createCharacterInstance(icu::Locale::getRoot(), error));
  if (U_FAILURE(error)) return true;
  const icu::UnicodeString letters = FromUtf8(text);
  characters->setText(letters);
  for (size_t count = 0; characters->next() != icu::BreakIterator::DONE; ++count) {
    if (count == most) return true;
  }
  return false;
}

bool IsGarbled(std::string_view name) {
  const icu::UnicodeString letters = FromUtf8(name);
  UChar32 before = ' ';
  for (int32_t i = 0; i < letters.length(); i = letters.moveIndex32(i, 1)) {
    const UChar32 c = letters.char32At(i);
    if (c == 0xFFFD || (u_charType(c) == U_CONTROL_CHAR && !u_isUWhiteSpace(c))) return true;
    if (IsTakenApart(letters, i)) return true;
    if ((c == '?' && u_isalpha(before)) || (before == '?' && u_isalpha(c))) return true;
    before = c;
  }
  return false;
}

}  // namespace tremplin::person
