#include "services/registration/oidc/oidc_issuer.h"

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "common/jwt/testing/signer.h"
#include "common/text/text.h"
#include "gtest/gtest.h"

namespace tremplin::registration {
namespace {

constexpr char kConfiguration[] = "https://issuer.example/.well-known/openid-configuration";

// Answers each address as the test says.
class FakeFetcher final : public Fetcher {
 public:
  absl::StatusOr<Fetched> Get(const Fetch& fetch, absl::Duration) override {
    asked.push_back(fetch.url);
    last = fetch;
    const auto found = answers.find(fetch.url);
    if (found == answers.end()) return absl::UnavailableError("nobody there");
    return found->second;
  }
  int CountOf(const std::string& url) const {
    return static_cast<int>(std::count(asked.begin(), asked.end(), url));
  }
  std::map<std::string, Fetched> answers;
  std::vector<std::string> asked;
  Fetch last;
};

class OidcIssuerTest : public ::testing::Test {
 protected:
  void SetUp() override {
    Configure("");
    fetcher_.answers["https://keys.example/jwks"] = {200, SetOf("k1")};
    Vouch(Claims());
    issuer_ = MakeOidcIssuer({.issuer = "https://issuer.example",
                              .client_id = "client",
                              .client_secret = "s&cret",
                              .audience = "https://t.example",
                              .redirect_uri = "https://t.example/auth/callback"},
                             fetcher_, clock_);
  }
  void Configure(const std::string& more) {
    fetcher_.answers[kConfiguration] = {
        200, text::Cat(R"({"issuer":"https://issuer.example",)"
                       R"("authorization_endpoint":"https://issuer.example/auth",)"
                       R"("token_endpoint":"https://issuer.example/token",)"
                       R"("jwks_uri":"https://keys.example/jwks")",
                       more, "}")};
  }
  static const jwt::testing::KeyPair& Key() {
    static const auto* const key = new jwt::testing::KeyPair(jwt::testing::NewRsa());
    return *key;
  }
  static std::string SetOf(const std::string& kid) {
    return text::Cat("{\"keys\":[", jwt::testing::RsaJwk(Key(), kid), "]}");
  }
  std::string Claims(const std::string& nonce = "the-nonce") const {
    const int64_t now = absl::ToUnixSeconds(clock_.SystemNow());
    return text::Cat(R"({"iss":"https://issuer.example","aud":"client","sub":"s","exp":)", now + 60,
                     ",\"iat\":", now, ",\"nonce\":\"", nonce, "\"}");
  }
  void Vouch(const std::string& claims,
             const std::string& header = R"({"alg":"RS256","kid":"k1"})") {
    fetcher_.answers["https://issuer.example/token"] = {
        200, text::Cat("{\"id_token\":\"", jwt::testing::Token(Key(), header, claims), "\"}")};
  }
  absl::StatusOr<Vouched> Exchange(const std::string& issuer = "") {
    return issuer_->Exchange("the code", issuer, challenge_, clock_.SystemNow() + absl::Minutes(1));
  }
  absl::StatusOr<std::string> Url() {
    return issuer_->AuthorizationUrl(challenge_, clock_.SystemNow() + absl::Minutes(1));
  }

