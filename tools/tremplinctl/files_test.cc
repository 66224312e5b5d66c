#include "tools/tremplinctl/files.h"

#include <filesystem>
#include <string>

#include "common/intake/columns.h"
#include "common/intake/importer.h"
#include "common/status/error.h"
#include "gtest/gtest.h"
#include "tests/support/temp_dir.h"

namespace tremplin::ctl {
namespace {

TEST(Sheet, ReadsColumnsByName_InAnyOrder) {
  const testing::TempDir dir;
  ASSERT_TRUE(WriteFile(dir.File("a.csv"), "b;a\r\n2;1\r\n4;3\r\n").ok());
  const auto sheet = intake::Sheet::Open(dir.File("a.csv"), {"a", "b"}, {"c"});
  ASSERT_TRUE(sheet.ok()) << sheet.status();
  intake::Sheet& rows = **sheet;
  ASSERT_TRUE(rows.Next());
  EXPECT_EQ(rows["a"], "1");
  EXPECT_EQ(rows["b"], "2");
  EXPECT_EQ(rows["c"], "");
  ASSERT_TRUE(rows.Next());
  EXPECT_EQ(rows.row(), 2);
  EXPECT_FALSE(rows.Next());
}

TEST(Sheet, NamesEveryUnknownAndMissingColumn) {
  const testing::TempDir dir;
  ASSERT_TRUE(WriteFile(dir.File("a.csv"), "a,x,a\n").ok());
  const absl::Status status = intake::Sheet::Open(dir.File("a.csv"), {"a", "b"}).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  const std::string sentence = status::DetailOf(status).en;
  EXPECT_NE(sentence.find("Unknown: x, a."), std::string::npos) << sentence;
  EXPECT_NE(sentence.find("Missing: b."), std::string::npos) << sentence;
}

TEST(Sheet, ARowThatIsShortIsFilled_ALongOneIsNamed_ABlankOneIsPassedOver) {
  const testing::TempDir dir;
  ASSERT_TRUE(WriteFile(dir.File("a.csv"), "a,b\n1\n,\u00A0\n\n2,3,4\n5,6\n").ok());
  const auto sheet = intake::Sheet::Open(dir.File("a.csv"), {"a", "b"});
  ASSERT_TRUE(sheet.ok());
  intake::Sheet& rows = **sheet;
  ASSERT_TRUE(rows.Next());
  EXPECT_TRUE(rows.fault().ok());
  EXPECT_EQ(rows["b"], "");
  ASSERT_TRUE(rows.Next());
  EXPECT_EQ(rows.row(), 4);
  EXPECT_EQ(rows.line(), 5);
  EXPECT_EQ(rows["a"], "2");
  EXPECT_EQ(status::DetailOf(rows.fault()).en.substr(0, 42),
            "Line 5: 3 fields where the header has 2. P");
  ASSERT_TRUE(rows.Next());
  EXPECT_TRUE(rows.fault().ok());
  EXPECT_EQ(rows["b"], "6");
  EXPECT_FALSE(rows.Next());
}

TEST(Sheet, SaysWhatAFileIs) {
  const testing::TempDir dir;
  const auto reason = [&](const std::string& content) {
    EXPECT_TRUE(WriteFile(dir.File("a.csv"), content).ok());
    return status::ReasonOf(intake::Sheet::Open(dir.File("a.csv"), {"a"}).status());
  };
  EXPECT_EQ(reason("a\nB\x8E\x61trice\n"), "FILE_OF_MACINTOSH");
  EXPECT_EQ(reason("a\nB\x82\x61trice\n"), "FILE_OF_MSDOS");
  EXPECT_EQ(reason("PK\x03\x04"), "FILE_IS_WORKBOOK");
  EXPECT_EQ(reason("a\nB\xE9\x61trice\n"), "");
  EXPECT_EQ(reason(std::string("\xFF\xFE\x61\0\n\0", 6)), "");
}

TEST(Files, KeepKeysToTheirOwner) {
  const testing::TempDir dir;
  const std::string path = dir.File("keys/ociso.key");
  ASSERT_TRUE(WritePrivate(path, "tk_1\n").ok());
  ASSERT_TRUE(WritePrivate(path, "tk_2\n").ok());
  EXPECT_EQ(*ReadKey(path), "tk_2");
  using std::filesystem::perms;
  EXPECT_EQ(std::filesystem::status(path).permissions(), perms::owner_read | perms::owner_write);
  EXPECT_EQ(std::filesystem::status(dir.File("keys")).permissions(), perms::owner_all);
}

TEST(Import, ProposesWhomAnOrganizationStandsFor_WhereNobodyEntersThroughAnAgency) {
  program::v1::ProgramDefinition program;
  program.add_mentee_doors(program::v1::DOOR_AGENCY);
  program.add_mentee_doors(program::v1::DOOR_PROPOSER);
  program.add_mentor_doors(program::v1::DOOR_SELF);
  EXPECT_EQ(intake::DoorThroughOrganizations({program}, program::v1::SUBJECT_MENTOR),
            program::v1::DOOR_UNSPECIFIED);
  program.add_mentor_doors(program::v1::DOOR_PROPOSER);
  EXPECT_EQ(intake::DoorThroughOrganizations({program}, program::v1::SUBJECT_MENTOR),
            program::v1::DOOR_PROPOSER);
  EXPECT_EQ(intake::DoorThroughOrganizations({program}, program::v1::SUBJECT_MENTEE),
            program::v1::DOOR_UNSPECIFIED);
}

program::Registry Facts() {
  static const auto& facts = *new program::Registry(*program::ParseRegistry(
      R"(facts { name: "noc" about: SUBJECT_MENTEE about: SUBJECT_MENTOR code { table: "noc" }
                 headers_en: "occupation" headers_fr: "profession" }
         facts { name: "spoken" about: SUBJECT_MENTEE about: SUBJECT_MENTOR
                 codes { table: "language" } matching: MATCHING_USE_LANGUAGES
                 headers_en: "languages" headers_fr: "langues de service" }
         facts { name: "years" about: SUBJECT_MENTEE whole_number { least: 0 most: 60 } }
         facts { name: "area" about: SUBJECT_MENTOR code { table: "area" }
                 headers_en: "postal code" }
         facts { name: "home" about: SUBJECT_MENTEE code { table: "postal_code" }
                 headers_en: "postal code" })"));
  return facts;
}

referral::v1::ReferralFile FileOf(const std::string& content, program::v1::Subject side) {
  const testing::TempDir dir;
  EXPECT_TRUE(WriteFile(dir.File("a.csv"), content).ok());
  const intake::Columns columns(Facts(), side, /*agency_given=*/true);
  const auto sheet = columns.Open(dir.File("a.csv"));
  EXPECT_TRUE(sheet.ok()) << sheet.status();
  if (!sheet.ok()) return {};
  EXPECT_TRUE((*sheet)->Next());
  return columns.ToFile(**sheet);
}

TEST(Rows, FindColumnsInBothLanguages_WhateverTheirSpelling) {
  const auto file = FileOf(
      "Numéro de dossier;PRENOM;Nom;Profession;Langues de service\n"
      "7;Zoé;Roy;21231;fr, en\n",
      program::v1::SUBJECT_MENTEE);
  EXPECT_EQ(file.given_name(), "Zoé");
  EXPECT_EQ(file.family_name(), "Roy");
  EXPECT_EQ(program::ValuesOf(file.facts(), "noc"), (std::vector<std::string>{"21231"}));
  EXPECT_EQ(program::ValuesOf(file.facts(), "spoken").size(), 2u);
  EXPECT_FALSE(file.language().empty());
}

TEST(Rows, AColumnMeansWhatItsSideIsAsked) {
  const std::string content = "external_id,given_name,family_name,postal code\n1,A,B,K1N 6N5\n";
  const auto mentee = FileOf(content, program::v1::SUBJECT_MENTEE);
  EXPECT_EQ(program::ValuesOf(mentee.facts(), "home").size(), 1u);
  const auto mentor = FileOf(content, program::v1::SUBJECT_MENTOR);
  EXPECT_EQ(program::ValuesOf(mentor.facts(), "area").size(), 1u);
  EXPECT_TRUE(program::ValuesOf(mentor.facts(), "home").empty());
}

TEST(Rows, SendWhatIsNoNumberAsItIs_AndLeaveOutWhatIsNotGiven) {
  const auto file = FileOf("external_id,given_name,family_name,years,noc\n1,A,B,a lot,\n",
                           program::v1::SUBJECT_MENTEE);
  EXPECT_EQ(program::ValuesOf(file.facts(), "years"), (std::vector<std::string>{"a lot"}));
  EXPECT_EQ(file.facts_size(), 1);
}

TEST(Rows, AColumnThatNobodyKnowsIsNamed) {
  const testing::TempDir dir;
  ASSERT_TRUE(WriteFile(dir.File("a.csv"), "external_id,given_name,shoe size\n").ok());
  const intake::Columns columns(Facts(), program::v1::SUBJECT_MENTEE, /*agency_given=*/false);
  const absl::Status status = columns.Open(dir.File("a.csv")).status();
  const std::string sentence = status::DetailOf(status).en;
  EXPECT_NE(sentence.find("Unknown: shoe size."), std::string::npos) << sentence;
  EXPECT_NE(sentence.find("Missing: family_name, agency."), std::string::npos) << sentence;
}

}  // namespace
}  // namespace tremplin::ctl
