#include "services/notification/domain/mail_link.h"

#include "gtest/gtest.h"
#include "services/notification/domain/templates.h"

namespace tremplin::notification {
namespace {

constexpr char kMessage[] = "0190f3a2-7c1e-8000-8000-000000000001";
const absl::Time kExpires = absl::FromUnixSeconds(1'767'600'000);

Signer Key(const std::string& key) {
  return [key](std::string_view text) {
    return key + std::to_string(std::hash<std::string_view>()(text));
  };
}

TEST(MailLink, SaysWhatItWasMadeFor) {
  const std::string token = MakeToken({kMessage, "yes", kExpires}, Key("k"));
  const auto terms = ReadToken(token, Key("k"));
  ASSERT_TRUE(terms.has_value());
  EXPECT_EQ(terms->message, kMessage);
  EXPECT_EQ(terms->answer, "yes");
  EXPECT_EQ(terms->expires, kExpires);
  EXPECT_EQ(
      token.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_"),
      std::string::npos);
}

TEST(MailLink, NothingOfItCanBeChanged) {
  const std::string token = MakeToken({kMessage, "no", kExpires}, Key("k"));
  EXPECT_FALSE(ReadToken(token, Key("other")).has_value());
  for (size_t i = 0; i < token.size(); ++i) {
    std::string changed = token;
    changed[i] = changed[i] == '1' ? '2' : '1';
    EXPECT_FALSE(ReadToken(changed, Key("k")).has_value()) << changed;
  }
  for (const std::string& odd : {std::string(), token + "x", token + ".", "." + token,
                                 token.substr(0, token.rfind('.')), std::string(100000, '.')}) {
    EXPECT_FALSE(ReadToken(odd, Key("k")).has_value());
  }
}

TEST(MailLink, WhatIsNoAnswerIsNotTakenThoughItWasSigned) {
  EXPECT_FALSE(ReadToken(MakeToken({kMessage, "admit", kExpires}, Key("k")), Key("k")));
  EXPECT_FALSE(ReadToken(MakeToken({"no-uuid", "yes", kExpires}, Key("k")), Key("k")));
}

TEST(MailLink, QuestionsOfOneWordHaveAnswers) {
  EXPECT_EQ(AnswersTo("proposal_made", "interest").size(), 2u);
  EXPECT_EQ(AnswersTo("proposal_made", "").size(), 0u);
  EXPECT_EQ(AnswersTo("follow_up_open", "").size(), 2u);
  EXPECT_EQ(AnswersTo("engagement_started", "").size(), 0u);
  EXPECT_TRUE(IsReasonFor("no", "schedule"));
  EXPECT_FALSE(IsReasonFor("no", ""));
  EXPECT_TRUE(IsReasonFor("yes", ""));
}

}  // namespace
}  // namespace tremplin::notification
