// A folder into which offices without developers put their files: each is imported once, whatever
// ends the process that watches. Method: real programs, one process of the system; the watching
// process is ended and killed where it is in the midst of a file.

#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_split.h"
#include "common/csv/csv.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/deployment.h"
#include "tests/support/partner.h"
#include "tests/support/process.h"
#include "tests/support/temp_dir.h"

namespace tremplin {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using testing::Finished;
using ::testing::HasSubstr;
using ::testing::Not;
using testing::Process;

constexpr char kCases[] = "tests/integration/cases/";
constexpr char kSample[] = "deploy/data/sample/referrals.csv";
constexpr uid_t kNobody = 65534;

// The records of a CSV file, its header among them.
std::vector<std::vector<std::string>> Records(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  csv::Reader reader(in);
  csv::Record record;
  std::vector<std::vector<std::string>> records;
  while (in && reader.Read(&record)) {
    EXPECT_TRUE(record.fault.ok()) << record.fault;
    records.push_back(record.fields);
  }
  return records;
}

class WatchCases : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    system_ = testing::MakeStandalone().release();
    ASSERT_TRUE(system_->WaitServing(absl::Seconds(60)));
    ASSERT_TRUE(system_->Load(/*mentors=*/false));
  }
  static void TearDownTestSuite() {
    delete system_;
    system_ = nullptr;
  }

  void SetUp() override { fs::create_directory(folder_); }

  // As by sftp: under another name, then renamed.
  void Put(const std::string& from, const std::string& name) const {
    fs::copy_file(from, folder_ + "/." + name);
    fs::rename(folder_ + "/." + name, folder_ + "/" + name);
  }
  // A file of the sample's rows whose keys nobody else has.
  std::string SampleOfItsOwn(const std::string& prefix) const {
    const std::vector<std::vector<std::string>> rows = Records(kSample);
    const auto& header = rows.at(0);
    const size_t key = static_cast<size_t>(std::find(header.begin(), header.end(), "external_id") -
                                           header.begin());
    const std::string path = dir_.File(prefix + ".csv");
    std::ofstream out(path, std::ios::binary);
    for (size_t i = 0; i < rows.size(); ++i) {
      std::vector<std::string> row = rows[i];
      if (i > 0 && !row.at(key).empty()) row.at(key) = prefix + row.at(key);
      out << csv::Join(row) << '\n';
    }
    return path;
  }

  Finished Once(std::vector<std::string> args = {}) const {
    args.insert(args.begin(), {"referrals", "watch", folder_, "--once", "--still", "1"});
    return system_->Ctl(std::move(args));
  }
  std::unique_ptr<Process> Watch() const {
    return std::make_unique<Process>(
        std::vector<std::string>{testing::BinDir() + "/tremplinctl", "--address",
                                 system_->Address("referral"), "--key-file",
                                 system_->operator_key_file(), "referrals", "watch", folder_,
                                 "--still", "1"},
        dir_.File("watch.log"));
  }
  bool IsThere(const std::string& name) const { return fs::exists(folder_ + "/" + name); }
  std::string Told(const std::string& name) const {
    return testing::ReadFile(folder_ + "/refused/" + name + ".txt");
  }
  // In the midst of a file: some of its verdicts are written, and not all.
  bool InTheMidst() const {
    std::error_code gone;
    for (const auto& entry : fs::directory_iterator(folder_ + "/.importing", gone)) {
      if (entry.path().extension() == ".csv" && fs::file_size(entry.path(), gone) > 0 && !gone) {
        return true;
      }
    }
    return false;
  }
  // "eligible", … of each row of a verdict file, with which kind of submission it was.
  std::vector<std::string> Verdicts(const std::string& name) const {
    std::vector<std::string> verdicts;
    for (const auto& record : Records(folder_ + "/" + name + ".verdicts.csv")) {
      verdicts.push_back(record.at(2) + " " + record.at(3) + " " + record.at(5));
    }
    return verdicts;
  }
  // What a whole import of a sample of its own tells.
  std::vector<std::string> Expected(const std::string& prefix) const {
    std::vector<std::string> verdicts;
    for (const auto& record : Records("deploy/data/sample/expected.csv")) {
      const bool changed = !verdicts.empty() && !record.at(2).empty();
      verdicts.push_back((changed ? prefix : "") + record.at(2) + " " + record.at(3) + " " +
                         record.at(5));
    }
    return verdicts;
  }

  static testing::Deployment* system_;
  testing::TempDir dir_;
  const std::string folder_ = dir_.File("drop");
};
testing::Deployment* WatchCases::system_ = nullptr;

