#include "common/config/config.h"

#include <sys/stat.h>
#include <array>

#include <cstdlib>
#include <fstream>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace tremplin::config {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class ConfigTest : public ::testing::Test {
 protected:
  ConfigTest() {
    // Variables of the developer's own shell must not decide.
    for (const char* name : {"TREMPLIN_LISTEN", "TREMPLIN_CONFIG", "TREMPLIN_DATABASE",
                             "TREMPLIN_LANES", "TREMPLIN_DEMO", "TREMPLIN_DATA_DIR"}) {
      unsetenv(name);
    }
  }
  ~ConfigTest() override {
    unsetenv("TREMPLIN_LISTEN");
    unsetenv("TREMPLIN_LANES");
    unsetenv("TREMPLIN_DATABASE");
  }

  static std::variant<Config, Exit> Run(std::vector<const char*> args,
                                        Shape shape = Shape::kStandalone) {
    args.insert(args.begin(), "tremplin");
    if (shape != Shape::kGateway) args.insert(args.end(), {"--reference-dir", "."});
    return Parse(static_cast<int>(args.size()), args.data(), shape);
  }
  static Config Good(std::vector<const char*> args, Shape shape = Shape::kStandalone) {
    auto parsed = Run(std::move(args), shape);
    if (const Exit* exit = std::get_if<Exit>(&parsed)) {
      ADD_FAILURE() << exit->text;
      return {};
    }
    return std::get<Config>(parsed);
  }
  static std::string Faults(std::vector<const char*> args, Shape shape = Shape::kStandalone) {
    auto parsed = Run(std::move(args), shape);
    const Exit* exit = std::get_if<Exit>(&parsed);
    if (exit == nullptr) return "none";
    EXPECT_EQ(exit->code, 2);
    return exit->text;
  }
  static std::string File(const std::string& name, const std::string& content) {
    const std::string path = ::testing::TempDir() + "/" + name;
    std::ofstream(path) << content;
    return path;
  }
};

TEST_F(ConfigTest, DefaultsServeStandalone) {
  const Config config = Good({});
  EXPECT_EQ(config.listen, "127.0.0.1:7400");
  EXPECT_EQ(config.grace, absl::Seconds(20));
  EXPECT_FALSE(config.demo);
}

TEST_F(ConfigTest, FlagsBeatEnvironmentBeatsFile) {
  const std::string path = File("precedence.toml",
                                "listen = \"127.0.0.1:1\"\nreaders = 3\n"
                                "grace = \"5s\"\ndemo = true\n");
  setenv("TREMPLIN_LISTEN", "127.0.0.1:2", 1);
  Config config = Good({"--config", path.c_str()});
  EXPECT_EQ(config.listen, "127.0.0.1:2");
  EXPECT_EQ(config.readers, 3);
  EXPECT_EQ(config.grace, absl::Seconds(5));
  EXPECT_TRUE(config.demo);
  config = Good({"--config", path.c_str(), "--listen", "127.0.0.1:3", "--demo=false"});
  EXPECT_EQ(config.listen, "127.0.0.1:3");
  EXPECT_FALSE(config.demo);
}

TEST_F(ConfigTest, FlagsWithoutAValueAndEmptyValues) {
  const Config config = Good({"--demo", "--data-dir", "d", "--metrics-listen", "", "--reflection"});
  EXPECT_TRUE(config.demo);
  EXPECT_TRUE(config.reflection);
  EXPECT_EQ(config.data_dir, "d");
  EXPECT_EQ(config.metrics_listen, "");
}

TEST_F(ConfigTest, TellsEveryFaultAtOnce) {
  const std::string path = File("faults.toml", "colour = \"red\"\nlog-level = \"loud\"\n");
  const std::string faults =
      Faults({"--config", path.c_str(), "--listen", "nowhere", "--readers", "65", "--grace", "900s",
              "--executor-threads", "many", "--data-dir", "", "--tls-key", "/nonexistent",
              "--shape", "round", "--demo=perhaps"});
  for (const char* key :
       {"colour: unknown key", "log-level: \"loud\"", "listen: \"nowhere\"",
        "readers: 65 is not within 1 to 64", "grace: 15m", "executor-threads:", "data-dir: missing",
        "tls-key: the file", "--shape: unknown flag", "demo: \"perhaps\""}) {
    EXPECT_THAT(faults, HasSubstr(key));
  }
}

TEST_F(ConfigTest, AServiceNeedsItsParts) {
  const std::string faults = Faults({"--lanes", "0"}, Shape::kService);
  for (const char* key :
       {"database: missing", "kafka: missing", "peers: missing", "master-key-file: missing",
        "index-key-file: missing", "service-key-file: missing", "operator-key-file: missing",
        "lanes: 0 is not"}) {
    EXPECT_THAT(faults, HasSubstr(key));
  }
}

