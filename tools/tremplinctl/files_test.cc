#include "tools/tremplinctl/files.h"

#include <filesystem>
#include <string>

#include "common/status/error.h"
#include "gtest/gtest.h"
#include "tests/support/temp_dir.h"
#include "tools/tremplinctl/rows.h"

namespace tremplin::ctl {
namespace {

TEST(Sheet, ReadsColumnsByName_InAnyOrder) {
  const testing::TempDir dir;
  ASSERT_TRUE(WriteFile(dir.File("a.csv"), "b;a\r\n2;1\r\n4;3\r\n").ok());
  const auto sheet = Sheet::Open(dir.File("a.csv"), {"a", "b"}, {"c"});
  ASSERT_TRUE(sheet.ok()) << sheet.status();
  Sheet& rows = **sheet;
  ASSERT_TRUE(*rows.Next());
  EXPECT_EQ(rows["a"], "1");
  EXPECT_EQ(rows["b"], "2");
  EXPECT_EQ(rows["c"], "");
  ASSERT_TRUE(*rows.Next());
  EXPECT_EQ(rows.row(), 2);
  EXPECT_FALSE(*rows.Next());
}

TEST(Sheet, NamesEveryUnknownAndMissingColumn) {
  const testing::TempDir dir;
  ASSERT_TRUE(WriteFile(dir.File("a.csv"), "a,x,a\n").ok());
  const absl::Status status = Sheet::Open(dir.File("a.csv"), {"a", "b"}).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  const std::string sentence = status::DetailOf(status).en;
  EXPECT_NE(sentence.find("Unknown: x, a."), std::string::npos) << sentence;
  EXPECT_NE(sentence.find("Missing: b."), std::string::npos) << sentence;
}

TEST(Sheet, RefusesARowOfAnotherLength) {
  const testing::TempDir dir;
  ASSERT_TRUE(WriteFile(dir.File("a.csv"), "a,b\n1\n").ok());
  const auto sheet = Sheet::Open(dir.File("a.csv"), {"a", "b"});
  ASSERT_TRUE(sheet.ok());
  EXPECT_EQ(status::ReasonOf((*sheet)->Next().status()), "ROW_LENGTH");
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

TEST(Rows, AMentorsGoalsAreReadWhereTheFileHasThem) {
  const testing::TempDir dir;
  std::string header = "goals";
  for (const std::string& column : MentorColumns()) header += "," + column;
  const std::string empty(MentorColumns().size(), ',');
  ASSERT_TRUE(WriteFile(dir.File("a.csv"), header + "\nnetwork licensing" + empty + "\n").ok());
  const auto sheet = Sheet::Open(dir.File("a.csv"), MentorColumns(), OptionalMentorColumns());
  ASSERT_TRUE(sheet.ok()) << sheet.status();
  ASSERT_TRUE(*(*sheet)->Next());
  const registration::v1::Profile profile = ToMentor(**sheet).profile();
  ASSERT_EQ(profile.goals_size(), 2);
  EXPECT_EQ(profile.goals(0), "network");
  EXPECT_EQ(profile.goals(1), "licensing");
}

TEST(Rows, SendWhatIsNoNumberAsMinusOne_AndLeaveOutWhatIsNotGiven) {
  const testing::TempDir dir;
  std::string header;
  std::string row;
  for (const std::string& column : ReferralColumns()) {
    header += (header.empty() ? "" : ",") + column;
    row += row.empty() ? "ociso" : ",";
    if (column == "years_experience") row += "a lot";
    if (column == "en_reading") row += "7";
    if (column == "resume") row += "yes";
  }
  ASSERT_TRUE(WriteFile(dir.File("a.csv"), header + "\n" + row + "\n").ok());
  const auto sheet = Sheet::Open(dir.File("a.csv"), ReferralColumns());
  ASSERT_TRUE(sheet.ok()) << sheet.status();
  ASSERT_TRUE(*(*sheet)->Next());
  const referral::v1::ReferralFile file = ToFile(**sheet);
  EXPECT_EQ(file.years_experience(), -1);
  EXPECT_EQ(file.en_reading(), 7);
  EXPECT_FALSE(file.has_fr_reading());
  EXPECT_EQ(file.resume(), "yes");
  EXPECT_EQ(file.email(), "");
}

}  // namespace
}  // namespace tremplin::ctl
