// Random spellings of one person: their keys agree, whatever the blanks, dashes, apostrophes,
// accents, strokes, order and composition; keys of different people do not.
#include <rapidcheck.h>
#include <unicode/locid.h>

#include <algorithm>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/person/name.h"
#include "common/person/normal.h"
#include "common/person/unicode.h"
#include "gtest/gtest.h"

namespace tremplin::person {
namespace {

using Random = std::mt19937_64;

// Words of names in several scripts; no two of one row are spellings of one.
const std::vector<std::vector<std::string>>& Scripts() {
  static const auto& scripts = *new std::vector<std::vector<std::string>>{
      {"Étienne", "Łukasz", "Søren", "D’Souza", "Nguyễn", "Đorđević", "Weiß", "Ægir", "Œuvray",
       "Yıldız", "Þórður", "Ħamrun", "O'Brien", "Zoë", "François", "Ana", "Anna", "Marie", "Lê"},
      {"Олена", "Коваленко", "Йосип", "Ёлкин", "Иван", "Юрий"},
      {"Νίκος", "Παπαδόπουλος", "Άννα", "Γιώργος"},
      {"محمد", "فاطمة", "أحمد", "يوسف"},
      {"李", "娜", "王", "伟", "陳"},
      {"ナオミ", "サトウ", "ガトウ", "カトウ"},
      {"अनिल", "शर्मा", "निशा", "पटेल"},
      {"தமிழ்", "செல்வி", "අනුර", "පෙරේරා"},
      {"김", "민준", "이", "서연"},
  };
  return scripts;
}

template <class T>
const T& OneOf(const std::vector<T>& all, Random* random) {
  return all[(*random)() % all.size()];
}

bool Sometimes(Random* random) { return (*random)() % 2 == 0; }

std::string Replaced(std::string text, std::string_view from, std::string_view to) {
  for (size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size()) {
    text.replace(at, from.size(), to);
  }
  return text;
}

// As another office types the word.
std::string Respelled(std::string word, Random* random) {
  const std::vector<std::string> apostrophes = {"'", "’", "‘", "ʼ", "`", "´", "′", ""};
  const std::string apostrophe = OneOf(apostrophes, random);
  word = Replaced(Replaced(std::move(word), "’", apostrophe), "'", apostrophe);
  if (Sometimes(random)) {
    const std::pair<const char*, const char*> typed[] = {
        {"Ł", "L"},  {"ł", "l"}, {"Đ", "D"},  {"đ", "d"}, {"ø", "o"}, {"ß", "ss"}, {"Æ", "Ae"},
        {"Œ", "OE"}, {"ı", "i"}, {"Þ", "Th"}, {"ð", "d"}, {"Ħ", "H"}, {"é", "e"},  {"É", "E"},
        {"ç", "c"},  {"ễ", "e"}, {"ë", "e"},  {"ê", "e"}, {"ó", "o"}, {"ć", "c"}};
    for (const auto& [from, to] : typed) word = Replaced(std::move(word), from, to);
  }
  icu::UnicodeString letters = FromUtf8(word);
  if (Sometimes(random)) {
    UErrorCode error = U_ZERO_ERROR;
    letters = icu::Normalizer2::getNFDInstance(error)->normalize(letters, error);
  }
  if (Sometimes(random)) letters.toUpper(icu::Locale::getRoot());
  if (Sometimes(random)) {
    const auto at = static_cast<int32_t>((*random)() % (letters.length() + 1));
    letters.insert(at == 0 ? 0 : letters.moveIndex32(at, 0), u"\u200B");
  }
  return ToUtf8(letters);
}

struct Names {
  std::string given;
  std::string family;
};

// The words in any order, joined and shared out between both names in any way.
Names Spelled(std::vector<std::string> words, Random* random) {
  std::shuffle(words.begin(), words.end(), *random);
  const std::vector<std::string> joints = {" ", "-", "–", "\u2011", "\u00A0", " - ", "\t", "  "};
  Names names;
  const size_t in_given = (*random)() % (words.size() + 1);
  for (size_t i = 0; i < words.size(); ++i) {
    std::string& name = i < in_given ? names.given : names.family;
    if (!name.empty()) name += OneOf(joints, random);
    name += Respelled(words[i], random);
  }
  return names;
}

std::vector<std::string> DrawnWords(Random* random) {
  const std::vector<std::string>& script = OneOf(Scripts(), random);
  std::vector<std::string> words;
  for (size_t i = 1 + (*random)() % 4; i > 0; --i) words.push_back(OneOf(script, random));
  return words;
}

std::string KeyOf(const Names& names, bool as_stored) {
  return as_stored ? PersonKey(Name(names.given), Name(names.family), "1990-01-02")
                   : PersonKey(names.given, names.family, "1990-01-02");
}

TEST(PersonPropertyTest, SpellingsOfOnePersonAgree) {
  EXPECT_TRUE(rc::check([](uint64_t seed) {
    Random random(seed);
    const std::vector<std::string> words = DrawnWords(&random);
    const Names one = Spelled(words, &random);
    const Names other = Spelled(words, &random);
    RC_ASSERT(!KeyOf(one, true).empty());
    RC_ASSERT(KeyOf(one, true) == KeyOf(other, true));
    RC_ASSERT(KeyOf(one, false) == KeyOf(other, true));
  }));
}

TEST(PersonPropertyTest, DifferentPeopleDoNot) {
  EXPECT_TRUE(rc::check([](uint64_t seed) {
    Random random(seed);
    std::vector<std::string> words = DrawnWords(&random);
    std::vector<std::string> others = DrawnWords(&random);
    std::sort(words.begin(), words.end());
    std::sort(others.begin(), others.end());
    RC_PRE(words != others);
    RC_ASSERT(KeyOf(Spelled(words, &random), true) != KeyOf(Spelled(others, &random), true));
  }));
}

TEST(PersonPropertyTest, NormalFormsAreNormal) {
  EXPECT_TRUE(rc::check([](uint64_t seed) {
    Random random(seed);
    const Names names = Spelled(DrawnWords(&random), &random);
    RC_ASSERT(Line(Line(names.given)) == Line(names.given));
    RC_ASSERT(Block(Block(names.given)) == Block(names.given));
    RC_ASSERT(Name(Name(names.family)) == Name(names.family));
    RC_ASSERT(NameKey(names.given, names.family) == NameKey(Line(names.given), names.family));
  }));
}

}  // namespace
}  // namespace tremplin::person