TEST_F(ConfigTest, ReadsAService) {
  const std::string key = File("a.key", "00");
  const Config config =
      Good({"--database", "postgresql://r@h/d", "--kafka", "k:9092,l:9092", "--redis", "r:6379",
            "--peers", "registration=127.0.0.1:1,referral=h:2", "--master-key-file", key.c_str(),
            "--index-key-file", key.c_str(), "--service-key-file", key.c_str(),
            "--operator-key-file", key.c_str()},
           Shape::kService);
  EXPECT_EQ(config.peers.at("referral"), "h:2");
  EXPECT_EQ(config.kafka, "k:9092,l:9092");
}

TEST_F(ConfigTest, WhoLetsUsInAndWithWhat) {
  const std::string file = File("secret", "x");
  const auto faults = [&](std::vector<const char*> flags) {
    return Faults(std::move(flags), Shape::kService);
  };
  EXPECT_THAT(faults({"--redis", "r:1", "--redis-user", "u", "--redis-password-file", file.c_str(),
                      "--kafka-security-file", file.c_str()}),
              AllOf(Not(HasSubstr("redis")), Not(HasSubstr("kafka-security"))));
  EXPECT_THAT(faults({"--redis", "r:1", "--redis-user", "u"}),
              HasSubstr("redis-password-file: missing beside redis-user"));
  EXPECT_THAT(faults({"--redis-password-file", file.c_str()}),
              HasSubstr("redis-password-file: contradicts an empty redis"));
  EXPECT_THAT(faults({"--redis", "r:1", "--redis-password-file", "/nowhere"}),
              HasSubstr("redis-password-file: the file \"/nowhere\" cannot be read"));
  EXPECT_THAT(faults({"--kafka-security-file", "/nowhere"}),
              HasSubstr("kafka-security-file: the file \"/nowhere\" cannot be read"));
}

TEST_F(ConfigTest, ReplicasAreNamedOneByOneAsNumbers) {
  const auto faults = [&](const char* peers) {
    return Faults({"--peers", peers}, Shape::kService);
  };
  EXPECT_THAT(faults("referral=127.0.0.1:1,referral=127.0.0.1:2"), Not(HasSubstr("referral")));
  EXPECT_THAT(faults("referral=127.0.0.1:1,referral=h:2"), HasSubstr("must be IPv4"));
  EXPECT_THAT(faults("referral=h:1,referral=127.0.0.1:2"), HasSubstr("must be IPv4"));
  const std::string ca = File("ca.pem", "x");
  EXPECT_THAT(Faults({"--tls-client-ca", ca.c_str(), "--peers",
                      "referral=127.0.0.1:1,referral=127.0.0.1:2"},
                     Shape::kService),
              HasSubstr("TLS cannot verify"));
}

TEST_F(ConfigTest, MigratingNeedsTheOwnerAndNoPeers) {
  const Config config = Good({"--migrate", "--database", "postgresql://r@h/d", "--kafka", "k:1",
                              "--database-owner", "postgresql://o@h/d"},
                             Shape::kService);
  EXPECT_TRUE(config.migrate);
  EXPECT_THAT(
      Faults({"--migrate", "--database", "postgresql://r@h/d", "--kafka", "k:1"}, Shape::kService),
      HasSubstr("database-owner: missing"));
  EXPECT_THAT(Faults({"--database-owner", "postgresql://o@h/d"}, Shape::kService),
              HasSubstr("database-owner: contradicts"));
}

TEST_F(ConfigTest, KeysOfTheOtherShapeAreFaultsButInTheEnvironment) {
  EXPECT_THAT(Faults({"--config", File("other.toml", "lanes = 4\n").c_str()}),
              HasSubstr("lanes: not for standalone"));
  EXPECT_THAT(Faults({"--database", "postgresql://x"}), HasSubstr("--database: unknown flag"));
  setenv("TREMPLIN_LANES", "4", 1);
  EXPECT_EQ(Faults({}), "none");
}

TEST_F(ConfigTest, NeverRepeatsWhatMayHoldAPassword) {
  EXPECT_THAT(Faults({"--database", "mysql://u:hunter2@h/d"}, Shape::kService),
              ::testing::AllOf(HasSubstr("database: it is not"), Not(HasSubstr("hunter2"))));
}

TEST_F(ConfigTest, WithoutTlsOnlyLoopbackIsServed) {
  EXPECT_THAT(Faults({"--listen", "0.0.0.0:7400"}), HasSubstr("listen: \"0.0.0.0:7400\""));
  EXPECT_EQ(Faults({"--listen", "[::1]:7400"}), "none");
}

TEST_F(ConfigTest, TheGatewayNeedsAnAddressAndServices) {
  const std::string faults = Faults({}, Shape::kGateway);
  EXPECT_THAT(faults, HasSubstr("web-listen: missing"));
  EXPECT_THAT(faults, HasSubstr("peers: missing"));
  const Config config = Good({"--web-listen", "127.0.0.1:0", "--peers", "referral=r:1",
                              "--web-origins", "https://a.example,http://localhost:3000"},
                             Shape::kGateway);
  EXPECT_EQ(config.web_origins,
            (std::vector<std::string>{"https://a.example", "http://localhost:3000"}));
  EXPECT_THAT(Faults({"--data-dir", "var"}, Shape::kGateway),
              HasSubstr("--data-dir: unknown flag"));
}

