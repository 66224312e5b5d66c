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

TEST(CsvTest, RefusesWhatIsNoText) {
  EXPECT_EQ(status::ReasonOf(ReadAll("a\n\x81\n").status), "CSV_ENCODING");
  EXPECT_EQ(status::ReasonOf(ReadAll(std::string("\xFF\xFE"
                                                 "a\0b\0",
                                                 6))
                                 .status),
            "CSV_ENCODING");
}

TEST(CsvTest, NamesTheLineOfAFault) {
  const absl::Status open = ReadAll("a\nb\n\"c\n\n").status;
  EXPECT_EQ(status::ReasonOf(open), "CSV_OPEN_QUOTE");
  EXPECT_EQ(status::DetailOf(open).en, "Line 3: a quotation mark is opened and never closed.");
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

}  // namespace
}  // namespace tremplin::csv