TEST_F(WatchCases, AFileIsImported_ItsVerdictsBesideIt_AndMoved) {
  Put(std::string(kCases) + "c05-blank-rows.csv", "clients du 5.csv");
  Put(std::string(kCases) + "c06-short-row.csv", "sent.csv.part");
  const Finished run = Once({"--language", "fr"});
  EXPECT_EQ(run.code, 0) << run.errors;
  EXPECT_THAT(run.output, HasSubstr("2 lignes : 2 admissibles"));
  EXPECT_THAT(run.output + run.errors, Not(HasSubstr("clients"))) << "a name may be a person's";
  EXPECT_THAT(Verdicts("clients du 5.csv"),
              ElementsAre("external_id verdict kind", "B05-1 eligible new", "B05-2 eligible new"));
  EXPECT_EQ(testing::ReadFile(folder_ + "/done/clients du 5.csv"),
            testing::ReadFile(std::string(kCases) + "c05-blank-rows.csv"));
  EXPECT_FALSE(IsThere("clients du 5.csv"));
  EXPECT_TRUE(IsThere("sent.csv.part")) << "it is being sent";
  // Put again it is another import, which changes nothing and is told the same.
  Put(std::string(kCases) + "c05-blank-rows.csv", "again.csv");
  EXPECT_EQ(Once().code, 0);
  EXPECT_EQ(Verdicts("again.csv"), Verdicts("clients du 5.csv"));
}

TEST_F(WatchCases, WhatIsNoSuchFileIsRefusedWithWhyAndWhatToDo) {
  Put(std::string(kCases) + "c10b-csv-macintosh.csv", "mac.csv");
  std::ofstream(folder_ + "/empty.csv");
  std::ofstream(folder_ + "/columns.csv") << "name,colour\nA,blue\n";
  fs::create_symlink("/etc/passwd", folder_ + "/link.csv");
  fs::create_directory(folder_ + "/files");
  Put(std::string(kCases) + "c08a-sep-line.csv", "good.csv");
  const Finished run = Once();
  EXPECT_EQ(run.code, 0) << run.errors;
  EXPECT_THAT(Told("mac.csv"), HasSubstr("mac.csv is written in the Macintosh character set"));
  EXPECT_THAT(Told("mac.csv"), HasSubstr("Macintosh : ses accents"));
  EXPECT_THAT(Told("empty.csv"), HasSubstr("empty.csv has no header line"));
  EXPECT_THAT(Told("columns.csv"), HasSubstr("Unknown: name, colour"));
  EXPECT_THAT(Told("link.csv"), HasSubstr("link.csv is a link"));
  EXPECT_THAT(Told("link.csv"), Not(HasSubstr("root")));
  EXPECT_THAT(Told("files"), HasSubstr("files is a folder"));
  EXPECT_THAT(Told("files"), HasSubstr("put it into the folder again"));
  EXPECT_TRUE(fs::is_symlink(folder_ + "/refused/link.csv"));
  EXPECT_THAT(Verdicts("good.csv"), ElementsAre("external_id verdict kind", "B08-1 eligible new"))
      << "one that is refused holds up no other";
}

TEST_F(WatchCases, OneThatOnlyItsOwnerMayReadIsTold) {
  std::ofstream(folder_ + "/closed.csv") << "external_id\n";
  ASSERT_EQ(chmod((folder_ + "/closed.csv").c_str(), 0), 0);
  const std::string key = dir_.File("operator.key");
  fs::copy_file(system_->operator_key_file(), key);
  std::vector<std::string> command = {testing::BinDir() + "/tremplinctl",
                                      "--address",
                                      system_->Address("referral"),
                                      "--key-file",
                                      key,
                                      "referrals",
                                      "watch",
                                      folder_,
                                      "--once",
                                      "--still",
                                      "1"};
  if (geteuid() == 0) {  // whom no mode keeps out
    for (const std::string& path : {dir_.path(), folder_, key}) {
      ASSERT_EQ(chown(path.c_str(), kNobody, kNobody), 0);
    }
    command.insert(command.begin(), {"/usr/bin/setpriv", "--reuid", std::to_string(kNobody),
                                     "--regid", std::to_string(kNobody), "--clear-groups"});
  }
  const Finished run = testing::Run(command);
  EXPECT_EQ(run.code, 0) << run.errors;
  EXPECT_THAT(run.errors, HasSubstr("DROP_UNREADABLE"));
  EXPECT_THAT(Told("closed.csv"), HasSubstr("closed.csv may be read by its owner alone"));
}

