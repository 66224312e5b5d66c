#include "common/config/config.h"

#include <cstdlib>
#include <fstream>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/temp_dir.h"

namespace tremplin::config {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

std::variant<Config, Exit> ParseArgs(std::vector<const char*> args, Shape shape) {
  args.insert(args.begin(), "tremplin");
  return Parse(static_cast<int>(args.size()), args.data(), shape);
}

TEST(Config, DefaultsAreEnoughForOneProcess) {
  const auto parsed = ParseArgs({}, Shape::kStandalone);
  ASSERT_TRUE(std::holds_alternative<Config>(parsed)) << std::get<Exit>(parsed).text;
  EXPECT_EQ(std::get<Config>(parsed).data_dir, "var");
  EXPECT_FALSE(std::get<Config>(parsed).demo);
}

TEST(Config, EveryFaultIsNamedAtOnce) {
  const auto parsed = ParseArgs(
      {"--listen", "nowhere", "--grace", "0s", "--executor-threads", "many", "--log-level", "loud",
       "--nonsense", "--tls-key", "/no/such/file", "--reference-dir", "/no/such/folder"},
      Shape::kStandalone);
  ASSERT_TRUE(std::holds_alternative<Exit>(parsed));
  const Exit& exit = std::get<Exit>(parsed);
  EXPECT_EQ(exit.code, 2);
  for (const char* key : {"listen:", "grace:", "executor-threads:", "log-level:", "nonsense:",
                          "tls-key:", "reference-dir:"}) {
    EXPECT_THAT(exit.text, HasSubstr(key));
  }
}

TEST(Config, AServiceNamesWhatItMisses) {
  const auto parsed = ParseArgs({}, Shape::kService);
  ASSERT_TRUE(std::holds_alternative<Exit>(parsed));
  EXPECT_THAT(
      std::get<Exit>(parsed).text,
      AllOf(HasSubstr("database: is required"), HasSubstr("kafka: is required"),
            HasSubstr("master-key-file: is required"), HasSubstr("service-key-file: is required")));
}

TEST(Config, FlagsWinOverEnvironmentAndEnvironmentOverTheFile) {
  const testing::TempDir dir;
  std::ofstream(dir.File("c.toml"))
      << "listen = \"127.0.0.1:1\"\nreaders = 5\nexecutor-queue = 7\n";
  setenv("TREMPLIN_READERS", "6", 1);
  setenv("TREMPLIN_LISTEN", "127.0.0.1:2", 1);
  const std::string file = dir.File("c.toml");
  const auto parsed =
      ParseArgs({"--config", file.c_str(), "--listen", "127.0.0.1:3"}, Shape::kStandalone);
  unsetenv("TREMPLIN_READERS");
  unsetenv("TREMPLIN_LISTEN");
  ASSERT_TRUE(std::holds_alternative<Config>(parsed)) << std::get<Exit>(parsed).text;
  EXPECT_EQ(std::get<Config>(parsed).listen, "127.0.0.1:3");
  EXPECT_EQ(std::get<Config>(parsed).readers, 6);
  EXPECT_EQ(std::get<Config>(parsed).executor_queue, 7);
}

TEST(Config, AnUnknownKeyOfTheFileIsAFault) {
  const testing::TempDir dir;
  std::ofstream(dir.File("c.toml")) << "lisen = \"127.0.0.1:1\"\n";
  const std::string file = dir.File("c.toml");
  const auto parsed = ParseArgs({"--config", file.c_str()}, Shape::kStandalone);
  ASSERT_TRUE(std::holds_alternative<Exit>(parsed));
  EXPECT_THAT(std::get<Exit>(parsed).text, HasSubstr("lisen"));
}

TEST(Config, KeysOfTheOtherShapeAreUnknown) {
  const auto parsed = ParseArgs({"--kafka", "127.0.0.1:9092"}, Shape::kStandalone);
  ASSERT_TRUE(std::holds_alternative<Exit>(parsed));
  EXPECT_THAT(std::get<Exit>(parsed).text, HasSubstr("kafka"));
}

TEST(Config, FlagsNeedNoValue) {
  const auto parsed = ParseArgs({"--demo", "--metrics-listen", ""}, Shape::kStandalone);
  ASSERT_TRUE(std::holds_alternative<Config>(parsed)) << std::get<Exit>(parsed).text;
  EXPECT_TRUE(std::get<Config>(parsed).demo);
  EXPECT_EQ(std::get<Config>(parsed).metrics_listen, "");
}

TEST(Config, PeersAreNamed) {
  const testing::TempDir dir;
  for (const char* name : {"m", "i", "s"}) std::ofstream(dir.File(name)) << "x";
  const std::string m = dir.File("m"), i = dir.File("i"), s = dir.File("s");
  const auto parsed =
      ParseArgs({"--database", "postgresql://x@h/d", "--kafka", "h:1", "--master-key-file",
                 m.c_str(), "--index-key-file", i.c_str(), "--service-key-file", s.c_str(),
                 "--peers", "registration=127.0.0.1:1,referral=127.0.0.1:2"},
                Shape::kService);
  ASSERT_TRUE(std::holds_alternative<Config>(parsed)) << std::get<Exit>(parsed).text;
  EXPECT_EQ(std::get<Config>(parsed).peers.at("referral"), "127.0.0.1:2");
}

TEST(Config, HelpEndsWithZero) {
  const auto parsed = ParseArgs({"--help"}, Shape::kStandalone);
  ASSERT_TRUE(std::holds_alternative<Exit>(parsed));
  EXPECT_EQ(std::get<Exit>(parsed).code, 0);
  EXPECT_THAT(std::get<Exit>(parsed).text,
              AllOf(HasSubstr("--data-dir"), Not(HasSubstr("--kafka"))));
}

}  // namespace
}  // namespace tremplin::config
