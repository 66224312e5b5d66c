// A copy of the store that is taken while the system works is whole: restored elsewhere, it holds
// all that was acknowledged before, goes on with what waited, and doubles nothing. Method: real
// programs, one process, referrals pushed before, during and after the copy.

#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>
#include <string>
#include <thread>

#include "absl/strings/ascii.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/deployment.h"
#include "tests/support/process.h"
#include "tests/support/temp_dir.h"

namespace tremplin {
namespace {

using testing::BinDir;
using testing::Finished;
using ::testing::HasSubstr;

constexpr char kSample[] = "deploy/data/sample/referrals.csv";
constexpr int kRows = 60;

class Backup : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(system_->WaitServing(absl::Seconds(60)));
    ASSERT_TRUE(system_->Load(/*mentors=*/false));
  }

  // A file of `kRows` records of the sample, from number `first` on. A cell may hold line ends.
  std::string Rows(int first) {
    std::istringstream sample(testing::ReadFile(kSample));
    const std::string path = dir_.File("rows-" + std::to_string(first) + ".csv");
    std::ofstream file(path);
    int record = 0;
    bool quoted = false;
    for (std::string line; record <= first + kRows && std::getline(sample, line);) {
      if (record == 0 || record > first) file << line << "\n";
      if (std::count(line.begin(), line.end(), '"') % 2 != 0) quoted = !quoted;
      if (!quoted) ++record;
    }
    return path;
  }
  Finished Import(int first) {
    return system_->Ctl(
        {"referrals", "import", Rows(first), "--keys-dir", system_->folder() + "/keys"});
  }
  Finished Local(const std::string& command, const std::string& file, const std::string& folder) {
    return testing::Run({BinDir() + "/tremplinctl", command, file, "--data-dir", folder});
  }
  // A folder with the keys of the system and nothing else.
  std::string FolderWithKeys() {
    std::string folder = dir_.File("restored");
    std::filesystem::create_directory(folder);
    for (const char* name : {"master.key", "index.key", "service.key", "operator.key"}) {
      std::filesystem::copy_file(system_->folder() + "/" + name, folder + "/" + name);
    }
    std::filesystem::copy(system_->folder() + "/keys", folder + "/keys");
    return folder;
  }

  testing::TempDir dir_;
  std::unique_ptr<testing::Deployment> system_ = testing::MakeStandalone();
};

TEST_F(Backup, OfAWorkingSystemIsRestoredWholeAndGoesOn) {
  const Finished first = Import(0);
  ASSERT_THAT(first.output, HasSubstr("rows"));  // some are as spoilt as in life
  std::thread pushing([this] { Import(kRows); });
  const std::string copy = dir_.File("copy.db");
  const Finished backed_up = Local("backup", copy, system_->folder());
  pushing.join();
  ASSERT_EQ(backed_up.code, 0);
  EXPECT_THAT(backed_up.output, HasSubstr("checked"));
  struct stat info {};
  ASSERT_EQ(stat(copy.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600U);
  ASSERT_THAT(Import(kRows).output, HasSubstr("rows")) << "the system is none the worse";

  const std::string folder = FolderWithKeys();
  ASSERT_EQ(Local("restore", copy, folder).code, 0);
  const std::string ready = dir_.File("ready");
  testing::Process restored(
      {BinDir() + "/tremplin-standalone", "--demo", "--data-dir", folder, "--listen", "127.0.0.1:0",
       "--metrics-listen", "", "--ready-file", ready},
      dir_.File("log"));
  ASSERT_TRUE(
      testing::Eventually([&] { return std::filesystem::exists(ready); }, absl::Seconds(60)))
      << testing::ReadFile(dir_.File("log"));
  const std::string address(absl::StripAsciiWhitespace(testing::ReadFile(ready)));
  const auto ctl = [&](std::vector<std::string> arguments) {
    std::vector<std::string> argv = {BinDir() + "/tremplinctl", "--address", address, "--key-file",
                                     folder + "/operator.key"};
    argv.insert(argv.end(), arguments.begin(), arguments.end());
    return testing::Run(argv);
  };
  // What was acknowledged before is there: the same again is told as then and, as the figures show,
  // changes nothing. What came after the copy is taken now.
  const Finished again = ctl({"referrals", "import", Rows(0)});
  EXPECT_EQ(again.output, first.output);
  EXPECT_THAT(ctl({"referrals", "import", Rows(kRows)}).output, HasSubstr("rows"));
  EXPECT_TRUE(testing::Eventually(
      [&] { return ctl({"status"}).output.find("At rest.") != std::string::npos; },
      absl::Seconds(60)));
  EXPECT_EQ(ctl({"funnel"}).output, system_->Ctl({"funnel"}).output);
}

TEST_F(Backup, WritesNothingOver) {
  const std::string copy = dir_.File("copy.db");
  ASSERT_EQ(Local("backup", copy, system_->folder()).code, 0);
  EXPECT_EQ(Local("backup", copy, system_->folder()).code, 1);
  EXPECT_EQ(Local("restore", copy, system_->folder()).code, 1);
  EXPECT_EQ(Local("restore", copy, dir_.File("no-keys")).code, 1);
  EXPECT_FALSE(std::filesystem::exists(dir_.File("no-keys") + "/tremplin.db"));
}

TEST_F(Backup, ThatIsDamagedIsNotRestored) {
  const std::string copy = dir_.File("copy.db");
  ASSERT_EQ(Local("backup", copy, system_->folder()).code, 0);
  {
    std::fstream file(copy, std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(4096 * 3);
    file << std::string(4096, 'x');
  }
  const std::string folder = FolderWithKeys();
  EXPECT_EQ(Local("restore", copy, folder).code, 1);
  EXPECT_FALSE(std::filesystem::exists(folder + "/tremplin.db"));
}

}  // namespace
}  // namespace tremplin