  clock::ManualClock clock_{absl::FromUnixSeconds(1'757'000'000)};
  FakeFetcher fetcher_;
  std::unique_ptr<Issuer> issuer_;
  // The verifier of RFC 7636, appendix B.
  const Challenge challenge_{.state = "the-state",
                             .nonce = "the-nonce",
                             .code_verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"};
};

TEST_F(OidcIssuerTest, SendsTheBrowserWithAChallengeOfTheVerifier) {
  EXPECT_EQ(*Url(),
            "https://issuer.example/auth?response_type=code&client_id=client&redirect_uri="
            "https%3A%2F%2Ft.example%2Fauth%2Fcallback&scope=openid%20email&state=the-state&nonce="
            "the-nonce&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&"
            "code_challenge_method=S256");
}

TEST_F(OidcIssuerTest, ExchangesTheCodeForWhoTheIssuerKnows) {
  const auto vouched = Exchange();
  ASSERT_TRUE(vouched.ok()) << vouched.status();
  EXPECT_EQ(vouched->issuer, "https://issuer.example");
  EXPECT_EQ(vouched->subject, "s");
  EXPECT_EQ(fetcher_.CountOf("https://keys.example/jwks"), 1);
  ASSERT_TRUE(Exchange().ok());
  EXPECT_EQ(fetcher_.CountOf(kConfiguration), 1) << "kept";
  EXPECT_EQ(fetcher_.CountOf("https://keys.example/jwks"), 1) << "kept";
  EXPECT_EQ(fetcher_.last.form,
            "grant_type=authorization_code&code=the%20code&redirect_uri=https%3A%2F%2Ft.example%"
            "2Fauth%2Fcallback&code_verifier=dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk");
  EXPECT_EQ(fetcher_.last.user, "client");
  EXPECT_EQ(fetcher_.last.password, "s%26cret");
}

TEST_F(OidcIssuerTest, RefusesWhatTheIssuerDoesNotVouchFor) {
  Vouch(Claims("another nonce"));
  EXPECT_EQ(Exchange().status().code(), absl::StatusCode::kUnauthenticated);
  fetcher_.answers["https://issuer.example/token"] = {400, R"({"error":"invalid_grant"})"};
  EXPECT_EQ(Exchange().status().code(), absl::StatusCode::kUnauthenticated);
  fetcher_.answers["https://issuer.example/token"] = {200, "{}"};
  EXPECT_EQ(Exchange().status().code(), absl::StatusCode::kUnauthenticated);
  fetcher_.answers["https://issuer.example/token"] = {500, ""};
  EXPECT_EQ(Exchange().status().code(), absl::StatusCode::kUnavailable);
}

TEST_F(OidcIssuerTest, NoOtherIssuersAnswerIsTaken) {
  EXPECT_EQ(Exchange("https://evil.example").status().code(), absl::StatusCode::kUnauthenticated);
  EXPECT_EQ(fetcher_.CountOf("https://issuer.example/token"), 0) << "the code is not handed on";
  EXPECT_TRUE(Exchange("https://issuer.example").ok());
  clock_.AdvanceSystem(absl::Hours(1));
  Vouch(Claims());
  Configure(R"(,"authorization_response_iss_parameter_supported":true)");
  EXPECT_FALSE(Exchange().ok()) << "it names itself, and did not";
  EXPECT_TRUE(Exchange("https://issuer.example").ok());
}

// A token that names a key nobody has is asked about once a minute, however many there are, and one
// with another algorithm or a place to look never.
TEST_F(OidcIssuerTest, KeysAreFetchedAnewOnceAMinuteAndFromNowhereElse) {
  ASSERT_TRUE(Exchange().ok());
  clock_.AdvanceSystem(absl::Minutes(2));
  Vouch(Claims(), R"({"alg":"RS256","kid":"k2","jku":"https://evil.example/"})");
  for (int i = 0; i < 5; ++i) EXPECT_FALSE(Exchange().ok());
  EXPECT_EQ(fetcher_.CountOf("https://keys.example/jwks"), 2);
  EXPECT_EQ(fetcher_.CountOf("https://evil.example/"), 0);
  fetcher_.answers["https://keys.example/jwks"] = {200, SetOf("k2")};
  clock_.AdvanceSystem(absl::Minutes(1));
  Vouch(Claims(), R"({"alg":"HS256","kid":"k3"})");
  EXPECT_FALSE(Exchange().ok());
  EXPECT_EQ(fetcher_.CountOf("https://keys.example/jwks"), 2);
  Vouch(Claims(), R"({"alg":"RS256","kid":"k2"})");
  EXPECT_TRUE(Exchange().ok()) << "the issuer has changed its key";
  EXPECT_EQ(fetcher_.CountOf("https://keys.example/jwks"), 3);
}

TEST_F(OidcIssuerTest, WhatIsKnownHoldsADayWhileTheIssuersKeysCannotBeHad) {
  ASSERT_TRUE(Exchange().ok());
  fetcher_.answers.erase("https://keys.example/jwks");
  fetcher_.answers.erase(kConfiguration);
  clock_.AdvanceSystem(absl::Hours(5));
  Vouch(Claims());
  EXPECT_TRUE(Exchange().ok());
  clock_.AdvanceSystem(absl::Hours(20));
  Vouch(Claims());
  EXPECT_EQ(Exchange().status().code(), absl::StatusCode::kUnavailable);
}

TEST_F(OidcIssuerTest, AnIssuerThatIsAwayIsLeftAloneForAWhile) {
  fetcher_.answers.erase(kConfiguration);
  for (int i = 0; i < 5; ++i) EXPECT_EQ(Url().status().code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(fetcher_.CountOf(kConfiguration), 1);
  Configure("");
  clock_.AdvanceSystem(absl::Seconds(10));
  EXPECT_TRUE(Url().ok());
}

TEST_F(OidcIssuerTest, RefusesAConfigurationOfAnotherOrWithoutTls) {
  const auto url = [&](const std::string& body) {
    fetcher_.answers[kConfiguration] = {200, body};
    clock_.AdvanceSystem(absl::Hours(25));
    return Url().status().code();
  };
  EXPECT_EQ(url(R"({"issuer":"https://evil.example","authorization_endpoint":"https://a.b/",)"
                R"("token_endpoint":"https://a.b/","jwks_uri":"https://a.b/"})"),
            absl::StatusCode::kUnavailable);
  EXPECT_EQ(url(R"({"issuer":"https://issuer.example","authorization_endpoint":"https://a.b/",)"
                R"("token_endpoint":"http://a.b/","jwks_uri":"https://a.b/"})"),
            absl::StatusCode::kUnavailable);
  EXPECT_EQ(url("[]"), absl::StatusCode::kUnavailable);
  EXPECT_EQ(url(R"({"issuer":"https://issuer.example","authorization_endpoint":"https://a.b/",)"
                R"("token_endpoint":"https://a.b/","jwks_uri":"https://a.b/"})"),
            absl::StatusCode::kOk);
}

TEST_F(OidcIssuerTest, ChecksTheTokenOfAPartnersSystem) {
  const int64_t now = absl::ToUnixSeconds(clock_.SystemNow());
  const auto check = [&](const std::string& audience, const std::string& type) {
    return issuer_->Check(
        jwt::testing::Token(
            Key(), text::Cat(R"({"alg":"RS256","kid":"k1","typ":")", type, "\"}"),
            text::Cat(R"({"iss":"https://issuer.example","client_id":"agency","sub":"agency",)"
                      R"("aud":")",
                      audience, R"(","exp":)", now + 60, ",\"iat\":", now, "}")),
        clock_.SystemNow() + absl::Minutes(1));
  };
  const auto vouched = check("https://t.example", "at+jwt");
  ASSERT_TRUE(vouched.ok()) << vouched.status();
  EXPECT_EQ(vouched->subject, "agency");
  EXPECT_EQ(vouched->expires, absl::FromUnixSeconds(now + 60));
  EXPECT_FALSE(check("client", "JWT").ok()) << "an ID token is for another audience";
  EXPECT_FALSE(check("https://t.example", "logout+jwt").ok());
}

}  // namespace
}  // namespace tremplin::registration
