#include "services/gateway/app/credential.h"

#include "common/status/error.h"
#include "gtest/gtest.h"

namespace tremplin::gateway {
namespace {

http::Request With(http::Headers headers, const std::string& method = "POST") {
  return {.method = method, .target = "/", .headers = std::move(headers)};
}

TEST(CredentialTest, ReadsACookieAmongOthersAndNoneOfTwo) {
  EXPECT_EQ(CookieOf(With({{"Cookie", " a=1;b=2 ; c==3"}}), "b"), "2");
  EXPECT_EQ(CookieOf(With({{"cookie", "a=1"}, {"Cookie", "b=2"}}), "b"), "2");
  EXPECT_EQ(CookieOf(With({{"Cookie", "c==3"}}), "c"), "=3");
  EXPECT_EQ(CookieOf(With({{"Cookie", "ab=1; b"}}), "b"), "");
  EXPECT_EQ(CookieOf(With({{"Cookie", "b=1; b=2"}}), "b"), "") << "one of them is not ours";
  EXPECT_EQ(CookieOf(With({{"Cookie", ";;=;"}}), "b"), "");
}

TEST(CredentialTest, ABearerCountsBeforeACookie) {
  const http::Headers both = {{"Cookie", "__Host-tremplin-session=ts_1"},
                              {"Authorization", "Bearer tk_1"}};
  EXPECT_EQ(CredentialOf(With(both)).token, "tk_1");
  EXPECT_FALSE(CredentialOf(With(both)).from_cookie);
  const auto cookie = CredentialOf(With({both[0]}));
  EXPECT_EQ(cookie.token, "ts_1");
  EXPECT_TRUE(cookie.from_cookie);
  EXPECT_EQ(CredentialOf(With({both[0], {"Authorization", "Basic x"}})).token, "");
  EXPECT_EQ(CredentialOf(With({{"Cookie", "tremplin-session=ts_1"}})).token, "")
      << "without the prefix any host of the domain could set it";
}

TEST(CredentialTest, WhatChangesSomethingByACookieShowsItsToken) {
  const http::Headers cookie = {{"Cookie", "__Host-tremplin-session=ts_1"}};
  EXPECT_TRUE(CheckCsrf(With(cookie), CsrfTokenOf("ts_1")).ok());
  EXPECT_TRUE(CheckCsrf(With(cookie, "GET"), "").ok());
  EXPECT_TRUE(CheckCsrf(With({}), "").ok());
  for (const std::string& shown : {std::string(), CsrfTokenOf("ts_2"), std::string("ts_1")}) {
    for (const char* method : {"POST", "PUT", "PATCH", "DELETE"}) {
      EXPECT_EQ(status::ReasonOf(CheckCsrf(With(cookie, method), shown)), "CSRF_TOKEN") << method;
    }
  }
}

}  // namespace
}  // namespace tremplin::gateway
