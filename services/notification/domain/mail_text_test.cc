#include "services/notification/domain/mail_text.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace tremplin::notification {
namespace {

using messages::Language;
using ::testing::HasSubstr;
using ::testing::Not;

Letter Example(Language language) {
  return {.language = language,
          .given_name = "Zoé <b>",
          .program = "A & B",
          .subject = "Subject",
          .body = "1 < 2",
          .choices = {{"Yes", "https://p.example/mail/en/t?a=1&b=2"}},
          .unsubscribe = "https://p.example/mail/en/u"};
}

TEST(MailText, PlainTextSaysItAll) {
  const std::string text = PlainText(Example(Language::kEnglish));
  EXPECT_THAT(text, HasSubstr("Hello Zoé <b>,\r\n"));
  EXPECT_THAT(text, HasSubstr("1 < 2"));
  EXPECT_THAT(text, HasSubstr("Yes\r\nhttps://p.example/mail/en/t?a=1&b=2\r\n"));
  EXPECT_THAT(text, HasSubstr("https://p.example/mail/en/u"));
  EXPECT_THAT(PlainText(Example(Language::kFrench)), HasSubstr("Bonjour Zoé <b>,"));
}

TEST(MailText, HtmlShowsTextAsText_AndFetchesNothing) {
  const std::string html = Html(Example(Language::kFrench));
  EXPECT_THAT(html, HasSubstr("<html lang=\"fr\">"));
  EXPECT_THAT(html, HasSubstr("Bonjour Zoé &lt;b&gt;,"));
  EXPECT_THAT(html, HasSubstr("A &amp; B"));
  EXPECT_THAT(html, HasSubstr("1 &lt; 2"));
  EXPECT_THAT(html, HasSubstr("href=\"https://p.example/mail/en/t?a=1&amp;b=2\""));
  for (const char* fetched : {"<img", "<script", "<link", "src="}) {
    EXPECT_THAT(html, Not(HasSubstr(fetched)));
  }
}

TEST(MailText, WhoHasNoNameIsGreetedAllTheSame) {
  Letter letter = Example(Language::kFrench);
  letter.given_name.clear();
  EXPECT_TRUE(PlainText(letter).starts_with("Bonjour,\r\n"));
  letter.choices.clear();
  EXPECT_THAT(PlainText(letter), Not(HasSubstr("Répondez")));
}

}  // namespace
}  // namespace tremplin::notification
