#include "services/gateway/auth/sign_in.h"

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "common/status/error.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/gateway/app/credential.h"

namespace tremplin::gateway::auth {
namespace {

namespace v1 = registration::v1;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

// Answers each method as the test says, and remembers what was called.
class FakeServices final : public peers::Transport {
 public:
  absl::StatusOr<std::string> Call(const std::string& method, const std::string& request,
                                   const rpc::Envelope& envelope) override {
    const std::string name = method.substr(method.find('/') + 1);
    called.push_back(name);
    last_request = request;
    last_envelope = envelope;
    const auto found = answers.find(name);
    if (found == answers.end()) return std::string();
    return found->second;
  }
  void Say(const std::string& method, const google::protobuf::Message& message) {
    answers[method] = message.SerializeAsString();
  }
  void Fail(const std::string& method, absl::StatusCode code, const std::string& reason) {
    answers[method] = status::WithDetail(
        code, {.reason = reason, .en = "No <b>.", .fr = "Non.", .violations = {}});
  }
  template <class Request>
  Request Sent() const {
    Request request;
    EXPECT_TRUE(request.ParseFromString(last_request));
    return request;
  }

  std::map<std::string, absl::StatusOr<std::string>> answers;
  std::vector<std::string> called;
  std::string last_request;
  rpc::Envelope last_envelope;
};

class AuthPagesTest : public ::testing::Test {
 protected:
  http::Response Get(const std::string& target, http::Headers headers = {}) {
    return Handled({.method = "GET", .target = target, .headers = std::move(headers)});
  }
  http::Response Post(const std::string& target, const std::string& body,
                      http::Headers headers = {}) {
    headers.emplace_back("Content-Type", "application/x-www-form-urlencoded");
    return Handled(
        {.method = "POST", .target = target, .headers = std::move(headers), .body = body});
  }
  http::Response Handled(const http::Request& request) {
    std::optional<http::Response> response = sign_in_.Handle(request);
    EXPECT_TRUE(response.has_value()) << request.target;
    return response.has_value() ? *std::move(response) : http::Response();
  }
  static std::vector<std::string> Cookies(const http::Response& response) {
    std::vector<std::string> cookies;
    for (const auto& [name, value] : response.headers) {
      if (name == "Set-Cookie") cookies.push_back(value);
    }
    return cookies;
  }
  static std::string Header(const http::Response& response, const char* name) {
    return std::string(http::Find(response.headers, name));
  }
  static v1::SignedIn Entered(const std::string& path = "") {
    v1::SignedIn signed_in;
    signed_in.set_session_token("ts_new");
    signed_in.set_return_path(path);
    return signed_in;
  }
  static v1::MySession Mine() {
    v1::MySession mine;
    mine.set_given_name("Dana <i>");
    const std::pair<const char*, options::v1::Role> roles[] = {
        {"roles/a", options::v1::ROLE_COORDINATOR},
        {"roles/b", options::v1::ROLE_FUNDER},
        {"roles/c", options::v1::ROLE_ADVISORY_COMMITTEE}};
    for (const auto& [name, acts_as] : roles) {
      v1::ActingRole& role = *mine.add_roles();
      role.set_name(name);
      role.set_role(acts_as);
      role.mutable_title()->set_en("Mentoring");
      role.mutable_title()->set_fr("Mentorat");
    }
    *mine.mutable_session()->mutable_role() = mine.roles(0);
    return mine;
  }

