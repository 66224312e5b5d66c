#include "common/jwt/jwt.h"

#include <memory>

#include "common/digest/digest.h"
#include "common/jwt/base64url.h"
#include "common/jwt/testing/signer.h"
#include "common/text/text.h"
#include "gtest/gtest.h"

namespace tremplin::jwt {
namespace {

using testing::EcJwk;
using testing::Encoded;
using testing::KeyPair;
using testing::NewEc;
using testing::NewRsa;
using testing::RsaJwk;

std::shared_ptr<const Keys> SetOf(const std::vector<std::string>& jwks) {
  std::string json = "{\"keys\":[";
  for (const std::string& jwk : jwks) json += (json.back() == '[' ? "" : ",") + jwk;
  const auto keys = Keys::Parse(json + "]}");
  EXPECT_TRUE(keys.ok()) << keys.status();
  return *keys;
}

constexpr char kGood[] =
    R"({"iss":"https://issuer.example","aud":"client","sub":"s-1","exp":1000600,"iat":1000000,)"
    R"("nonce":"n","email":"a@example.org","email_verified":true})";

class JwtTest : public ::testing::Test {
 protected:
  static std::string Token(const KeyPair& key, const std::string& header,
                           const std::string& claims = kGood, bool pss = false) {
    return testing::Token(key, header, claims, pss);
  }
  static const KeyPair& Rsa() {
    static const auto* const key = new KeyPair(NewRsa());
    return *key;
  }
  static const KeyPair& Ec() {
    static const auto* const key = new KeyPair(NewEc());
    return *key;
  }
  // "" when the token is taken, else why it is not.
  std::string Why(const std::string& token) const {
    const auto claims = Verify(token, *keys_, expected_, now_);
    if (claims.ok()) return "";
    EXPECT_EQ(claims.status().code(), absl::StatusCode::kUnauthenticated);
    const std::string why(claims.status().message());
    return why.substr(why.find(": ") + 2);
  }

