// Many who follow a feed and hear nothing: each takes little memory, others are served as before,
// and SIGTERM tells every one of them when to come again. The long run (10,000 streams):
// ./tools/test integration --long.

#include <signal.h>

#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include "common/text/text.h"
#include "gtest/gtest.h"
#include "services/gateway/testing/http_client.h"
#include "tests/support/deployment.h"
#include "tests/support/partner.h"
#include "tests/support/temp_dir.h"
#include "tests/support/web.h"

namespace tremplin {
namespace {

using gateway::testing::Connection;
using gateway::testing::Fetch;
using gateway::testing::RequestText;

constexpr int kKilobytesAStream = 20;

int64_t Kilobytes(pid_t process) {
  const std::string status = testing::ReadFile(text::Cat("/proc/", process, "/status"));
  return std::stoll(status.substr(status.find("VmRSS:") + 6));
}

TEST(GatewayStreams, IdleOnesTakeLittle_AndAreToldOfTheEnd) {
  const size_t count = std::getenv("TREMPLIN_LONG") != nullptr ? 10000 : 1000;
  testing::Web front(testing::WebForm::kProgram);
  ASSERT_TRUE(front.WaitServing());
  ASSERT_TRUE(front.deployment().Load(false));
  const std::string key =
      testing::MakeKey(front.deployment(), options::v1::ROLE_AGENCY, "organizations/ociso");
  const gateway::http::Headers as = {{"Authorization", "Bearer " + key}};
  gateway::http::Headers follow = as;
  follow.emplace_back("Accept", "text/event-stream");
  const std::string request = RequestText("GET", "/v1/statusFeed", follow);
  std::vector<std::unique_ptr<Connection>> streams;
  const auto open = [&](size_t until) {
    while (streams.size() < until) {
      streams.push_back(std::make_unique<Connection>(front.address()));
      ASSERT_TRUE(streams.back()->Send(request));
      const auto head = streams.back()->ReadHead(absl::Seconds(60));
      ASSERT_TRUE(head.has_value());
      ASSERT_EQ(head->status, 200);
    }
  };
  // What the first need is needed once.
  open(count / 10);
  const int64_t before = Kilobytes(front.process().pid());
  open(count);
  const auto added = static_cast<int64_t>(count - count / 10);
  const int64_t each = (Kilobytes(front.process().pid()) - before) / added;
  std::printf("%zu streams, %lld KB each\n", count, static_cast<long long>(each));
  EXPECT_LE(each, kKilobytesAStream);
  // Others are answered meanwhile.
  for (int i = 0; i < 100; ++i) {
    const auto answer = Fetch(front.address(), "GET", "/v1/programs?pageSize=1", as);
    ASSERT_TRUE(answer.has_value());
    EXPECT_EQ(answer->status, 200) << answer->body;
  }
  front.process().Signal(SIGTERM);
  size_t told = 0;
  for (const auto& stream : streams) {
    std::string hint;
    while (const auto line = stream->ReadLine(absl::Seconds(60))) {
      if (line->starts_with("retry: ")) hint = *line;
    }
    told += hint == "retry: 2000" ? 1 : 0;
  }
  EXPECT_EQ(told, count);
  EXPECT_EQ(front.process().Wait(absl::Seconds(60)), 0);
}

}  // namespace
}  // namespace tremplin
