#include "common/person/normal.h"

#include "gtest/gtest.h"

namespace tremplin::person {
namespace {

TEST(NormalTest, ALineLosesWhatNobodySees) {
  EXPECT_EQ(Line("  a \t\r\n b\x7f"), "a b");
  EXPECT_EQ(Line("\u00A0\u200B\uFEFF\u3000Ana\u202F\u2003 Li\u0085\u2060"), "Ana Li");
  EXPECT_EQ(Line("e\u0301"), "é");  // composed
  EXPECT_EQ(Line("a\u200Db"), "a\u200Db") << "inside, only white space changes";
  EXPECT_EQ(Line(" \t\u00A0\u200B"), "");
  EXPECT_EQ(Line("\xC3(\n"), "\xC3(\n") << "no UTF-8: as it was";
}

TEST(NormalTest, ABlockKeepsItsInside) {
  EXPECT_EQ(Block("\u00A0one\n\n  two\u200B "), "one\n\n  two");
  EXPECT_EQ(Block("\n one  two\t"), "one  two");
}

TEST(NormalTest, ACodeIsComparedWithoutWhatSetsItApart) {
  EXPECT_EQ(Code("k1z 9e5"), "K1Z9E5");
  EXPECT_EQ(Code("k1z\u00A09\u2011e\u20135"), "K1Z9E5");
}

TEST(NormalTest, CaseIsApartInEveryScript) {
  EXPECT_EQ(Caseless("ANA@Place.CA"), "ana@place.ca");
  EXPECT_EQ(Caseless("ÉCOLE"), Caseless("e\u0301cole"));
  EXPECT_EQ(Caseless("ИВАН"), "иван");
}

std::string Times(int count, std::string_view text) {
  std::string all;
  for (int i = 0; i < count; ++i) all += text;
  return all;
}

TEST(NormalTest, LengthsCountWhatAPersonCounts) {
  for (const std::string_view one : {"a", "é", "ශ", "李", "e\u0301", "नि", "👩‍👩‍👧"}) {
    EXPECT_FALSE(IsLonger(Times(119, one), 119)) << one;
    EXPECT_TRUE(IsLonger(Times(120, one), 119)) << one;
  }
  EXPECT_TRUE(IsLonger("a" + Times(5000, "\u0301"), 100)) << "marks without end are no text";
}

TEST(NormalTest, LettersThatNoNameHasAreSeen) {
  for (const std::string_view bad :
       {"Jos\uFFFD", "JosÃ©", "Dâ€™Amour", "Andr?", "?lise", "Fran?ois", "Jos\u0092e", "Ð˜Ð²Ð°Ð½",
        "LÃª", "\u00C5\u0081ukasz"}) {
    EXPECT_TRUE(IsGarbled(bad)) << bad;
  }
  for (const std::string_view good :
       {"José", "D’Amour", "Łukasz", "Ólafur", "Ñandú", "İnci", "Lê", "“Renée”", "José–María",
        "Ana", "李娜", "ÃO", "Âmbar", "Иван", "?", ""}) {
    EXPECT_FALSE(IsGarbled(good)) << good;
  }
}

}  // namespace
}  // namespace tremplin::person
