#include "common/metrics/metrics.h"

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/servers.h"

namespace tremplin::metrics {
namespace {

using ::testing::HasSubstr;

TEST(MetricsTest, CountsPerLabel) {
  Registry registry;
  registry.GetCounter("tremplin_things_total", "Things.", {{"kind", "a"}}).Add();
  registry.GetCounter("tremplin_things_total", "Things.", {{"kind", "a"}}).Add(2);
  registry.GetCounter("tremplin_things_total", "Things.", {{"kind", "b"}}).Add();
  const std::string text = registry.Render();
  EXPECT_THAT(text, HasSubstr("tremplin_things_total{kind=\"a\"} 3"));
  EXPECT_THAT(text, HasSubstr("tremplin_things_total{kind=\"b\"} 1"));
}

TEST(MetricsTest, TheSameMetricIsOneHandle) {
  Registry registry;
  EXPECT_EQ(&registry.GetGauge("tremplin_depth", "Depth.", {{"lane", "0"}}),
            &registry.GetGauge("tremplin_depth", "Depth.", {{"lane", "0"}}));
}

TEST(MetricsTest, RefreshesBeforeAScrape) {
  Registry registry;
  Gauge& gauge = registry.GetGauge("tremplin_backlog", "Backlog.");
  int scrapes = 0;
  registry.OnScrape([&] { gauge.Set(++scrapes); });
  EXPECT_THAT(registry.Render(), HasSubstr("tremplin_backlog 1"));
  EXPECT_THAT(registry.Render(), HasSubstr("tremplin_backlog 2"));
}

TEST(MetricsTest, HistogramsHaveTheirBuckets) {
  Registry registry;
  registry.GetLatency("tremplin_call_seconds", "Calls.").Observe(0.003);
  registry.GetSizes("tremplin_batch_writes", "Batches.").Observe(64);
  const std::string text = registry.Render();
  EXPECT_THAT(text, HasSubstr("tremplin_call_seconds_bucket{le=\"0.005\"} 1"));
  EXPECT_THAT(text, HasSubstr("tremplin_call_seconds_bucket{le=\"0.002\"} 0"));
  EXPECT_THAT(text, HasSubstr("tremplin_batch_writes_bucket{le=\"64\"} 1"));
}

TEST(MetricsTest, ServesOnAFreePort) {
  Registry registry;
  auto endpoint = Serve(registry, "127.0.0.1:0");
  ASSERT_NE(endpoint, nullptr);
  EXPECT_THAT(endpoint->address(), ::testing::MatchesRegex("127\\.0\\.0\\.1:[1-9][0-9]*"));
  EXPECT_EQ(Serve(registry, endpoint->address()), nullptr) << "the address is taken";
}

// The whole answer to one request over a connection of its own.
std::string Ask(const std::string& address, const std::string& head) {
  const int fd = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(static_cast<uint16_t>(std::stoi(address.substr(address.rfind(':') + 1))));
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  std::string answer;
  if (connect(fd, reinterpret_cast<sockaddr*>(&to), sizeof(to)) == 0) {
    const std::string request = head + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    if (write(fd, request.data(), request.size()) > 0) {
      char buffer[4096];
      for (ssize_t n = 0; (n = read(fd, buffer, sizeof(buffer))) > 0;) {
        answer.append(buffer, static_cast<size_t>(n));
      }
    }
  }
  close(fd);
  return answer;
}

TEST(MetricsTest, ProbesAreAnsweredByHealth) {
  Registry registry;
  registry.GetGauge("tremplin_depth", "Depth.").Set(7);
  std::atomic<bool> live = true;
  std::atomic<bool> ready = false;
  const auto endpoint =
      Serve(registry, "127.0.0.1:0", {[&] { return live.load(); }, [&] { return ready.load(); }});
  ASSERT_NE(endpoint, nullptr);
  const std::string& at = endpoint->address();
  EXPECT_THAT(Ask(at, "GET /livez"), HasSubstr("200 OK"));
  EXPECT_THAT(Ask(at, "GET /readyz"), HasSubstr("503 "));
  ready = true;
  live = false;
  EXPECT_THAT(Ask(at, "GET /readyz"), HasSubstr("200 OK"));
  EXPECT_THAT(Ask(at, "GET /livez"), HasSubstr("503 "));
  EXPECT_THAT(Ask(at, "GET /metrics"), HasSubstr("tremplin_depth 7"));
  EXPECT_THAT(Ask(at, "GET /etc/passwd"), HasSubstr("404 "));
  EXPECT_THAT(Ask(at, "POST /metrics"), HasSubstr("405 "));
}

TEST(MetricsTest, PromtoolFindsNothing) {
  if (std::system("command -v promtool > /dev/null") != 0) {
    if (testing::InCi()) FAIL() << "promtool is missing";
    GTEST_SKIP() << "SKIPPED: promtool is missing (package prometheus)";
  }
  Registry registry;
  registry.GetCounter("tremplin_rpc_requests_total", "Calls served.", {{"code", "OK"}}).Add();
  registry.GetLatency("tremplin_rpc_latency_seconds", "Time of a call.").Observe(1);
  const std::string path = ::testing::TempDir() + "/metrics.txt";
  FILE* file = std::fopen(path.c_str(), "w");
  ASSERT_NE(file, nullptr);
  const std::string text = registry.Render();
  std::fwrite(text.data(), 1, text.size(), file);
  std::fclose(file);
  EXPECT_EQ(std::system(("promtool check metrics < " + path).c_str()), 0) << text;
}

}  // namespace
}  // namespace tremplin::metrics