TEST_F(WatchCases, AFolderThatIsNotThereIsNamed) {
  const Finished run = system_->Ctl({"referrals", "watch", dir_.File("missing"), "--once"});
  EXPECT_EQ(run.code, 2);
  EXPECT_THAT(run.errors, HasSubstr("missing is not there, or is no folder."));
}

TEST_F(WatchCases, AFaultThatIsNotTheFilesLeavesItForTheNextStart) {
  Put(std::string(kCases) + "c09c-header-with-no-break-space.csv", "b09.csv");
  const Finished run = Once({"--program", "no-such-program"});
  EXPECT_EQ(run.code, 1) << run.errors;
  EXPECT_FALSE(IsThere("refused/b09.csv"));
  EXPECT_FALSE(IsThere("b09.csv.verdicts.csv"));
  EXPECT_EQ(Once().code, 0);
  EXPECT_THAT(Verdicts("b09.csv"), ElementsAre("external_id verdict kind", "B09-3 eligible new"));
}

TEST_F(WatchCases, KilledInTheMidst_TheNextStartGoesOn_NothingTwiceAndNothingLost) {
  Put(SampleOfItsOwn("K"), "season.csv");
  for (int kill = 0; kill < 3; ++kill) {
    const std::unique_ptr<Process> watching = Watch();
    ASSERT_TRUE(testing::Eventually([&] { return InTheMidst(); }, absl::Seconds(60)));
    watching->Signal(SIGKILL);
    ASSERT_TRUE(watching->Wait(absl::Seconds(20)).has_value());
    EXPECT_FALSE(IsThere("season.csv.verdicts.csv"));
    EXPECT_FALSE(IsThere("done/season.csv"));
  }
  EXPECT_EQ(Once().code, 0);
  EXPECT_EQ(Verdicts("season.csv"), Expected("K")) << "as of one import without a break";
  EXPECT_TRUE(IsThere("done/season.csv"));
}

TEST_F(WatchCases, ToldToEndInTheMidst_ItEndsAfterTheChunk_AndTheNextStartGoesOn) {
  Put(SampleOfItsOwn("T"), "season.csv");
  std::unique_ptr<Process> watching = Watch();
  ASSERT_TRUE(testing::Eventually([&] { return InTheMidst(); }, absl::Seconds(60)));
  watching->Signal(SIGTERM);
  EXPECT_EQ(watching->Wait(absl::Seconds(120)), 0);
  EXPECT_FALSE(IsThere("done/season.csv"));
  EXPECT_THAT(testing::ReadFile(dir_.File("watch.log")), HasSubstr("Ended in the midst"));
  watching = Watch();
  EXPECT_TRUE(testing::Eventually([&] { return IsThere("done/season.csv"); }, absl::Seconds(120)));
  EXPECT_EQ(Verdicts("season.csv"), Expected("T"));
  // It goes on watching, and ends when it has nothing to do as well.
  Put(std::string(kCases) + "c07c-quote-never-closed.csv", "b07.csv");
  EXPECT_TRUE(testing::Eventually([&] { return IsThere("done/b07.csv"); }, absl::Seconds(60)));
  EXPECT_EQ(Once().code, 2) << "one process a folder";
  watching->Signal(SIGTERM);
  EXPECT_EQ(watching->Wait(absl::Seconds(60)), 0);
}

TEST_F(WatchCases, WhileTheSystemIsAwayAFileWaits) {
  const std::unique_ptr<Process> watching = Watch();
  system_->Get("standalone").Signal(SIGKILL);
  ASSERT_TRUE(system_->Get("standalone").Wait(absl::Seconds(20)).has_value());
  Put(std::string(kCases) + "c14a-long-names.csv", "b14.csv");
  EXPECT_TRUE(testing::Eventually([&] { return !IsThere("b14.csv"); }, absl::Seconds(60)));
  system_->Start("standalone");
  EXPECT_TRUE(testing::Eventually([&] { return IsThere("done/b14.csv"); }, absl::Minutes(3)));
  EXPECT_TRUE(IsThere("b14.csv.verdicts.csv"));
}

}  // namespace
}  // namespace tremplin
