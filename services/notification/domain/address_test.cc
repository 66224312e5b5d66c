#include "services/notification/domain/address.h"

#include <arpa/inet.h>

#include <array>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "services/notification/messages.h"

namespace tremplin::notification {
namespace {

Reach Of(const std::string& text) {
  std::array<uint8_t, 16> bytes{};
  if (inet_pton(AF_INET, text.c_str(), bytes.data()) == 1) {
    return ReachOf(absl::MakeSpan(bytes).first(4));
  }
  EXPECT_EQ(inet_pton(AF_INET6, text.c_str(), bytes.data()), 1) << text;
  return ReachOf(bytes);
}

TEST(ReachOf, TellsWhoIsReached) {
  const std::vector<std::pair<Reach, std::vector<std::string>>> cases = {
      {Reach::kPublic, {"1.1.1.1",          "9.255.255.255",   "11.0.0.0",   "100.63.255.255",
                        "100.128.0.0",      "126.0.0.1",       "128.0.0.1",  "169.253.255.255",
                        "169.255.0.0",      "172.15.255.255",  "172.32.0.0", "192.167.255.255",
                        "192.169.0.0",      "198.17.0.1",      "198.20.0.1", "223.255.255.255",
                        "2606:4700::1111",  "2001:4860::8888", "2a00::1",    "::ffff:1.1.1.1",
                        "64:ff9b::1.1.1.1", "2002:101:101::1"}},
      {Reach::kInside,
       {"10.0.0.0", "10.255.255.255", "100.64.0.1", "100.127.255.255", "127.0.0.1",
        "127.255.255.255", "172.16.0.0", "172.31.255.255", "192.168.0.0", "192.168.255.255", "::1",
        "fc00::1", "fdff::1", "::ffff:127.0.0.1", "::ffff:10.1.2.3", "::127.0.0.1",
        "64:ff9b::10.0.0.1", "2002:7f00:1::1", "2002:c0a8:101::1"}},
      {Reach::kNobody,
       {"0.0.0.0",
        "0.1.2.3",
        "169.254.0.0",
        "169.254.169.254",
        "192.0.0.192",
        "192.0.2.1",
        "192.88.99.1",
        "198.18.0.1",
        "198.19.255.255",
        "198.51.100.1",
        "203.0.113.1",
        "224.0.0.1",
        "239.255.255.255",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "fe80::1",
        "febf::1",
        "fec0::1",
        "ff02::1",
        "2001:db8::1",
        "2001::1",
        "3fff:fff::1",
        "100::1",
        "4000::1",
        "::ffff:169.254.169.254",
        "64:ff9b::169.254.169.254",
        "64:ff9b:1::a00:1",
        "2002:a9fe:a9fe::1",
        "::ffff:0.0.0.0"}}};
  for (const auto& [reach, addresses] : cases) {
    for (const std::string& address : addresses) EXPECT_EQ(Of(address), reach) << address;
  }
  EXPECT_EQ(ReachOf({}), Reach::kNobody);
}

TEST(UrlFault, TakesAddressesOfTheInternet) {
  for (const char* url :
       {"https://agency.example.org", "https://agency.example.org/",
        "https://a.example/p?q=1&r=%20", "https://a.example:8443/p", "https://1.1.1.1/",
        "https://[2606:4700::1111]:443/x", "https://a.example?q"}) {
    EXPECT_EQ(UrlFault(url, false), nullptr) << url;
    EXPECT_EQ(UrlFault(url, true), nullptr) << url;
  }
}

TEST(UrlFault, NamesWhatIsWrong) {
  const std::string longer = "https://a.example/" + std::string(kLongestUrl, 'x');
  const std::vector<std::pair<const messages::Message*, std::vector<std::string>>> cases = {
      {&kWebhookUrlMalformed,
       {"", "a.example", "ftp://a.example", "HTTPS://a.example", "https://", "https:///p",
        "https://a.example:0/", "https://a.example:65536/", "https://a.example:8x/",
        "https://a.example:/", "https://a.example#f", "https://a.example/ b",
        "https://a.example\\b", "https://a.example/\r\nX: y", "https://é.example/",
        "https://a,b.example/", "https://[::1", longer}},
      {&kWebhookNeedsHttps, {"http://a.example/"}},
      {&kWebhookUserInfo, {"https://me:secret@a.example/", "https://a.example@b.example/"}},
      {&kWebhookAddressRefused,
       {"https://localhost/", "https://registration:7400/", "https://127.0.0.1/",
        "https://10.0.0.1:8443/", "https://169.254.169.254/latest/", "https://[::1]/",
        "https://[::ffff:10.0.0.1]/", "https://[fe80::1]/"}}};
  for (const auto& [fault, urls] : cases) {
    for (const std::string& url : urls) EXPECT_EQ(UrlFault(url, false), fault) << url;
  }
}

TEST(UrlFault, LetsAnInstallationDeliverInside_ButNeverToTheMachineRoomsOwn) {
  for (const char* url : {"http://127.0.0.1:8080/h", "http://localhost/", "https://10.0.0.1/",
                          "http://[fd00::1]/", "http://agency.internal/"}) {
    EXPECT_EQ(UrlFault(url, true), nullptr) << url;
  }
  EXPECT_EQ(UrlFault("http://169.254.169.254/", true), &kWebhookAddressRefused);
  EXPECT_EQ(UrlFault("http://224.0.0.1/", true), &kWebhookAddressRefused);
  EXPECT_EQ(UrlFault("http://me@127.0.0.1/", true), &kWebhookUserInfo);
}

}  // namespace
}  // namespace tremplin::notification
