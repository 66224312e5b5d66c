#include "tools/tremplinctl/drop_folder.h"

#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <string>
#include <vector>

#include "absl/time/clock.h"
#include "common/intake/messages.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/temp_dir.h"
#include "tools/tremplinctl/files.h"

namespace tremplin::ctl {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr absl::Duration kStill = absl::Seconds(10);

class DropFolderTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto folder = DropFolder::Open(dir_.path());
    ASSERT_TRUE(folder.ok()) << folder.status();
    folder_ = *std::move(folder);
  }

  void Write(const std::string& name, const std::string& content = "a,b\n") const {
    ASSERT_TRUE(WriteFile(dir_.File(name), content).ok());
  }
  // As if written so many seconds ago.
  void Age(const std::string& name, int seconds) const {
    fs::last_write_time(dir_.File(name),
                        fs::file_time_type::clock::now() - std::chrono::seconds(seconds));
  }
  std::vector<std::string> Whole(int second) {
    const auto seen = folder_->Look(absl::Seconds(second), kStill);
    EXPECT_TRUE(seen.ok()) << seen.status();
    moving_ = seen->moving;
    return seen->whole;
  }
  DropFolder::Taken Take(const std::string& name) {
    const auto taken = folder_->Take(name);
    EXPECT_TRUE(taken.ok() && taken->has_value()) << name;
    return **taken;
  }
  // What is in a folder of it, by name.
  std::vector<std::string> In(const std::string& place) const {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(dir_.File(place))) {
      names.push_back(entry.path().filename());
    }
    std::sort(names.begin(), names.end());
    return names;
  }
  static std::string ReasonOf(const absl::Status& status) { return status::ReasonOf(status); }

  testing::TempDir dir_;
  std::unique_ptr<DropFolder> folder_;
  int moving_ = 0;
};

TEST_F(DropFolderTest, AFileIsWholeOnceNothingOfItMoves) {
  Write("a.csv");
  EXPECT_THAT(Whole(0), IsEmpty());
  EXPECT_EQ(moving_, 1);
  EXPECT_THAT(Whole(9), IsEmpty());
  Write("a.csv", "a,b\n1,2\n");
  EXPECT_THAT(Whole(10), IsEmpty()) << "it grew";
  EXPECT_THAT(Whole(19), IsEmpty());
  EXPECT_THAT(Whole(20), ElementsAre("a.csv"));
  EXPECT_EQ(moving_, 0);
}

TEST_F(DropFolderTest, ATimeThatTheSenderSetsTellsNothing) {
  Write("a.csv");
  Age("a.csv", 1000);
  EXPECT_THAT(Whole(0), IsEmpty());
  Write("a.csv", "x,y\n");  // as long, and with the same time again
  Age("a.csv", 1000);
  EXPECT_THAT(Whole(10), IsEmpty());
}

TEST_F(DropFolderTest, OneRenamedInIsWholeLikeAnyOther) {
  Write("a.csv.part");
  EXPECT_THAT(Whole(0), IsEmpty());
  fs::rename(dir_.File("a.csv.part"), dir_.File("a.csv"));
  EXPECT_THAT(Whole(1), IsEmpty());
  EXPECT_THAT(Whole(11), ElementsAre("a.csv"));
}

TEST_F(DropFolderTest, TheOldestComesFirst) {
  for (const char* name : {"b.csv", "a.csv", "c.csv"}) Write(name);
  Age("b.csv", 50);
  Age("a.csv", 10);
  Age("c.csv", 90);
  Whole(0);
  EXPECT_THAT(Whole(10), ElementsAre("c.csv", "b.csv", "a.csv"));
}

TEST_F(DropFolderTest, WhatIsBeingSentAndWhatIsOursIsPassedOver) {
  for (const char* name : {".hidden.csv", "a.part", "b.filepart", "c.csv.verdicts.csv"}) {
    Write(name);
  }
  Whole(0);
  EXPECT_THAT(Whole(10), IsEmpty());
  EXPECT_EQ(moving_, 0);
}

