// People sign in with a browser: with an issuer (npm's oidc-provider) and by a link, act in one of
// their roles, switch, sign out.

#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "rapidjson/document.h"
#include "services/gateway/testing/http_client.h"
#include "tests/support/deployment.h"
#include "tests/support/process.h"
#include "tests/support/servers.h"
#include "tests/support/temp_dir.h"

namespace tremplin {
namespace {

using gateway::http::Headers;
using gateway::testing::Answer;
using gateway::testing::Fetch;
using ::testing::HasSubstr;

constexpr char kOttawaEnrolments[] = "/v1/enrolments?program=programs/ottawa-career-mentoring";
constexpr char kHalifaxEnrolments[] = "/v1/enrolments?program=programs/halifax-connector";
constexpr char kSession[] = "__Host-tremplin-session";

// The value of an attribute in a page, unescaped as far as ours need it.
std::string Attribute(const std::string& page, const std::string& before) {
  const size_t begin = page.find(before);
  if (begin == std::string::npos) return "";
  const size_t from = begin + before.size();
  return absl::StrReplaceAll(page.substr(from, page.find('"', from) - from), {{"&amp;", "&"}});
}

// A request of a browser, which says whom it means and sends forms.
std::optional<Answer> Send(const std::string& host, const std::string& method,
                           const std::string& path, const Headers& headers,
                           const std::string& form) {
  std::string text = absl::StrCat(method, " ", path, " HTTP/1.1\r\nHost: ", host, "\r\n");
  for (const auto& [name, value] : headers) absl::StrAppend(&text, name, ": ", value, "\r\n");
  if (method == "POST") {
    absl::StrAppend(&text, "Content-Type: application/x-www-form-urlencoded\r\nOrigin: http://",
                    host, "\r\nContent-Length: ", form.size(), "\r\n");
  }
  gateway::testing::Connection connection(host);
  if (!connection.Send(absl::StrCat(text, "\r\n", form))) return std::nullopt;
  return connection.Read();
}

// Keeps cookies of each host and follows redirects, as a browser does.
class Browser {
 public:
  struct Page {
    int status = 0;
    std::string body, url;
  };

  Page Get(const std::string& url) { return Go("GET", url, ""); }
  Page Post(const std::string& url, const std::string& form) { return Go("POST", url, form); }
  std::string Cookie(const std::string& host, const std::string& name) {
    return cookies_[host][name];
  }