  std::shared_ptr<const Keys> keys_ = SetOf({RsaJwk(Rsa(), "r"), EcJwk(Ec(), "e")});
  Expected expected_{
      .issuer = "https://issuer.example", .audience = "client", .types = {"", "jwt"}, .nonce = "n"};
  absl::Time now_ = absl::FromUnixSeconds(1000100);
};

TEST_F(JwtTest, TakesATokenOfEachAlgorithm) {
  const auto claims = Verify(Token(Rsa(), R"({"alg":"RS256","kid":"r"})"), *keys_, expected_, now_);
  ASSERT_TRUE(claims.ok()) << claims.status();
  EXPECT_EQ(claims->subject, "s-1");
  EXPECT_EQ(claims->email, "a@example.org");
  EXPECT_EQ(claims->expires, absl::FromUnixSeconds(1000600));
  EXPECT_EQ(Why(Token(Rsa(), R"({"alg":"PS256","kid":"r","typ":"JWT"})", kGood, true)), "");
  EXPECT_EQ(Why(Token(Ec(), R"({"alg":"ES256","kid":"e","typ":"application/jwt"})")), "");
  EXPECT_EQ(Why(Token(Ec(), R"({"alg":"ES256"})")), "") << "the only key for it";
}

// RFC 7515, appendix A.3: its key, its text, its signature.
TEST_F(JwtTest, TakesTheSignatureOfTheStandardsExample) {
  const auto keys =
      SetOf({R"({"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",)"
             R"("y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"})"});
  const std::string text =
      "eyJhbGciOiJFUzI1NiJ9."
      "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0c"
      "nVlfQ";
  const auto signature = Base64UrlDecode(
      "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q");
  ASSERT_TRUE(signature.has_value());
  EXPECT_TRUE(keys->Verifies(Algorithm::kEs256, std::nullopt, text, *signature));
  EXPECT_FALSE(keys->Verifies(Algorithm::kEs256, std::nullopt, text + "x", *signature));
}

TEST_F(JwtTest, RefusesWhatTheIssuerDidNotSign) {
  const std::string good = Token(Rsa(), R"({"alg":"RS256","kid":"r"})");
  EXPECT_EQ(Why(Token(NewRsa(), R"({"alg":"RS256","kid":"r"})")), "signature") << "another's key";
  EXPECT_EQ(Why(Token(Rsa(), R"({"alg":"RS256","kid":"unknown"})")), "signature");
  EXPECT_EQ(Why(Token(Rsa(), R"({"alg":"RS256","kid":"e"})")), "signature") << "another kind's";
  EXPECT_EQ(Why(Token(Rsa(), R"({"alg":"PS256","kid":"r"})")), "signature") << "not PSS";
  std::string other = good;
  other[good.find('.') + 5] ^= 1;
  EXPECT_NE(Why(other), "");
  for (size_t at = good.rfind('.') + 1; at < good.size(); at += 37) {
    other = good;
    other[at] = other[at] == 'A' ? 'B' : 'A';
    EXPECT_EQ(Why(other), "signature") << at;
  }
  EXPECT_EQ(Why(good.substr(0, good.rfind('.') + 1)), "signature") << "none at all";
  EXPECT_EQ(Why(good + "="), "signature") << "padding";
  EXPECT_EQ(Why(good + "\n"), "signature");
  EXPECT_EQ(Why(good + "."), "form");
}

TEST_F(JwtTest, RefusesAlgorithmsThatAreNone) {
  const std::string unsigned_text =
      text::Cat(Encoded(R"({"alg":"none"})"), ".", Encoded(kGood), ".");
  EXPECT_EQ(Why(unsigned_text), "alg");
  for (const char* algorithm : {"None", "nOnE", "", "RS384", "RS1", "ES256K", "EdDSA", "rs256"}) {
    EXPECT_EQ(Why(Token(Rsa(), text::Cat(R"({"kid":"r","alg":")", algorithm, "\"}"))), "alg")
        << algorithm;
  }
  // Signed with HMAC under the public key's own text, for who verifies with "the key".
  const std::string text = text::Cat(Encoded(R"({"alg":"HS256","kid":"r"})"), ".", Encoded(kGood));
  const std::string forged = text::Cat(
      text, ".", Encoded(digest::ToString(digest::HmacSha256(testing::ModulusOf(Rsa()), text))));
  EXPECT_EQ(Why(forged), "alg");
}

// A key in the token, or a place to fetch one from, is the forger's.
TEST_F(JwtTest, LooksAtNoKeyThatTheTokenBrings) {
  const KeyPair own = NewRsa();
  for (const std::string& place :
       {text::Cat("\"jwk\":", RsaJwk(own, "mine")), std::string(R"("jku":"http://127.0.0.1:9/")"),
        std::string(R"("x5u":"http://127.0.0.1:9/")")}) {
    EXPECT_EQ(Why(Token(own, text::Cat(R"({"alg":"RS256","kid":"mine",)", place, "}"))),
              "signature");
    EXPECT_EQ(Why(Token(Rsa(), text::Cat(R"({"alg":"RS256","kid":"r",)", place, "}"))), "")
        << "harmless where the issuer's key signed";
  }
}

TEST_F(JwtTest, RefusesBadHeaders) {
  EXPECT_EQ(Why(Token(Rsa(), R"({"alg":"RS256","kid":"r","typ":"at+jwt"})")), "typ");
  EXPECT_EQ(Why(Token(Rsa(), R"({"alg":"RS256","kid":"r","typ":7})")), "typ");
  EXPECT_EQ(Why(Token(Rsa(), R"({"alg":"RS256","kid":"r","crit":["b64"],"b64":false})")), "crit");
  EXPECT_EQ(Why(Token(Rsa(), R"({"alg":"RS256","alg":"RS256","kid":"r"})")), "form") << "twice";
  EXPECT_EQ(Why(Token(Rsa(), "[]")), "form");
  EXPECT_EQ(Why("a.b.c"), "form");
  EXPECT_EQ(Why(""), "form");
  EXPECT_EQ(Why(std::string(20000, 'a')), "form");
  EXPECT_EQ(Why(Token(Rsa(), R"({"alg":"RS256","kid":7})")), "signature");
}

TEST_F(JwtTest, RefusesBadClaims) {
  const std::string rest = R"("sub":"s-1","nonce":"n")";
  const std::string iss = R"("iss":"https://issuer.example",)";
  const std::string times = R"("exp":1000600,"iat":1000000,)";
  const std::string aud = R"("aud":"client",)";
  const struct {
    std::string claims, why;
  } cases[] = {
      {iss + aud + times + rest, ""},
      {aud + times + rest, "iss"},
      {R"("iss":"https://issuer.example/",)" + aud + times + rest, "iss"},
      {R"("iss":["https://issuer.example"],)" + aud + times + rest, "iss"},
      {iss + times + rest, "aud"},
      {iss + R"("aud":"another",)" + times + rest, "aud"},
      {iss + R"("aud":[],)" + times + rest, "aud"},
      {iss + R"("aud":["client",7],)" + times + rest, "aud"},
      {iss + R"("aud":["client"],)" + times + rest, ""},
      {iss + R"("aud":["client","another"],)" + times + rest, "azp"},
      {iss + R"("aud":["client","another"],"azp":"client",)" + times + rest, ""},
      {iss + aud + R"("azp":"another",)" + times + rest, "azp"},
      {iss + aud + R"("iat":1000000,)" + rest, "exp"},
      {iss + aud + R"("exp":"1000600","iat":1000000,)" + rest, "exp"},
      {iss + aud + R"("exp":1e300,"iat":1000000,)" + rest, "exp"},
      {iss + aud + R"("exp":-1,"iat":1000000,)" + rest, "exp"},
      {iss + aud + R"("exp":1000041,"iat":1000000,)" + rest, ""},  // 60 s of skew
      {iss + aud + R"("exp":1000040,"iat":1000000,)" + rest, "exp"},
      {iss + aud + R"("exp":1000600,)" + rest, "iat"},
      {iss + aud + R"("exp":1000600,"iat":1000160,)" + rest, ""},
      {iss + aud + R"("exp":1000600,"iat":1000161,)" + rest, "iat"},
      {iss + aud + times + R"("nbf":1000160,)" + rest, ""},
      {iss + aud + times + R"("nbf":1000161,)" + rest, "nbf"},
      {iss + aud + times + R"("nbf":"x",)" + rest, "nbf"},
      {iss + aud + times + R"("sub":"s-1")", "nonce"},
      {iss + aud + times + R"("sub":"s-1","nonce":"m")", "nonce"},
      {iss + aud + times + R"("nonce":"n")", "sub"},
      {iss + aud + times + R"("nonce":"n","sub":"")", "sub"},
      {iss + aud + times + R"("nonce":"n","sub":7)", "sub"},
      {iss + aud + times + R"("nonce":"n","sub":"a\nb")", "sub"},
      {iss + aud + times + R"("nonce":"n","sub":")" + std::string(256, 'a') + "\"", "sub"},
      {iss + aud + times + rest + R"(,"sub":"s-2")", "claims"},  // twice
  };
  for (const auto& one : cases) {
    EXPECT_EQ(Why(Token(Rsa(), R"({"alg":"RS256","kid":"r"})", "{" + one.claims + "}")), one.why)
        << one.claims;
  }
  EXPECT_EQ(Why(Token(Rsa(), R"({"alg":"RS256","kid":"r"})", std::string(5000, '['))), "claims");
}

TEST_F(JwtTest, AnAccessTokenIsGivenToAnotherAndNoIdTokenIsOne) {
  const std::string claims =
      R"({"iss":"https://issuer.example","aud":["api","x"],"azp":"partner","sub":"partner",)"
      R"("exp":1000600,"iat":1000000})";
  const std::string token = Token(Rsa(), R"({"alg":"RS256","kid":"r","typ":"at+jwt"})", claims);
  const Expected access{.issuer = "https://issuer.example",
                        .audience = "api",
                        .types = {"at+jwt", "jwt"},
                        .given_to_audience = false};
  EXPECT_TRUE(Verify(token, *keys_, access, now_).ok());
  const std::string id_token = Token(Rsa(), R"({"alg":"RS256","kid":"r","typ":"JWT"})");
  EXPECT_EQ(Why(id_token), "");
  EXPECT_FALSE(Verify(id_token, *keys_, access, now_).ok()) << "for another audience";
  EXPECT_EQ(Why(token), "typ");
}

TEST_F(JwtTest, AnAddressCountsWhenTheIssuerVerifiedIt) {
  for (const char* verified : {"false", "\"true\"", "1", "null"}) {
    const auto claims = Verify(
        Token(Rsa(), R"({"alg":"RS256","kid":"r"})",
              text::Cat(R"({"iss":"https://issuer.example","aud":"client","sub":"s","exp":1000600,)"
                        R"("iat":1000000,"nonce":"n","email":"a@b.ca","email_verified":)",
                        verified, "}")),
        *keys_, expected_, now_);
    ASSERT_TRUE(claims.ok()) << claims.status();
    EXPECT_EQ(claims->email, "") << verified;
  }
}

TEST_F(JwtTest, LeavesOutKeysThatAreNotToBeUsed) {
  const auto taken = [](const KeyPair& key, const std::string& more) {
    return SetOf({RsaJwk(key, "k", more)})->Knows("k");
  };
  EXPECT_TRUE(taken(Rsa(), ""));
  EXPECT_TRUE(taken(Rsa(), R"(,"use":"sig","alg":"RS256","key_ops":["verify"])"));
  EXPECT_FALSE(taken(Rsa(), R"(,"use":"enc")"));
  EXPECT_FALSE(taken(Rsa(), R"(,"key_ops":["encrypt"])"));
  EXPECT_FALSE(taken(Rsa(), R"(,"alg":"HS256")"));
  EXPECT_FALSE(taken(NewRsa(1024), ""));
  EXPECT_FALSE(SetOf({R"({"kty":"oct","kid":"k","k":"c2VjcmV0"})"})->Knows("k"));
  EXPECT_FALSE(
      SetOf({R"({"kty":"EC","kid":"k","crv":"P-256","x":")" + Encoded(std::string(32, 'a')) +
             R"(","y":")" + Encoded(std::string(32, 'b')) + "\"}"})
          ->Knows("k"))
      << "a point off the curve";
  const auto only_pss = SetOf({RsaJwk(Rsa(), "r", R"(,"alg":"PS256")")});
  EXPECT_FALSE(
      Verify(Token(Rsa(), R"({"alg":"RS256","kid":"r"})"), *only_pss, expected_, now_).ok());
  EXPECT_FALSE(Keys::Parse("{}").ok());
  EXPECT_FALSE(Keys::Parse("{\"keys\":{}}").ok());
  std::string many = "{\"keys\":[{}";
  for (int i = 0; i < 64; ++i) many += ",{}";
  EXPECT_FALSE(Keys::Parse(many + "]}").ok());
}

TEST(KeysTest, ZeroWithAnExponentIsANumberLikeOthers) {
  EXPECT_TRUE(Keys::Parse(R"({"keys":[],"n":0e-25})").ok());
}

TEST(Base64UrlTest, OneTextAloneSaysSomeBytes) {
  EXPECT_EQ(Base64UrlDecode(""), "");
  EXPECT_EQ(Base64UrlDecode("_-8"), "\xff\xef");
  for (const char* bad : {"a", "aa=", "a+b/", "ab\n", "ab c", "_-9", "AB"}) {
    EXPECT_EQ(Base64UrlDecode(bad), std::nullopt) << bad;
  }
}

}  // namespace
}  // namespace tremplin::jwt
