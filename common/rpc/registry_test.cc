#include "common/rpc/registry.h"

#include "common/rpc/testing/echo.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace tremplin::rpc {
namespace {

using testing::EchoRequest;
using testing::EchoResponse;
using testing::EchoService;

absl::StatusOr<EchoResponse> Nothing(const CallContext&, const EchoRequest&) {
  return EchoResponse();
}

void BindNothing(Registry& registry, const std::string& name) {
  registry.Bind<EchoRequest, EchoResponse>("test", name, Nothing);
}

TEST(RegistryTest, KnowsWhatWasBound) {
  Registry registry;
  EchoService service;
  service.Bind(registry);
  const Registry::Method* method = registry.Find(testing::kCount);
  ASSERT_NE(method, nullptr);
  EXPECT_EQ(method->module, "echo");
  EXPECT_THAT(method->access.roles(), ::testing::ElementsAre(Role::ROLE_OPERATOR));
  EXPECT_EQ(registry.Find("tremplin.rpc_testing.v1.EchoService/Other"), nullptr);
  EXPECT_EQ(registry.All().size(), 3u);
  EXPECT_TRUE(registry.Unbound().empty());
}

TEST(RegistryTest, NamesWhatAServedServiceLeavesOut) {
  Registry registry;
  BindNothing(registry, testing::kEcho);
  EXPECT_THAT(registry.Unbound(), ::testing::ElementsAre(testing::kCount, testing::kOpen));
}

TEST(RegistryDeathTest, RefusesFaultsOfTheProgramByName) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  Registry registry;
  EXPECT_DEATH(BindNothing(registry, "tremplin.rpc_testing.v1.EchoService/Missing"),
               "EchoService/Missing.*no proto declares it");
  EXPECT_DEATH(BindNothing(registry, "tremplin.rpc_testing.v1.RulelessService/Echo"),
               "RulelessService/Echo.*no access rule");
  EXPECT_DEATH((registry.Bind<EchoResponse, EchoResponse>(
                   "test", testing::kEcho,
                   [](const CallContext&, const EchoResponse& r) -> absl::StatusOr<EchoResponse> {
                     return r;
                   })),
               "another request type");
  EXPECT_DEATH(
      {
        BindNothing(registry, testing::kEcho);
        BindNothing(registry, testing::kEcho);
      },
      "bound twice");
}

}  // namespace
}  // namespace tremplin::rpc