 private:
  Page Go(std::string method, std::string url, std::string form) {
    for (int hops = 0; hops < 12; ++hops) {
      const size_t host_at = url.find("://") + 3;
      const size_t path_at = url.find('/', host_at);
      const std::string host = url.substr(host_at, path_at - host_at);
      const std::string path = url.substr(path_at);
      const std::optional<Answer> answer = Send(host, method, path, {{"Cookie", Jar(host)}}, form);
      if (!answer.has_value()) return {.status = 0, .body = "", .url = url};
      Keep(host, *answer);
      const std::string to = answer->Header("location");
      if (to.empty()) return {.status = answer->status, .body = answer->body, .url = url};
      url = to.front() == '/' ? absl::StrCat("http://", host, to) : to;
      method = "GET";
      form.clear();
    }
    return {.status = 0, .body = "redirected for ever", .url = url};
  }
  std::string Jar(const std::string& host) {
    std::string all;
    for (const auto& [name, value] : cookies_[host]) {
      absl::StrAppend(&all, all.empty() ? "" : "; ", name, "=", value);
    }
    return all;
  }
  void Keep(const std::string& host, const Answer& answer) {
    for (const auto& [name, value] : answer.headers) {
      if (!absl::EqualsIgnoreCase(name, "set-cookie")) continue;
      const size_t equals = value.find('=');
      const std::string cookie = value.substr(0, equals);
      const std::string content = value.substr(equals + 1, value.find(';') - equals - 1);
      if (content.empty()) {
        cookies_[host].erase(cookie);
      } else {
        cookies_[host][cookie] = content;
      }
    }
  }
  std::map<std::string, std::map<std::string, std::string>> cookies_;
};

class SignInTest : public ::testing::Test {
 protected:
  void Start(const std::vector<std::string>& more) {
    std::vector<std::string> flags = {"--web-listen",  web_, "--web-rate", "0", "--public-url",
                                      "http://" + web_};
    flags.insert(flags.end(), more.begin(), more.end());
    deployment_ = testing::MakeStandalone({.flags = flags});
    ASSERT_TRUE(deployment_->WaitServing(absl::Minutes(2)));
    ASSERT_TRUE(deployment_->Load(false));
  }
  // The answer of tremplinctl, as JSON.
  rapidjson::Document Ctl(std::vector<std::string> args) {
    args.insert(args.begin(), "--json");
    const testing::Finished finished = deployment_->Ctl(std::move(args));
    EXPECT_EQ(finished.code, 0) << finished.errors;
    rapidjson::Document document;
    document.Parse(finished.output.data(), finished.output.size());
    EXPECT_TRUE(document.IsObject()) << finished.output;
    return document;
  }
  std::string Grant(const std::vector<std::string>& args) {
    std::vector<std::string> all = {"roles", "grant"};
    all.insert(all.end(), args.begin(), args.end());
    const rapidjson::Document granted = Ctl(all);
    return granted.HasMember("account") ? granted["account"].GetString() : "";
  }
  std::string Url(const std::string& path) const { return absl::StrCat("http://", web_, path); }
  // As whom the browser acts, and the names of the other roles.
  rapidjson::Document Mine(Browser& browser) {
    const auto page = browser.Get(Url("/auth/session"));
    EXPECT_EQ(page.status, 200) << page.body;
    rapidjson::Document mine;
    mine.Parse(page.body.data(), page.body.size());
    EXPECT_FALSE(mine.HasParseError()) << page.body;
    return mine;
  }
  int StatusOf(const std::string& token, const std::string& path) {
    const auto answer = Fetch(web_, "GET", path, {{"Cookie", absl::StrCat(kSession, "=", token)}});
    return answer.has_value() ? answer->status : 0;
  }
  // What is known of a session that ended is asked anew within a second or two.
  bool IsRefusedSoon(const std::string& token) {
    return testing::Eventually([&] { return StatusOf(token, "/v1/mySession") == 401; },
                               absl::Seconds(20));
  }

  const std::string web_ = absl::StrCat("127.0.0.1:", testing::FreePort());
  std::unique_ptr<testing::Deployment> deployment_;
};

class IssuerSignInTest : public SignInTest {
 protected:
  void SetUp() override {
    const std::filesystem::path packages = ".cache/issuer/node_modules";
    TREMPLIN_REQUIRE_SERVER(std::filesystem::exists(packages / "oidc-provider") ? packages.string()
                                                                                : std::string());
    std::filesystem::create_directory_symlink(std::filesystem::canonical(packages),
                                              dir_.File("node_modules"));
    std::filesystem::copy_file("tests/integration/issuer/issuer.mjs", dir_.File("issuer.mjs"));
    const std::string secret = dir_.File("secret");
    std::ofstream(secret) << "client & secret\n";
    std::filesystem::permissions(secret, std::filesystem::perms::owner_read);
    process_ = std::make_unique<testing::Process>(
        std::vector<std::string>{"/usr/bin/env", "node", dir_.File("issuer.mjs"), issuer_,
                                 issuer_.substr(issuer_.rfind(':') + 1), Url("/auth/callback"),
                                 "client & secret"},
        dir_.File("log"));
    Start({"--oidc-issuer", issuer_, "--oidc-client-id", "tremplin", "--oidc-client-secret-file",
           secret, "--oidc-audience", "https://t.example/api"});
    ASSERT_TRUE(testing::Eventually(
        [&] { return testing::ReadFile(dir_.File("log")).find("listening") != std::string::npos; },
        absl::Minutes(1)))
        << testing::ReadFile(dir_.File("log"));
  }
  // From the sign-in page through the issuer's own pages and back.
  Browser::Page SignInAs(Browser& browser, const std::string& login) {
    const auto ours = browser.Get(Url("/auth/"));
    EXPECT_THAT(ours.body, HasSubstr("href=\"/auth/issuer\""));
    const auto asks_who = browser.Get(Url("/auth/issuer?return=%2Fauth%2F"));
    EXPECT_EQ(asks_who.status, 200) << asks_who.body;
    const auto asks_consent =
        browser.Post(Action(asks_who), absl::StrCat("prompt=login&login=", login, "&password=any"));
    return browser.Post(Action(asks_consent), "prompt=consent");
  }
  // Where the page's form leads.
  std::string Action(const Browser::Page& page) const {
    const std::string action = Attribute(page.body, "action=\"");
    EXPECT_FALSE(action.empty()) << page.url << "\n" << page.body;
    return action.starts_with("/") ? issuer_ + action : action;
  }

