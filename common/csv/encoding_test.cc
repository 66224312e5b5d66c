#include "common/csv/encoding.h"

#include <sstream>
#include <string>

#include "gtest/gtest.h"

namespace tremplin::csv {
namespace {

Encoding Of(const std::string& bytes) {
  std::istringstream in(bytes);
  const Encoding encoding = Recognize(in);
  EXPECT_EQ(in.tellg(), 0) << "the file is read from its beginning";
  return encoding;
}

TEST(EncodingTest, IsToldByWhatTheFileWouldYield) {
  EXPECT_EQ(Of("given_name\nBéatrice\n"), Encoding::kUtf8);
  EXPECT_EQ(Of(""), Encoding::kUtf8);
  EXPECT_EQ(Of("n\nB\xE9"
               "atrice C\xF4t\xE9\n"),
            Encoding::kWindows1252);
  EXPECT_EQ(Of("n\nB\x8E"
               "atrice C\x99t\x8E\n"),
            Encoding::kMacintosh);
  EXPECT_EQ(Of("n\nB\x82"
               "atrice C\x93t\x82\n"),
            Encoding::kMsDos);
  EXPECT_EQ(Of("n\nPOIRI\xD4R, St\x82phane, Fran\x87oise, H\x82l\x8Ane\n"), Encoding::kMsDos);
  EXPECT_EQ(Of("n\rFran\x8D"
               "ois D\xD5"
               "Amour, Zo\x91, H\x8El\x8Fne\r"),
            Encoding::kMacintosh);
}

TEST(EncodingTest, TypographyIsOfWindowsWhenNothingElseIsSaid) {
  for (const char* text : {"L\x92"
                           "emploi",
                           "d\x92"
                           "amour",
                           "\x93the goal\x94",
                           "2019\x96"
                           "2020",
                           "Jean\x96Paul", "nurse \x96 then teacher", "wait\x85", "5 \x80"}) {
    EXPECT_EQ(Of(std::string(text) + "\n"), Encoding::kWindows1252) << text;
  }
}

TEST(EncodingTest, WindowsNamesOfManyLanguagesStayWindows) {
  EXPECT_EQ(Of("Garc\xED"
               "a Mu\xF1oz\nGon\xE7"
               "alves Jo\xE3"
               "o\nM\xFCller\nBj\xF6"
               "rk\nS\xF8ren\n"),
            Encoding::kWindows1252);
  EXPECT_EQ(Of("\xC9LOISE\n\xC9mile\nB\xC9"
               "ATRICE\n"),
            Encoding::kWindows1252);
}

TEST(EncodingTest, WhatIsNoTextIsNamed) {
  EXPECT_EQ(Of("PK\x03\x04 and so on"), Encoding::kWorkbook);
  EXPECT_EQ(Of("\xD0\xCF\x11\xE0\xA1\xB1"), Encoding::kWorkbook);
  EXPECT_EQ(Of(std::string("\xFF\xFE"
                           "a\0b\0",
                           6)),
            Encoding::kUtf16Little);
  EXPECT_EQ(Of(std::string("\0a\0b", 4)), Encoding::kUtf16Big);
}

}  // namespace
}  // namespace tremplin::csv
