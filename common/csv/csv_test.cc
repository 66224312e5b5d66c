#include "common/csv/csv.h"

#include <sstream>
#include <string>
#include <vector>

#include "common/status/error.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace tremplin::csv {
namespace {

using ::testing::ElementsAre;

struct Read {
  std::vector<std::vector<std::string>> records;
  absl::Status status;
  bool converted = false;
  size_t line = 0;
};

Read ReadAll(const std::string& text, Reader::Limits limits = {}) {
  std::istringstream in(text);
  Reader reader(in, limits);
  Read out;
  std::vector<std::string> fields;
  while (true) {
    absl::StatusOr<bool> more = reader.Next(&fields);
    if (!more.ok()) out.status = more.status();
    if (!more.ok() || !*more) break;
    out.records.push_back(fields);
  }
  out.converted = reader.converted();
  out.line = reader.line();
  return out;
}

TEST(CsvTest, ReadsCommasQuotesAndLineBreaks) {
  const Read read = ReadAll("a,b,c\n1,\"x, \"\"y\"\"\nz\",3\n,,\n");
  ASSERT_TRUE(read.status.ok()) << read.status;
  EXPECT_THAT(read.records,
              ElementsAre(ElementsAre("a", "b", "c"), ElementsAre("1", "x, \"y\"\nz", "3"),
                          ElementsAre("", "", "")));
}

TEST(CsvTest, ReadsSemicolonsCrlfAndByteOrderMark) {
  const Read read = ReadAll("\xEF\xBB\xBF\"a\";b\r\n\"1,5\";\"x\"\r\n\r\né;2");
  ASSERT_TRUE(read.status.ok()) << read.status;
  EXPECT_THAT(read.records,
              ElementsAre(ElementsAre("a", "b"), ElementsAre("1,5", "x"), ElementsAre("é", "2")));
  EXPECT_FALSE(read.converted);
}

TEST(CsvTest, CommaWinsUnlessSemicolonsAreMore) {
  EXPECT_THAT(ReadAll("a,b;c\n").records, ElementsAre(ElementsAre("a", "b;c")));
  EXPECT_THAT(ReadAll("\"a,,,\";b;c\n").records, ElementsAre(ElementsAre("a,,,", "b", "c")));
}

TEST(CsvTest, ConvertsWindows1252) {
  const Read read = ReadAll(
      "name\nB\xE9"
      "atrice L\x92H\xF4te \x80\n");
  ASSERT_TRUE(read.status.ok()) << read.status;
  EXPECT_THAT(read.records, ElementsAre(ElementsAre("name"), ElementsAre("Béatrice L’Hôte €")));
  EXPECT_TRUE(read.converted);
}

TEST(CsvTest, RefusesAZeroByte) {
  EXPECT_EQ(status::ReasonOf(ReadAll(std::string("a\nb\0\n", 5)).status), "CSV_ENCODING");
}

TEST(CsvTest, AByteWithoutAMeaningIsAControlCharacter) {
  EXPECT_THAT(ReadAll("a\nJos\x81\n").records,
              ElementsAre(ElementsAre("a"), ElementsAre("Jos\u0081")));
}

std::string Utf16(const std::u16string& text, bool little) {
  std::string bytes;
  for (const char16_t c : text) {
    bytes.push_back(static_cast<char>(little ? c & 0xFF : c >> 8));
    bytes.push_back(static_cast<char>(little ? c >> 8 : c & 0xFF));
  }
  return bytes;
}

TEST(CsvTest, ReadsUtf16WithAndWithoutAMark) {
  for (const bool little : {true, false}) {
    for (const bool mark : {true, false}) {
      const Read read =
          ReadAll(Utf16((mark ? u"\uFEFF" : u"") + std::u16string(u"a\tb\r\né\t李😀\r\n"), little));
      ASSERT_TRUE(read.status.ok()) << read.status;
      EXPECT_THAT(read.records, ElementsAre(ElementsAre("a", "b"), ElementsAre("é", "李😀")));
    }
  }
}

TEST(CsvTest, ALineMaySayTheSeparator) {
  EXPECT_THAT(ReadAll("sep=;\r\na;b,c\r\n1;2\r\n").records,
              ElementsAre(ElementsAre("a", "b,c"), ElementsAre("1", "2")));
  EXPECT_THAT(ReadAll("\"SEP=|\"\na|b\n").records, ElementsAre(ElementsAre("a", "b")));
}

TEST(CsvTest, ReadsTabsAndLinesThatEndByCarriageReturns) {
  EXPECT_THAT(ReadAll("a\tb,c\td\re\t\"f\rg\"\th\r").records,
              ElementsAre(ElementsAre("a", "b,c", "d"), ElementsAre("e", "f\rg", "h")));
}

TEST(CsvTest, NamesTheLineOfAFault) {
  const absl::Status open = ReadAll("a\nb\n\"c\n\n").status;
  EXPECT_EQ(status::ReasonOf(open), "CSV_OPEN_QUOTE");
  EXPECT_EQ(
      status::DetailOf(open).en,
      "Line 3: a quotation mark is opened and never closed. Close it at the end of its field, or "
      "take it out.");
  const absl::Status after = ReadAll("a\n\"b\"c\n").status;
  EXPECT_EQ(status::ReasonOf(after), "CSV_TEXT_AFTER_QUOTE");
  EXPECT_EQ(status::DetailOf(after).fr.substr(0, 7), "Ligne 2");
  EXPECT_EQ(status::ReasonOf(ReadAll("a,b,c\n\"x\";\"y\"\n").status), "CSV_TEXT_AFTER_QUOTE");
}

TEST(CsvTest, AFaultIsFinal) {
  std::istringstream in("\"a\"b\nc\n");
  Reader reader(in);
  std::vector<std::string> fields;
  EXPECT_FALSE(reader.Next(&fields).ok());
  EXPECT_FALSE(reader.Next(&fields).ok());
}

TEST(CsvTest, HoldsItsLimits) {
  Reader::Limits limits;
  limits.max_field_bytes = 4;
  limits.max_record_bytes = 10;
  limits.max_fields = 3;
  EXPECT_TRUE(ReadAll("abcd,ef,gh\n", limits).status.ok());
  EXPECT_EQ(status::ReasonOf(ReadAll("abcde\n", limits).status), "CSV_TOO_LONG");
  EXPECT_EQ(status::ReasonOf(ReadAll("abcd,ef,ghi\n", limits).status), "CSV_TOO_LONG");
  EXPECT_EQ(status::ReasonOf(ReadAll("a,b,c,d\n", limits).status), "CSV_TOO_MANY_FIELDS");
}

TEST(CsvTest, AQuoteInsidePlainTextIsText) {
  EXPECT_THAT(ReadAll("a,b\n5\" pipe,x\n").records,
              ElementsAre(ElementsAre("a", "b"), ElementsAre("5\" pipe", "x")));
}

TEST(CsvTest, EmptyInputHasNoRecords) {
  EXPECT_TRUE(ReadAll("").records.empty());
  EXPECT_TRUE(ReadAll("\n\n").records.empty());
  EXPECT_TRUE(ReadAll("\xEF\xBB\xBF").records.empty());
}

TEST(CsvTest, TellsTheLineARecordBeganOn) { EXPECT_EQ(ReadAll("a\n\"b\nc\"\nd\n").line, 5U); }

TEST(CsvTest, WhatIsJoinedIsReadBack) {
  const std::vector<std::string> fields = {"plain", "a,b", "a;b", "say \"hi\"", "two\nlines", ""};
  EXPECT_THAT(ReadAll("1,2,3,4,5,6\n" + Join(fields) + "\n").records[1],
              ::testing::ElementsAreArray(fields));
  EXPECT_EQ(Join({""}), "\"\"");
}

TEST(CsvTest, WhatASpreadsheetWouldRunIsMadeHarmless) {
  EXPECT_EQ(Join({"=1+1", "+1 613", "-x", "@a", "\tb", "\rc", "a=b"}),
            "'=1+1,'+1 613,'-x,'@a,\"'\tb\",\"'\rc\",a=b");
}

struct Seen {
  std::vector<std::vector<std::string>> good;
  std::vector<std::pair<size_t, std::string>> faults;  // line and reason
  std::vector<std::string> named;                      // first cells of those at fault
};

Seen ReadOn(const std::string& text) {
  std::istringstream in(text);
  Reader reader(in);
  Seen seen;
  Record record;
  while (reader.Read(&record)) {
    if (record.fault.ok()) {
      seen.good.push_back(record.fields);
    } else {
      seen.faults.emplace_back(record.line, status::ReasonOf(record.fault));
      seen.named.push_back(record.fields.at(0));
    }
  }
  return seen;
}

TEST(CsvTest, AFaultIsItsRecords) {
  const Seen seen = ReadOn(
      "a,b,c,d,e,f\n"
      "1,b,c,d,e,f\n"
      "2,\"b \"x\" y\",c,d,e,f\n"
      "3,b,c,d,e,f\n"
      "4,\"b,c,d,e,f\n"
      "5,b,c,d,e,f\n"
      "6,\"two\nlines\",c,d,e,f\n"
      "7,\"b,c,d,e,f\n"
      "8,b,\"c, c\",d,\"two\nlines\",f\n"
      "9,b,c,d,e\n");
  EXPECT_THAT(seen.good, ElementsAre(ElementsAre("a", "b", "c", "d", "e", "f"),
                                     ElementsAre("1", "b", "c", "d", "e", "f"),
                                     ElementsAre("3", "b", "c", "d", "e", "f"),
                                     ElementsAre("5", "b", "c", "d", "e", "f"),
                                     ElementsAre("6", "two\nlines", "c", "d", "e", "f"),
                                     ElementsAre("8", "b", "c, c", "d", "two\nlines", "f"),
                                     ElementsAre("9", "b", "c", "d", "e")));
  EXPECT_THAT(seen.faults,
              ElementsAre(std::pair(3, "CSV_TEXT_AFTER_QUOTE"), std::pair(5, "CSV_OPEN_QUOTE"),
                          std::pair(9, "CSV_TEXT_AFTER_QUOTE")));
  EXPECT_THAT(seen.named, ElementsAre("2", "4", "7"));
}

TEST(CsvTest, AQuoteThatIsNeverClosedEndsWithTheFile) {
  const Seen seen = ReadOn("a,b\n1,\"x\n2,y\n3,z\n");
  EXPECT_THAT(seen.good,
              ElementsAre(ElementsAre("a", "b"), ElementsAre("2", "y"), ElementsAre("3", "z")));
  EXPECT_THAT(seen.faults, ElementsAre(std::pair(2, "CSV_OPEN_QUOTE")));
}

TEST(CsvTest, WhatLiesBehindAFaultIsItsOwn) {
  const Seen seen = ReadOn(
      "a,b,c,d,e,f\n"
      "1,\"one \"x\" line\nanother, of two\n\nthe last\",c,d,e,f\n"
      "2,b,c,d,e,f\n");
  EXPECT_EQ(seen.faults.size(), 1U);
  EXPECT_THAT(seen.good, ElementsAre(ElementsAre("a", "b", "c", "d", "e", "f"),
                                     ElementsAre("2", "b", "c", "d", "e", "f")));
}

TEST(CsvTest, BlankLinesAreRecordsWithoutCells) {
  const Seen seen = ReadOn("\n\na,b\n\n1,2\n\n");
  EXPECT_THAT(seen.good, ElementsAre(ElementsAre("a", "b"), ElementsAre(), ElementsAre("1", "2"),
                                     ElementsAre()));
}

}  // namespace
}  // namespace tremplin::csv
