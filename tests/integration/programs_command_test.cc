// A program that mixes what no other mixes comes to a living system by the command line alone, with
// no code for it: its organizations are created, its definition is checked, previewed, published,
// compared and explained; and somebody is judged by it. Method: real programs, one process, nothing
// loaded before.

#include <fstream>
#include <memory>
#include <string>
#include <utility>

#include "absl/strings/str_replace.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "tests/support/deployment.h"
#include "tests/support/process.h"
#include "tests/support/temp_dir.h"

namespace tremplin {
namespace {

using testing::Finished;
using ::testing::Test;

constexpr char kEighth[] = "deploy/programs/harbour-bridge.textproto";

std::string DaysAgo(int days) {
  return absl::FormatTime("%Y-%m-%d", absl::Now() - absl::Hours(24 * days), absl::UTCTimeZone());
}

class ProgramsCommand : public Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(system_->WaitServing(absl::Seconds(60)));
    ASSERT_EQ(system_->Ctl({"facts", "publish", "deploy/facts"}).code, 0);
  }

  void CreateOrganizations() {
    for (const auto& [id, part] : {std::pair{"harbour-bridge-association", "program_owner"},
                                   {"seafarers-mission", "agency"},
                                   {"port-authority", "employer"}}) {
      const Finished created = system_->Ctl(
          {"organizations", "create", id, "--title-en", id, "--title-fr", id, "--part", part});
      ASSERT_EQ(created.code, 0) << created.output;
    }
  }

  // The eighth definition with one text in place of another.
  std::string Changed(const std::string& from, const std::string& to) {
    const std::string before = testing::ReadFile(kEighth);
    const std::string after = absl::StrReplaceAll(before, {{from, to}});
    EXPECT_NE(before, after) << from;
    const std::string path = dir_.File("changed.textproto");
    std::ofstream(path) << after;
    return path;
  }

  testing::TempDir dir_;
  std::unique_ptr<testing::Deployment> system_ = testing::MakeStandalone();
};

TEST_F(ProgramsCommand, ADefinitionBecomesAProgramWithoutCode) {
  const Finished linted = system_->Ctl({"programs", "lint", kEighth});
  EXPECT_EQ(linted.code, 0) << linted.errors;

  const Finished orphan = system_->Ctl({"programs", "publish", kEighth});
  EXPECT_NE(orphan.code, 0) << "published for an owner that does not exist";
  EXPECT_NE(orphan.errors.find("harbour-bridge-association"), std::string::npos) << orphan.errors;

  CreateOrganizations();
  const Finished absent = system_->Ctl({"programs", "diff", kEighth});
  EXPECT_NE(absent.output.find("all of it would be new"), std::string::npos) << absent.output;
  const Finished published = system_->Ctl({"programs", "publish", kEighth});
  ASSERT_EQ(published.code, 0) << published.output;

  const Finished same = system_->Ctl({"programs", "diff", kEighth});
  EXPECT_NE(same.output.find("Nothing differs"), std::string::npos) << same.output;
  const Finished english = system_->Ctl({"programs", "explain", "harbour-bridge"});
  EXPECT_NE(english.output.find("Ashore for six months to ten years"), std::string::npos)
      << english.output;
  const Finished french =
      system_->Ctl({"--language", "fr", "programs", "explain", "harbour-bridge"});
  EXPECT_NE(french.output.find("À terre depuis six mois à dix ans"), std::string::npos)
      << french.output;
}

TEST_F(ProgramsCommand, WhatAChangeWouldDoIsSeenBeforeItIsPublished) {
  CreateOrganizations();
  ASSERT_EQ(system_->Ctl({"programs", "publish", kEighth}).code, 0);
  const std::string key = dir_.File("seafarers-mission.key");
  const Finished created = system_->Ctl({"api-keys", "create", "--role", "agency", "--organization",
                                         "seafarers-mission", "--out", key});
  ASSERT_EQ(created.code, 0) << created.output;
  EXPECT_EQ(created.output.find(testing::ReadFile(key).substr(0, 20)), std::string::npos)
      << "the secret was printed";

  const std::string file = dir_.File("referrals.csv");
  std::ofstream(file) << "external_id,referred_on,given_name,family_name,birth_date,email,"
                         "service_language,left ship on,consent_to_share\n"
                      << "S1," << DaysAgo(1) << ",Ana,Reis,1985-03-02,ana@example.org,en fr,"
                      << DaysAgo(8 * 31) << ",yes\n"
                      << "S2," << DaysAgo(1) << ",Ivo,Dias,1984-04-05,ivo@example.org,en fr,"
                      << DaysAgo(3 * 31) << ",yes\n";
  const Finished imported =
      system_->Ctl({"--keys-dir", dir_.path(), "referrals", "import", file, "--agency",
                    "seafarers-mission", "--program", "harbour-bridge"});
  EXPECT_NE(imported.output.find("2 rows: 1 eligible"), std::string::npos) << imported.output;

  // The one ashore for eight months is admitted and pinned; the one for three would be let in.
  const std::string wider = Changed("minimum: 6 }", "minimum: 2 }");
  const Finished diff = system_->Ctl({"programs", "diff", wider});
  EXPECT_NE(diff.output.find("at_least.minimum: 6 → 2"), std::string::npos) << diff.output;
  const Finished preview = system_->Ctl({"programs", "preview", wider});
  EXPECT_NE(preview.output.find("1 would gain, 0 would lose"), std::string::npos) << preview.output;

  // Nothing was changed by looking.
  const Finished same = system_->Ctl({"programs", "diff", kEighth});
  EXPECT_NE(same.output.find("Nothing differs"), std::string::npos) << same.output;
}

TEST_F(ProgramsCommand, EveryFaultIsNamedWithItsLine) {
  const Finished linted = system_->Ctl({"programs", "lint",
                                        Changed("harbour-bridge.months_ashore\" minimum",
                                                "harbour-bridge.months_at_sea\" minimum")});
  EXPECT_EQ(linted.code, 2) << linted.errors;
  EXPECT_NE(linted.errors.find("changed.textproto:58: "), std::string::npos) << linted.errors;
}

}  // namespace
}  // namespace tremplin
