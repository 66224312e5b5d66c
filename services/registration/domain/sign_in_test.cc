#include "services/registration/domain/sign_in.h"

#include "gtest/gtest.h"

namespace tremplin::registration::domain {
namespace {

TEST(SignInTest, ASessionIsOverWhenItIsNotUsedAndInAnyCaseAtItsEnd) {
  const absl::Time begun = absl::FromUnixSeconds(1'757'000'000);
  const absl::Time expires = begun + kSessionHolds;
  EXPECT_EQ(SessionOver(begun, expires), begun + kSessionIdle);
  EXPECT_EQ(SessionOver(expires - absl::Minutes(1), expires), expires);
}

TEST(SignInTest, OneGoesOnWithinThisSystemOnly) {
  for (const char* own : {"/", "/auth/", "/docs?a=b#c", "/a//b"})
    EXPECT_TRUE(IsOwnPath(own)) << own;
  for (const char* other :
       {"", "auth", "//evil.example", "/\\evil.example", "https://evil.example/", "/a b", "/a\nb",
        "/a\tb", "\\/evil.example", "/é"}) {
    EXPECT_FALSE(IsOwnPath(other)) << other;
  }
  EXPECT_TRUE(IsOwnPath("/" + std::string(499, 'a')));
  EXPECT_FALSE(IsOwnPath("/" + std::string(500, 'a')));
}

}  // namespace
}  // namespace tremplin::registration::domain
