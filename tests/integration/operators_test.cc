// What operators ask of a running system by the command line: what waits, where, who does it, and
// how calls go, in both languages and for scripts.

#include <memory>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "google/protobuf/util/json_util.h"
#include "gtest/gtest.h"
#include "tests/support/partner.h"
#include "tremplin/runtime/v1/operations.pb.h"

namespace tremplin {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

// One system for all tests.
class OperatorsTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    deployment_ = testing::MakeStandalone().release();
    ASSERT_TRUE(deployment_->WaitServing(absl::Minutes(2)));
    ASSERT_TRUE(deployment_->Load(false));
    ASSERT_TRUE(testing::WaitSettled(*deployment_, absl::Minutes(2)));
  }
  static void TearDownTestSuite() { delete deployment_; }

  static std::string Told(std::vector<std::string> args) {
    const testing::Finished finished = deployment_->Ctl(std::move(args));
    EXPECT_EQ(finished.code, 0) << finished.errors;
    return finished.output;
  }

  static testing::Deployment* deployment_;
};
testing::Deployment* OperatorsTest::deployment_ = nullptr;

TEST_F(OperatorsTest, LagIsToldByPartition) {
  EXPECT_THAT(Told({"lag"}), HasSubstr("No event waits"));
  EXPECT_THAT(Told({"--language", "fr", "lag"}), HasSubstr("Aucun événement n’attend"));
  const std::string all = Told({"lag", "--all", "--module", "matching"});
  EXPECT_THAT(all, AllOf(HasSubstr("tremplin.registration.v1"), HasSubstr("Waiting")));
  EXPECT_THAT(all, Not(HasSubstr("outcome")));
}

TEST_F(OperatorsTest, OutboxTimersAndLeasesAreToldOfEveryService) {
  EXPECT_THAT(Told({"outbox"}), AllOf(HasSubstr("registration"), HasSubstr("notification")));
  EXPECT_THAT(Told({"timers"}), AllOf(HasSubstr("session"), HasSubstr("Due / Échues")));
  EXPECT_THAT(Told({"--language", "fr", "leases"}), HasSubstr("bail"));
}

TEST_F(OperatorsTest, ScriptsGetAllOfItAsJson) {
  runtime::v1::GetWorkResponse work;
  ASSERT_TRUE(google::protobuf::util::JsonStringToMessage(Told({"--json", "outbox"}), &work).ok());
  EXPECT_EQ(work.modules_size(), 6);
  for (const runtime::v1::ModuleWork& module : work.modules()) {
    EXPECT_EQ(module.untold(), "") << module.module();
    EXPECT_EQ(module.outbox_waiting(), 0) << module.module();
    EXPECT_GT(module.partitions_size(), 0) << module.module();
    int64_t counted = 0;
    for (const int64_t count : module.calls().counts()) counted += count;
    EXPECT_EQ(counted, module.calls().answered()) << module.module();
  }
}

TEST_F(OperatorsTest, TopShowsTheWholeSystemOnceOrAgainAndAgain) {
  const std::string once = Told({"top", "--once", "--every", "1"});
  EXPECT_THAT(once, AllOf(HasSubstr("Requests / Requêtes (/s)"), HasSubstr("referral"),
                          HasSubstr("0.0"), Not(HasSubstr("\033"))));
  const std::string twice = Told({"top", "--rounds", "2", "--every", "1"});
  EXPECT_NE(twice.find("Tremplin"), twice.rfind("Tremplin"));
}

TEST_F(OperatorsTest, ShellsCompleteThem) {
  for (const std::string shell : {"bash", "zsh"}) {
    const std::string script = Told({"completion", shell});
    for (const char* command :
         {"'/lag'", "'/outbox'", "'/timers'", "'/leases'", "'/top'", "'/trace'"}) {
      EXPECT_THAT(script, HasSubstr(command)) << shell;
    }
    EXPECT_THAT(script, HasSubstr("--once")) << shell;
  }
}

TEST_F(OperatorsTest, WhoIsNotReachedIsSaid) {
  const testing::Finished nobody =
      testing::Run({testing::BinDir() + "/tremplinctl", "--address", "127.0.0.1:1", "--key-file",
                    deployment_->operator_key_file() + "-none", "lag"});
  EXPECT_EQ(nobody.code, 2) << "no key";
  EXPECT_EQ(deployment_->Ctl({"lag", "--module", "nobody"}).code, 2);
}

}  // namespace
}  // namespace tremplin
