#include "common/person/name.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace tremplin::person {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(NameTest, WhatSaysThatThereIsNoneIsNone) {
  for (const std::string_view none : {"FNU", "lnu", "N/A", "na", " None\u00A0", "NULL", "unknown",
                                      "Inconnu", "AUCUN", "S/O", "-", "---", ".", "’", ""}) {
    EXPECT_EQ(Name(none), "") << none;
  }
  EXPECT_EQ(Name(" Nana \u200B"), "Nana");
  EXPECT_EQ(Name("O"), "O");
  EXPECT_EQ(Name("陳"), "陳");
}

TEST(NameTest, WordsAreThoseOfBothNamesInAnyOrder) {
  EXPECT_THAT(NameWords("Jean‑Paul", "O’Neil–Côté"), ElementsAre("cote", "jean", "oneil", "paul"));
  EXPECT_THAT(NameWords("ONEIL COTE", "jean paul"), ElementsAre("cote", "jean", "oneil", "paul"));
  EXPECT_THAT(NameWords("", ""), IsEmpty());
}

TEST(NameTest, StrokesAndLigaturesAreTypedWithoutThem) {
  EXPECT_EQ(NameKey("Łukasz", "Đorđević"), NameKey("LUKASZ", "dordevic"));
  EXPECT_EQ(NameKey("Søren", "Weiß"), NameKey("soren", "WEISS"));
  EXPECT_EQ(NameKey("Ægir", "Œuvray"), NameKey("aegir", "oeuvray"));
  EXPECT_EQ(NameKey("Yıldız", "Þórðarson"), NameKey("YILDIZ", "thordarson"));
  EXPECT_EQ(NameKey("Ħal", "İnci"), NameKey("hal", "inci"));
  EXPECT_EQ(NameKey("So\u0338ren", "X"), NameKey("Søren", "X"));
}

TEST(NameTest, OtherLettersAreOthers) {
  EXPECT_NE(NameKey("ナオミ", "カトウ"), NameKey("ナオミ", "ガトウ"));  // voiced
  EXPECT_NE(NameKey("Anna", "Li"), NameKey("Ana", "Li"));
  EXPECT_NE(NameKey("Ana", "Ana Li"), NameKey("Ana", "Li"));
  EXPECT_NE(NameKey("AnaLi", ""), NameKey("Ana", "Li"));
}

TEST(NameTest, APersonIsNameWordsAndBirthDate) {
  EXPECT_EQ(PersonKey("Ana", "Li", "1990-01-02"), PersonKey("LI", "Ana", "1990-01-02"));
  EXPECT_NE(PersonKey("Ana", "Li", "1990-01-02"), PersonKey("Ana", "Li", "1990-02-01"));
  EXPECT_EQ(PersonKey("Ana", "Li", ""), "");
  EXPECT_EQ(PersonKey("-", "’", "1990-01-02"), "");
}

}  // namespace
}  // namespace tremplin::person