TEST_F(DropFolderTest, AtMostAThousandAreSeenAtOnce_TheOldest) {
  for (int i = 0; i < 2100; ++i) {
    const std::string name = "f" + std::to_string(i);
    Write(name);
    Age(name, 1000 + i);
  }
  Whole(0);
  const std::vector<std::string> whole = Whole(10);
  ASSERT_THAT(whole, SizeIs(DropFolder::kMostSeen));
  EXPECT_EQ(whole.front(), "f2099");
  EXPECT_EQ(whole.back(), "f1100");
}

TEST_F(DropFolderTest, WhatWasTakenIsFoundAgain_UnderTheSameRun) {
  Write("a.csv");
  const DropFolder::Taken taken = Take("a.csv");
  ASSERT_TRUE(WriteFile(taken.verdicts, "half a ver").ok());
  folder_.reset();
  auto again = DropFolder::Open(dir_.path());
  ASSERT_TRUE(again.ok());
  auto left = (*again)->Left();
  ASSERT_TRUE(left.ok() && left->has_value());
  EXPECT_EQ((*left)->run, taken.run);
  EXPECT_EQ((*left)->name, "a.csv");
  EXPECT_EQ((*left)->path, taken.path);
  EXPECT_FALSE(fs::exists(taken.verdicts)) << "what was written of its verdicts is nothing";
  ASSERT_TRUE(WriteFile(taken.verdicts, "whole").ok());
  ASSERT_TRUE((*again)->Finish(**left).ok());
  EXPECT_FALSE((*again)->Left()->has_value());
  EXPECT_THAT(In(".importing"), IsEmpty());
  EXPECT_THAT(In("done"), ElementsAre("a.csv"));
  EXPECT_EQ(*ReadFile(dir_.File("a.csv.verdicts.csv")), "whole");
}

TEST_F(DropFolderTest, AnotherOfTheSameNameIsKeptBesideTheFirst) {
  std::string second;
  for (const char* content : {"first", "second"}) {
    Write("a.csv", content);
    const DropFolder::Taken taken = Take("a.csv");
    ASSERT_TRUE(WriteFile(taken.verdicts, content).ok());
    ASSERT_TRUE(folder_->Finish(taken).ok());
    second = taken.run + "-a.csv";
  }
  EXPECT_EQ(*ReadFile(dir_.File("done/a.csv")), "first");
  EXPECT_EQ(*ReadFile(dir_.File("done/" + second)), "second");
  EXPECT_EQ(*ReadFile(dir_.File("a.csv.verdicts.csv")), "second") << "those of the latest";
}

TEST_F(DropFolderTest, WhatIsNoSuchFileIsToldWhy_InBothLanguages) {
  Write("a.xlsx");
  const absl::Status why =
      status::Error(absl::StatusCode::kInvalidArgument, intake::kFileIsWorkbook, {"a.xlsx"});
  ASSERT_TRUE(folder_->Refuse(Take("a.xlsx"), why).ok());
  EXPECT_THAT(In("refused"), ElementsAre("a.xlsx", "a.xlsx.txt"));
  const std::string told = *ReadFile(dir_.File("refused/a.xlsx.txt"));
  EXPECT_THAT(told, HasSubstr("a.xlsx is a workbook"));
  EXPECT_THAT(told, HasSubstr("put it into the folder again"));
  EXPECT_THAT(told, HasSubstr("a.xlsx est un classeur"));
  EXPECT_THAT(told, HasSubstr("déposez-le de nouveau"));
}