TEST_F(ConfigTest, HttpIsServedWithTlsOrOnLoopback) {
  EXPECT_EQ(Good({}).web_listen, "");
  EXPECT_THAT(Faults({"--web-listen", "0.0.0.0:80"}), HasSubstr("web-listen: \"0.0.0.0:80\" is"));
  const std::string pem = File("web.pem", "");
  EXPECT_EQ(Faults({"--web-listen", "0.0.0.0:80", "--web-certificate", pem.c_str(), "--web-key",
                    pem.c_str()}),
            "none");
  EXPECT_THAT(Faults({"--web-key", pem.c_str()}), HasSubstr("web-certificate: missing beside"));
  for (const char* origin : {"*", "portal.example", "https://", "https://a/b", "https://*.a", ""}) {
    const std::string list = std::string("https://good.example,") + origin;
    EXPECT_THAT(Faults({"--web-origins", list.c_str()}), HasSubstr("web-origins: \""));
  }
}

TEST_F(ConfigTest, TwiceIsAFault) {
  EXPECT_THAT(Faults({"--readers", "2", "--readers", "3"}), HasSubstr("readers: given twice"));
}

TEST_F(ConfigTest, AFileThatIsNotTomlOrMissing) {
  EXPECT_THAT(Faults({"--config", "/nonexistent.toml"}), HasSubstr("config: the file"));
}

TEST_F(ConfigTest, HelpNamesTheKeysOfTheShape) {
  auto parsed = Run({"--help"}, Shape::kService);
  const Exit& exit = std::get<Exit>(parsed);
  EXPECT_EQ(exit.code, 0);
  EXPECT_THAT(exit.text, HasSubstr("--database-owner"));
  EXPECT_THAT(exit.text, Not(HasSubstr("--data-dir")));
}

TEST_F(ConfigTest, TellsTheRelease) {
  const std::array<const char*, 2> argv = {"tremplin-test", "--version"};
  const auto parsed = Parse(static_cast<int>(argv.size()), argv.data(), Shape::kService);
  ASSERT_TRUE(std::holds_alternative<Exit>(parsed));
  EXPECT_EQ(std::get<Exit>(parsed).code, 0);
  EXPECT_THAT(std::get<Exit>(parsed).text, ::testing::MatchesRegex("[0-9]+\\.[0-9]+\\.[0-9]+\n"));
}

TEST_F(ConfigTest, AnIssuerNeedsAClientAndAWayBack) {
  EXPECT_THAT(Faults({"--oidc-issuer", "https://login.example.org"}),
              AllOf(HasSubstr("oidc-client-id: missing"), HasSubstr("public-url: missing")));
  const std::string secret = File("oidc-secret", " s&cret \n");
  chmod(secret.c_str(), 0644);
  EXPECT_THAT(Faults({"--oidc-client-secret-file", secret.c_str()}),
              HasSubstr("oidc-client-secret-file: the file"));
  chmod(secret.c_str(), 0600);
  const Config config =
      Good({"--oidc-issuer", "http://localhost:3000/realms/a", "--oidc-client-id", "tremplin",
            "--public-url", "https://t.example.org", "--oidc-client-secret-file", secret.c_str()});
  EXPECT_EQ(config.oidc_client_secret, "s&cret");
  for (const char* url : {"http://login.example.org", "ftp://localhost", "https://", "localhost",
                          "https://a@b.example", "https://a.example?b"}) {
    EXPECT_THAT(Faults({"--oidc-issuer", url}), HasSubstr("oidc-issuer: \"")) << url;
  }
  EXPECT_THAT(Faults({"--public-url", "https://t.example.org/"}), HasSubstr("public-url: \""));
  EXPECT_THAT(Faults({"--oidc-client-secret-file", File("empty", "\n").c_str()}),
              HasSubstr("oidc-client-secret-file: the file"));
}

TEST_F(ConfigTest, MailNeedsASenderAndWhereLinksLead) {
  EXPECT_THAT(Faults({"--smtp", "localhost:25"}),
              AllOf(HasSubstr("mail-from: missing"), HasSubstr("public-url: missing")));
  const Config good = Good({"--smtp", "localhost:25", "--mail-from", "a@example.org",
                            "--public-url", "https://portal.example.org"});
  EXPECT_EQ(good.smtp_tls, "starttls");
  EXPECT_THAT(Faults({"--mail-from", "a@b>\r\nBcc: c@d"}), HasSubstr("mail-from"));
  EXPECT_THAT(Faults({"--smtp-tls", "maybe"}), HasSubstr("smtp-tls"));
}

TEST_F(ConfigTest, APasswordIsNotSentInTheClear) {
  const std::string login = File("login", "user\npassword\n");
  EXPECT_THAT(
      Faults({"--smtp", "mail.example.org:25", "--smtp-tls", "none", "--mail-from", "a@example.org",
              "--public-url", "https://portal.example.org", "--smtp-login-file", login.c_str()}),
      HasSubstr("smtp-login-file: contradicts"));
}

}  // namespace
}  // namespace tremplin::config
