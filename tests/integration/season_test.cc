// A season through the public API gives the same funnel and the same outcome report in one process
// on SQLite and as separate services on real Kafka, PostgreSQL and Redis; and none of the two
// leaves a person's data in the clear anywhere: databases, Kafka segments, Redis, logs. Method: the
// same seed played in both, the results compared as JSON; then every file that the deployment left
// is searched for what only personal data holds (every e-mail address of the sample ends in
// @example.org).

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "tests/support/deployment.h"
#include "tests/support/process.h"
#include "tests/support/servers.h"

namespace tremplin {
namespace {

namespace fs = std::filesystem;
using testing::Deployment;
using testing::ReadFile;

constexpr char kSeed[] = "2025";
constexpr absl::Duration kPatience = absl::Minutes(20);

// What only the sample's personal data holds: part of every e-mail address, a family name, words of
// a career goal.
const std::vector<std::string>& Planted() {
  static const std::vector<std::string> words = {"@example.org", "Al-Masri",
                                                 "Understand how hiring works here"};
  return words;
}

std::string Season(const Deployment& deployment, const std::string& program,
                   const std::string& out) {
  const auto season =
      deployment.Ctl({"season", "--program", program, "--seed", kSeed, "--out", out}, kPatience);
  EXPECT_EQ(season.code, 0) << season.output;
  return ReadFile(out);
}

// Loads and plays one of the two seasons on a fresh system in one process.
std::string SeasonInOneProcess(const std::string& program, const std::string& out) {
  const auto standalone = testing::MakeStandalone();
  EXPECT_TRUE(standalone->WaitServing(absl::Seconds(60)));
  EXPECT_TRUE(standalone->Load(/*mentors=*/program == "ottawa"));
  return Season(*standalone, program, out);
}

void ExpectNothingPersonalIn(const std::string& folder) {
  size_t files = 0;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (!entry.is_regular_file() || entry.path().extension() == ".jar") continue;
    ++files;
    const std::string content = ReadFile(entry.path());
    for (const std::string& word : Planted()) {
      EXPECT_EQ(content.find(word), std::string::npos) << entry.path() << " holds " << word;
    }
  }
  EXPECT_GT(files, 3u) << "nothing to search in " << folder;
}

void ExpectNothingPersonalInRedis(const std::string& address) {
  const std::string port = address.substr(address.rfind(':') + 1);
  const auto keys = testing::Run({"/usr/bin/redis-cli", "-p", port, "--scan"});
  ASSERT_EQ(keys.code, 0);
  EXPECT_FALSE(keys.output.empty()) << "Redis was not used at all";
  std::string all = keys.output;
  for (size_t begin = 0; begin < keys.output.size();) {
    const size_t end = std::min(keys.output.find('\n', begin), keys.output.size());
    all += testing::Run({"/usr/bin/redis-cli", "-p", port, "--raw", "get",
                         keys.output.substr(begin, end - begin)})
               .output;
    begin = end + 1;
  }
  for (const std::string& word : Planted()) EXPECT_EQ(all.find(word), std::string::npos) << word;
}

TEST(Season, RunsToItsEndInOneProcess) {
  const testing::TempDir results;
  const auto standalone = testing::MakeStandalone();
  ASSERT_TRUE(standalone->WaitServing(absl::Seconds(60)));
  ASSERT_TRUE(standalone->Load(/*mentors=*/true));
  const std::string report = Season(*standalone, "ottawa", results.File("ottawa.json"));
  EXPECT_NE(report.find("month_12"), std::string::npos) << report;
  ExpectNothingPersonalIn(standalone->folder());
}

// Every program at once, with people in several of them; played again, the same person for person.
TEST(Season, OfAllProgramsIsTheSameEachTime) {
  const testing::TempDir results;
  const std::string once = SeasonInOneProcess("all", results.File("once.json"));
  for (const char* program : {"cchl-quebec", "halifax-connector", "london-immigrant-employment",
                              "mentorcity", "ontario-self-employment-benefit",
                              "ottawa-career-mentoring", "volunteerism-to-employment"}) {
    EXPECT_NE(once.find(program), std::string::npos) << program;
  }
  EXPECT_EQ(SeasonInOneProcess("all", results.File("again.json")), once);
}

// With two replicas of each service. Many minutes on 2 cores, since every moment of business time
// goes through all services and a broker: ./tools/test release --long.
class DistributedSeason : public ::testing::TestWithParam<const char*> {};

TEST_P(DistributedSeason, IsTheSameAsInOneProcess) {
  if (std::getenv("TREMPLIN_LONG") == nullptr) GTEST_SKIP() << "SKIPPED: runs with --long";
  const std::string program = GetParam();
  const testing::TempDir results;
  const std::string embedded = SeasonInOneProcess(program, results.File("embedded.json"));
  ASSERT_FALSE(embedded.empty());
  const auto distributed = testing::MakeDistributed({.replicas = 2});
  const std::string had = distributed == nullptr ? "" : "servers";
  TREMPLIN_REQUIRE_SERVER(had);
  ASSERT_TRUE(distributed->WaitServing(absl::Seconds(60)));
  ASSERT_TRUE(distributed->Load(/*mentors=*/program == "ottawa"));
  EXPECT_EQ(Season(*distributed, program, results.File("distributed.json")), embedded);
  if (program == "ottawa") {
    ExpectNothingPersonalIn(distributed->folder());
    ExpectNothingPersonalInRedis(distributed->ServerAddress("redis"));
  }
}

INSTANTIATE_TEST_SUITE_P(Both, DistributedSeason, ::testing::Values("ottawa", "all"));

}  // namespace
}  // namespace tremplin
