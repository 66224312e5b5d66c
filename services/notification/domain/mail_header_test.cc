#include "services/notification/domain/mail_header.h"

#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_split.h"
#include "gtest/gtest.h"

namespace tremplin::notification {
namespace {

// The text of encoded words, one after the other.
std::string Decoded(const std::string& header) {
  std::string text;
  for (const absl::string_view word :
       absl::StrSplit(header.substr(header.find(": ") + 2), "\r\n ")) {
    std::string part;
    EXPECT_TRUE(absl::Base64Unescape(word.substr(10, word.size() - 12), &part)) << word;
    text += part;
  }
  return text;
}

TEST(MailHeader, LeavesShortAsciiAsItIs) {
  EXPECT_EQ(TextHeader("Subject", "You can start"), "Subject: You can start");
}

TEST(MailHeader, EncodesTheRest_InWordsOfWholeCharacters) {
  std::string text;
  for (int i = 0; i < 50; ++i) text += "é€";
  const std::string header = TextHeader("Subject", text);
  EXPECT_EQ(Decoded(header), text);
  for (const absl::string_view line : absl::StrSplit(header, "\r\n")) {
    EXPECT_LE(line.size(), 76u + 9u);
    const size_t at = line.find("=?UTF-8?B?");
    ASSERT_NE(at, absl::string_view::npos);
    std::string part;
    ASSERT_TRUE(absl::Base64Unescape(line.substr(at + 10, line.size() - at - 12), &part));
    EXPECT_NE(static_cast<unsigned char>(part[0]) & 0xC0, 0x80) << "cut within a character";
  }
}

TEST(MailHeader, NothingInATextBeginsAnotherHeader) {
  for (const char* text : {"a\r\nBcc: b@c.example", "a\nBcc: b@c.example", "a\rBcc: x",
                           "=?UTF-8?B?YQ==?= looks encoded"}) {
    const std::string header = TextHeader("Subject", text);
    EXPECT_EQ(header.find("Bcc"), std::string::npos) << header;
    EXPECT_EQ(Decoded(header), text);
    const std::string from = AddressHeader("From", text, "a@b.example");
    EXPECT_EQ(from.find("Bcc"), std::string::npos) << from;
  }
}

TEST(MailHeader, TakesPlainAddressesAlone) {
  EXPECT_TRUE(IsPlainAddress("amal.haddad+x@example.org"));
  for (const char* odd : {"", "nobody", "a@b\r\nBcc: c@d", "a b@c", "<a@b>", "a@b,c@d", "\"a\"@b",
                          "amél@example.org"}) {
    EXPECT_FALSE(IsPlainAddress(odd)) << odd;
  }
}

TEST(MailHeader, DatesAreThoseOfMail) {
  EXPECT_EQ(MailDate(absl::FromUnixSeconds(1'767'600'000)), "Mon, 05 Jan 2026 08:00:00 +0000");
}

}  // namespace
}  // namespace tremplin::notification
