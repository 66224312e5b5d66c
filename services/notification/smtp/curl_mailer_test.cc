// libcurl as mail uses it, toward a real mail server: what it is sent a parser that is not ours can
// read, TLS and login are needed where they are configured, and what the server says decides.

#include "services/notification/smtp/curl_mailer.h"

#include <sys/stat.h>

#include <fstream>
#include <thread>

#include "absl/time/clock.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/mail_server.h"
#include "tests/support/servers.h"
#include "tests/support/temp_dir.h"

namespace tremplin::notification {
namespace {

using Verdict = Sent::Verdict;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using tremplin::testing::MailServer;
using tremplin::testing::TakenMail;

constexpr absl::Duration kSoon = absl::Seconds(30);  // far below any time that is waited for

Mail To(const std::string& address) {
  return {
      .id = "0190f3a2-7c1e-8000-8000-000000000001",
      .to = address,
      .from_name = "Mentorat d’Ottawa « été »",
      .subject = "Vous êtes prêt·e à être jumelé·e : une longue ligne qui passe par plusieurs mots",
      .text = "Bonjour,\r\n.un point d’abord\r\n" + std::string(200, 'x') + "\r\n",
      .html = "<p>é</p>",
      .unsubscribe = "https://portal.example.org/mail/fr/token",
      .date = absl::FromUnixSeconds(1'767'600'000)};
}

class CurlMailerTest : public ::testing::Test {
 protected:
  void SetUp() override {
    TREMPLIN_REQUIRE_SERVER(std::string(MailServer::Available() ? "aiosmtpd" : ""));
  }
  static CurlMailerOptions PlainOf(const MailServer& server) {
    return {.server = server.address(), .tls = "none", .from = "tremplin@example.org"};
  }
  std::string Login(const std::string& text) {
    std::ofstream(dir_.File("login")) << text;
    chmod(dir_.File("login").c_str(), 0600);
    return dir_.File("login");
  }
  tremplin::testing::TempDir dir_;
};

TEST_F(CurlMailerTest, WhatIsSentIsAMail_InPlainTextAndHtml) {
  const MailServer server;
  const auto mailer = MakeCurlMailer(PlainOf(server));
  ASSERT_EQ(mailer->Send(To("amal@example.org")).verdict, Verdict::kTaken);
  ASSERT_EQ(server.mails().size(), 1u);
  const TakenMail got = server.mails()[0];
  const Mail sent = To("amal@example.org");
  EXPECT_THAT(got.defects, IsEmpty());
  EXPECT_EQ(got.from, "tremplin@example.org");
  EXPECT_EQ(got.to, "amal@example.org");
  EXPECT_EQ(got.subject, sent.subject);
  EXPECT_THAT(got.headers.at("from"), HasSubstr(sent.from_name));
  EXPECT_EQ(got.headers.at("message-id"), "<0190f3a2-7c1e-8000-8000-000000000001@example.org>");
  EXPECT_EQ(got.headers.at("date"), "Mon, 05 Jan 2026 08:00:00 +0000");
  EXPECT_EQ(got.headers.at("list-unsubscribe"), "<https://portal.example.org/mail/fr/token>");
  EXPECT_EQ(got.headers.at("list-unsubscribe-post"), "List-Unsubscribe=One-Click");
  EXPECT_THAT(got.raw, HasSubstr("multipart/alternative"));
  EXPECT_EQ(got.text, "Bonjour,\n.un point d’abord\n" + std::string(200, 'x') + "\n");
  EXPECT_EQ(got.html, "<p>é</p>");
  for (size_t at = 0, end; (end = got.raw.find("\r\n", at)) != std::string::npos; at = end + 2) {
    EXPECT_LE(end - at, 998u);
  }
}

TEST_F(CurlMailerTest, OneConnectionCarriesMany) {
  const MailServer server;
  const auto mailer = MakeCurlMailer(PlainOf(server));
  for (int i = 0; i < 5; ++i) ASSERT_EQ(mailer->Send(To("a@b.example")).verdict, Verdict::kTaken);
  ASSERT_EQ(server.mails().size(), 5u);
  EXPECT_EQ(server.mails()[4].session, server.mails()[0].session);
}

TEST_F(CurlMailerTest, WhatTheServerSaysDecides) {
  MailServer server;
  const auto mailer = MakeCurlMailer(PlainOf(server));
  EXPECT_EQ(mailer->Send(To("refused@b.example")).verdict, Verdict::kRefused);
  server.Set("not-now");
  EXPECT_EQ(mailer->Send(To("a@b.example")).verdict, Verdict::kNotNow);
  server.Clear("not-now");
  EXPECT_EQ(mailer->Send(To("a@b.example")).verdict, Verdict::kTaken);
  server.Stop();
  const Sent away = mailer->Send(To("a@b.example"));
  EXPECT_EQ(away.verdict, Verdict::kAway);
  server.Start();
  EXPECT_EQ(mailer->Send(To("a@b.example")).verdict, Verdict::kTaken);
}

TEST_F(CurlMailerTest, StarttlsIsNeeded) {
  const MailServer plain;
  CurlMailerOptions options = PlainOf(plain);
  options.tls = "starttls";
  const Sent without = MakeCurlMailer(options)->Send(To("a@b.example"));
  EXPECT_EQ(without.verdict, Verdict::kAway);
  EXPECT_EQ(without.error, "tls");
  EXPECT_THAT(plain.mails(), IsEmpty()) << "sent in the clear";

  const MailServer server(MailServer::Options{.tls = true});
  options.server = server.address();
  EXPECT_EQ(MakeCurlMailer(options)->Send(To("a@b.example")).error, "tls") << "signed by nobody";
  options.trusted = server.certificate();
  EXPECT_EQ(MakeCurlMailer(options)->Send(To("a@b.example")).verdict, Verdict::kTaken);
  ASSERT_EQ(server.mails().size(), 1u);
  EXPECT_TRUE(server.mails()[0].tls);
}

TEST_F(CurlMailerTest, LogsInWithWhatTheFileSaysNow) {
  const MailServer server(MailServer::Options{.tls = true, .user = "u", .password = "right"});
  const auto mailer = MakeCurlMailer({.server = server.address(),
                                      .tls = "starttls",
                                      .trusted = server.certificate(),
                                      .login_file = Login("u\nwrong\n"),
                                      .from = "tremplin@example.org"});
  const Sent wrong = mailer->Send(To("a@b.example"));
  EXPECT_EQ(wrong.verdict, Verdict::kAway) << "of no fault of this mail";
  EXPECT_EQ(wrong.error, "login");
  Login("u\nright\n");
  EXPECT_EQ(mailer->Send(To("a@b.example")).verdict, Verdict::kTaken);
  chmod(dir_.File("login").c_str(), 0644);
  EXPECT_EQ(mailer->Send(To("a@b.example")).error, "login") << "others may read it";
}

TEST_F(CurlMailerTest, NothingIsWaitedForWithoutABound_AndCancelCutsOff) {
  const MailServer server;
  server.Set("hang");
  CurlMailerOptions options = PlainOf(server);
  options.longest = absl::Seconds(1);
  const absl::Time begin = absl::Now();
  const Sent late = MakeCurlMailer(options)->Send(To("a@b.example"));
  EXPECT_LT(absl::Now() - begin, kSoon);
  EXPECT_EQ(late.verdict, Verdict::kAway);
  EXPECT_EQ(late.error, "timeout");
  options.longest = absl::Minutes(2);
  const auto mailer = MakeCurlMailer(options);
  std::thread cancel([&] {
    absl::SleepFor(absl::Milliseconds(300));
    mailer->Cancel();
  });
  const absl::Time again = absl::Now();
  EXPECT_EQ(mailer->Send(To("a@b.example")).verdict, Verdict::kCancelled);
  EXPECT_LT(absl::Now() - again, kSoon);
  cancel.join();
  server.Clear("hang");
}

}  // namespace
}  // namespace tremplin::notification
