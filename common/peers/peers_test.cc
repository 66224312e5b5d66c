#include "common/peers/peers.h"

#include <memory>
#include <vector>

#include "common/rpc/testing/echo.h"
#include "gtest/gtest.h"

namespace tremplin::peers {
namespace {

using rpc::testing::EchoRequest;
using rpc::testing::EchoResponse;
using rpc::testing::EchoSystem;
using rpc::testing::kCount;
using rpc::testing::kEcho;

// Fails the first `failures` calls with `status`, and keeps what it saw.
struct Script {
  int failures = 0;
  absl::Status status = absl::UnavailableError("down");
  std::vector<rpc::Envelope> seen = {};
};

class ScriptedTransport final : public Transport {
 public:
  explicit ScriptedTransport(Script& script) : script_(script) {}
  absl::StatusOr<std::string> Call(const std::string&, const std::string& request,
                                   const rpc::Envelope& envelope) override {
    script_.seen.push_back(envelope);
    if (script_.failures > 0) {
      --script_.failures;
      return script_.status;
    }
    return request;
  }

 private:
  Script& script_;
};

absl::Status Call(Peers& peers, const std::string& method, const std::string& request_id = "",
                  const PeerCall& call = PeerCall::AsService(absl::InfiniteFuture())) {
  EchoRequest request;
  request.set_request_id(request_id);
  return peers.Call<EchoRequest>(method, request, call).status();
}

TEST(PeersTest, RetriesWhatMayBeRepeatedAtMostTwice) {
  Script script{.failures = 2};
  Peers peers(std::make_unique<ScriptedTransport>(script), "own");
  EXPECT_TRUE(Call(peers, kEcho).ok()) << "the proto says NO_SIDE_EFFECTS";
  EXPECT_EQ(script.seen.size(), 3u);
  script.failures = 3;
  EXPECT_EQ(Call(peers, kEcho).code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(script.seen.size(), 6u);
}

TEST(PeersTest, RetriesAMutationOnlyWithARequestId) {
  Script script{.failures = 1};
  Peers peers(std::make_unique<ScriptedTransport>(script), "own");
  EXPECT_FALSE(Call(peers, kCount).ok());
  EXPECT_EQ(script.seen.size(), 1u);
  script.failures = 1;
  EXPECT_TRUE(Call(peers, kCount, "id").ok());
  EXPECT_EQ(script.seen.size(), 3u);
}

TEST(PeersTest, RetriesOnlyUnavailable) {
  Script script{.failures = 1, .status = absl::DeadlineExceededError("late")};
  Peers peers(std::make_unique<ScriptedTransport>(script), "own");
  EXPECT_EQ(Call(peers, kEcho).code(), absl::StatusCode::kDeadlineExceeded);
  EXPECT_EQ(script.seen.size(), 1u);
}

TEST(PeersTest, RetriesAreATenthOfTheCallsInAnOutage) {
  Script script{.failures = 1 << 20};
  Peers peers(std::make_unique<ScriptedTransport>(script), "own");
  const PeerCall soon = PeerCall::AsService(absl::Now() + absl::Seconds(60));
  for (int i = 0; i < 200; ++i) EXPECT_FALSE(Call(peers, kEcho, "", soon).ok());
  EXPECT_GE(script.seen.size(), 200u + 10u);
  EXPECT_LE(script.seen.size(), 200u + 10u + 20u) << "what was saved up, and a tenth";
}

TEST(PeersTest, EveryCallHasADeadlineAndACredential) {
  Script script;
  Peers peers(std::make_unique<ScriptedTransport>(script), "own");
  ASSERT_TRUE(Call(peers, kEcho).ok());
  EXPECT_EQ(script.seen[0].credential, "own");
  EXPECT_LE(script.seen[0].deadline, absl::Now() + absl::Seconds(5));
  rpc::CallContext caller;
  caller.credential = "theirs";
  caller.deadline = absl::Now() + absl::Seconds(1);
  caller.language = messages::Language::kFrench;
  ASSERT_TRUE(Call(peers, kEcho, "", PeerCall::OnBehalfOf(caller)).ok());
  EXPECT_EQ(script.seen[1].credential, "theirs");
  EXPECT_EQ(script.seen[1].deadline, caller.deadline);
  EXPECT_EQ(script.seen[1].language, messages::Language::kFrench);
  ASSERT_TRUE(Call(peers, kEcho, "", PeerCall::AsServiceFor(caller)).ok());
  EXPECT_EQ(script.seen[2].credential, "own");
  EXPECT_EQ(script.seen[2].deadline, caller.deadline);
  caller.credential = "";
  ASSERT_TRUE(Call(peers, kEcho, "", PeerCall::OnBehalfOf(caller)).ok());
  EXPECT_NE(script.seen[3].credential, "own")
      << "a caller without a key must not become the service";
  EXPECT_NE(script.seen[3].credential, "");
}

TEST(PeersTest, InlineTheDispatcherAuthorizesAgain) {
  EchoSystem system;
  rpc::Dispatcher* dispatcher = nullptr;
  Peers peers(MakeInlineTransport(&dispatcher),
              rpc::ServiceCredential("matching", rpc::testing::kServiceKey));
  const PeerCall call = PeerCall::AsService(absl::InfiniteFuture());
  EXPECT_EQ(Call(peers, kCount, "", call).code(), absl::StatusCode::kUnavailable);
  dispatcher = system.dispatcher.get();
  const auto response = peers.Call<EchoResponse>(kEcho, EchoRequest(), call);
  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_EQ(response->principal(), "service:matching");
  EXPECT_EQ(Call(peers, kCount, "", call).code(), absl::StatusCode::kPermissionDenied);
}

TEST(PeersTest, OverGrpcAPeerThatIsGoneIsUnavailable) {
  EchoSystem system;
  auto server = rpc::Server::Start(*system.dispatcher, {.listen = "127.0.0.1:0", .tls = {}});
  ASSERT_TRUE(server.ok()) << server.status();
  Peers peers(MakeGrpcTransport({.addresses = {{"rpc_testing", (*server)->address()}}, .tls = {}}),
              rpc::ServiceCredential("matching", rpc::testing::kServiceKey));
  const PeerCall call = PeerCall::AsService(absl::Now() + absl::Seconds(10));
  ASSERT_TRUE(Call(peers, kEcho, "", call).ok());
  (*server)->Drain(absl::Seconds(1));
  const absl::Time before = absl::Now();
  EXPECT_EQ(Call(peers, kEcho, "", PeerCall::AsService(absl::Now() + absl::Seconds(2))).code(),
            absl::StatusCode::kUnavailable);
  EXPECT_LT(absl::Now() - before, absl::Seconds(4));
  EXPECT_EQ(Call(peers, "tremplin.elsewhere.v1.X/Y", "", call).code(),
            absl::StatusCode::kUnavailable);
}

}  // namespace
}  // namespace tremplin::peers
