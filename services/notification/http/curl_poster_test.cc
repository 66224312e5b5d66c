// libcurl as webhooks use it, toward real receivers: never inside unless told so, whatever a name
// leads to; no redirect followed; nothing waited for or read without a bound.

#include "services/notification/http/curl_poster.h"

#include <chrono>
#include <cstdlib>
#include <string>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "gtest/gtest.h"
#include "services/notification/testing/receiver.h"
#include "tests/support/certificate.h"
#include "tests/support/temp_dir.h"

namespace tremplin::notification {
namespace {

using testing::Receiver;
using testing::Status;

constexpr absl::Duration kShort = absl::Milliseconds(300);

PostRequest To(const std::string& url) {
  return {.url = url, .headers = {{"webhook-id", "id-1"}}, .body = R"({"a":1})"};
}

Receiver Answering(int status) {
  return Receiver([status](const testing::Received&) { return Status(status); });
}

TEST(CurlPoster, PostsWhatItIsGiven) {
  const Receiver receiver = Answering(204);
  const auto poster = MakeCurlPoster({.inside = true});
  const Answer answer = poster->Post(To(receiver.url()));
  EXPECT_EQ(answer.status, 204);
  EXPECT_EQ(answer.error, "");
  ASSERT_EQ(receiver.received().size(), 1u);
  const testing::Received got = receiver.received()[0];
  EXPECT_EQ(got.method, "POST");
  EXPECT_EQ(got.target, "/hook");
  EXPECT_EQ(got.body, R"({"a":1})");
  EXPECT_EQ(got.headers.at("webhook-id"), "id-1");
  EXPECT_FALSE(got.headers.contains("expect"));
}

TEST(CurlPoster, TellsTheStatus_AndFollowsNoRedirect) {
  const Receiver target = Answering(200);
  for (const int status : {200, 301, 307, 404, 410, 500}) {
    const Receiver receiver([&](const testing::Received&) {
      return Status(status, absl::StrCat("Location: ", target.url(), "\r\n"));
    });
    const Answer answer = MakeCurlPoster({.inside = true})->Post(To(receiver.url()));
    EXPECT_EQ(answer.status, status);
    EXPECT_EQ(answer.error, "");
  }
  EXPECT_EQ(target.connections(), 0);
}

// Names that lead inside are refused where they are connected to: a name server that told the truth
// before, and another address now, changes nothing.
TEST(CurlPoster, NeverConnectsInside_WhateverANameLeadsTo) {
  const Receiver receiver = Answering(200);
  const std::string port = std::to_string(receiver.port());
  for (const char* address :
       {"127.0.0.1", "10.0.0.1", "169.254.169.254", "192.168.1.1", "0.0.0.0", "224.0.0.1", "[::1]",
        "[::ffff:127.0.0.1]", "[fe80::1]", "[fd00::1]", "[64:ff9b::7f00:1]", "[::127.0.0.1]"}) {
    const auto poster = MakeCurlPoster(
        {.longest = kShort, .resolve = {absl::StrCat("agency.example:", port, ":", address)}});
    const Answer answer = poster->Post(To(absl::StrCat("https://agency.example:", port, "/")));
    EXPECT_EQ(answer.error, "address_refused") << address;
    EXPECT_EQ(answer.status, 0) << address;
  }
  for (const std::string host :
       {"127.0.0.1", "2130706433", "0x7f.1", "017700000001", "localhost"}) {
    const Answer answer = MakeCurlPoster({.longest = kShort})
                              ->Post(To(absl::StrCat("https://", host, ":", port, "/")));
    EXPECT_EQ(answer.error, "address_refused") << host;
  }
  EXPECT_EQ(receiver.connections(), 0);
}

TEST(CurlPoster, NeverConnectsToLinkLocal_EvenWhereInsideIsAllowed) {
  for (const char* address : {"169.254.169.254", "0.0.0.0", "[fe80::1]", "224.0.0.1"}) {
    const auto poster = MakeCurlPoster({.inside = true,
                                        .longest = kShort,
                                        .resolve = {absl::StrCat("agency.example:80:", address)}});
    EXPECT_EQ(poster->Post(To("http://agency.example/")).error, "address_refused") << address;
  }
}

TEST(CurlPoster, TakesNoProxyOfTheEnvironment) {
  const Receiver proxy = Answering(200);
  const Receiver receiver = Answering(204);
  const std::string address = absl::StrCat("http://127.0.0.1:", proxy.port());
  for (const char* name : {"http_proxy", "all_proxy", "ALL_PROXY"}) {
    setenv(name, address.c_str(), 1);
  }
  EXPECT_EQ(MakeCurlPoster({.inside = true})->Post(To(receiver.url())).status, 204);
  for (const char* name : {"http_proxy", "all_proxy", "ALL_PROXY"}) unsetenv(name);
  EXPECT_EQ(proxy.connections(), 0);
}

TEST(CurlPoster, SpeaksHttpsOnly_AndNoOtherProtocol) {
  for (const char* url : {"http://1.1.1.1/", "file:///etc/passwd", "ftp://1.1.1.1/",
                          "gopher://1.1.1.1/", "https://me:secret@1.1.1.1/"}) {
    const Answer answer = MakeCurlPoster({.longest = kShort})->Post(To(url));
    EXPECT_EQ(answer.error, "broken_off") << url;
  }
}

TEST(CurlPoster, GivesUpOnWhoHangs) {
  const Receiver receiver([](const testing::Received&) { return ""; });
  const Answer answer =
      MakeCurlPoster({.inside = true, .longest = kShort})->Post(To(receiver.url()));
  EXPECT_EQ(answer.error, "timeout");
  EXPECT_EQ(answer.status, 0);
}

TEST(CurlPoster, ReadsABoundedAnswer) {
  const Receiver body([](const testing::Received&) {
    return absl::StrCat("HTTP/1.1 200 OK\r\nContent-Length: 90000000\r\n\r\n",
                        std::string(1 << 20, 'x'));
  });
  const Answer taken = MakeCurlPoster({.inside = true})->Post(To(body.url()));
  EXPECT_EQ(taken.status, 200) << taken.error;
  const Receiver headers([](const testing::Received&) {
    std::string text = "HTTP/1.1 200 OK\r\n";
    for (int i = 0; i < 100; ++i) absl::StrAppend(&text, "x: ", std::string(1000, 'x'), "\r\n");
    return text + "\r\n";
  });
  EXPECT_EQ(MakeCurlPoster({.inside = true})->Post(To(headers.url())).error, "answer_too_long");
}

TEST(CurlPoster, TellsWhyNothingWasAnswered) {
  int closed = 0;
  {
    const Receiver receiver = Answering(200);
    closed = receiver.port();
  }
  const auto poster = MakeCurlPoster({.inside = true, .longest = absl::Seconds(5)});
  EXPECT_EQ(poster->Post(To(absl::StrCat("http://127.0.0.1:", closed, "/"))).error, "not_reached");
  EXPECT_EQ(poster->Post(To("http://nobody.invalid/")).error, "name_not_found");
  const Receiver plain = Answering(200);
  EXPECT_EQ(poster->Post(To(absl::StrCat("https://127.0.0.1:", plain.port(), "/"))).error, "tls");
  const Receiver rubbish([](const testing::Received&) { return "no HTTP at all\r\n\r\n"; });
  EXPECT_EQ(poster->Post(To(rubbish.url())).error, "broken_off");
}

TEST(CurlPoster, TrustsWhomTheMachineTrusts_UnderTheirOwnName) {
  const tremplin::testing::TempDir dir;
  tremplin::testing::MakeCertificate("agency.example", dir.File("agency.pem"),
                                     dir.File("agency.pem"));
  const Receiver receiver([](const testing::Received&) { return Status(200); },
                          dir.File("agency.pem"));
  const std::string port = std::to_string(receiver.port());
  const auto poster = [&](const std::string& name, const std::string& trusted) {
    return MakeCurlPoster({.inside = true,
                           .resolve = {absl::StrCat(name, ":", port, ":127.0.0.1")},
                           .trusted = trusted})
        ->Post(To(absl::StrCat("https://", name, ":", port, "/hook")));
  };
  EXPECT_EQ(poster("agency.example", "").error, "tls") << "nobody vouches for it";
  EXPECT_EQ(poster("other.example", dir.File("agency.pem")).error, "tls") << "another's";
  EXPECT_TRUE(receiver.received().empty());
  const Answer taken = poster("agency.example", dir.File("agency.pem"));
  EXPECT_EQ(taken.status, 200) << taken.error;
  EXPECT_EQ(receiver.received().size(), 1u);
}

TEST(CurlPoster, IsCutOffWhereTheProcessEnds) {
  const Receiver receiver([](const testing::Received&) { return ""; });
  const auto poster = MakeCurlPoster({.inside = true});
  Answer answer;
  std::jthread posting([&] { answer = poster->Post(To(receiver.url())); });
  while (receiver.received().empty()) absl::SleepFor(absl::Milliseconds(5));
  poster->Cancel();
  posting.join();
  EXPECT_EQ(answer.error, Poster::kCancelled);
  EXPECT_EQ(poster->Post(To(receiver.url())).error, Poster::kCancelled);
}

}  // namespace
}  // namespace tremplin::notification