  testing::TempDir dir_;
  const std::string issuer_ = absl::StrCat("http://127.0.0.1:", testing::FreePort());
  std::unique_ptr<testing::Process> process_;
};

TEST_F(IssuerSignInTest, ACoordinatorOfTwoProgramsActsInOneAtATimeAndSignsOut) {
  const std::string dana =
      Grant({"--email", "dana@example.org", "--given-name", "Dana", "--family-name", "Roy",
             "--role", "coordinator", "--program", "ottawa-career-mentoring", "--issuer", issuer_,
             "--subject", "dana"});
  Grant({"--account", dana, "--role", "coordinator", "--program", "halifax-connector"});
  Browser browser;
  const auto home = SignInAs(browser, "dana");
  ASSERT_EQ(home.status, 200) << home.body;
  EXPECT_EQ(home.url, Url("/auth/"));
  EXPECT_THAT(home.body, HasSubstr("Dana, you act as: coordinator"));

  // What is seen follows the role acted in.
  const std::string first = browser.Cookie(web_, kSession);
  EXPECT_EQ(browser.Get(Url(kOttawaEnrolments)).status, 200);
  EXPECT_EQ(browser.Get(Url(kHalifaxEnrolments)).status, 404);
  const rapidjson::Document mine = Mine(browser);
  const std::string csrf = mine["csrfToken"].GetString();
  const auto& roles = mine["mySession"]["roles"];
  ASSERT_EQ(roles.Size(), 2u);
  const std::string halifax = roles[1]["name"].GetString();
  const std::string form = absl::StrCat("role=", absl::StrReplaceAll(halifax, {{"/", "%2F"}}));
  EXPECT_EQ(browser.Post(Url("/auth/role"), form).status, 403) << "without the page's token";
  EXPECT_EQ(browser.Post(Url("/auth/role"), absl::StrCat(form, "&csrf=", csrf)).status, 200);
  const std::string second = browser.Cookie(web_, kSession);
  EXPECT_NE(second, first);
  EXPECT_EQ(browser.Get(Url(kOttawaEnrolments)).status, 404);
  EXPECT_EQ(browser.Get(Url(kHalifaxEnrolments)).status, 200);
  EXPECT_TRUE(IsRefusedSoon(first));

  const std::string leave = absl::StrCat("csrf=", Mine(browser)["csrfToken"].GetString());
  EXPECT_THAT(browser.Post(Url("/auth/sign-out"), leave).body, HasSubstr("type=\"email\""));
  EXPECT_EQ(browser.Cookie(web_, kSession), "");
  EXPECT_TRUE(IsRefusedSoon(second));
}

TEST_F(IssuerSignInTest, WhoHasNoRoleHereIsToldSoAndAnotherBrowserFinishesNothing) {
  Browser eve;
  const auto refused = SignInAs(eve, "eve");
  EXPECT_EQ(refused.status, 403);
  EXPECT_THAT(refused.body, HasSubstr("no role here yet"));
  EXPECT_EQ(eve.Cookie(web_, kSession), "");

  // Somebody is led to a callback that another began (login CSRF).
  Grant({"--email", "dana@example.org", "--given-name", "Dana", "--family-name", "Roy", "--role",
         "coordinator", "--program", "ottawa-career-mentoring", "--issuer", issuer_, "--subject",
         "dana"});
  Browser dana;
  EXPECT_EQ(SignInAs(dana, "dana").status, 200);
  Browser victim;
  const auto led = victim.Get(Url("/auth/callback?code=stolen&state=made-up&iss=x"));
  EXPECT_EQ(led.status, 400);
  EXPECT_EQ(victim.Cookie(web_, kSession), "");
}

TEST_F(IssuerSignInTest, APartnersSystemComesWithATokenOfTheIssuer) {
  Grant({"--email", "it@ociso.example", "--given-name", "CaseWorks", "--family-name", "OCISO",
         "--role", "agency", "--organization", "ociso", "--issuer", issuer_, "--subject",
         "caseworks"});
  const auto token_for = [&](const std::string& audience) {
    // By no browser: without an origin.
    const auto told = Fetch(issuer_.substr(7), "POST", "/token",
                            {{"Content-Type", "application/x-www-form-urlencoded"}},
                            absl::StrCat("grant_type=client_credentials&client_id=caseworks&"
                                         "client_secret=client%20%26%20secret&resource=",
                                         audience));
    EXPECT_TRUE(told.has_value() && told->status == 200) << (told ? told->body : "");
    return told.has_value() ? Attribute(told->body, "\"access_token\":\"") : "";
  };
  const auto exchanged = [&](const std::string& token) {
    return Fetch(web_, "POST", "/v1/signIn:exchangeToken", {{"Content-Type", "application/json"}},
                 absl::StrCat("{\"accessToken\":\"", token, "\"}"));
  };
  const auto session = exchanged(token_for("https%3A%2F%2Ft.example%2Fapi"));
  ASSERT_TRUE(session.has_value());
  ASSERT_EQ(session->status, 200) << session->body;
  const std::string bearer = Attribute(session->body, "\"sessionToken\":\"");
  const auto referrals =
      Fetch(web_, "GET", "/v1/referrals", {{"Authorization", absl::StrCat("Bearer ", bearer)}});
  EXPECT_EQ(referrals->status, 200) << referrals->body;
  EXPECT_EQ(exchanged(token_for("https%3A%2F%2Fother.example%2Fapi"))->status, 403);
}

class LinkSignInTest : public SignInTest {
 protected:
  void SetUp() override { Start({}); }
};

TEST_F(LinkSignInTest, ALinkSignsInOnceWhenItIsConfirmed) {
  const std::string dana =
      Grant({"--email", "dana@example.org", "--given-name", "Dana", "--family-name", "Roy",
             "--role", "coordinator", "--program", "ottawa-career-mentoring"});
  const rapidjson::Document link = Ctl({"sign-in", "link", dana});
  const std::string url = link["url"].GetString();
  EXPECT_THAT(url, HasSubstr(Url("/auth/link?secret=tl_")));
  Browser scanner;
  EXPECT_THAT(scanner.Get(url).body, HasSubstr("Sign in as Dana Roy"));
  EXPECT_EQ(scanner.Cookie(web_, kSession), "");
  Browser browser;
  const auto page = browser.Get(url);
  const std::string secret = Attribute(page.body, "name=\"secret\" value=\"");
  const auto home = browser.Post(Url("/auth/link"), "secret=" + secret);
  EXPECT_EQ(home.status, 200) << home.body;
  EXPECT_THAT(home.body, HasSubstr("Dana, you act as: coordinator"));
  EXPECT_EQ(browser.Get(Url(kOttawaEnrolments)).status, 200);
  Browser second;
  EXPECT_EQ(second.Post(Url("/auth/link"), "secret=" + secret).status, 404);
  EXPECT_EQ(second.Cookie(web_, kSession), "");

  // Asking by address is answered alike for everybody; who is known is queued a message without the
  // link.
  const auto known = browser.Post(Url("/auth/ask"), "email=dana%40example.org");
  EXPECT_EQ(known.body, browser.Post(Url("/auth/ask"), "email=nobody%40example.org").body);
  EXPECT_TRUE(testing::Eventually(
      [&] {
        const std::string key = testing::ReadFile(deployment_->operator_key_file());
        const auto messages =
            Fetch(web_, "GET", "/v1/messages?template=sign_in_link",
                  {{"Authorization", absl::StrCat("Bearer ", absl::StripAsciiWhitespace(key))}});
        return messages.has_value() && messages->body.find(dana) != std::string::npos &&
               messages->body.find("tl_") == std::string::npos;
      },
      absl::Seconds(30)));
}

}  // namespace
}  // namespace tremplin
