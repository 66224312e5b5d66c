#include "common/person/name.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_join.h"
#include "common/person/normal.h"
#include "common/person/unicode.h"
#include "common/text/text.h"

namespace tremplin::person {
namespace {

constexpr std::string_view kNoNames[] = {"fnu",  "lnu",     "n/a",     "na",    "none",
                                         "null", "unknown", "inconnu", "aucun", "s/o"};

// Canonical combining classes of strokes, and of accents and points; those between make another
// letter (the voicing marks of kana, the nukta and virama of Indic scripts).
constexpr uint8_t kStrokeClass = 1;
constexpr uint8_t kFirstAccentClass = 10;

// As people type an apostrophe, and the letters that look like one. Before anything is decomposed:
// the acute accent that stands alone would leave a blank.
constexpr std::u16string_view kApostrophes =
    u"'`\u00B4\u02B9\u02BB\u02BC\u02BD\u02BE\u02BF\u02C8\u02CA\u02CB\u2018\u2019\u201B\u2032"
    u"\u2035\uA78C\uFF07";

struct Typed {
  char16_t letter;
  const char16_t* as;
};
// Letters that do not decompose, folded, as who has no such key types them.
constexpr Typed kTyped[] = {
    {u'ł', u"l"}, {u'đ', u"d"}, {u'ø', u"o"},  {u'æ', u"ae"}, {u'œ', u"oe"},
    {u'ı', u"i"}, {u'ð', u"d"}, {u'þ', u"th"}, {u'ħ', u"h"},
};

bool IsApostrophe(UChar32 c) {
  return c <= 0xFFFF && kApostrophes.find(static_cast<char16_t>(c)) != std::u16string_view::npos;
}

bool IsJoint(UChar32 c) {
  constexpr UChar32 kKatakanaDot = 0x30FB;  // between the words of a name in kana
  return u_isUWhiteSpace(c) || IsDash(c) || c == kKatakanaDot;
}

bool IsIgnored(UChar32 c) {
  const int8_t type = u_charType(c);
  const uint8_t combining = u_getCombiningClass(c);
  return type == U_FORMAT_CHAR || type == U_CONTROL_CHAR || combining == kStrokeClass ||
         combining >= kFirstAccentClass ||
         u_hasBinaryProperty(c, UCHAR_DEFAULT_IGNORABLE_CODE_POINT);
}

// Decomposed with compatible letters made equal (full width), case folded.
icu::UnicodeString Folded(const icu::UnicodeString& text) {
  UErrorCode error = U_ZERO_ERROR;
  const icu::Normalizer2* normalizer = icu::Normalizer2::getNFKDInstance(error);
  if (U_FAILURE(error)) return icu::UnicodeString(text).foldCase();
  icu::UnicodeString parts = normalizer->normalize(text, error).foldCase();
  return normalizer->normalize(parts, error);
}

void Append(UChar32 c, icu::UnicodeString* out) {
  for (const Typed& typed : kTyped) {
    if (static_cast<UChar32>(typed.letter) == c) {
      out->append(typed.as, -1);
      return;
    }
  }
  out->append(c);
}

icu::UnicodeString WithoutApostrophes(const icu::UnicodeString& text) {
  icu::UnicodeString kept;
  for (int32_t i = 0; i < text.length(); i = text.moveIndex32(i, 1)) {
    const UChar32 c = text.char32At(i);
    if (!IsApostrophe(c)) kept.append(c);
  }
  return kept;
}

void AddWords(std::string_view name, std::vector<std::string>* words) {
  const icu::UnicodeString letters = Folded(WithoutApostrophes(FromUtf8(name)));
  icu::UnicodeString word;
  const auto end_word = [&] {
    if (!word.isEmpty()) words->push_back(ToUtf8(word));
    word.remove();
  };
  for (int32_t i = 0; i < letters.length(); i = letters.moveIndex32(i, 1)) {
    const UChar32 c = letters.char32At(i);
    if (IsJoint(c)) {
      end_word();
    } else if (!IsIgnored(c)) {
      Append(c, &word);
    }
  }
  end_word();
}

bool HasLetterOrDigit(std::string_view text) {
  const icu::UnicodeString letters = FromUtf8(text);
  for (int32_t i = 0; i < letters.length(); i = letters.moveIndex32(i, 1)) {
    if (u_isalnum(letters.char32At(i))) return true;
  }
  return false;
}

}  // namespace

std::string Name(std::string_view text) {
  std::string name = Line(text);
  const std::string small = Caseless(name);
  const bool none =
      std::find(std::begin(kNoNames), std::end(kNoNames), small) != std::end(kNoNames);
  if (none || !HasLetterOrDigit(name)) name.clear();
  return name;
}

std::vector<std::string> NameWords(std::string_view given_name, std::string_view family_name) {
  std::vector<std::string> words;
  AddWords(given_name, &words);
  AddWords(family_name, &words);
  std::sort(words.begin(), words.end());
  return words;
}

std::string NameKey(std::string_view given_name, std::string_view family_name) {
  return absl::StrJoin(NameWords(given_name, family_name), " ");
}

std::string PersonKey(std::string_view given_name, std::string_view family_name,
                      std::string_view birth_date) {
  const std::string name = NameKey(given_name, family_name);
  return name.empty() || birth_date.empty() ? "" : text::Cat(name, "\n", birth_date);
}

}  // namespace tremplin::person