TEST_F(DropFolderTest, LinksFoldersDevicesAndHugeFilesAreNamed) {
  fs::create_symlink("/etc/hostname", dir_.File("link.csv"));
  fs::create_directory(dir_.File("folder"));
  ASSERT_EQ(mkfifo(dir_.File("pipe.csv").c_str(), 0600), 0);
  Write("huge.csv");
  fs::resize_file(dir_.File("huge.csv"), DropFolder::kMostBytes + 1);
  Write("most.csv");
  fs::resize_file(dir_.File("most.csv"), DropFolder::kMostBytes);
  EXPECT_EQ(ReasonOf(DropFolder::Check(Take("link.csv"))), "DROP_LINK");
  EXPECT_EQ(ReasonOf(DropFolder::Check(Take("folder"))), "DROP_FOLDER");
  EXPECT_EQ(ReasonOf(DropFolder::Check(Take("pipe.csv"))), "DROP_NO_FILE");
  EXPECT_EQ(ReasonOf(DropFolder::Check(Take("huge.csv"))), "DROP_TOO_LARGE");
  EXPECT_EQ(DropFolder::Check(Take("most.csv")), absl::OkStatus());
}

TEST_F(DropFolderTest, TheLongestNamesFitToo) {
  std::string name(253, 'a');
  name += "\u00E9";  // two bytes: 255 together
  Write(name);
  const DropFolder::Taken taken = Take(name);
  ASSERT_TRUE(WriteFile(taken.verdicts, "v").ok());
  ASSERT_TRUE(folder_->Finish(taken).ok());
  EXPECT_TRUE(fs::exists(dir_.File(std::string(242, 'a') + ".verdicts.csv")));
  const std::string other = std::string(250, 'b') + "\u00E9";
  Write(other);
  ASSERT_TRUE(folder_->Refuse(Take(other), absl::InvalidArgumentError("")).ok());
  EXPECT_THAT(In("refused"), ElementsAre(std::string(250, 'b') + ".txt", other));
}

TEST_F(DropFolderTest, OneThatIsGoneIsNobodys) {
  const auto taken = folder_->Take("never.csv");
  ASSERT_TRUE(taken.ok()) << taken.status();
  EXPECT_FALSE(taken->has_value());
  EXPECT_THAT(In(".importing"), IsEmpty());
}

TEST_F(DropFolderTest, TwoProcessesDoNotWatchOneFolder) {
  EXPECT_EQ(ReasonOf(DropFolder::Open(dir_.path()).status()), "DROP_WATCHED");
}

TEST_F(DropFolderTest, OldFilesAreRemoved_NewOnesAndOthersStay) {
  Write("done/a.csv");
  Write("refused/b.csv.txt");
  Write("a.csv.verdicts.csv");
  Write("c.csv");
  ASSERT_TRUE(folder_->Remove(absl::Now() - absl::Hours(1)).ok());
  EXPECT_THAT(In("done"), SizeIs(1));
  ASSERT_TRUE(folder_->Remove(absl::Now() + absl::Hours(1)).ok());
  EXPECT_THAT(In("done"), IsEmpty());
  EXPECT_THAT(In("refused"), IsEmpty());
  EXPECT_THAT(In("."), ElementsAre(".importing", "c.csv", "done", "refused"));
}

TEST(DropFolder, AFolderThatIsNotThereOrNotOursIsNamed) {
  const testing::TempDir dir;
  const auto reason = [&](const std::string& name) {
    return status::ReasonOf(DropFolder::Open(dir.File(name)).status());
  };
  EXPECT_EQ(reason("missing"), "DROP_MISSING");
  ASSERT_TRUE(WriteFile(dir.File("file"), "").ok());
  EXPECT_EQ(reason("file"), "DROP_MISSING");
  fs::create_directory(dir.File("shared"));
  ASSERT_EQ(chmod(dir.File("shared").c_str(), 02770), 0);
  EXPECT_EQ(reason("shared"), "DROP_OPEN") << "without the sticky bit others could rename done/";
  ASSERT_EQ(chmod(dir.File("shared").c_str(), 03770), 0);
  EXPECT_EQ(reason("shared"), "");
  fs::create_directory(dir.File("led-away"));
  fs::create_symlink("/tmp", dir.File("led-away/done"));
  EXPECT_EQ(reason("led-away"), "DROP_NOT_OURS");
}

}  // namespace
}  // namespace tremplin::ctl