  FakeServices services_;
  SignIn sign_in_{services_};
  const http::Headers signed_in_ = {{"Cookie", "__Host-tremplin-session=ts_1"}};
};

constexpr char kSet[] = "__Host-tremplin-session=ts_new; Path=/; Secure; HttpOnly; SameSite=Lax";
constexpr char kGone[] =
    "__Host-tremplin-session=; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0";

TEST_F(AuthPagesTest, LeavesToOthersWhatIsNoneOfIts) {
  for (const http::Request& request : {http::Request{.method = "GET", .target = "/v1/programs"},
                                       http::Request{.method = "POST", .target = "/auth/"},
                                       http::Request{.method = "GET", .target = "/auth/ask"},
                                       http::Request{.method = "GET", .target = "/authors"}}) {
    EXPECT_FALSE(sign_in_.Handle(request).has_value()) << request.target;
  }
}

TEST_F(AuthPagesTest, ReadingALinkNamesThePersonAndChangesNothing) {
  v1::ReadSignInLinkResponse named;
  named.set_given_name("Ana");
  named.set_family_name("\"><script>");
  services_.Say("ReadSignInLink", named);
  for (int scan = 0; scan < 3; ++scan) {
    const auto page = Get("/auth/link?secret=tl_1", {{"Accept-Language", "fr"}});
    EXPECT_EQ(page.status, 200);
    EXPECT_THAT(page.body, HasSubstr("Ouvrir la session de Ana &quot;&gt;&lt;script&gt;"));
    EXPECT_THAT(page.body, Not(HasSubstr("<script>")));
    EXPECT_THAT(page.body, HasSubstr("<html lang=\"fr\">"));
    EXPECT_TRUE(Cookies(page).empty());
  }
  EXPECT_THAT(services_.called, ElementsAre("ReadSignInLink", "ReadSignInLink", "ReadSignInLink"));
  services_.Say("ConfirmSignInLink", Entered());
  const auto in = Post("/auth/link", "secret=tl_1");
  EXPECT_EQ(in.status, 303);
  EXPECT_EQ(Header(in, "location"), "/auth/");
  EXPECT_THAT(Cookies(in), ElementsAre(kSet));
  EXPECT_EQ(services_.Sent<v1::ConfirmSignInLinkRequest>().secret(), "tl_1");
}

TEST_F(AuthPagesTest, AFormOfAnotherSiteIsRefused) {
  services_.Say("ConfirmSignInLink", Entered());
  const auto status = [&](http::Headers headers) {
    return Post("/auth/link", "secret=tl_1", std::move(headers)).status;
  };
  EXPECT_EQ(status({{"Sec-Fetch-Site", "cross-site"}}), 403);
  EXPECT_EQ(status({{"Sec-Fetch-Site", "same-site"}}), 403);
  EXPECT_EQ(status({{"Host", "t.example"}, {"Origin", "https://evil.example"}}), 403);
  EXPECT_EQ(status({{"Host", "t.example"}, {"Origin", "null"}}), 403);
  EXPECT_TRUE(services_.called.empty());
  EXPECT_EQ(status({{"Sec-Fetch-Site", "same-origin"}}), 303);
  EXPECT_EQ(status({{"Host", "t.example"}, {"Origin", "https://t.example"}}), 303);
}

TEST_F(AuthPagesTest, WhoIsSignedInSeesTheirRolesAndSwitchesWithTheTokenOnly) {
  services_.Say("GetMySession", Mine());
  const auto page = Get("/auth/", signed_in_);
  EXPECT_THAT(page.body, HasSubstr("Dana &lt;i&gt;, you act as: coordinator – Mentoring."));
  EXPECT_THAT(page.body, HasSubstr("Act as: funder – Mentoring"));
  EXPECT_THAT(page.body, HasSubstr("Act as: advisory committee – Mentoring"));
  EXPECT_THAT(page.body, HasSubstr(CsrfTokenOf("ts_1")));
  EXPECT_THAT(page.body, Not(HasSubstr("ts_1\""))) << "the token itself stands nowhere";
  services_.Say("SwitchRole", Entered());
  services_.called.clear();
  EXPECT_EQ(Post("/auth/role", "role=roles/b", signed_in_).status, 403);
  EXPECT_EQ(Post("/auth/sign-out", "csrf=x", signed_in_).status, 403);
  EXPECT_TRUE(services_.called.empty());
  const auto switched = Post("/auth/role", "role=roles/b&csrf=" + CsrfTokenOf("ts_1"), signed_in_);
  EXPECT_EQ(switched.status, 303);
  EXPECT_THAT(Cookies(switched), ElementsAre(kSet));
  EXPECT_EQ(services_.last_envelope.credential, "ts_1");
  const auto out = Post("/auth/sign-out", "csrf=" + CsrfTokenOf("ts_1"), signed_in_);
  EXPECT_EQ(out.status, 303);
  EXPECT_THAT(Cookies(out), ElementsAre(kGone));
}

TEST_F(AuthPagesTest, AScriptOfAPageReadsTheTokenOfItsForms) {
  services_.Say("GetMySession", Mine());
  const auto read = Get("/auth/session", signed_in_);
  EXPECT_THAT(read.body, HasSubstr("\"csrfToken\":\"" + CsrfTokenOf("ts_1") + "\""));
  EXPECT_THAT(read.body, HasSubstr("\"roles\":["));
  services_.Fail("GetMySession", absl::StatusCode::kUnauthenticated, "CREDENTIAL_REFUSED");
  EXPECT_EQ(Get("/auth/session", signed_in_).status, 401);
}

TEST_F(AuthPagesTest, WhoseSessionIsOverIsShownHowToSignIn) {
  services_.Fail("GetMySession", absl::StatusCode::kUnauthenticated, "CREDENTIAL_REFUSED");
  const auto page = Get("/auth/", signed_in_);
  EXPECT_THAT(page.body, HasSubstr("type=\"email\""));
  EXPECT_THAT(page.body, Not(HasSubstr("/auth/issuer"))) << "none is configured";
  EXPECT_THAT(Cookies(page), ElementsAre(kGone));
}

TEST_F(AuthPagesTest, TheIssuerGetsTheBrowserAndTheBrowserKeepsItsSecret) {
  v1::BeginSignInResponse begun;
  begun.set_authorization_url("https://issuer.example/auth?state=s");
  begun.set_browser_secret("tb_1");
  services_.Say("BeginSignIn", begun);
  const auto there = Get("/auth/issuer?return=%2Fdocs");
  EXPECT_EQ(there.status, 303);
  EXPECT_EQ(Header(there, "location"), "https://issuer.example/auth?state=s");
  EXPECT_THAT(Cookies(there),
              ElementsAre("__Host-tremplin-sign-in=tb_1; Path=/; Secure; HttpOnly; SameSite=Lax"));
  EXPECT_EQ(services_.Sent<v1::BeginSignInRequest>().return_path(), "/docs");
  services_.Say("FinishSignIn", Entered("/docs"));
  const auto back = Get("/auth/callback?code=c&state=s&iss=https%3A%2F%2Fissuer.example",
                        {{"Cookie", "__Host-tremplin-sign-in=tb_1"}});
  EXPECT_EQ(back.status, 303);
  EXPECT_EQ(Header(back, "location"), "/docs");
  const auto finish = services_.Sent<v1::FinishSignInRequest>();
  EXPECT_EQ(finish.browser_secret(), "tb_1");
  EXPECT_EQ(finish.code(), "c");
  EXPECT_EQ(finish.state(), "s");
  EXPECT_EQ(finish.issuer(), "https://issuer.example");
  EXPECT_THAT(Cookies(back), ElementsAre(kSet, HasSubstr("__Host-tremplin-sign-in=; ")));
  services_.called.clear();
  EXPECT_EQ(Get("/auth/callback?error=access_denied&state=s").status, 403);
  EXPECT_TRUE(services_.called.empty());
}

TEST_F(AuthPagesTest, ARefusalSaysWhyInThePersonsLanguage) {
  services_.Fail("ConfirmSignInLink", absl::StatusCode::kNotFound, "SIGN_IN_LINK_OVER");
  const auto english = Post("/auth/link", "secret=x");
  EXPECT_EQ(english.status, 404);
  EXPECT_THAT(english.body, HasSubstr("No &lt;b&gt;."));
  EXPECT_THAT(Post("/auth/link", "secret=x", {{"Accept-Language", "fr"}}).body, HasSubstr("Non."));
  EXPECT_EQ(Handled({.method = "POST",
                     .target = "/auth/link",
                     .headers = {{"Content-Type", "application/json"}},
                     .body = "{}"})
                .status,
            400);
  EXPECT_EQ(Post("/auth/link", "secret=%zz").status, 400);
}

TEST_F(AuthPagesTest, OneAddressAsksForSoMuchOnly) {
  int refused = 0;
  for (int i = 0; i < 100; ++i) {
    refused += Post("/auth/ask", "email=a%40b.ca").status == 429 ? 1 : 0;
  }
  EXPECT_GT(refused, 20);
}

}  // namespace
}  // namespace tremplin::gateway::auth
